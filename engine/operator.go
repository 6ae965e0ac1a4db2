package engine

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/compile"
	"github.com/lightdht/lightdht/engine/exact"
	"github.com/lightdht/lightdht/engine/lua51"
)

// openOperators makes the functions that compiled chunks call for some operators.
func (e *Engine) openOperators() {
	operator := func(op byte, of func(x, y float64) float64) *lua.LFunction {
		return e.lua.NewFunction(func(L *lua.LState) int {
			a, b := L.Get(1), L.Get(2)
			x, ok := a.(lua.LNumber)
			y, ok2 := b.(lua.LNumber)
			if ok && ok2 {
				L.Push(lua.LNumber(of(float64(x), float64(y))))
			} else {
				L.Push(lua51.Arith(L, op, a, b))
			}
			return 1
		})
	}
	e.operators = compile.Operators{
		Concat: e.lua.NewFunction(func(L *lua.LState) int {
			L.Push(lua51.ConcatValues(L, 1, L.GetTop(), e.roomForText))
			return 1
		}),
		Length: e.lua.NewFunction(func(L *lua.LState) int {
			L.Push(lua51.Length(L, L.Get(1)))
			return 1
		}),
		Product:  e.signedZero(func(x, y float64) float64 { return x * y }),
		Quotient: e.signedZero(func(x, y float64) float64 { return x / y }),
		Mod:      operator('%', lua51.Modulo),
		Pow:      operator('^', exact.Pow),
		Power:    exact.Pow,
	}
}

// signedZero computes a zero again, with its sign. If an operand is no number, the zero came from elsewhere.
func (e *Engine) signedZero(of func(x, y float64) float64) *lua.LFunction {
	return e.lua.NewFunction(func(L *lua.LState) int {
		x, ok := numberOf(L.Get(1))
		y, ok2 := numberOf(L.Get(2))
		if ok && ok2 {
			L.Push(lua.LNumber(of(float64(x), float64(y))))
		}
		return 1 // else the zero itself, which is on top
	})
}

// openStringOperators puts the arithmetic of strings into their metatable. gopher-lua converts strings by Go's rules: it
// takes "010" for 8 and knows "0b11". But it asks metatables first. The power is that of a loop's bounds; see lua51.Bound.
func (e *Engine) openStringOperators(mt *lua.LTable) {
	for _, o := range []struct {
		event string
		op    byte
	}{{"__add", '+'}, {"__sub", '-'}, {"__mul", '*'}, {"__div", '/'}} {
		mt.RawSetString(o.event, e.lua.NewFunction(func(L *lua.LState) int {
			e.workOfDigits(L.Get(1), L.Get(2))
			L.Push(lua51.Arith(L, o.op, L.Get(1), L.Get(2)))
			return 1
		}))
	}
	mt.RawSetString("__unm", e.lua.NewFunction(func(L *lua.LState) int {
		e.workOfDigits(L.Get(1))
		L.Push(lua51.Arith(L, lua51.Negate, L.Get(1), L.Get(1)))
		return 1
	}))
	mt.RawSetString("__pow", e.lua.NewFunction(func(L *lua.LState) int {
		L.Push(lua51.Bound(L, L.CheckString(1)))
		return 1
	}))
}

// workOfDigits counts the reading of numbers out of strings.
func (e *Engine) workOfDigits(operands ...lua.LValue) {
	for _, v := range operands {
		if s, ok := v.(lua.LString); ok {
			e.Work(len(s) / digitsAnInstruction)
		}
	}
}
