package engine

import (
	"math"
	"strconv"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

// gopher-lua computes x ^ y by math.Pow, whose last digits depend on the machine. So x ^ y becomes a call of our own
// function.

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

// call is the call that takes the place of a power, or its value if that is known already.
func (p *rewriter) call(x *ast.ArithmeticOpExpr) ast.Expr {
	if value, ok := constantPower(x); ok {
		return at(x, value)
	}
	return p.ours(&p.powers, x, x.Lhs, oneValue(x.Rhs))
}

// ours is a call of a function of our own in the place of x.
func (p *rewriter) ours(functions *[]*ast.StringExpr, x ast.Expr, args ...ast.Expr) ast.Expr {
	function := at(x, &ast.StringExpr{})
	*functions = append(*functions, function)
	call := &ast.FuncCallExpr{Func: function, Args: args, AdjustRet: true}
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
