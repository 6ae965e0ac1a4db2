package stdlib

import (
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
)

func (l *Library) openString(L *lua.LState) lua.LValue {
	lib := L.NewTable()
	define(L, lib,
		function{"byte", stringByte},
		function{"char", stringChar},
		function{"dump", stringDump},
		function{"format", l.stringFormat},
		function{"len", stringLen},
		function{"lower", l.stringMap(lower)},
		function{"rep", l.stringRep},
		function{"reverse", l.stringReverse},
		function{"sub", stringSub},
		function{"upper", l.stringMap(upper)},
	)
	l.openPatterns(L, lib)
	l.strings.view, l.strings.methods = l.newStringMeta(L, lib), lib
	// gopher-lua's metatable of strings is the library itself, so "__index" would be a method of
	// strings.
	mt := L.NewTable()
	mt.RawSetString("__index", lib)
	mt.RawSetString("__metatable", lua.LFalse)
	l.runtime.OpenStringOperators(L, mt)
	L.SetMetatable(lua.LString(""), mt)
	l.strings.metatable = mt
	return lib
}

// stringByte is string.byte(s [, first [, last]]).
func stringByte(L *lua.LState) int {
	s, start := lua51.Text(L, 1), lua51.OptInteger(L, 2, 1)
	first, last := slice(L, len(s), 2, 1, start)
	if last-first >= maxStack-L.GetTop() {
		lua51.Raise(L, "stack overflow (string slice too long)")
	}
	for i := first; i < last; i++ {
		L.Push(lua.LNumber(s[i]))
	}
	return last - first
}

func stringSub(L *lua.LState) int {
	s := lua51.Text(L, 1)
	lua51.Number(L, 2)
	first, last := slice(L, len(s), 2, 1, -1)
	L.Push(lua.LString(s[first:last]))
	return 1
}

func stringChar(L *lua.LState) int {
	b := make([]byte, L.GetTop())
	for i := range b {
		n := lua51.Integer(L, i+1)
		if n < 0 || n > 255 {
			lua51.ArgError(L, i+1, "invalid value")
		}
		b[i] = byte(n)
	}
	L.Push(lua.LString(b))
	return 1
}

// stringMap changes ASCII letters and leaves other bytes unchanged: a string need not be text.
func (l *Library) stringMap(change func(byte) byte) lua.LGFunction {
	return func(L *lua.LState) int {
		s := lua51.Text(L, 1)
		l.charge(2*len(s), len(s)/16)
		b := []byte(s)
		for i := range b {
			b[i] = change(b[i])
		}
		L.Push(lua.LString(b))
		return 1
	}
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

func upper(c byte) byte {
	if c >= 'a' && c <= 'z' {
		c -= 'a' - 'A'
	}
	return c
}

func (l *Library) stringRep(L *lua.LState) int {
	s, n := lua51.Text(L, 1), lua51.Number(L, 2)
	if s == "" || !(n >= 1) {
		L.Push(lua.LString(""))
		return 1
	}
	if n*float64(len(s)) > maxString {
		lua51.Raise(L, "resulting string too large")
	}
	l.charge(int(n)*len(s), 0)
	L.Push(lua.LString(strings.Repeat(s, int(n))))
	return 1
}

func stringLen(L *lua.LState) int {
	L.Push(lua.LNumber(len(lua51.Text(L, 1))))
	return 1
}

func (l *Library) stringReverse(L *lua.LState) int {
	s := lua51.Text(L, 1)
	l.charge(2*len(s), 0)
	b := []byte(s)
	slices.Reverse(b)
	L.Push(lua.LString(b))
	return 1
}

// stringDump always fails: gopher-lua has no bytecode that could be stored.
func stringDump(L *lua.LState) int {
	lua51.Function(L, 1)
	lua51.Raise(L, "unable to dump given function")
	return 0
}

// slice is the range of a string of n bytes that two arguments name, for a slice expression.
// Negative positions count from the end.
func slice(L *lua.LState, n, arg, missingFirst, missingLast int) (first, last int) {
	first = fromEnd(n, lua51.OptInteger(L, arg, missingFirst))
	last = min(fromEnd(n, lua51.OptInteger(L, arg+1, missingLast)), n)
	first = max(first, 1)
	if first > last {
		return 0, 0
	}
	return first - 1, last
}
