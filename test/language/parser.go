package language

import (
	"slices"
	"strings"
)

// A parser makes a tree of a template, or of a program to be reduced, which must be correct. What
// it does not expect is a fault of the template.
type parser struct {
	tokens []string
	at     int
}

// parse reads statements.
func parse(s string) *node {
	p := &parser{tokens: tokenise(s)}
	b := p.block()
	p.done(s)
	return b
}

// parseExpression reads one expression.
func parseExpression(s string) *node {
	p := &parser{tokens: tokenise(s)}
	e := p.expr(0)
	p.done(s)
	return e
}

func (p *parser) done(s string) {
	if p.at < len(p.tokens) {
		panic("language: not expected: " + p.peek() + " in " + s)
	}
}

func (p *parser) peek() string {
	if p.at == len(p.tokens) {
		return ""
	}
	return p.tokens[p.at]
}

func (p *parser) next() string {
	p.at++
	return p.tokens[p.at-1]
}

func (p *parser) accept(token string) bool {
	if p.peek() == token {
		p.at++
		return true
	}
	return false
}

func (p *parser) expect(token string) {
	if !p.accept(token) {
		panic("language: " + token + " expected, not " + p.peek() + " in " + strings.Join(p.tokens, " "))
	}
}

func isHole(token string) bool { return len(token) > 2 && holeToken.MatchString(token) }

func holeNode(token string, sort sort) *node {
	return &node{form: "hole", sort: sort, level: prefixLevel, text: []string{token[1 : len(token)-1]}}
}

var blockEnds = []string{"", "end", "else", "elseif", "until"}

func (p *parser) block() *node {
	b := blockOf()
	for !slices.Contains(blockEnds, p.peek()) {
		b.kids = append(b.kids, p.statement())
		p.accept(";")
	}
	return b
}

// made is a node of a production.
func made(form string, sort sort, text []string, kids ...*node) *node {
	return &node{form: form, sort: sort, level: simpleLevel, text: text, need: make([]int, len(kids)), kids: kids}
}

func (p *parser) statement() *node {
	switch token := p.peek(); token {
	case "<block>", "<yield>":
		return holeNode(p.next(), statement)
	case "if":
		return p.conditional()
	case "while":
		p.next()
		condition := p.expr(0)
		return made("while", statement, []string{"while ", " ", ""}, condition, p.do())
	case "do":
		return made("do", statement, []string{"", ""}, p.do())
	case "for":
		return p.loop()
	case "repeat":
		p.next()
		b := p.block()
		p.expect("until")
		return made("repeat", statement, []string{"repeat ", " until ", ""}, b, p.expr(0))
	case "function":
		return p.functionStatement()
	case "local":
		return p.local()
	case "return":
		p.next()
		if p.peek() == ";" || slices.Contains(blockEnds, p.peek()) {
			return made("return", statement, []string{"return"})
		}
		return made("return", statement, []string{"return ", ""}, p.exprs())
	case "break":
		p.next()
		return made("break", statement, []string{"break"})
	}
	return p.callOrAssignment()
}

// do reads do block end, as one block node in its words.
func (p *parser) do() *node {
	p.expect("do")
	b := p.block()
	p.expect("end")
	return made("body", fixed, []string{"do ", " end"}, b)
}

func (p *parser) conditional() *node {
	n := made("if", statement, []string{"if "})
	p.next()
	add := func(k *node, after string) {
		n.kids, n.need, n.text = append(n.kids, k), append(n.need, 0), append(n.text, after)
	}
	add(p.expr(0), " then ")
	p.expect("then")
	for {
		switch b := p.block(); p.next() {
		case "elseif":
			n.form = "elseif"
			add(b, " elseif ")
			add(p.expr(0), " then ")
			p.expect("then")
		case "else":
			add(b, " else ")
			add(p.block(), " end")
			p.expect("end")
			return n
		default:
			add(b, " end")
			return n
		}
	}
}

func (p *parser) loop() *node {
	p.next()
	names := p.names()
	if p.accept("=") {
		n := made("numeric for", statement, []string{"for ", " = ", " ", ""}, names, p.exprs(), p.do())
		n.kids[1].least = 2
		return n
	}
	p.expect("in")
	return made("generic for", statement, []string{"for ", " in ", " ", ""}, names, p.exprs(), p.do())
}

// names reads what is being introduced.
func (p *parser) names() *node {
	l := listOf(1, label(p.next()))
	for p.accept(",") {
		l.kids = append(l.kids, label(p.next()))
	}
	return l
}

func (p *parser) functionStatement() *node {
	p.next()
	name := p.next()
	form := "function statement"
	for p.peek() == "." || p.peek() == ":" {
		if p.peek() == ":" {
			form = "method statement"
		}
		name += p.next() + p.next()
	}
	n := p.functionBody("function " + name)
	n.form, n.sort = form, statement
	return n
}

// functionBody reads parameters and statements; prefix is what stands before them.
func (p *parser) functionBody(prefix string) *node {
	p.expect("(")
	params := listOf(0)
	if p.peek() != ")" {
		params = p.names()
		params.least = 0
	}
	p.expect(")")
	b := p.block()
	p.expect("end")
	return made("function", expression, []string{prefix + "(", ") ", " end"}, params, b)
}

func (p *parser) local() *node {
	p.next()
	if p.accept("function") {
		n := p.functionBody("local function " + p.next())
		n.form, n.sort = "local function", statement
		return n
	}
	names := p.names()
	if p.accept("=") {
		return made("local", statement, []string{"local ", " = ", ""}, names, p.exprs())
	}
	return made("local without a value", statement, []string{"local ", ""}, names)
}

func (p *parser) callOrAssignment() *node {
	e := p.suffixed()
	if p.peek() != "=" && p.peek() != "," {
		return made("call statement", statement, []string{"", ""}, e)
	}
	targets := listOf(1, e)
	for p.accept(",") {
		targets.kids = append(targets.kids, p.suffixed())
	}
	p.expect("=")
	form := "assignment"
	if len(targets.kids) > 1 {
		form = "multiple assignment"
	}
	return made(form, statement, []string{"", " = ", ""}, targets, p.exprs())
}

func (p *parser) exprs() *node {
	l := listOf(1, p.expr(0))
	for p.accept(",") {
		l.kids = append(l.kids, p.expr(0))
	}
	return l
}

// expr reads an expression whose operators bind tighter than the limit.
func (p *parser) expr(limit int) *node {
	left := p.unary()
	for {
		op, ok := operators[p.peek()]
		if !ok || op.level <= limit {
			return left
		}
		symbol := p.next()
		next := op.level
		if op.right {
			next--
		}
		left = infix(symbol, left, p.expr(next))
	}
}

func (p *parser) unary() *node {
	switch p.peek() {
	case "-", "#":
		return prefixed(p.next(), p.expr(unaryLevel-1))
	case "not":
		p.next()
		return prefixed("not ", p.expr(unaryLevel-1))
	}
	return p.simple()
}

func (p *parser) simple() *node {
	switch token := p.peek(); {
	case token == "{":
		return p.constructor()
	case token == "function":
		p.next()
		return p.functionBody("function")
	case token == "...", token == "nil", token == "true", token == "false":
		return leaf(token, expression, simpleLevel, p.next())
	case numToken.MatchString(token):
		return leaf("numeral", expression, simpleLevel, p.next())
	case token[0] == '"' || token[0] == '\'' || longToken.MatchString(token):
		return leaf("string", expression, simpleLevel, p.next())
	}
	return p.suffixed()
}

func (p *parser) suffixed() *node {
	n := p.primary()
	for {
		switch token := p.peek(); {
		case token == ".":
			p.next()
			n = made("field", expression, []string{"", "." + p.next()}, n)
		case token == "[":
			p.next()
			n = made("index", expression, []string{"", "[", "]"}, n, p.expr(0))
			p.expect("]")
		case token == ":":
			p.next()
			n = p.call("method call", n, ":"+p.next())
		case token == "(" || token == "{" || token != "" && (token[0] == '"' || token[0] == '\'' || longToken.MatchString(token)):
			n = p.call("call", n, "")
		default:
			return n
		}
		n.level, n.need[0] = prefixLevel, prefixLevel
	}
}

func (p *parser) primary() *node {
	token := p.next()
	switch {
	case token == "(":
		e := p.expr(0)
		p.expect(")")
		n := made("parentheses", expression, []string{"(", ")"}, e)
		n.level = prefixLevel
		return n
	case isHole(token):
		return holeNode(token, expression)
	case !isName(token):
		panic("language: " + token + " not expected in " + strings.Join(p.tokens, " "))
	}
	return name(token)
}

// call reads arguments; method is ":" with a name, or nothing.
func (p *parser) call(form string, f *node, method string) *node {
	if p.accept("(") {
		args := listOf(0)
		if p.peek() != ")" {
			args = p.exprs()
			args.least = 0
		}
		p.expect(")")
		return made(form, expression, []string{"", method + "(", ")"}, f, args)
	}
	arg := p.simple() // a string or a constructor
	return made(form+" with one literal", expression, []string{"", method, ""}, f, listOf(1, arg))
}

func (p *parser) constructor() *node {
	p.next()
	items := listOf(0)
	for !p.accept("}") {
		items.kids = append(items.kids, p.item())
		if !p.accept(",") {
			p.accept(";")
		}
	}
	return made("constructor", expression, []string{"{", "}"}, items)
}

func (p *parser) item() *node {
	switch {
	case p.peek() == "[":
		p.next()
		k := p.expr(0)
		p.expect("]")
		p.expect("=")
		return made("item with a key", fixed, []string{"[", "] = ", ""}, k, p.expr(0))
	case isName(p.peek()) && p.tokens[p.at+1] == "=":
		key := p.next()
		p.next()
		return made("item with a name", fixed, []string{key + " = ", ""}, p.expr(0))
	}
	return p.expr(0)
}
