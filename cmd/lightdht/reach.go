package main

// reachLines say what of real networks a script may reach, for the prompt and for help; none on a simulated network,
// where everything is free. For help there are no flags: o.flags is nil.
func (o *runOptions) reachLines(*script) []string { return nil }
