package engine

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
)

// gopher-lua converts strings in arithmetic by Go's rules: it takes "010" for 8 and knows "0b11". But it asks metatables
// first, so the metatable of strings has handlers that convert them as Lua does.

// openOperators puts the arithmetic of strings into their metatable.
func (e *Engine) openOperators(mt *lua.LTable) {
	for _, o := range []struct {
		event string
		op    byte
	}{{"__add", '+'}, {"__sub", '-'}, {"__mul", '*'}, {"__div", '/'}, {"__mod", '%'}, {"__pow", '^'}} {
		mt.RawSetString(o.event, e.lua.NewFunction(func(L *lua.LState) int {
			L.Push(lua51.Arith(L, o.op, L.Get(1), L.Get(2)))
			return 1
		}))
	}
	mt.RawSetString("__unm", e.lua.NewFunction(func(L *lua.LState) int {
		L.Push(lua51.Arith(L, lua51.Negate, L.Get(1), L.Get(1)))
		return 1
	}))
}
