package syntax

// operator is the precedence of an operator on its left and on its right side.
type operator struct{ left, right int }

var operators = map[Kind]operator{
	"or": {1, 1}, "and": {2, 2},
	"<": {3, 3}, ">": {3, 3}, "<=": {3, 3}, ">=": {3, 3}, "~=": {3, 3}, "==": {3, 3},
	"..": {5, 4}, // right associative
	"+":  {6, 6}, "-": {6, 6}, "*": {7, 7}, "/": {7, 7}, "%": {7, 7},
	"^": {10, 9}, // right associative
}

// unaryBinds is the precedence of "not", "-" and "#": higher than all but "^".
const unaryBinds = 8

func (p *parser) expressions() []Expr {
	list := []Expr{p.expression()}
	for p.accept(",") {
		list = append(list, p.expression())
	}
	return list
}

func (p *parser) expression() Expr { return p.binary(0) }

// binary reads an expression of operators with a higher precedence than limit.
func (p *parser) binary(limit int) Expr {
	p.enter()
	defer p.leave()
	chain := p.chain
	x := p.unary()
	for {
		kind := p.tok.Kind
		op, ok := operators[kind]
		if !ok || op.left <= limit {
			p.chain = chain
			return x
		}
		p.next()
		p.link()
		y := p.binary(op.right)
		x = &Binary{At(p.before.Line), string(kind), x, y}
	}
}

func (p *parser) unary() Expr {
	switch p.tok.Kind {
	case "not", "-", "#":
		op := string(p.next().Kind)
		x := p.binary(unaryBinds)
		return &Unary{At(p.before.Line), op, x}
	}
	return p.simple()
}

func (p *parser) simple() Expr {
	line := At(p.tok.Line)
	switch p.tok.Kind {
	case Number:
		t := p.next()
		value, _ := ParseNumber(p.text[t.At:t.End]) // the scanner has checked it
		return &NumberLit{line, value}
	case String:
		return &StringLit{line, p.next().Text}
	case "nil":
		p.next()
		return &Nil{line}
	case "true":
		p.next()
		return &True{line}
	case "false":
		p.next()
		return &False{line}
	case "...":
		if !p.vararg {
			p.fail("cannot use '...' outside a vararg function")
		}
		p.next()
		return &Vararg{line}
	case "{":
		return p.table()
	case "function":
		p.next()
		return p.function(false, int(line))
	}
	return p.suffixed()
}

// suffixed reads a variable or an expression in brackets, with the fields, calls and methods behind
// it.
func (p *parser) suffixed() Expr {
	x := p.primary()
	for {
		switch p.tok.Kind {
		case ".":
			p.next()
			key := &StringLit{At(p.tok.Line), p.name()}
			x = &Index{At(p.before.Line), x, key}
		case "[":
			p.next()
			key := p.expression()
			p.expect("]")
			x = &Index{At(p.before.Line), x, key}
		case ":":
			p.next()
			method := p.name()
			x = p.call(x, method)
		case "(", String, "{":
			x = p.call(x, "")
		default:
			return x
		}
		p.link()
	}
}

func (p *parser) primary() Expr {
	line := p.tok.Line
	switch p.tok.Kind {
	case Name:
		return &Ident{At(line), p.next().Text}
	case "(":
		p.next()
		x := p.expression()
		p.close(")", "(", line)
		return &Paren{At(p.before.Line), x}
	}
	p.fail("unexpected symbol")
	return nil
}

// call reads the arguments of a call.
func (p *parser) call(f Expr, method string) Expr {
	c := &Call{Func: f, Method: method, Opens: p.tok.Line}
	switch p.tok.Kind {
	case String:
		c.Args = []Expr{&StringLit{At(p.tok.Line), p.next().Text}}
	case "{":
		c.Args = []Expr{p.table()}
	case "(":
		if p.tok.Line != p.before.Line {
			p.fail("ambiguous syntax (function call x new statement)")
		}
		p.next()
		if !p.at(")") {
			c.Args = p.expressions()
		}
		p.close(")", "(", c.Opens)
	default:
		p.fail("function arguments expected")
	}
	c.At = At(p.before.Line)
	return c
}

func (p *parser) table() Expr {
	line := p.tok.Line
	p.expect("{")
	t := &Table{}
	for !p.at("}") {
		t.Fields = append(t.Fields, p.field())
		if !p.accept(",") && !p.accept(";") {
			break
		}
	}
	p.close("}", "{", line)
	t.At = At(p.before.Line)
	return t
}

func (p *parser) field() Field {
	switch {
	case p.at("["):
		p.next()
		key := p.expression()
		p.expect("]")
		p.expect("=")
		return Field{key, p.expression()}
	case p.at(Name) && p.peek().Kind == "=":
		key := &StringLit{At(p.tok.Line), p.next().Text}
		p.next()
		return Field{key, p.expression()}
	}
	return Field{Value: p.expression()}
}

// function reads the parameters and the body of a function.
func (p *parser) function(method bool, line int) *Function {
	f := &Function{First: line}
	if method {
		f.Params = []string{"self"}
	}
	p.expect("(")
	p.parameters(f)
	p.expect(")")
	vararg, loops := p.vararg, p.loops
	p.vararg, p.loops = f.Vararg, 0
	f.Body = p.block()
	p.vararg, p.loops = vararg, loops
	p.close("end", "function", line)
	f.At = At(p.before.Line)
	return f
}

func (p *parser) parameters(f *Function) {
	if p.at(")") {
		return
	}
	for {
		switch p.tok.Kind {
		case Name:
			f.Params = append(f.Params, p.next().Text)
		case "...":
			p.next()
			f.Vararg = true
			return
		default:
			p.fail("<name> or '...' expected")
		}
		if !p.accept(",") {
			return
		}
	}
}
