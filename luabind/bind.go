package luabind

import (
	"slices"
	"strings"
	"unicode"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/luabind/declare"
)

// table makes the table of a module. Its functions ask n, or no node if n is
// nil. Reading a name that it does not have is an error which names the nearest.
func (b *Bindings) table(L *lua.LState, m *module, n *node) *lua.LTable {
	t := L.NewTable()
	for i := range m.Functions {
		t.RawSetString(m.Functions[i].Name, b.function(L, &m.Functions[i], t, n))
	}
	for _, f := range m.Fields {
		t.RawSetString(f.Name, f.Get(b.call(L, n)))
	}
	mt := L.NewTable()
	mt.RawSetString("__index", L.NewFunction(func(L *lua.LState) int {
		c := b.call(L, nil)
		if slices.ContainsFunc(m.Fields, func(f field) bool { return lua.LString(f.Name) == L.Get(2) }) {
			return c.give(lua.LNil) // it has no value now
		}
		c.misuse("%s", declare.Unknown(m.Name+".", L.Get(2), m.Functions, m.Fields, "function"))
		return 0
	}))
	mt.RawSetString("__metatable", lua.LFalse)
	t.Metatable = mt
	return t
}

// function makes the Lua function of a definition. owner is the table it will
// be in, which must not be its first argument (a call with a colon); may be nil.
func (b *Bindings) function(L *lua.LState, def *function, owner *lua.LTable, n *node) *lua.LFunction {
	sig := def.Signature()
	return L.NewFunction(func(L *lua.LState) int {
		c := b.call(L, n)
		c.begin(def, sig)
		if t, ok := L.Get(1).(*lua.LTable); ok && t == owner {
			c.misuse("'%s' is called with a dot, not with a colon", def.Name)
		}
		return def.Do(c)
	})
}

// object makes an object of a class. Methods find self in call.self, and in call.node
// if it is a *node.
func (b *Bindings) object(L *lua.LState, cl *class, self any) *lua.LUserData {
	ud := L.NewUserData()
	ud.Value = self
	ud.Metatable = b.metatable(L, cl)
	return ud
}

// metatable returns the metatable that all objects of a class share; its
// callers may add metamethods to it, such as "__len".
func (b *Bindings) metatable(L *lua.LState, cl *class) *lua.LTable {
	if mt := b.classes[cl]; mt != nil {
		return mt
	}
	mt := L.NewTable()
	b.classes[cl] = mt
	methods := map[string]*lua.LFunction{}
	for i := range cl.Methods {
		methods[cl.Methods[i].Name] = b.method(L, &cl.Methods[i], mt)
	}
	short := cl.Name[strings.LastIndexByte(cl.Name, '.')+1:]
	mt.RawSetString("__index", L.NewFunction(func(L *lua.LState) int {
		key, _ := L.Get(2).(lua.LString)
		if fn := methods[string(key)]; fn != nil {
			L.Push(fn)
			return 1
		}
		c := b.receive(L, mt)
		for _, f := range cl.Fields {
			if f.Name == string(key) {
				return c.give(f.Get(c))
			}
		}
		c.misuse("%s", declare.Unknown(short+":", L.Get(2), cl.Methods, cl.Fields, "method"))
		return 0
	}))
	mt.RawSetString("__newindex", L.NewFunction(func(L *lua.LState) int {
		b.call(L, nil).misuse("a %s is changed by its methods, not by assignment", cl.Name)
		return 0
	}))
	mt.RawSetString("__tostring", L.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LString(cl.Name))
		return 1
	}))
	mt.RawSetString("__metatable", lua.LFalse)
	return mt
}

// method makes the Lua function of a method.
func (b *Bindings) method(L *lua.LState, def *function, mt *lua.LTable) *lua.LFunction {
	sig := def.Signature()
	return L.NewFunction(func(L *lua.LState) int {
		c := b.receive(L, mt)
		c.begin(def, sig)
		if c.Shift == 0 {
			c.misuse("'%s' is a method: call it with a colon, as in object:%s(...)", def.Name, def.Name)
		}
		return def.Do(c)
	})
}

// receive starts a call whose first argument is an object with that metatable;
// else the call has no receiver, and counts its arguments from there.
func (b *Bindings) receive(L *lua.LState, mt *lua.LTable) *call {
	c := b.call(L, nil)
	if ud, ok := L.Get(1).(*lua.LUserData); ok && ud.Metatable == lua.LValue(mt) {
		c.Shift = 1
		c.self = ud.Value
		c.node, _ = ud.Value.(*node)
	}
	return c
}

// shaped makes a table of a class with room for n fields. Reading a field that no object of the
// class ever has is an error; one that only this object lacks is nil. Scripts may set fields of
// their own.
func shaped(L *lua.LState, cl *class, n int) *lua.LTable {
	t := L.CreateTable(0, n)
	t.Metatable = shapeOf(L, cl)
	return t
}

// shapeOf is the metatable that all tables of a class share.
func shapeOf(L *lua.LState, cl *class) *lua.LTable {
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
		if isName && !has[string(key)] && !strings.HasPrefix(string(key), "__") { // libraries read names that begin with __ from any table
			L.RaiseError("%s has no field '%s'%s", one(cl), declare.Clip(string(key)), declare.Suggest(declare.Nearest(string(key), fieldNames(cl.Fields))))
		}
		L.Push(lua.LNil)
		return 1
	}))
	mt.RawSetString("__metatable", lua.LFalse)
	L.G.Registry.RawSetString(cl.Name, mt)
	return mt
}

// one names an object of the class in messages: a trace, an item info.
func one(cl *class) string {
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
