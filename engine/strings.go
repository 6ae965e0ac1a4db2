package engine

import (
	"slices"
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
		function{"dump", stringDump},
		function{"format", e.stringFormat},
		function{"len", stringLen},
		function{"lower", stringMap(lower)},
		function{"rep", stringRep},
		function{"reverse", stringReverse},
		function{"sub", stringSub},
		function{"upper", stringMap(upper)},
	)
	e.openPatterns(lib)
	lib.RawSetString("__index", lua.LNil)
	e.stringMeta, e.stringLib = e.newStringMeta(lib), lib
	// gopher-lua's metatable of strings is the library itself, where a method would be found under "__index".
	mt := e.lua.NewTable()
	mt.RawSetString("__index", lib)
	mt.RawSetString("__metatable", lua.LFalse)
	e.openStringOperators(mt)
	e.lua.SetMetatable(lua.LString(""), mt)
	e.stringBase = mt
}

// stringByte is string.byte(s [, first [, last]]).
func stringByte(L *lua.LState) int {
	s, start := text(L, 1), optInteger(L, 2, 1)
	first, last := span(L, len(s), 2, 1, start)
	if last-first >= maxStack-L.GetTop() {
		raise(L, "stack overflow (string slice too long)")
	}
	for i := first; i < last; i++ {
		L.Push(lua.LNumber(s[i]))
	}
	return last - first
}

func stringSub(L *lua.LState) int {
	s := text(L, 1)
	number(L, 2)
	first, last := span(L, len(s), 2, 1, -1)
	L.Push(lua.LString(s[first:last]))
	return 1
}

func stringChar(L *lua.LState) int {
	b := make([]byte, L.GetTop())
	for i := range b {
		n := integer(L, i+1)
		if n < 0 || n > 255 {
			argError(L, i+1, "invalid value")
		}
		b[i] = byte(n)
	}
	L.Push(lua.LString(b))
	return 1
}

// stringMap changes ASCII letters and leaves other bytes alone: a string need not be text.
func stringMap(change func(byte) byte) lua.LGFunction {
	return func(L *lua.LState) int {
		s := text(L, 1)
		Charge(L, 2*len(s), len(s)/16)
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

func stringRep(L *lua.LState) int {
	s, n := text(L, 1), number(L, 2)
	if s == "" || !(n >= 1) {
		L.Push(lua.LString(""))
		return 1
	}
	if n*float64(len(s)) > maxString {
		raise(L, "resulting string too large")
	}
	roomFor(L, int(n)*len(s))
	L.Push(lua.LString(strings.Repeat(s, int(n))))
	return 1
}

func stringLen(L *lua.LState) int {
	L.Push(lua.LNumber(len(text(L, 1))))
	return 1
}

func stringReverse(L *lua.LState) int {
	s := text(L, 1)
	roomFor(L, 2*len(s))
	b := []byte(s)
	slices.Reverse(b)
	L.Push(lua.LString(b))
	return 1
}

// stringDump refuses: there is no bytecode here.
func stringDump(L *lua.LState) int {
	callee(L, 1)
	raise(L, "unable to dump given function")
	return 0
}
