package syntax

// block reads statements up to a token that ends a block, which stays current.
func (p *parser) block() *Block {
	p.enter()
	defer p.leave()
	b := &Block{}
	for last := false; !last && !p.endsBlock(); {
		if p.accept(";") { // an empty statement
			continue
		}
		var s Stmt
		s, last = p.statement()
		b.Stmts = append(b.Stmts, s)
		if last {
			p.accept(";")
		}
	}
	b.Line = p.tok.Line
	return b
}

func (p *parser) endsBlock() bool {
	switch p.tok.Kind {
	case EOF, "end", "else", "elseif", "until":
		return true
	}
	return false
}

// statement reads one; last reports whether it must be the last of its block.
func (p *parser) statement() (s Stmt, last bool) {
	line := p.tok.Line
	switch p.tok.Kind {
	case "if":
		return p.ifStatement(line), false
	case "while":
		return p.while(line), false
	case "do":
		p.next()
		body := p.block()
		p.close("end", "do", line)
		return &Do{p.since(line), body}, false
	case "for":
		return p.forStatement(line), false
	case "repeat":
		return p.repeat(line), false
	case "function":
		return p.functionStatement(line), false
	case "local":
		p.next()
		if p.accept("function") {
			return p.localFunction(line), false
		}
		return p.local(line), false
	case "return":
		return p.returnStatement(line), true
	case "break":
		p.next()
		if p.loops == 0 {
			p.fail("no loop to break")
		}
		return &Break{p.since(line)}, true
	case "::":
		p.next()
		name := p.name()
		p.expect("::")
		return &Label{p.since(line), name}, false
	case Name:
		if p.tok.Text == "goto" && p.peek().Kind == Name {
			p.next()
			name := p.name()
			return &Goto{p.since(line), name}, false
		}
	}
	return p.expressionStatement(line), false
}

// since is the span from a line to the end of the last token.
func (p *parser) since(line int) Span { return Span{line, p.before.Line} }

func (p *parser) ifStatement(line int) Stmt {
	s := &If{}
	for p.at("if") || p.at("elseif") {
		p.next()
		cond := p.expression()
		p.expect("then")
		s.Arms = append(s.Arms, Arm{cond, p.block()})
	}
	if p.accept("else") {
		s.Else = p.block()
	}
	p.close("end", "if", line)
	s.Span = p.since(line)
	return s
}

// loopBody is the block of a loop.
func (p *parser) loopBody() *Block {
	p.loops++
	defer func() { p.loops-- }()
	return p.block()
}

func (p *parser) while(line int) Stmt {
	p.next()
	cond := p.expression()
	p.expect("do")
	body := p.loopBody()
	p.close("end", "while", line)
	return &While{p.since(line), cond, body}
}

func (p *parser) repeat(line int) Stmt {
	p.next()
	body := p.loopBody()
	p.close("until", "repeat", line)
	cond := p.expression()
	return &Repeat{p.since(line), body, cond}
}

func (p *parser) forStatement(line int) Stmt {
	p.next()
	name := p.name()
	switch p.tok.Kind {
	case "=":
		return p.numericFor(line, name)
	case ",", "in":
		return p.genericFor(line, name)
	}
	p.fail("'=' or 'in' expected")
	return nil
}

func (p *parser) numericFor(line int, name string) Stmt {
	s := &NumericFor{Name: name}
	p.next()
	s.Start = p.expression()
	p.expect(",")
	s.Limit = p.expression()
	if p.accept(",") {
		s.Step = p.expression()
	}
	p.expect("do")
	s.Body = p.loopBody()
	p.close("end", "for", line)
	s.Span = p.since(line)
	return s
}

func (p *parser) genericFor(line int, name string) Stmt {
	s := &GenericFor{Names: []string{name}}
	for p.accept(",") {
		s.Names = append(s.Names, p.name())
	}
	p.expect("in")
	s.In = p.tok.Line
	s.Values = p.expressions()
	p.expect("do")
	s.Body = p.loopBody()
	p.close("end", "for", line)
	s.Span = p.since(line)
	return s
}

func (p *parser) functionStatement(line int) Stmt {
	p.next()
	var target Expr = &Ident{At(p.tok.Line), p.name()}
	method, chain := false, p.chain
	for p.at(".") || p.at(":") {
		method = p.next().Kind == ":"
		p.link()
		key := &StringLit{At(p.tok.Line), p.name()}
		target = &Index{At(p.before.Line), target, key}
		if method {
			break
		}
	}
	p.chain = chain
	f := p.function(method, line)
	return &FunctionStmt{p.since(line), target, f}
}

func (p *parser) localFunction(line int) Stmt {
	name := p.name()
	f := p.function(false, line)
	return &LocalFunction{p.since(line), name, f}
}

func (p *parser) local(line int) Stmt {
	s := &Local{Names: []string{p.name()}}
	for p.accept(",") {
		s.Names = append(s.Names, p.name())
	}
	if p.accept("=") {
		s.Values = p.expressions()
	}
	s.Span = p.since(line)
	return s
}

func (p *parser) returnStatement(line int) Stmt {
	p.next()
	s := &Return{}
	if !p.endsBlock() && !p.at(";") {
		s.Values = p.expressions()
	}
	s.Span = p.since(line)
	return s
}

// expressionStatement reads a call or an assignment.
func (p *parser) expressionStatement(line int) Stmt {
	chain := p.chain
	x := p.suffixed()
	p.chain = chain
	if call, ok := x.(*Call); ok {
		return &CallStmt{p.since(line), call}
	}
	s := &Assign{Targets: []Expr{p.target(x)}}
	for p.accept(",") {
		s.Targets = append(s.Targets, p.target(p.suffixed()))
		p.chain = chain
	}
	p.expect("=")
	s.Values = p.expressions()
	s.Span = p.since(line)
	return s
}

// target is an expression that can be assigned to.
func (p *parser) target(x Expr) Expr {
	switch x.(type) {
	case *Ident, *Index:
		return x
	}
	p.fail("syntax error")
	return nil
}
