package lua51

import (
	"fmt"
	"math"

	lua "github.com/yuin/gopher-lua"
)

// The argument checks follow Lua 5.1: a string that reads as a number is accepted for a number, a
// number for a string, and a message counts arguments as the call on that line does. gopher-lua's
// own convert numbers by Go's rules (upstream issue 478) and count the object of a method (not
// reported upstream).

// Number is a numeric argument.
func Number(L *lua.LState, arg int) float64 {
	f, ok := NumberOf(L.Get(arg))
	if !ok {
		TypeError(L, arg, "number")
	}
	return f
}

// NumberOf is a number, or the one that a string reads as.
func NumberOf(v lua.LValue) (float64, bool) {
	switch v := v.(type) {
	case lua.LNumber:
		return float64(v), true
	case lua.LString:
		return ParseNumber(string(v))
	}
	return 0, false
}

// OptNumber is Number, or missing if there is no such argument.
func OptNumber(L *lua.LState, arg int, missing float64) float64 {
	if L.Get(arg) == lua.LNil {
		return missing
	}
	return Number(L, arg)
}

// Integer is a numeric argument without its fraction. A number beyond the range of int is the
// nearest int, NaN is 0: Go leaves the result of such a conversion to the machine, and a script is
// to get the same everywhere.
func Integer(L *lua.LState, arg int) int {
	switch x := Number(L, arg); {
	case x >= math.MaxInt:
		return math.MaxInt
	case x <= math.MinInt:
		return math.MinInt
	case x == x:
		return int(x)
	}
	return 0
}

// OptInteger is Integer, or missing if there is no such argument.
func OptInteger(L *lua.LState, arg, missing int) int {
	if L.Get(arg) == lua.LNil {
		return missing
	}
	return Integer(L, arg)
}

// Text is a string argument.
func Text(L *lua.LState, arg int) string {
	s, ok := TextOf(L.Get(arg))
	if !ok {
		TypeError(L, arg, "string")
	}
	return s
}

// TextOf is a string, or a number as one.
func TextOf(v lua.LValue) (string, bool) {
	switch v := v.(type) {
	case lua.LString:
		return string(v), true
	case lua.LNumber:
		return FormatNumber(float64(v)), true
	}
	return "", false
}

// OptText is Text, or missing if there is no such argument.
func OptText(L *lua.LState, arg int, missing string) string {
	if L.Get(arg) == lua.LNil {
		return missing
	}
	return Text(L, arg)
}

// Table is an argument that has to be a table.
func Table(L *lua.LState, arg int) *lua.LTable {
	t, ok := L.Get(arg).(*lua.LTable)
	if !ok {
		TypeError(L, arg, "table")
	}
	return t
}

// Function is an argument that has to be a function.
func Function(L *lua.LState, arg int) *lua.LFunction {
	fn, ok := L.Get(arg).(*lua.LFunction)
	if !ok {
		TypeError(L, arg, "function")
	}
	return fn
}

// Any is an argument that has to be there, even if it is nil.
func Any(L *lua.LState, arg int) lua.LValue {
	if arg > L.GetTop() {
		ArgError(L, arg, "value expected")
	}
	return L.Get(arg)
}

// TypeError raises that an argument is of the wrong type.
func TypeError(L *lua.LState, arg int, expected string) {
	got := "no value"
	if arg <= L.GetTop() {
		got = L.Get(arg).Type().String()
	}
	ArgError(L, arg, expected+" expected, got "+got)
}

// ArgError raises that an argument is wrong. The object of a method does not count as an argument.
func ArgError(L *lua.LState, arg int, message string) {
	name, isMethod := ownName(L)
	if isMethod {
		if arg--; arg == 0 {
			Raise(L, "calling '%s' on bad self (%s)", name, message)
		}
	}
	Raise(L, "bad argument #%d to '%s' (%s)", arg, name, message)
}

// Raise raises a message after the position of the call of the running library function. A function
// that another library function called, such as pcall, has no position.
func Raise(L *lua.LState, format string, args ...any) {
	L.Error(lua.LString(PositionAt(L, 1)+fmt.Sprintf(format, args...)), 0)
}
