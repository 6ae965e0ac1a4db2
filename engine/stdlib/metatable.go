package stdlib

import (
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
)

// getMetatable is getmetatable(v). The host has metatables for other types as well, for its
// messages, which a script does not see. For a string it is a view of the metatable that all
// strings share, in which only operators can be set.
func (l *Library) getMetatable(L *lua.LState) int {
	switch v := lua51.Any(L, 1).(type) {
	case *lua.LTable, *lua.LUserData:
		L.Push(L.GetMetatable(v))
	case lua.LString:
		L.Push(l.strings.view)
	default:
		L.Push(lua.LNil)
	}
	return 1
}

// newStringMeta makes the metatable of strings as scripts see it. They may put operators into it,
// as some libraries do. The real one has the engine's own operators, and the methods.
func (l *Library) newStringMeta(L *lua.LState, lib *lua.LTable) *lua.LTable {
	fields := L.NewTable()
	fields.RawSetString("__index", lib)
	l.runtime.SetStringHandlers(fields)
	operators := strings.Fields("__add __sub __mul __div __mod __pow __unm __concat")
	mt := L.NewTable()
	mt.RawSetString("__index", fields)
	mt.RawSetString("__metatable", lua.LFalse)
	mt.RawSetString("__newindex", L.NewFunction(func(L *lua.LState) int {
		name, _ := L.Get(2).(lua.LString)
		if !slices.Contains(operators, string(name)) {
			lua51.Raise(L, "of the metatable of strings only operators can be changed; a new method belongs into the table 'string'")
		}
		fields.RawSetString(string(name), L.Get(3))
		return 0
	}))
	view := L.NewTable()
	view.Metatable = mt
	return view
}

func setMetatable(L *lua.LState) int {
	t := lua51.Table(L, 1)
	mt := L.Get(2)
	if L.GetTop() < 2 || mt.Type() != lua.LTNil && mt.Type() != lua.LTTable {
		lua51.ArgError(L, 2, "nil or table expected")
	}
	if old, ok := t.Metatable.(*lua.LTable); ok && old.RawGetString("__metatable") != lua.LNil {
		lua51.Raise(L, "cannot change a protected metatable")
	}
	L.SetMetatable(t, mt)
	L.SetTop(1)
	return 1
}

func rawEqual(L *lua.LState) int {
	lua51.Any(L, 2)
	L.Push(lua.LBool(lua51.Any(L, 1) == L.Get(2)))
	return 1
}

func rawGet(L *lua.LState) int {
	t := lua51.Table(L, 1)
	L.Push(t.RawGet(lua51.Any(L, 2)))
	return 1
}

func rawSet(L *lua.LState) int {
	t, key, v := lua51.Table(L, 1), lua51.Any(L, 2), lua51.Any(L, 3)
	switch k := key.(type) {
	case *lua.LNilType:
		L.Error(lua.LString("table index is nil"), 0)
	case lua.LNumber:
		if k != k {
			L.Error(lua.LString("table index is NaN"), 0)
		}
	}
	t.RawSet(key, v)
	L.SetTop(1)
	return 1
}

// Proxy is the Go value of a userdata made by newproxy.
type Proxy struct{}

// newProxy is newproxy([true or proxy]): a userdata, with a metatable of its own or with that of
// another proxy.
func newProxy(L *lua.LState) int {
	ud := L.NewUserData()
	ud.Value = Proxy{}
	switch v := L.Get(1).(type) {
	case *lua.LNilType:
	case lua.LBool:
		if v {
			ud.Metatable = L.NewTable()
		}
	default:
		ud.Metatable = metatableOfProxy(L, v)
	}
	L.Push(ud)
	return 1
}

func metatableOfProxy(L *lua.LState, v lua.LValue) lua.LValue {
	if old, ok := v.(*lua.LUserData); ok && old.Value == (Proxy{}) && old.Metatable != lua.LNil {
		return old.Metatable
	}
	lua51.ArgError(L, 1, "boolean or proxy expected")
	return lua.LNil
}
