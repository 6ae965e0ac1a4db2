package lua51

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/exact"
)

// Negate stands for the unary minus in Arith.
const Negate = 'n'

var events = map[byte]string{
	'+': "__add", '-': "__sub", '*': "__mul", '/': "__div", '%': "__mod", '^': "__pow", Negate: "__unm",
}

// Arith computes a op b as Lua 5.1 does, with numbers in strings and metamethods; for [Negate], b
// is a again. gopher-lua converts strings by Go's rules (upstream issue 478). Arith is for Go
// functions that compiled code calls in the place of an operator, with a and b as their first
// arguments, so that an error can name the operands.
func Arith(L *lua.LState, op byte, a, b lua.LValue) lua.LValue {
	x, isNumber := NumberOf(a)
	if y, ok := NumberOf(b); ok && isNumber {
		return lua.LNumber(compute(op, x, y))
	}
	if handler := binaryHandler(L, a, b, events[op]); handler != nil {
		return callHandler(L, handler, a, b)
	}
	if isNumber { // the error names the first operand that is not a number
		RaiseOperand(L, "perform arithmetic on", b, 2)
	}
	RaiseOperand(L, "perform arithmetic on", a, 1)
	return nil
}

// compute is arithmetic on numbers.
func compute(op byte, x, y float64) float64 {
	switch op {
	case '+':
		return x + y
	case '-':
		return x - y
	case '*':
		return x * y
	case '/':
		return x / y
	case '%':
		return Modulo(x, y)
	case '^':
		return exact.Pow(x, y)
	}
	return -x
}

// Modulo computes x % y by the definition in the manual of Lua 5.1, with its roundings: x -
// floor(x/y)*y. gopher-lua's result is exact, and -0 in some cases (not reported upstream).
func Modulo(x, y float64) float64 {
	return x - float64(math.Floor(x/y)*y) // the conversion forbids a fused multiplication
}

// binaryHandler is the metamethod of the first operand for an event, or else that of the second;
// nil if neither has one.
func binaryHandler(L *lua.LState, a, b lua.LValue, event string) lua.LValue {
	if h := handler(L, a, event); h != nil {
		return h
	}
	return handler(L, b, event)
}

// handler is the metamethod of a value for an event. Only tables, userdata and strings have
// metamethods that a script can set.
func handler(L *lua.LState, v lua.LValue, event string) lua.LValue {
	var mt lua.LValue
	switch v := v.(type) {
	case *lua.LTable:
		mt = v.Metatable
	case *lua.LUserData:
		mt = v.Metatable
	case lua.LString:
		if r := runtimeOf(L); r != nil && r.strings != nil {
			mt = r.strings
		}
	}
	if t, ok := mt.(*lua.LTable); ok {
		if h := t.RawGetString(event); h != lua.LNil {
			return h
		}
	}
	return nil
}

// callHandler calls a metamethod for its one result.
func callHandler(L *lua.LState, handler, a, b lua.LValue) lua.LValue {
	if handler.Type() != lua.LTFunction && L.GetMetaField(handler, "__call").Type() != lua.LTFunction {
		L.RaiseError("attempt to call a %s value", handler.Type().String())
	}
	L.Push(handler)
	L.Push(a)
	L.Push(b)
	L.Call(2, 1)
	result := L.Get(-1)
	L.Pop(1)
	return result
}
