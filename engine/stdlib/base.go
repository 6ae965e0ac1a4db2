package stdlib

import (
	"fmt"
	"io"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
)

// openBase makes the global functions, and arg.
func (l *Library) openBase(L *lua.LState) lua.LValue {
	g := L.G.Global
	g.RawSetString("_G", g)
	g.RawSetString("_VERSION", lua.LString(lua.LuaVersion))
	define(L, g,
		function{"assert", baseAssert},
		function{"error", baseError},
		function{"getfenv", lua51.GetFenv},
		function{"getmetatable", l.getMetatable},
		function{"load", l.loadText},
		function{"loadstring", l.loadString},
		function{"newproxy", newProxy},
		function{"next", baseNext},
		function{"pcall", l.runtime.PCall},
		function{"print", l.print},
		function{"rawequal", rawEqual},
		function{"rawget", rawGet},
		function{"rawset", rawSet},
		function{"select", baseSelect},
		function{"setfenv", lua51.SetFenv},
		function{"setmetatable", setMetatable},
		function{"tonumber", l.baseToNumber},
		function{"tostring", l.baseToString},
		function{"type", baseType},
		function{"unpack", unpack},
		function{"xpcall", l.runtime.XPCall},
	)
	openGarbage(L, g)
	openPairs(L, g)
	l.plainToString = g.RawGetString("tostring")
	arg := L.NewTable()
	for i, a := range l.host.Args {
		arg.RawSet(lua.LNumber(i), lua.LString(a))
	}
	g.RawSetString("arg", arg)
	return g
}

// print writes its arguments as tostring shows them, with tabs between. As in Lua 5.1, it calls the
// global tostring of that moment, which a script may have replaced.
func (l *Library) print(L *lua.LState) int {
	show := L.G.Global.RawGetString("tostring")
	var line strings.Builder
	for i := 1; i <= L.GetTop(); i++ {
		if i > 1 {
			line.WriteByte('\t')
		}
		piece := l.printed(L, show, L.Get(i))
		l.charge(3*len(piece), 0) // the text grows, and is copied into the stream
		line.WriteString(piece)
	}
	line.WriteByte('\n')
	if _, err := io.WriteString(l.host.Stdout, line.String()); err != nil {
		l.host.Raise(L, fmt.Errorf("print: %w", err))
	}
	return 0
}

// printed is one value as print writes it.
func (l *Library) printed(L *lua.LState, show, v lua.LValue) string {
	if s, ok := lua51.TextOf(v); ok && show == l.plainToString {
		return s
	}
	L.Push(show)
	L.Push(v)
	L.Call(1, 1)
	s, ok := lua51.TextOf(L.Get(-1))
	L.Pop(1)
	if !ok {
		lua51.Raise(L, "'tostring' must return a string to 'print'")
	}
	return s
}

// baseAssert is assert(v [, message]). A text gets the position of the caller, as in Lua 5.1; any
// other message is raised unchanged, such as the error value of a call.
func baseAssert(L *lua.LState) int {
	lua51.Any(L, 1)
	if L.ToBool(1) {
		return L.GetTop()
	}
	message := L.Get(2)
	if message == lua.LNil {
		message = lua.LString("assertion failed!")
	}
	if s, ok := lua51.TextOf(message); ok {
		lua51.Raise(L, "%s", s)
	}
	L.Error(message, 0)
	return 0
}

// baseError is error(message [, level]). A text gets the position of the caller, or with level 2
// that of its caller.
func baseError(L *lua.LState) int {
	v, level := L.Get(1), lua51.OptInteger(L, 2, 1)
	if s, ok := lua51.TextOf(v); ok && level > 0 {
		v = lua.LString(lua51.PositionAt(L, level) + s)
	}
	L.Error(v, 0)
	return 0
}

func baseType(L *lua.LState) int {
	L.Push(lua.LString(lua51.Any(L, 1).Type().String()))
	return 1
}

// baseSelect is select(n, ...), with negative indices as in Lua 5.1.
func baseSelect(L *lua.LState) int {
	if s, ok := L.Get(1).(lua.LString); ok && strings.HasPrefix(string(s), "#") {
		L.Push(lua.LNumber(L.GetTop() - 1))
		return 1
	}
	n, top := lua51.Integer(L, 1), L.GetTop()
	if n < 0 {
		n += top
	}
	if n < 1 {
		lua51.ArgError(L, 1, "index out of range")
	}
	return max(top-n, 0)
}

func unpack(L *lua.LState) int {
	t := lua51.Table(L, 1)
	first := lua51.OptInteger(L, 2, 1)
	last := lua51.OptInteger(L, 3, lua51.Len(t))
	if first > last {
		return 0
	}
	if n := last - first; n < 0 || n >= maxStack-L.GetTop() {
		lua51.Raise(L, "too many results to unpack")
	}
	for i := first; i <= last; i++ {
		L.Push(t.RawGet(lua.LNumber(i)))
	}
	return last - first + 1
}

func (l *Library) baseToNumber(L *lua.LState) int {
	base := lua51.OptInteger(L, 2, 10)
	l.runtime.ChargeDigits(L.Get(1))
	if base != 10 {
		s := lua51.Text(L, 1)
		if base < 2 || base > 36 {
			lua51.ArgError(L, 2, "base out of range")
		}
		L.Push(digitsInBase(s, base))
		return 1
	}
	if f, ok := lua51.NumberOf(lua51.Any(L, 1)); ok {
		L.Push(lua.LNumber(f))
	} else {
		L.Push(lua.LNil)
	}
	return 1
}

// digitsInBase reads a whole number by the rules of C's strtoul, as Lua 5.1 does: larger numbers
// become 2^64-1, and negative ones wrap around.
func digitsInBase(s string, base int) lua.LValue {
	n, ok := lua51.ParseDigits(s, base)
	if !ok {
		return lua.LNil
	}
	return lua.LNumber(n)
}
