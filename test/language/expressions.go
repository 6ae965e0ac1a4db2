package language

import (
	"slices"
	"strconv"
	"strings"
)

// A table of templates by what they give, and by how tightly they bind.
var (
	callsOf      = byResult(calls)
	operationsOf = byResult(operations)
)

func byResult(list []template) (of [kinds][]template) {
	for _, t := range list {
		of[t.result] = append(of[t.result], t)
	}
	return of
}

// expr makes an expression of a kind, or, where that is welcome, of another.
func (g *generator) expr(k kind) *node {
	if g.wild > 0 && g.chance(g.wild) {
		return g.wrong()
	}
	return g.plain(k)
}

// plain makes an expression of a kind.
func (g *generator) plain(k kind) *node {
	g.nested++
	defer func() { g.nested-- }()
	v, known := g.known(k)
	switch {
	case k == function:
		return g.functionValue()
	case k >= loose:
		if known {
			return name(v.name)
		}
		return g.constant(one(g, []kind{number, text, loose}))
	case known && (g.deep() || g.chance(35)):
		return name(v.name)
	case g.deep():
		return g.constant(k)
	}
	return g.compound(k)
}

// compound makes an expression that computes.
func (g *generator) compound(k kind) *node {
	switch g.below(10) {
	case 0, 1:
		return g.constant(k)
	case 2, 3, 4:
		if n := g.operator(k); n != nil {
			return n
		}
	case 5, 6:
		if len(callsOf[k]) > 0 {
			return g.clean(k, g.weighted(callsOf[k]).text)
		}
	case 7:
		if n := g.special(k); n != nil {
			return n
		}
	}
	return g.clean(k, g.weighted(operationsOf[k]).text)
}

// clean fills a template. A list whose length matters gets no value of a wrong kind: with a hole,
// its length would be any of several.
func (g *generator) clean(k kind, text string) *node {
	wild := g.wild
	if k == array || strings.Contains(text, "table.") || strings.Contains(text, "#{") {
		g.wild = 0
	}
	n := g.expressionOf(text)
	g.wild = wild
	return n
}

// constant makes the simplest expression of a kind.
func (g *generator) constant(k kind) *node {
	switch k {
	case number:
		return g.numeral()
	case text:
		return g.stringLiteral()
	case boolean:
		return leaf("boolean", expression, simpleLevel, one(g, []string{"true", "false"}))
	case array:
		return leaf("array", expression, simpleLevel, one(g, []string{"{1}", "{3, 1, 2}", "{10, 20, 30, 40}", `{5, "6"}`}))
	case record:
		return leaf("record", expression, simpleLevel, one(g, []string{`{x = 1, y = 2, s = "r"}`, `{s = "", y = .5, x = -1}`}))
	}
	return leaf("nil", expression, simpleLevel, "nil")
}

// wrong makes a value that most places do not expect.
func (g *generator) wrong() *node {
	return leaf("wrong value", expression, simpleLevel, one(g, []string{
		"nil", "nil", "true", `"word"`, `"12"`, "{}", "print", "undefined", "4.5", `""`, "R.none", "(nil)", "math.none",
	}))
}

// An operation is a binary operator between two kinds.
type operation struct {
	symbol      string
	left, right kind
}

var binaries = [kinds][]operation{
	number: {
		{"+", number, number}, {"+", number, number}, {"-", number, number}, {"-", number, number}, {"*", number, number},
		{"/", number, number}, {"%", number, number}, {"^", number, number}, {"and", boolean, number}, {"or", number, number},
	},
	text: {{"..", text, text}, {"..", text, number}, {"..", number, text}, {"or", text, text}},
	boolean: {
		{"==", number, number}, {"~=", text, text}, {"<", number, number}, {"<=", number, number}, {">", text, text}, {">=", number, number},
		{"<", text, text}, {"<=", text, text}, {"==", text, number}, {"~=", boolean, boolean}, {"==", loose, number},
		{"and", boolean, boolean}, {"or", boolean, boolean}, {"and", number, boolean}, {"or", boolean, text}, {"and", loose, boolean},
	},
}

// operator makes a binary operation. Its children are put in parentheses only where precedence asks
// for it.
func (g *generator) operator(k kind) *node {
	if len(binaries[k]) == 0 {
		return nil
	}
	op := one(g, binaries[k])
	left, right := g.expr(op.left), g.operand(op)
	if op.symbol == "and" && k == number {
		return infix("or", infix("and", left, right), g.expr(number))
	}
	return infix(op.symbol, left, right)
}

// operand makes what stands to the right of an operator. Exponents are small, or nothing would be
// left but infinity.
func (g *generator) operand(op operation) *node {
	switch {
	case op.symbol == "^":
		return leaf("exponent", expression, simpleLevel, one(g, []string{"2", "2", "3", "0", "1", "-1", `"2"`}))
	case (op.symbol == "/" || op.symbol == "%") && g.chance(20):
		return g.expressionOf("<n> ^ 2 + 1") // not 0: how long the text of nan is differs
	case op.symbol == "/" || op.symbol == "%":
		return leaf("divisor", expression, simpleLevel, one(g, []string{"2", "3", "4", "7", "0.5", "10", `"5"`, "1.5", "8"}))
	}
	return g.expr(op.right)
}

// special makes expressions that depend on what is around.
func (g *generator) special(k kind) *node {
	switch k {
	case number:
		return g.specialNumber()
	case text:
		return infix("..", g.expr(text), infix("..", g.expr(number), g.expr(text)))
	case boolean:
		return prefixed("not ", g.expr(boolean))
	case array:
		if g.chance(30) {
			return g.longConstructor()
		}
	}
	return nil
}

func (g *generator) specialNumber() *node {
	switch g.below(7) {
	case 0:
		return prefixed("-", g.expr(number))
	case 1:
		if g.dots {
			return g.expressionOf(one(g, []string{`((...) or 1)`, `select("#", ...)`, `(select(2, ...) or <n>)`, `#{n = ...}`, `(({...})[1] or 2)`}))
		}
	case 2:
		return g.chain()
	}
	return g.call()
}

// chain makes several operators of one sort in a row, without parentheses.
func (g *generator) chain() *node {
	n := g.expr(number)
	for range g.between(2, 3) {
		op := one(g, binaries[number][:7])
		n = infix(op.symbol, n, g.operand(op))
	}
	return n
}

// call calls a function that is visible, or one made on the spot.
func (g *generator) call() *node {
	return &node{form: "call", sort: expression, level: prefixLevel, text: []string{"", "(", ")"}, need: []int{prefixLevel, 0},
		kids: []*node{g.functionValue(), g.numbers()}}
}

// condition makes what an if asks: mostly a boolean, but any value will do.
func (g *generator) condition() *node {
	if g.chance(12) {
		return g.expr(g.anyKind())
	}
	return g.expr(boolean)
}

func (g *generator) anyKind() kind {
	return one(g, []kind{number, number, number, text, text, boolean, boolean, array, record, loose})
}

// numbers makes the arguments of a function: three numbers, mostly.
func (g *generator) numbers() *node {
	l := listOf(0)
	count := 3
	if g.wild > 0 {
		count = g.between(0, 3)
	}
	for range count {
		l.kids = append(l.kids, g.expr(number))
	}
	if g.chance(15) {
		l.kids = append(l.kids, g.several())
	}
	return l
}

// arguments makes a list of any values, the last of which may be several.
func (g *generator) arguments(least int) *node {
	l := listOf(least)
	for range g.between(1, 3) {
		l.kids = append(l.kids, g.expr(g.anyKind()))
	}
	if g.chance(30) {
		l.kids = append(l.kids, g.several())
	}
	return l
}

// multiple are expressions of more than one value, or of none.
var multiple = []string{
	`unpack(<t>)`, `unpack({<n>, <s>, <b>})`, `unpack({<n>, nil, <n>}, 1, 3)`, `string.byte(<s>, 1, -1)`, `string.find(<s>, "(%w)(%w)")`,
	`pcall(error, <s>)`, `pcall(tostring, <n>)`, `select(2, <as>)`, `select(<i>, <as>)`, `math.modf(<n>)`, `math.frexp(<n>)`,
	`(<s>):gsub("%w", "%0%0", 2)`, `note("m", <as>)`, `(function() return <as> end)()`, `(function(...) return ... end)(<as>)`,
	`pcall(function() return <as> end)`, `coroutine.resume(coroutine.create(function(...) return ... end), <as>)`,
	`xpcall(function() error(<s>, 0) end, function(e) return e end)`, `coroutine.wrap(function() coroutine.yield(<as>) end)()`,
	`loadstring("return ...")(<as>)`, `(function() end)()`, `assert(<n> + 0, <s>)`, `string.match(<s>, "()(%a*)()")`,
}

func (g *generator) several() *node {
	g.nested++
	defer func() { g.nested-- }()
	switch {
	case g.dots && g.chance(40):
		return leaf("...", expression, simpleLevel, "...")
	case g.chance(40):
		return g.call()
	case g.deep():
		return leaf("multiple results", expression, prefixLevel, "unpack({1, 2, 3})")
	}
	return g.expressionOf(one(g, multiple))
}

// longConstructor makes a table of more items than one instruction of the machine can store.
func (g *generator) longConstructor() *node {
	items := listOf(0)
	for i := range g.between(49, 60) {
		items.kids = append(items.kids, leaf("item", expression, simpleLevel, strconv.Itoa(i)))
	}
	items.kids = append(items.kids, g.several())
	items.kids = slices.Insert(items.kids, g.below(20), g.expr(number))
	return &node{form: "long constructor", sort: expression, level: prefixLevel, text: []string{"only({", "})"}, need: []int{0}, kids: []*node{items}}
}
