package language

import (
	"fmt"
	"regexp"
	"strings"
)

// An outcome is what came of a program.
type outcome struct {
	output string // what it printed
	ending string // done, error, syntax, limit, or lost if the implementation itself broke down
	text   string // of the error
}

func (o outcome) String() string {
	s := o.output
	if o.ending != "done" {
		s += "[" + o.ending + "] " + o.text + "\n"
	}
	return s
}

// An implementation runs programs.
type implementation interface {
	run(program string) outcome
}

// A judge is the implementation that is right. It can say of a program whether its outcome is
// settled by the language.
type judge interface {
	implementation
	again(program string) outcome
}

// inconclusive outcomes say nothing: the program did not end by itself in either.
func inconclusive(a, b outcome) bool { return a.ending == "limit" && b.ending == "limit" }

// differ reports how two outcomes differ, but for what is meant: "" if they do not, else in what
// sort of thing.
func differ(got, want outcome) string {
	g, w := alike(got), alike(want)
	switch {
	case g == w || inconclusive(got, want) || unnamed(g, w):
		return ""
	case got.ending == "lost":
		return "breakdown"
	case got.ending == "limit" || want.ending == "limit":
		return "end"
	case got.ending == "syntax" || want.ending == "syntax":
		return "syntax"
	case masked(g) == masked(w):
		return "message"
	}
	return "value"
}

// named is a value with the name of the variable that held it, in a message of lua5.1.
var named = regexp.MustCompile(`(attempt to [a-z ]+?) (?:local|global|field|upvalue|method) '[^'\n]*' \((a [a-z]+ value)\)`)

// unnamed reports whether two outcomes differ only in names that lightdht does not give: where a
// value can have come from more than one place, as behind and and or, lua5.1 names the last one in
// the text. There a wrong name is worse than none.
func unnamed(got, want string) bool {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	if len(g) != len(w) {
		return false
	}
	for i := range g {
		if g[i] != w[i] && g[i] != named.ReplaceAllString(w[i], "$1 $2") {
			return false
		}
	}
	return true
}

// messageText is an error message where a program shows one: behind its position, or as a library
// function words it.
var messageText = regexp.MustCompile(`"?(?:(?:p|e|prelude):\d+: |(?:bad argument|attempt to|invalid|malformed|unfinished|missing|wrong number|stack overflow) )[^\n"]*"?`)

// masked leaves out the wording of error messages.
func masked(s string) string { return messageText.ReplaceAllString(s, "message") }

// alike is an outcome's text without the differences that are meant. How a syntax error is worded
// is each implementation's own.
func alike(o outcome) string {
	if o.ending == "syntax" {
		o.text = ""
	}
	s := o.String()
	for _, d := range differences {
		s = d.pattern.ReplaceAllString(s, d.replacement)
		s = d.pattern.ReplaceAllString(s, d.replacement) // what a match shares with the one before
	}
	return s
}

// firstDifference shows the lines where two outcomes part.
func firstDifference(got, want outcome) (string, string) {
	g, w := strings.SplitAfter(alike(got), "\n"), strings.SplitAfter(alike(want), "\n")
	for i := range max(len(g), len(w)) {
		a, b := at(g, i), at(w, i)
		if a != b {
			return a, b
		}
	}
	return "", ""
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return fmt.Sprintf("%q", lines[i])
	}
	return ""
}
