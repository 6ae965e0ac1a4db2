package engine

import (
	"math"

	lua "github.com/yuin/gopher-lua"
)

// integer is the argument without its fraction. What an int cannot hold is the nearest that it can, NaN is 0: Go leaves
// it to the machine what such a conversion gives, and a script is to get the same everywhere.
func integer(L *lua.LState, arg int) int {
	switch x := float64(L.CheckNumber(arg)); {
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
