package engine

import (
	"math"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"
)

// gopher-lua computes x ^ y by math.Pow, whose last digits depend on the machine. So the syntax tree of every chunk is
// changed before it is compiled: x ^ y becomes a call of our own function, which is put among the constants of the
// compiled chunk, where no script can see or replace it.

// compileChunk makes the prototype of a chunk that was parsed from the source.
func (e *Engine) compileChunk(name, source string, chunk []ast.Stmt) (*lua.FunctionProto, error) {
	var p powers
	if strings.Contains(source, "^") {
		p.statements(chunk)
		p.mark()
	}
	proto, err := lua.Compile(chunk, name)
	if err == nil && len(p.calls) > 0 {
		p.resolve(proto, e.power)
	}
	return proto, err
}

// parseAndCompile makes a function of a text; the error is as gopher-lua's Load has it.
func (e *Engine) parseAndCompile(name, source string) (*lua.LFunction, error) {
	chunk, err := parse.Parse(strings.NewReader(source), name)
	if err != nil {
		return nil, syntax(err)
	}
	proto, err := e.compileChunk(name, source, chunk)
	if err != nil {
		return nil, syntax(err)
	}
	return e.lua.NewFunctionFromProto(proto), nil
}

// powerFunction is what x ^ y calls.
func (e *Engine) powerFunction(L *lua.LState) int {
	x, y := L.Get(1), L.Get(2)
	a, ok := x.(lua.LNumber)
	b, ok2 := y.(lua.LNumber)
	if ok && ok2 {
		L.Push(lua.LNumber(power(float64(a), float64(b))))
		return 1
	}
	for _, v := range []lua.LValue{x, y} {
		if fn, ok := L.GetMetaField(v, "__pow").(*lua.LFunction); ok {
			L.Push(fn)
			L.Push(x)
			L.Push(y)
			L.Call(2, 1)
			return 1
		}
	}
	a, ok = asNumber(x)
	b, ok2 = asNumber(y)
	if !ok || !ok2 { // as gopher-lua says it of other operators
		L.RaiseError("cannot perform pow operation between %s and %s", x.Type().String(), y.Type().String())
	}
	L.Push(lua.LNumber(power(float64(a), float64(b))))
	return 1
}

// asNumber is a number, or a string that reads as one.
func asNumber(v lua.LValue) (n lua.LNumber, ok bool) {
	if s, isString := v.(lua.LString); isString {
		v = parseNumber(string(s))
	}
	n, ok = v.(lua.LNumber)
	return n, ok
}

// powers finds each x ^ y of a syntax tree and puts calls in their place.
type powers struct {
	calls   []*ast.StringExpr // their functions: a text that will become a constant, and that constant our function
	longest int               // of the script's own texts, in bytes; names do not count, since they have no "^"
}

// mark makes the text one that is nowhere in the script.
func (p *powers) mark() {
	text := strings.Repeat("^", p.longest+1)
	for _, c := range p.calls {
		c.Value = text
	}
}

// resolve puts the function where the text is among the constants.
func (p *powers) resolve(proto *lua.FunctionProto, power *lua.LFunction) {
	for i, c := range proto.Constants {
		if c == lua.LString(p.calls[0].Value) {
			proto.Constants[i] = power
		}
	}
	for _, inner := range proto.FunctionPrototypes {
		p.resolve(inner, power)
	}
}

func (p *powers) statements(list []ast.Stmt) {
	for _, s := range list {
		p.statement(s)
	}
}

func (p *powers) statement(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.AssignStmt:
		p.expressions(s.Lhs)
		p.expressions(s.Rhs)
	case *ast.LocalAssignStmt:
		p.expressions(s.Exprs)
	case *ast.FuncCallStmt:
		p.expression(&s.Expr)
	case *ast.DoBlockStmt:
		p.statements(s.Stmts)
	case *ast.WhileStmt:
		p.expression(&s.Condition)
		p.statements(s.Stmts)
	case *ast.RepeatStmt:
		p.statements(s.Stmts)
		p.expression(&s.Condition)
	case *ast.IfStmt:
		p.expression(&s.Condition)
		p.statements(s.Then)
		p.statements(s.Else)
	case *ast.NumberForStmt:
		p.expression(&s.Init)
		p.expression(&s.Limit)
		p.expression(&s.Step)
		p.statements(s.Stmts)
	case *ast.GenericForStmt:
		p.expressions(s.Exprs)
		p.statements(s.Stmts)
	case *ast.FuncDefStmt:
		p.statements(s.Func.Stmts)
	case *ast.ReturnStmt:
		p.expressions(s.Exprs)
	}
}

func (p *powers) expressions(list []ast.Expr) {
	for i := range list {
		p.expression(&list[i])
	}
}

// expression looks into the expression at a place in the tree, and replaces it there if it is a power.
func (p *powers) expression(place *ast.Expr) {
	switch x := (*place).(type) {
	case *ast.StringExpr:
		p.longest = max(p.longest, len(x.Value))
	case *ast.AttrGetExpr:
		p.expression(&x.Object)
		p.expression(&x.Key)
	case *ast.TableExpr:
		for _, f := range x.Fields {
			p.expression(&f.Key)
			p.expression(&f.Value)
		}
	case *ast.FuncCallExpr:
		p.expression(&x.Func)
		p.expression(&x.Receiver)
		p.expressions(x.Args)
	case *ast.LogicalOpExpr:
		p.expression(&x.Lhs)
		p.expression(&x.Rhs)
	case *ast.RelationalOpExpr:
		p.expression(&x.Lhs)
		p.expression(&x.Rhs)
	case *ast.StringConcatOpExpr:
		p.expression(&x.Lhs)
		p.expression(&x.Rhs)
	case *ast.UnaryMinusOpExpr:
		p.expression(&x.Expr)
	case *ast.UnaryNotOpExpr:
		p.expression(&x.Expr)
	case *ast.UnaryLenOpExpr:
		p.expression(&x.Expr)
	case *ast.FunctionExpr:
		p.statements(x.Stmts)
	case *ast.ArithmeticOpExpr:
		p.expression(&x.Lhs)
		p.expression(&x.Rhs)
		if x.Operator == "^" {
			*place = p.call(x)
		}
	}
}

// call is the call that takes the place of a power, or its value if that is known already.
func (p *powers) call(x *ast.ArithmeticOpExpr) ast.Expr {
	if value, ok := constantPower(x); ok {
		return at(x, value)
	}
	function := at(x, &ast.StringExpr{})
	p.calls = append(p.calls, function)
	call := &ast.FuncCallExpr{Func: function, Args: []ast.Expr{x.Lhs, oneValue(x.Rhs)}, AdjustRet: true}
	call.SetLine(x.Line())
	call.SetLastLine(x.LastLine())
	return call
}

// oneValue keeps the last argument of a call from being more than one.
func oneValue(x ast.Expr) ast.Expr {
	switch x := x.(type) {
	case *ast.FuncCallExpr:
		x.AdjustRet = true
	case *ast.Comma3Expr:
		x.AdjustRet = true
	}
	return x
}

// constantPower is the power of two literals, if it can be written as one.
func constantPower(x *ast.ArithmeticOpExpr) (*ast.NumberExpr, bool) {
	a, ok := literal(x.Lhs)
	b, ok2 := literal(x.Rhs)
	if !ok || !ok2 {
		return nil, false
	}
	value := power(a, b)
	if math.IsInf(value, 0) || value != value || math.Signbit(value) {
		return nil, false
	}
	return &ast.NumberExpr{Value: strconv.FormatFloat(value, 'g', -1, 64)}, true
}

// literal is the value of a number that is written out, or of one with a minus before it.
func literal(x ast.Expr) (float64, bool) {
	switch x := x.(type) {
	case *ast.NumberExpr:
		n, ok := parseNumber(x.Value).(lua.LNumber)
		return float64(n), ok
	case *ast.UnaryMinusOpExpr:
		n, ok := literal(x.Expr)
		return -n, ok
	}
	return 0, false
}
