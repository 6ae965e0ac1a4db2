package luabind

// Param is one setting of a parameter, as the command line gives it:
// --rounds=20.
type Param struct {
	Name, Value string
}

// Header is what a script says about itself with experiment{...}.
type Header struct {
	Title       string
	Description string
	Params      []HeaderParam // in the order of the script
}

// HeaderParam is a parameter of an experiment.
type HeaderParam struct {
	Name    string
	Default any // float64, string or bool, which is also its type
}
