package console

import (
	"slices"
	"strings"

	"github.com/yuin/gopher-lua/parse"
)

// word is a token of Lua.
type word struct {
	kind int // as package parse numbers them
	text string
	at   int // where it begins, in bytes
}

// words takes a chunk apart, as far as it is Lua.
func words(source string) (list []word) {
	lines := lineStarts(source)
	sc, lexer := parse.NewScanner(strings.NewReader(source), ""), &parse.Lexer{}
	for {
		t, err := sc.Scan(lexer)
		if err != nil || t.Type == parse.EOF || t.Pos.Line > len(lines) {
			return list
		}
		list = append(list, word{t.Type, t.Str, lines[t.Pos.Line-1] + t.Pos.Column - 1})
	}
}

// lineStarts is where the lines begin, as the scanner counts them: two different characters that end lines are one end.
func lineStarts(source string) []int {
	starts := []int{0}
	for i := 0; i < len(source); i++ {
		if source[i] != '\n' && source[i] != '\r' {
			continue
		}
		if i+1 < len(source) && (source[i+1] == '\n' || source[i+1] == '\r') && source[i+1] != source[i] {
			i++
		}
		starts = append(starts, i+1)
	}
	return starts
}

// outline is what must be known of a chunk to make it a part of a script, which a return would end.
type outline struct {
	words  []word
	early  int   // where the first statement begins that may return from within it; -1 if there is none
	last   int   // where the return at the end is; -1 if there is none
	label  bool  // there is one at the top level, where a script can have it only once
	locals []int // the words that begin the declarations at the top level
}

// outlineOf looks at a chunk that can be compiled.
func outlineOf(source string) outline {
	o := outline{words: words(source), early: -1, last: -1}
	var open []word // what began the blocks around a word, the outermost first
	for i, w := range o.words {
		switch w.kind {
		case parse.TIf, parse.TFunction, parse.TRepeat, parse.TWhile, parse.TFor:
			open = append(open, w)
		case parse.TDo:
			if n := len(open); n > 0 && (open[n-1].kind == parse.TWhile || open[n-1].kind == parse.TFor) {
				open[n-1].kind = parse.TDo // it belongs to the loop
				break
			}
			open = append(open, w)
		case parse.TEnd, parse.TUntil:
			open = open[:max(0, len(open)-1)]
		case parse.T2Colon:
			o.label = o.label || len(open) == 0
		case parse.TLocal:
			if len(open) == 0 {
				o.locals = append(o.locals, i)
			}
		case parse.TReturn:
			o.returns(w, open)
		}
	}
	return o
}

// returns takes note of a return within blocks.
func (o *outline) returns(w word, open []word) {
	switch {
	case len(open) == 0:
		o.last = w.at
	case o.early < 0 && !slices.ContainsFunc(open, func(b word) bool { return b.kind == parse.TFunction }):
		o.early = open[0].at
	}
}

// hoist makes assignments of the declarations at the top level from start on, so that the variables can be declared
// before. names lists those, without "_", which says that a value is not wanted; hidden says whether that was there.
func (o *outline) hoist(source string, start int) (names []string, hidden bool, body string) {
	var b strings.Builder
	done := start
	for _, i := range o.locals {
		if o.words[i].at < start {
			continue
		}
		next := o.words[i+1]
		b.WriteString(source[done:o.words[i].at])
		done = next.at
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

// declares reads what follows a local: the names, where they end, and whether something gives them values.
func (o *outline) declares(i int) (names []string, end int, valued bool) {
	if o.words[i].kind == parse.TFunction {
		return []string{o.words[i+1].text}, 0, true
	}
	for ; ; i += 2 {
		w := o.words[i]
		names, end = append(names, w.text), w.at+len(w.text)
		if i+1 == len(o.words) || o.words[i+1].kind != ',' {
			return names, end, i+1 < len(o.words) && o.words[i+1].kind == '='
		}
	}
}
