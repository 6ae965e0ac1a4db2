package luabind

import (
	"strings"
	"unicode"

	lua "github.com/yuin/gopher-lua"
)

// table makes a table of this class with room for n fields. Reading a field that no object of the class ever has is an
// error; one that only this object lacks is nil. Scripts may set fields of their own.
func (cl *class) table(L *lua.LState, n int) *lua.LTable {
	t := L.CreateTable(0, n)
	t.Metatable = cl.shape(L)
	return t
}

// shape is the metatable that all tables of a class share.
func (cl *class) shape(L *lua.LState) *lua.LTable {
	if mt, ok := L.G.Registry.RawGetString(cl.Name).(*lua.LTable); ok {
		return mt
	}
	has := make(map[string]bool, len(cl.Fields))
	for _, f := range cl.Fields {
		has[f.Name] = true
	}
	mt := L.NewTable()
	mt.RawSetString("__index", L.NewFunction(func(L *lua.LState) int {
		key, isName := L.Get(2).(lua.LString)
		if isName && !has[string(key)] && !strings.HasPrefix(string(key), "__") { // libraries look for __ something anywhere
			L.RaiseError("%s has no field '%s'%s", cl.one(), clip(string(key)), suggest(nearest(string(key), fieldNames(cl.Fields))))
		}
		L.Push(lua.LNil)
		return 1
	}))
	mt.RawSetString("__metatable", lua.LFalse)
	L.G.Registry.RawSetString(cl.Name, mt)
	return mt
}

// one is what a message calls an object of the class: a trace, an item info.
func (cl *class) one() string {
	var b strings.Builder
	for i, r := range cl.Name[strings.LastIndexByte(cl.Name, '.')+1:] {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	noun := b.String()
	switch {
	case strings.HasSuffix(noun, "s"): // stats
		return "a table of " + noun
	case strings.ContainsAny(noun[:1], "aeiou"):
		return "an " + noun
	}
	return "a " + noun
}

func fieldNames(fields []field) []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return names
}
