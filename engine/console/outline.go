package console

import (
	"slices"
	"strings"

	"github.com/lightdht/lightdht/engine/syntax"
)

// words splits a chunk into tokens, as far as it is Lua.
func words(source string) (list []syntax.Token) {
	sc := syntax.NewScanner(source)
	for {
		t, err := sc.Next()
		if err != nil || t.Kind == syntax.EOF {
			return list
		}
		list = append(list, t)
	}
}

// outline is the structure of a chunk, which :save needs to make it a part of a script: a return
// would end the script.
type outline struct {
	words  []syntax.Token
	early  int   // start of the first statement that contains a return; -1: none does
	last   int   // start of the return at the end; -1: no return
	label  bool  // a label at the top level, which a script can have only once
	locals []int // first tokens of the declarations at the top level
}

// outlineOf makes the outline of a chunk that can be compiled.
func outlineOf(source string) outline {
	o := outline{words: words(source), early: -1, last: -1}
	var open []syntax.Token // the tokens that began the open blocks, outermost first
	for i, w := range o.words {
		switch w.Kind {
		case "if", "function", "repeat", "while", "for":
			open = append(open, w)
		case "do":
			if n := len(open); n > 0 && (open[n-1].Kind == "while" || open[n-1].Kind == "for") {
				open[n-1].Kind = "do" // it belongs to the loop
				break
			}
			open = append(open, w)
		case "end", "until":
			open = open[:max(0, len(open)-1)]
		case "::":
			o.label = o.label || len(open) == 0
		case "local":
			if len(open) == 0 {
				o.locals = append(o.locals, i)
			}
		case "return":
			o.returns(w, open)
		}
	}
	return o
}

// returns notes a return within blocks.
func (o *outline) returns(w syntax.Token, open []syntax.Token) {
	switch {
	case len(open) == 0:
		o.last = w.At
	case o.early < 0 && !slices.ContainsFunc(open, func(b syntax.Token) bool { return b.Kind == "function" }):
		o.early = open[0].At
	}
}

// hoist turns the declarations at the top level from start on into assignments, so that the
// variables can be declared before. names lists the variables, without "_", which marks unwanted
// values; hidden says whether there was a "_".
func (o *outline) hoist(source string, start int) (names []string, hidden bool, body string) {
	var b strings.Builder
	done := start
	for _, i := range o.locals {
		if o.words[i].At < start {
			continue
		}
		next := o.words[i+1]
		b.WriteString(source[done:o.words[i].At])
		done = next.At
		declared, end, valued := o.declares(i + 1)
		if !valued {
			b.WriteString(source[done:end] + " = nil;")
			done = end
		}
		for _, name := range declared {
			if name == "_" {
				hidden = true
			} else if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names, hidden, b.String() + source[done:]
}

// declares reads the rest of a local statement: the names, where they end, and whether it assigns
// values.
func (o *outline) declares(i int) (names []string, end int, valued bool) {
	if o.words[i].Kind == "function" {
		return []string{o.words[i+1].Text}, 0, true
	}
	for ; ; i += 2 {
		w := o.words[i]
		names, end = append(names, w.Text), w.End
		if i+1 == len(o.words) || o.words[i+1].Kind != "," {
			return names, end, i+1 < len(o.words) && o.words[i+1].Kind == "="
		}
	}
}
