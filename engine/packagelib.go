package engine

import (
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
)

// openPackage makes package, and the globals require and module. package.loaded has the modules
// that require has loaded; a module that is taken out of it is loaded again. path and cpath have no
// effect.
func openPackage(e *Engine, L *lua.LState) lua.LValue {
	global := L.G.Global
	lib := L.NewTable()
	m := &e.modules
	m.loaded, m.preload = L.NewTable(), L.NewTable()
	lib.RawSetString("loaded", m.loaded)
	lib.RawSetString("preload", m.preload)
	lib.RawSetString("path", lua.LString("./?.lua;./?/init.lua"))
	lib.RawSetString("cpath", lua.LString("")) // there are no modules in C
	lib.RawSetString("config", lua.LString("/\n;\n?\n!\n-"))
	lib.RawSetString("seeall", L.NewFunction(seeAll))
	global.RawSetString("module", L.NewFunction(m.module))
	global.RawSetString("require", L.NewFunction(m.require))
	global.RawSetString("package", lib)
	for _, name := range slices.Sorted(slices.Values(lua51.FieldNames(global))) {
		if t, ok := global.RawGetString(name).(*lua.LTable); ok && name != "arg" {
			m.loaded.RawSetString(name, t)
		}
	}
	return lib
}

// seeAll is package.seeall(module): names that the module does not have are looked up among the
// globals.
func seeAll(L *lua.LState) int {
	t := lua51.Table(L, 1)
	mt, ok := t.Metatable.(*lua.LTable)
	if ok && mt.RawGetString("__metatable") != lua.LNil {
		lua51.Raise(L, "cannot change a protected metatable")
	}
	if !ok {
		mt = L.NewTable()
		L.SetMetatable(t, mt)
	}
	mt.RawSetString("__index", L.G.Global)
	return 0
}

// module is module(name, ...): the caller's environment becomes the table of the module, which is a
// global as well. Each further argument is a function that is called with the table.
func (m *loader) module(L *lua.LState) int {
	name := lua51.Text(L, 1)
	t, ok := m.loaded.RawGetString(name).(*lua.LTable)
	if !ok {
		t = moduleTable(L, name)
		m.loaded.RawSetString(name, t)
	}
	if t.RawGetString("_NAME") == lua.LNil {
		t.RawSetString("_M", t)
		t.RawSetString("_NAME", lua.LString(name))
		t.RawSetString("_PACKAGE", lua.LString(name[:strings.LastIndexByte(name, '.')+1]))
	}
	caller, ok := lua51.ActivationAt(L, 1)
	if !ok || caller.Function == nil || caller.Function.IsG {
		lua51.Raise(L, "'module' not called from a Lua function")
	}
	caller.Function.Env = t
	for i, top := 2, L.GetTop(); i <= top; i++ {
		if fn, ok := L.Get(i).(*lua.LFunction); ok {
			L.Push(fn)
			L.Push(t)
			L.Call(1, 0)
		}
	}
	return 0
}

// moduleTable is the global table of a name, which may have dots. Tables that do not exist are
// made.
func moduleTable(L *lua.LState, name string) *lua.LTable {
	t := L.G.Global
	for part := range strings.SplitSeq(name, ".") {
		switch next := t.RawGetString(part).(type) {
		case *lua.LTable:
			t = next
		case *lua.LNilType:
			made := L.NewTable()
			t.RawSetString(part, made)
			t = made
		default:
			lua51.Raise(L, "name conflict for module '%s'", name)
		}
	}
	return t
}
