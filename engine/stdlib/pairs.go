package stdlib

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
)

// openPairs makes pairs and ipairs, each with one iterator for all calls.
func openPairs(L *lua.LState, g *lua.LTable) {
	step, count := L.NewFunction(pairsStep), L.NewFunction(ipairsStep)
	define(L, g,
		function{"ipairs", func(L *lua.LState) int {
			t := lua51.Table(L, 1)
			L.Push(count)
			L.Push(t)
			L.Push(lua.LNumber(0))
			return 3
		}},
		function{"pairs", func(L *lua.LState) int { return pairs(L, step) }},
	)
}

func ipairsStep(L *lua.LState) int {
	t, i := lua51.Table(L, 1), lua51.Integer(L, 2)+1
	v := t.RawGet(lua.LNumber(i))
	if v == lua.LNil {
		return 0
	}
	L.Push(lua.LNumber(i))
	L.Push(v)
	return 2
}

// pairs calls __pairs of tables and userdata. Other tables are visited in the order of insertion.
func pairs(L *lua.LState, step *lua.LFunction) int {
	v := L.Get(1)
	switch v.Type() {
	case lua.LTTable, lua.LTUserData:
		if fn := L.GetMetaField(v, "__pairs"); fn != lua.LNil {
			L.Push(fn)
			L.Push(v)
			L.Call(1, 3)
			return 3
		}
	}
	lua51.Table(L, 1)
	L.Push(step)
	L.Push(v)
	L.Push(lua.LNil)
	return 3
}

// pairsStep does not check its key, which as a rule it has returned itself.
func pairsStep(L *lua.LState) int {
	t := lua51.Table(L, 1)
	k, v := t.Next(L.Get(2))
	L.Push(k)
	if k == lua.LNil {
		return 1
	}
	L.Push(v)
	return 2
}

// baseNext is next(t [, key]). It refuses userdata: they have an order of their own, and pairs
// knows it from their __pairs.
func baseNext(L *lua.LState) int {
	if L.Get(1).Type() == lua.LTUserData {
		lua51.ArgError(L, 1, "table expected, got userdata; use pairs")
	}
	t, key := lua51.Table(L, 1), L.Get(2)
	if key != lua.LNil && t.RawGet(key) == lua.LNil && !lua51.HadKey(t, key) {
		L.Error(lua.LString("invalid key to 'next'"), 0)
	}
	return pairsStep(L)
}
