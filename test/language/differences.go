package language

import "regexp"

// A difference is one that is meant: where lightdht does not do what lua5.1 does.
type difference struct {
	name    string
	reason  string
	pattern *regexp.Regexp // in the outcomes of both; nil if the generator leaves it out
	// replacement is what both are compared by.
	replacement string
}

// differences is the whole list. Nothing else may differ.
var differences = []difference{
	{
		name:        "addresses",
		reason:      "lua5.1 shows where an object lies in memory; a run of lightdht can be repeated, so it counts them.",
		pattern:     regexp.MustCompile(`\b(table|function|thread|userdata|builtin): (0x)?[0-9a-f]+`),
		replacement: "$1: address",
	},
	{
		name:        "names of loaded chunks",
		reason:      "lightdht calls a chunk without a name <string>, and does not repeat its text in every message.",
		pattern:     regexp.MustCompile(`\[string "[^\n]*?"\]:|<string>:`),
		replacement: "chunk:",
	},
	{
		name:        "sign of nan",
		reason:      "C prints the sign of what is not a number, which the processor chooses; lightdht has the same bytes everywhere.",
		pattern:     regexp.MustCompile(`-nan\b`),
		replacement: "nan",
	},
}
