package console

import (
	"slices"
	"strings"

	"github.com/lightdht/lightdht/engine/syntax"
)

// words takes a chunk apart, as far as it is Lua.
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

// outline is what must be known of a chunk to make it a part of a script, which a return would end.
type outline struct {
	words  []syntax.Token
	early  int   // where the first statement begins that may return from within it; -1 if there is none
	last   int   // where the return at the end is; -1 if there is none
	label  bool  // there is one at the top level, where a script can have it only once
	locals []int // the words that begin the declarations at the top level
}

// outlineOf looks at a chunk that can be compiled.
func outlineOf(source string) outline {
	o := outline{words: words(source), early: -1, last: -1}
	var open []syntax.Token // what began the blocks around a word, the outermost first
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

// returns takes note of a return within blocks.
func (o *outline) returns(w syntax.Token, open []syntax.Token) {
	switch {
	case len(open) == 0:
		o.last = w.At
	case o.early < 0 && !slices.ContainsFunc(open, func(b syntax.Token) bool { return b.Kind == "function" }):
		o.early = open[0].At
	}
}

// hoist makes assignments of the declarations at the top level from start on, so that the variables
// can be declared before. names lists those, without "_", which says that a value is not wanted;
// hidden says whether that was there.
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

// declares reads what follows a local: the names, where they end, and whether something gives them
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
