package engine

import (
	"fmt"
	"io"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
)

// openBase replaces base functions.
func (e *Engine) openBase() {
	g := e.lua.G.Global
	e.define(g,
		function{"assert", baseAssert},
		function{"error", baseError},
		function{"getfenv", getFenv},
		function{"getmetatable", e.getMetatable},
		function{"load", e.loadText},
		function{"loadstring", e.loadString},
		function{"newproxy", newProxy},
		function{"next", baseNext},
		function{"pcall", e.pcall},
		function{"print", e.print},
		function{"rawequal", rawEqual},
		function{"rawget", rawGet},
		function{"rawset", rawSet},
		function{"require", e.require},
		function{"select", baseSelect},
		function{"setfenv", setFenv},
		function{"setmetatable", setMetatable},
		function{"tonumber", baseToNumber},
		function{"tostring", e.baseToString},
		function{"type", baseType},
		function{"unpack", unpack},
		function{"xpcall", e.xpcall},
	)
	e.openGarbage(g)
	e.openPairs(g)
	e.plainToString = g.RawGetString("tostring")
}

// setArgs fills the script's arg.
func (e *Engine) setArgs(args []string) {
	t := e.lua.NewTable()
	for i, a := range args {
		t.RawSet(lua.LNumber(i), lua.LString(a))
	}
	e.lua.G.Global.RawSetString("arg", t)
}

// print writes its arguments as tostring shows them, with tabs between. As in Lua 5.1, that is the tostring of the moment:
// a script may put its own in its place.
func (e *Engine) print(L *lua.LState) int {
	show := e.lua.G.Global.RawGetString("tostring")
	var line strings.Builder
	for i := 1; i <= L.GetTop(); i++ {
		if i > 1 {
			line.WriteByte('\t')
		}
		piece := e.printed(L, show, L.Get(i))
		e.Room(3 * len(piece)) // the text grows, and is copied where it goes
		line.WriteString(piece)
	}
	line.WriteByte('\n')
	if _, err := io.WriteString(e.stdout, line.String()); err != nil {
		e.Raise(L, fmt.Errorf("print: %w", err))
	}
	return 0
}

// printed is one value as print writes it.
func (e *Engine) printed(L *lua.LState, show, v lua.LValue) string {
	if s, ok := textOf(v); ok && show == e.plainToString {
		return s
	}
	L.Push(show)
	L.Push(v)
	L.Call(1, 1)
	s, ok := textOf(L.Get(-1))
	L.Pop(1)
	if !ok {
		raise(L, "'tostring' must return a string to 'print'")
	}
	return s
}

// baseAssert raises its second argument. A text gets the position of the caller, as Lua 5.1's does; anything else is
// raised as it is, so that the error value of a call passes through.
func baseAssert(L *lua.LState) int {
	anything(L, 1)
	if L.ToBool(1) {
		return L.GetTop()
	}
	message := L.Get(2)
	if message == lua.LNil {
		message = lua.LString("assertion failed!")
	}
	if s, ok := textOf(message); ok {
		raise(L, "%s", s)
	}
	L.Error(message, 0)
	return 0
}

// baseError puts a position before a message: that of its caller, or with level 2 of its caller's caller.
func baseError(L *lua.LState) int {
	v, level := L.Get(1), optInteger(L, 2, 1)
	if s, ok := textOf(v); ok && level > 0 {
		v = lua.LString(positionAt(L, level) + s)
	}
	L.Error(v, 0)
	return 0
}

func baseType(L *lua.LState) int {
	L.Push(lua.LString(anything(L, 1).Type().String()))
	return 1
}

// baseSelect is select, with negative indices as in Lua 5.1.
func baseSelect(L *lua.LState) int {
	if s, ok := L.Get(1).(lua.LString); ok && strings.HasPrefix(string(s), "#") {
		L.Push(lua.LNumber(L.GetTop() - 1))
		return 1
	}
	n, top := integer(L, 1), L.GetTop()
	if n < 0 {
		n += top
	}
	if n < 1 {
		argError(L, 1, "index out of range")
	}
	return max(top-n, 0)
}

// maxStack is how many values may lie on the stack of one library function, as in Lua 5.1.
const maxStack = 8000

func unpack(L *lua.LState) int {
	t := table(L, 1)
	first := optInteger(L, 2, 1)
	last := optInteger(L, 3, lua51.Len(t))
	if first > last {
		return 0
	}
	if n := last - first; n < 0 || n >= maxStack-L.GetTop() {
		raise(L, "too many results to unpack")
	}
	for i := first; i <= last; i++ {
		L.Push(t.RawGet(lua.LNumber(i)))
	}
	return last - first + 1
}

// digitsAnInstruction is how many digits are read in about the time that an instruction takes.
const digitsAnInstruction = 2

func baseToNumber(L *lua.LState) int {
	base := optInteger(L, 2, 10)
	if s, ok := L.Get(1).(lua.LString); ok {
		Charge(L, 0, len(s)/digitsAnInstruction)
	}
	if base != 10 {
		s := text(L, 1)
		if base < 2 || base > 36 {
			argError(L, 2, "base out of range")
		}
		L.Push(digitsInBase(s, base))
		return 1
	}
	if f, ok := numberOf(anything(L, 1)); ok {
		L.Push(lua.LNumber(f))
	} else {
		L.Push(lua.LNil)
	}
	return 1
}

// digitsInBase reads a whole number as C's strtoul does, of which Lua 5.1 makes use: without end a text is the largest
// number of 64 bits, and below 0 they count down from there.
func digitsInBase(s string, base int) lua.LValue {
	n, ok := lua51.ParseDigits(s, base)
	if !ok {
		return lua.LNil
	}
	return lua.LNumber(n)
}
