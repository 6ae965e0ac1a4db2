package engine

import (
	"reflect"

	lua "github.com/yuin/gopher-lua"
)

// openPairs brings pairs and ipairs, each with one iterator for all calls.
func (e *Engine) openPairs(g *lua.LTable) {
	step, count := e.lua.NewFunction(pairsStep), e.lua.NewFunction(ipairsStep)
	e.define(g,
		function{"ipairs", func(L *lua.LState) int {
			t := table(L, 1)
			L.Push(count)
			L.Push(t)
			L.Push(lua.LNumber(0))
			return 3
		}},
		function{"pairs", func(L *lua.LState) int { return pairs(L, step) }},
	)
}

func ipairsStep(L *lua.LState) int {
	t, i := table(L, 1), integer(L, 2)+1
	v := t.RawGet(lua.LNumber(i))
	if v == lua.LNil {
		return 0
	}
	L.Push(lua.LNumber(i))
	L.Push(v)
	return 2
}

// pairs honours __pairs, on tables and on userdata. Plain tables are walked in the order of insertion.
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
	table(L, 1)
	L.Push(step)
	L.Push(v)
	L.Push(lua.LNil)
	return 3
}

// pairsStep trusts its key, which as a rule it has returned itself.
func pairsStep(L *lua.LState) int {
	t := table(L, 1)
	k, v := t.Next(L.Get(2))
	L.Push(k)
	if k == lua.LNil {
		return 1
	}
	L.Push(v)
	return 2
}

// baseNext refuses userdata: what hides behind one has an order of its own, and pairs knows it.
func baseNext(L *lua.LState) int {
	if L.Get(1).Type() == lua.LTUserData {
		argError(L, 1, "table expected, got userdata; use pairs")
	}
	t, key := table(L, 1), L.Get(2)
	if key != lua.LNil && t.RawGet(key) == lua.LNil && !hadKey(t, key) {
		L.Error(lua.LString("invalid key to 'next'"), 0)
	}
	return pairsStep(L)
}

// tableFields are where gopher-lua's tables keep their list, and the places of all keys that they ever had.
var tableFields = func() (f struct{ array, places reflect.StructField }) {
	t := reflect.TypeFor[lua.LTable]()
	f.array, _ = t.FieldByName("array")
	f.places, _ = t.FieldByName("k2i")
	return f
}()

// hadKey reports whether a key without a value once had one: a loop may remove the entry that it is at, and go on. Of a
// gopher-lua that keeps its tables in another way it is said of every key.
func hadKey(t *lua.LTable, key lua.LValue) bool {
	f := tableFields
	if f.array.Type != reflect.TypeFor[[]lua.LValue]() || f.places.Type != reflect.TypeFor[map[lua.LValue]int]() {
		return true
	}
	v := reflect.ValueOf(t).Elem()
	if n, ok := key.(lua.LNumber); ok && n >= 1 && int(n) <= v.FieldByIndex(f.array.Index).Len() && n == lua.LNumber(int(n)) {
		return true
	}
	return v.FieldByIndex(f.places.Index).MapIndex(reflect.ValueOf(&key).Elem()).IsValid()
}
