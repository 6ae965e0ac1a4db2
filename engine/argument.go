package engine

import (
	"fmt"
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
)

// The readers of arguments are those of Lua 5.1: a string that spells a number will do for a number, a number for a
// string, and a message counts arguments as the call on that line does. gopher-lua's own read numbers as Go spells them.

// number is a numeric argument.
func number(L *lua.LState, arg int) float64 {
	f, ok := numberOf(L.Get(arg))
	if !ok {
		typeError(L, arg, "number")
	}
	return f
}

// numberOf is v as arithmetic takes it.
func numberOf(v lua.LValue) (float64, bool) {
	switch v := v.(type) {
	case lua.LNumber:
		return float64(v), true
	case lua.LString:
		return lua51.ParseNumber(string(v))
	}
	return 0, false
}

// optNumber is number, or missing if there is no such argument.
func optNumber(L *lua.LState, arg int, missing float64) float64 {
	if L.Get(arg) == lua.LNil {
		return missing
	}
	return number(L, arg)
}

// integer is the argument without its fraction. What an int cannot hold is the nearest that it can, NaN is 0: Go leaves
// it to the machine what such a conversion gives, and a script is to get the same everywhere.
func integer(L *lua.LState, arg int) int {
	switch x := number(L, arg); {
	case x >= math.MaxInt:
		return math.MaxInt
	case x <= math.MinInt:
		return math.MinInt
	case x == x:
		return int(x)
	}
	return 0
}

// optInteger is integer, or missing if there is no such argument.
func optInteger(L *lua.LState, arg, missing int) int {
	if L.Get(arg) == lua.LNil {
		return missing
	}
	return integer(L, arg)
}

// text is a string argument.
func text(L *lua.LState, arg int) string {
	s, ok := textOf(L.Get(arg))
	if !ok {
		typeError(L, arg, "string")
	}
	return s
}

// textOf is v as a concatenation takes it.
func textOf(v lua.LValue) (string, bool) {
	switch v := v.(type) {
	case lua.LString:
		return string(v), true
	case lua.LNumber:
		return lua51.FormatNumber(float64(v)), true
	}
	return "", false
}

// optText is text, or missing if there is no such argument.
func optText(L *lua.LState, arg int, missing string) string {
	if L.Get(arg) == lua.LNil {
		return missing
	}
	return text(L, arg)
}

// table is an argument that has to be a table.
func table(L *lua.LState, arg int) *lua.LTable {
	t, ok := L.Get(arg).(*lua.LTable)
	if !ok {
		typeError(L, arg, "table")
	}
	return t
}

// callee is an argument that has to be a function.
func callee(L *lua.LState, arg int) *lua.LFunction {
	fn, ok := L.Get(arg).(*lua.LFunction)
	if !ok {
		typeError(L, arg, "function")
	}
	return fn
}

// anything is an argument that has to be there, even if it is nil.
func anything(L *lua.LState, arg int) lua.LValue {
	if arg > L.GetTop() {
		argError(L, arg, "value expected")
	}
	return L.Get(arg)
}

// typeError raises that an argument is of the wrong type.
func typeError(L *lua.LState, arg int, expected string) {
	got := "no value"
	if arg <= L.GetTop() {
		got = L.Get(arg).Type().String()
	}
	argError(L, arg, expected+" expected, got "+got)
}

// argError raises that an argument is wrong. The receiver of a method does not count as one.
func argError(L *lua.LState, arg int, message string) {
	name, isMethod := ownName(L)
	if isMethod {
		if arg--; arg == 0 {
			raise(L, "calling '%s' on bad self (%s)", name, message)
		}
	}
	raise(L, "bad argument #%d to '%s' (%s)", arg, name, message)
}

// raise raises a message behind the position of the call of the library function that runs in L. A function that another
// library function called, as pcall does, has none.
func raise(L *lua.LState, format string, args ...any) {
	L.Error(lua.LString(positionAt(L, 1)+fmt.Sprintf(format, args...)), 0)
}

// span is the part of a string of n bytes that two arguments name, as a slice of it is: from first to before last.
// Negative positions count from the end.
func span(L *lua.LState, n, arg, missingFirst, missingLast int) (first, last int) {
	first = fromEnd(n, optInteger(L, arg, missingFirst))
	last = min(fromEnd(n, optInteger(L, arg+1, missingLast)), n)
	first = max(first, 1)
	if first > last {
		return 0, 0
	}
	return first - 1, last
}

// fromEnd is a position counted from the beginning.
func fromEnd(n, position int) int {
	if position < 0 {
		return max(position+n+1, 0)
	}
	return position
}
