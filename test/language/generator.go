package language

import "math/rand/v2"

// generator writes one program. Everything it decides comes from its seed. It has more than 60
// methods, because the grammar of Lua is one recursion: a method for each construct.
type generator struct {
	random *rand.Rand
	scope  *scope
	depth  int  // of functions
	level  int  // functions below it may be called; see variable
	nested int  // blocks and expressions around
	loops  int  // around, in this function
	dots   bool // this function takes ...
	wild   int  // percent of operands that are of a wrong kind
	last   bool // the statements to come end a block, so they may return or break
	budget int  // statements still to be written
}

func newGenerator(seed uint64) *generator {
	return &generator{random: rand.New(rand.NewPCG(seed, 51)), level: 3}
}

func (g *generator) below(n int) int { return g.random.IntN(n) }

func (g *generator) between(low, high int) int { return low + g.below(high-low+1) }

func (g *generator) chance(percent int) bool { return g.below(100) < percent }

// deep reports whether an expression had better be a simple one, the more likely the deeper it is.
func (g *generator) deep() bool { return g.nested > 1 && g.below(8) < g.nested*2 }

func one[T any](g *generator, list []T) T { return list[g.below(len(list))] }

// weighted picks a template by its weight; 0 counts as 1.
func (g *generator) weighted(list []template) template {
	total := 0
	for _, t := range list {
		total += max(t.weight, 1)
	}
	at := g.below(total)
	for _, t := range list {
		if at -= max(t.weight, 1); at < 0 {
			return t
		}
	}
	panic("language: weights do not add up")
}

// program writes the program of a seed. One in ten is a list of expressions and one in ten a list
// of texts that may not be Lua at all.
func program(seed uint64) *node {
	g := newGenerator(seed)
	g.open()
	switch seed % 10 {
	case 8:
		return g.expressions()
	case 9:
		return g.texts()
	}
	return g.script()
}

// script is a program of statements, with variables of every kind to begin with.
func (g *generator) script() *node {
	g.dots = true
	b := blockOf(g.prologue()...)
	g.budget = g.between(14, 26)
	for g.budget > 0 {
		b.kids = append(b.kids, g.statement())
	}
	b.kids = append(b.kids, g.epilogue())
	return b
}

// prologue declares some locals and globals of each kind.
func (g *generator) prologue() (list []*node) {
	for range g.between(2, 4) {
		list = append(list, g.localOf(number))
	}
	for _, k := range []kind{text, boolean, array, record, function} {
		if g.chance(70) {
			list = append(list, g.localOf(k))
		}
	}
	for _, k := range []kind{number, text, array, record} {
		if g.chance(40) {
			list = append(list, g.globalOf(k))
		}
	}
	return list
}

var globals = map[kind]string{number: "G", text: "S", array: "T", record: "R"}

func (g *generator) globalOf(k kind) *node {
	n := &node{form: "global", text: []string{globals[k] + " = ", ""}, need: []int{0}, sort: statement, kids: []*node{g.plain(k)}}
	g.declare(variable{name: globals[k], kind: k})
	return n
}

// epilogue shows what has become of the variables.
func (g *generator) epilogue() *node {
	values := listOf(1)
	for _, v := range g.visible(func(v variable) bool { return v.kind <= record }) {
		values.kids = append(values.kids, name(v.name))
	}
	if len(values.kids) == 0 {
		values.kids = append(values.kids, name("nil"))
	}
	return &node{form: "epilogue", sort: statement, text: []string{"show(", ")"}, need: []int{0}, kids: []*node{values}}
}
