package engine

import (
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// maxString bounds what one library call may build, in bytes.
const maxString = 16 << 20

func (e *Engine) openStrings() {
	lib := e.library("string")
	e.define(lib,
		function{"byte", stringByte},
		function{"char", stringChar},
		function{"format", e.stringFormat},
		function{"lower", stringMap(lower)},
		function{"rep", stringRep},
		function{"sub", stringSub},
		function{"upper", stringMap(upper)},
	)
	e.openPatterns(lib)
	lib.RawSetString("__index", lua.LNil)
	// gopher-lua's metatable of strings is the library itself; getmetatable("") must not lead there.
	mt := e.lua.NewTable()
	mt.RawSetString("__index", lib)
	mt.RawSetString("__metatable", lua.LFalse)
	e.openStringOperators(mt)
	e.lua.SetMetatable(lua.LString(""), mt)
}

// stringByte is string.byte(s [, first [, last]]).
func stringByte(L *lua.LState) int {
	s, start := L.CheckString(1), optInteger(L, 2, 1)
	first, last := span(L, len(s), 2, 1, start)
	for i := first; i < last; i++ {
		L.Push(lua.LNumber(s[i]))
	}
	return last - first
}

func stringSub(L *lua.LState) int {
	s := L.CheckString(1)
	L.CheckNumber(2)
	first, last := span(L, len(s), 2, 1, -1)
	L.Push(lua.LString(s[first:last]))
	return 1
}

func stringChar(L *lua.LState) int {
	b := make([]byte, L.GetTop())
	for i := range b {
		n := integer(L, i+1)
		if n < 0 || n > 255 {
			L.ArgError(i+1, "invalid value")
		}
		b[i] = byte(n)
	}
	L.Push(lua.LString(b))
	return 1
}

// stringMap changes ASCII letters and leaves other bytes alone: a string need not be text.
func stringMap(change func(byte) byte) lua.LGFunction {
	return func(L *lua.LState) int {
		b := []byte(L.CheckString(1))
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

func stringRep(L *lua.LState) int {
	s, n := L.CheckString(1), float64(L.CheckNumber(2))
	if s == "" || !(n >= 1) {
		L.Push(lua.LString(""))
		return 1
	}
	if n*float64(len(s)) > maxString {
		L.RaiseError("resulting string too large")
	}
	L.Push(lua.LString(strings.Repeat(s, int(n))))
	return 1
}
