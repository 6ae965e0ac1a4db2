package engine

import (
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// openPackage brings package and module. What require has loaded is in package.loaded, and what is taken out of it is
// loaded again; path and cpath only tell.
func (e *Engine) openPackage() {
	global := e.lua.G.Global
	lib := e.library("package")
	e.modules.loaded, e.modules.preload = e.lua.NewTable(), e.lua.NewTable()
	lib.RawSetString("loaded", e.modules.loaded)
	lib.RawSetString("preload", e.modules.preload)
	lib.RawSetString("path", lua.LString("./?.lua;./?/init.lua"))
	lib.RawSetString("cpath", lua.LString("")) // there are no modules in C
	lib.RawSetString("config", lua.LString("/\n;\n?\n!\n-"))
	e.define(lib, function{"seeall", seeAll})
	e.define(global, function{"module", e.module})
	for _, name := range slices.Sorted(slices.Values(strings.Fields(allowed[""]))) {
		if t, ok := global.RawGetString(name).(*lua.LTable); ok {
			e.modules.loaded.RawSetString(name, t)
		}
	}
}

// seeAll is package.seeall(module): names that the module does not have are looked up among the globals.
func seeAll(L *lua.LState) int {
	t := table(L, 1)
	mt, ok := t.Metatable.(*lua.LTable)
	if ok && mt.RawGetString("__metatable") != lua.LNil {
		raise(L, "cannot change a protected metatable")
	}
	if !ok {
		mt = L.NewTable()
		L.SetMetatable(t, mt)
	}
	mt.RawSetString("__index", L.G.Global)
	return 0
}

// module is module(name, ...): the caller's environment becomes the table of the module, which is a global as well. Each
// further function is called with it.
func (e *Engine) module(L *lua.LState) int {
	name := text(L, 1)
	t, ok := e.modules.loaded.RawGetString(name).(*lua.LTable)
	if !ok {
		t = e.moduleTable(L, name)
		e.modules.loaded.RawSetString(name, t)
	}
	if t.RawGetString("_NAME") == lua.LNil {
		t.RawSetString("_M", t)
		t.RawSetString("_NAME", lua.LString(name))
		t.RawSetString("_PACKAGE", lua.LString(name[:strings.LastIndexByte(name, '.')+1]))
	}
	caller, ok := levelAt(L, 1)
	if !ok || caller.fn == nil || caller.fn.IsG {
		raise(L, "'module' not called from a Lua function")
	}
	caller.fn.Env = t
	for i, top := 2, L.GetTop(); i <= top; i++ {
		if fn, ok := L.Get(i).(*lua.LFunction); ok {
			L.Push(fn)
			L.Push(t)
			L.Call(1, 0)
		}
	}
	return 0
}

// moduleTable is the global table of that name, which may have dots in it. What is not there is made.
func (e *Engine) moduleTable(L *lua.LState, name string) *lua.LTable {
	t := e.lua.G.Global
	for part := range strings.SplitSeq(name, ".") {
		switch next := t.RawGetString(part).(type) {
		case *lua.LTable:
			t = next
		case *lua.LNilType:
			made := L.NewTable()
			t.RawSetString(part, made)
			t = made
		default:
			raise(L, "name conflict for module '%s'", name)
		}
	}
	return t
}
