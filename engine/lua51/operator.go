package lua51

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/exact"
)

// Operators are the functions that a compiled chunk calls where gopher-lua's machine computes
// something else than Lua 5.1. They are constants of the chunk, which no script can see or replace.
type Operators struct {
	Concat *lua.LFunction // of two or more operands
	Mod    *lua.LFunction
	Pow    *lua.LFunction
	// Length gets a list that is longer than gopher-lua's arrays, and the length that those have.
	Length *lua.LFunction
	// Product and Quotient get two operands of which the machine has made a zero, and that zero.
	Product, Quotient *lua.LFunction
	// Power is the power of two numbers that are written out. It computes what Pow does.
	Power func(x, y float64) float64
}

// newOperators makes the functions that compiled chunks call for some operators.
func (r *Runtime) newOperators(L *lua.LState) Operators {
	return Operators{
		Concat: L.NewFunction(func(L *lua.LState) int {
			L.Push(ConcatValues(L, 1, L.GetTop(), r.chargeText))
			return 1
		}),
		Length: L.NewFunction(func(L *lua.LState) int {
			L.Push(Length(L, L.Get(1)))
			return 1
		}),
		Product:  signedZero(L, func(x, y float64) float64 { return x * y }),
		Quotient: signedZero(L, func(x, y float64) float64 { return x / y }),
		Mod:      binary(L, '%', Modulo),
		Pow:      binary(L, '^', exact.Pow),
		Power:    exact.Pow,
	}
}

// chargeText charges for the string that a concatenation is about to make.
func (r *Runtime) chargeText(_ *lua.LState, bytes int) { r.host.Charge(bytes, 0) }

// binary is the function for an operator on two operands, which of is on numbers.
func binary(L *lua.LState, op byte, of func(x, y float64) float64) *lua.LFunction {
	return L.NewFunction(func(L *lua.LState) int {
		a, b := L.Get(1), L.Get(2)
		x, ok := a.(lua.LNumber)
		y, ok2 := b.(lua.LNumber)
		if ok && ok2 {
			L.Push(lua.LNumber(of(float64(x), float64(y))))
		} else {
			L.Push(Arith(L, op, a, b))
		}
		return 1
	})
}

// signedZero computes a zero again, with its sign. If an operand is not a number, a metamethod has
// made the zero.
func signedZero(L *lua.LState, of func(x, y float64) float64) *lua.LFunction {
	return L.NewFunction(func(L *lua.LState) int {
		x, ok := NumberOf(L.Get(1))
		y, ok2 := NumberOf(L.Get(2))
		if ok && ok2 {
			L.Push(lua.LNumber(of(x, y)))
		}
		return 1 // else the zero itself, which is on top
	})
}

// SetStringHandlers says in which table a script may put metamethods for the operators of strings.
func (r *Runtime) SetStringHandlers(t *lua.LTable) { r.strings = t }

// OpenStringOperators puts the arithmetic of strings into their metatable. gopher-lua converts
// strings by Go's rules: it takes "010" for 8 and knows "0b11". But it asks metatables first. The
// power is that of a loop's bounds; see Bound.
func (r *Runtime) OpenStringOperators(L *lua.LState, mt *lua.LTable) {
	for _, o := range []struct {
		event string
		op    byte
	}{{"__add", '+'}, {"__sub", '-'}, {"__mul", '*'}, {"__div", '/'}} {
		mt.RawSetString(o.event, L.NewFunction(func(L *lua.LState) int {
			r.ChargeDigits(L.Get(1), L.Get(2))
			L.Push(Arith(L, o.op, L.Get(1), L.Get(2)))
			return 1
		}))
	}
	mt.RawSetString("__unm", L.NewFunction(func(L *lua.LState) int {
		r.ChargeDigits(L.Get(1))
		L.Push(Arith(L, Negate, L.Get(1), L.Get(1)))
		return 1
	}))
	mt.RawSetString("__pow", L.NewFunction(func(L *lua.LState) int {
		L.Push(Bound(L, L.CheckString(1)))
		return 1
	}))
}

// digitsPerInstruction is how many digits are read in the time of one instruction (measured,
// rounded down).
const digitsPerInstruction = 2

// ChargeDigits charges for reading numbers out of those values that are strings.
func (r *Runtime) ChargeDigits(values ...lua.LValue) {
	for _, v := range values {
		if s, ok := v.(lua.LString); ok {
			r.host.Charge(0, len(s)/digitsPerInstruction)
		}
	}
}
