package plain

import (
	"math"
	"strconv"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/luabind/declare"
)

// ToInt64 reads a whole number, or a string of its digits, which may be larger than a
// Lua number can hold.
func ToInt64(v lua.LValue) (int64, bool) {
	switch v := v.(type) {
	case lua.LNumber:
		f := float64(v)
		return int64(f), f == math.Trunc(f) && math.Abs(f) <= declare.MaxExact
	case lua.LString:
		if n, err := strconv.ParseInt(string(v), 10, 64); err == nil {
			return n, true
		}
		f, ok := engine.ParseNumber(string(v))
		return int64(f), ok && f == math.Trunc(f) && math.Abs(f) <= declare.MaxExact
	}
	return 0, false
}

// Int64 is the inverse of ToInt64.
func Int64(n int64) lua.LValue {
	if n > declare.MaxExact || n < -declare.MaxExact {
		return lua.LString(strconv.FormatInt(n, 10))
	}
	return lua.LNumber(n)
}

// ListLen is how many items t has if it is a list, its keys being 1 to n; ok is
// false if it is not.
func ListLen(t *lua.LTable) (n int, ok bool) {
	for k, _ := t.Next(lua.LNil); k != lua.LNil; k, _ = t.Next(k) {
		f, isNumber := k.(lua.LNumber)
		if !isNumber || f < 1 || f != lua.LNumber(math.Trunc(float64(f))) {
			return 0, false
		}
		n++
	}
	for i := n; i > 0; i-- { // n different whole numbers above 0: a hole means one beyond n
		if t.RawGetInt(i) == lua.LNil {
			return 0, false
		}
	}
	return n, true
}

// The cost of an item of a list, usually a table with some fields, in bytes and in instructions.
const (
	itemSize = 500
	itemWork = 60
)

// List makes a Lua list of Go values.
func List[T any](L *lua.LState, items []T, value func(T) lua.LValue) *lua.LTable {
	engine.Charge(L, len(items)*itemSize, len(items)*itemWork)
	t := L.CreateTable(len(items), 0)
	for _, item := range items {
		t.Append(value(item))
	}
	return t
}
