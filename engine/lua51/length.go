package lua51

import (
	"math"

	lua "github.com/yuin/gopher-lua"
)

// Length computes #v where gopher-lua says lua.MaxArrayIndex-1, which is the length of a list that
// may be longer, of a string, or the result of a metamethod. gopher-lua does not count elements
// beyond its arrays (not reported upstream).
func Length(L *lua.LState, v lua.LValue) lua.LValue {
	t, ok := v.(*lua.LTable)
	if !ok || handler(L, v, "__len") != nil {
		return lua.LNumber(lua.MaxArrayIndex - 1)
	}
	return lua.LNumber(Len(t))
}

// Len is the length of a list. LTable.Len does not count elements beyond gopher-lua's arrays.
func Len(t *lua.LTable) int {
	n := t.Len()
	if n < lua.MaxArrayIndex-1 || absent(t, n+1) {
		return n
	}
	last, end := n+1, 2*n // last is there; is end?
	for !absent(t, end) {
		if last = end; end > math.MaxInt/2 {
			return last
		}
		end *= 2
	}
	for end-last > 1 {
		if middle := last + (end-last)/2; absent(t, middle) {
			end = middle
		} else {
			last = middle
		}
	}
	return last
}

// InArray reports whether element i of a list can be in gopher-lua's array. LTable.Insert and
// Remove move elements of the array only.
func InArray(i int) bool { return i < lua.MaxArrayIndex }

func absent(t *lua.LTable, i int) bool { return t.RawGet(lua.LNumber(i)) == lua.LNil }
