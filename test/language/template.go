package language

import "sync"

// A template is a production: program text with holes. In a hole stands what fills it:
//
//	<n> a number   <i> a small integer   <s> a string     <b> a condition   <a> any value
//	<x> any value but a table
//	<t> an array   <r> a record          <f> a function   <o> an object with metamethods
//	<m> an expression of several values: a call or ...
//	<as> a list of any values            <ns> a list of numbers
//	<block> statements                   <yield> a statement of a coroutine
type template struct {
	result kind // of an expression
	text   string
	weight int // 0 counts as 1
}

// parsed keeps the trees of templates by their text.
var parsed sync.Map

func parsedOnce(text string, parse func(string) *node) *node {
	if t, ok := parsed.Load(text); ok {
		return t.(*node)
	}
	t := parse(text)
	parsed.Store(text, t)
	return t
}

// expressionOf fills the holes of an expression's template.
func (g *generator) expressionOf(text string) *node {
	n := g.filled(parsedOnce(text, parseExpression))
	n.origin = text
	return n
}

// statementsOf fills the holes of a template of statements.
func (g *generator) statementsOf(text string) *node {
	b := g.filled(parsedOnce(text, parse))
	if len(b.kids) > 0 {
		b.kids[0].origin = text
	}
	return b
}

// filled copies a tree and fills its holes. The holes of a function or a loop are filled as that
// place demands.
func (g *generator) filled(t *node) *node {
	if t.form == "hole" {
		return g.fill(t.text[0])
	}
	n := *t
	n.kids = nil
	g.within(func() {
		g.enter(t)
		for i, k := range t.kids {
			last := i == len(t.kids)-1
			if last && isLoop(t) {
				g.enterLoop(t)
			}
			if k.form == "hole" {
				g.last = last
			}
			n.kids = append(n.kids, spliced(t, k, g.filled(k))...)
		}
	})
	return &n
}

// within does something that leaves the generator as it was, but for the statements it may still
// write.
func (g *generator) within(do func()) {
	saved := *g
	do()
	saved.budget = g.budget
	*g = saved
}

// spliced is what comes into the tree for a child: of a hole in a list or block, the elements of
// what fills it.
func spliced(t, hole, filling *node) []*node {
	inList := hole.form == "hole" && (t.sort == list || t.sort == block)
	if inList && (filling.sort == list || filling.sort == block) {
		return filling.kids
	}
	return []*node{filling}
}

// enter notes that what comes is within a function.
func (g *generator) enter(t *node) {
	switch t.form {
	case "function", "local function", "function statement", "method statement":
		g.open()
		g.depth++
		g.loops, g.dots = 0, false
		for _, p := range t.kids[0].kids {
			g.dots = g.dots || p.text[0] == "..."
		}
	}
}

func isLoop(t *node) bool {
	return t.form == "while" || t.form == "numeric for" || t.form == "generic for"
}

// enterLoop makes the variable of a numeric for known.
func (g *generator) enterLoop(t *node) {
	g.open()
	g.loops++
	if t.form == "numeric for" {
		g.declare(variable{name: t.kids[0].kids[0].text[0], kind: number})
	}
}

// fill makes what stands in a hole.
func (g *generator) fill(what string) *node {
	switch what {
	case "n":
		return g.expr(number)
	case "i":
		return g.smallInteger()
	case "s":
		return g.expr(text)
	case "b":
		return g.condition()
	case "a":
		return g.expr(g.anyKind())
	case "x":
		return g.expr(one(g, []kind{number, text, boolean}))
	case "t":
		return g.expr(array)
	case "r":
		return g.expr(record)
	case "f":
		return g.expr(function)
	case "o":
		return g.expr(object)
	case "m":
		return g.several()
	case "as":
		return g.arguments(1)
	case "ns":
		return g.numbers()
	case "block":
		return g.inner()
	case "yield":
		return g.yielding()
	}
	panic("language: no such hole: " + what)
}
