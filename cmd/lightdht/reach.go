package main

// reachLines say what of real networks a script may reach, for the prompt and for help; none on a simulated network,
// where everything is free.
func (o *runOptions) reachLines(*script) []string { return nil }
