package language

import "sync"

// A template is a production: program text with holes. In a hole stands what fills it:
//
//	<n> a number   <i> a small integer   <s> a string     <b> a condition   <a> any value
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
	b.origin = text
	return b
}

// filled copies a tree and fills its holes. What is within a function or a loop is filled as the place demands.
func (g *generator) filled(t *node) *node {
	saved := *g
	g.enter(t)
	n := *t
	n.kids = nil
	for i, k := range t.kids {
		if isLoop(t) && i == len(t.kids)-1 {
			g.enterLoop(t)
		}
		switch {
		case k.form != "hole":
			n.kids = append(n.kids, g.filled(k))
		case t.sort == list || t.sort == block:
			g.last = i == len(t.kids)-1
			n.kids = append(n.kids, spliced(g.fill(k.text[0]))...)
		default:
			n.kids = append(n.kids, g.fill(k.text[0]))
		}
	}
	if t.form == "hole" { // the whole template is one
		return g.fill(t.text[0])
	}
	budget := g.budget
	*g = saved
	g.budget = budget
	return &n
}

func spliced(n *node) []*node {
	if n.sort == list || n.sort == block {
		return n.kids
	}
	return []*node{n}
}

// enter notes that what comes is within a function.
func (g *generator) enter(t *node) {
	switch t.form {
	case "function", "local function", "function statement", "method statement":
		g.open()
		g.depth++
		g.loops, g.dots, g.yields = 0, false, false
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
