package luabind

import (
	"fmt"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine"
)

// function is one function that scripts can call, declared once: what it does,
// and all that a reference or an editor has to know.
//
// Types are those of LuaLS. Besides them there are id (40 hex digits, or 20 raw
// bytes as an argument), address ("192.0.2.1:6881") and seconds (a number).
type function struct {
	Name    string // "get_peers"
	Args    string // "infohash: id, opts?: dht.WalkOptions"; "...: any" takes the rest
	Returns string // "peers: address[], trace: dht.Trace"; "" if it returns nothing
	Fails   bool   // it may return nil and a dht.Error instead
	Kinds   string // if it fails, of which kinds err.kind can be: "timeout, cancelled"
	Waits   bool   // it may block; other tasks go on meanwhile
	Text    string // one or two sentences
	do      func(c *call) int
	work    int // what it takes besides callWork, in instructions, if that is much and none of it is counted in it

	// For editors, where Args and Returns do not say all there is to know.
	Generic   string   // type parameters that Args and Returns use: "T, R"
	Overloads []string // signatures that say more: "fun(event: \"node\", handler: fun(entry: dht.Entry)): dht.Subscription"
}

// callWork is what any call takes, in instructions.
const callWork = 50

// field is a value, not a function, in a module or of an object.
type field struct {
	Name, Type, Text string
	get              func(c *call) lua.LValue // of a module: called once, when it is opened; of a class: each time
}

// module is a table of functions; the one without a name holds global functions,
// and one with a dot in its name is a field of another.
type module struct {
	Name, Text string // "dht.rpc"
	Functions  []function
	Fields     []field
	Options    []*optionTable                                         // that its functions take
	Types      []*class                                               // of objects that its functions return
	pure       bool                                                   // its functions neither have effects nor depend on the run
	open       func(b *Bindings, L *lua.LState, m *module) lua.LValue // makes its value, if table does not; may return LNil
	absent     string                                                 // why it then does
}

// class is a kind of object that scripts hold: a userdata with methods; or, if no
// field has a get and there are no methods, a plain table of a certain shape.
type class struct {
	Name, Text string // "dht.Subscription"
	Called     string // what an object with methods is called in the reference: "subscription"
	Items      string // what it holds, if it is a dictionary with a length: "string: dht.Entry"
	Fields     []field
	Methods    []function
}

// table makes the table of a module. Its functions ask n, or no node if n is
// nil. Reading a name that it does not have is an error which names the nearest.
func (b *Bindings) table(L *lua.LState, m *module, n *node) *lua.LTable {
	t := L.NewTable()
	for i := range m.Functions {
		t.RawSetString(m.Functions[i].Name, b.function(L, &m.Functions[i], t, n))
	}
	for _, f := range m.Fields {
		t.RawSetString(f.Name, f.get(&call{L: L, b: b, node: n}))
	}
	mt := L.NewTable()
	mt.RawSetString("__index", L.NewFunction(func(L *lua.LState) int {
		c := &call{L: L, b: b}
		if slices.ContainsFunc(m.Fields, func(f field) bool { return lua.LString(f.Name) == L.Get(2) }) {
			return c.give(lua.LNil) // it has no value now
		}
		c.misuse("%s", unknown(m.Name+".", L.Get(2), m.Functions, m.Fields, "function"))
		return 0
	}))
	mt.RawSetString("__metatable", lua.LFalse)
	t.Metatable = mt
	return t
}

// function makes the Lua function of a definition. owner is the table it will
// be in, which it must not be given as its first argument; nil if there is none.
func (b *Bindings) function(L *lua.LState, def *function, owner *lua.LTable, n *node) *lua.LFunction {
	return L.NewFunction(func(L *lua.LState) int {
		c := &call{L: L, b: b, def: def, node: n}
		c.begun()
		if t, ok := L.Get(1).(*lua.LTable); ok && t == owner {
			c.misuse("'%s' is called with a dot, not with a colon", def.Name)
		}
		return def.do(c)
	})
}

// object makes an object of a class. Its methods find self in call.self, and in
// call.node if it is a *node.
func (b *Bindings) object(L *lua.LState, cl *class, self any) *lua.LUserData {
	ud := L.NewUserData()
	ud.Value = self
	ud.Metatable = b.metatable(L, cl)
	return ud
}

// metatable returns the metatable that all objects of a class share; its
// makers may add to it what is not a method or a field, as "__len".
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
				return c.give(f.get(c))
			}
		}
		c.misuse("%s", unknown(short+":", L.Get(2), cl.Methods, cl.Fields, "method"))
		return 0
	}))
	mt.RawSetString("__newindex", L.NewFunction(func(L *lua.LState) int {
		(&call{L: L, b: b}).misuse("a %s is changed by its methods, not by assignment", cl.Name)
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
	return L.NewFunction(func(L *lua.LState) int {
		c := b.receive(L, mt)
		c.def = def
		c.begun()
		if c.shift == 0 {
			c.misuse("'%s' is a method: call it with a colon, as in object:%s(...)", def.Name, def.Name)
		}
		return def.do(c)
	})
}

// receive starts a call whose first argument is an object with that metatable;
// if it is none, the call has no receiver, and counts its arguments from there.
func (b *Bindings) receive(L *lua.LState, mt *lua.LTable) *call {
	c := &call{L: L, b: b}
	if ud, ok := L.Get(1).(*lua.LUserData); ok && ud.Metatable == lua.LValue(mt) {
		c.shift = 1
		c.self = ud.Value
		c.node, _ = ud.Value.(*node)
	}
	return c
}

// unknown says that a module or an object has nothing of that name. what is
// what the reader most likely looked for.
func unknown(prefix string, key lua.LValue, functions []function, fields []field, what string) string {
	word, ok := key.(lua.LString)
	if !ok {
		return fmt.Sprintf("unknown field %s[%s]", strings.TrimRight(prefix, ".:"), show(key))
	}
	var names []string
	for _, f := range functions {
		names = append(names, f.Name)
	}
	for _, f := range fields {
		names = append(names, f.Name)
	}
	near := nearest(string(word), names)
	for _, f := range fields {
		if f.Name == near {
			what, prefix = "field", strings.TrimRight(prefix, ".:")+"."
		}
	}
	return fmt.Sprintf("unknown %s '%s%s'%s", what, prefix, clip(string(word)), suggest(near))
}

// nearest is the name that was probably meant, or "": the nearest in spelling, or
// else the only one that begins with the same two letters.
func nearest(word string, names []string) string {
	if near := engine.Nearest(word, names); near != "" || len(word) < 2 {
		return near
	}
	near := ""
	for _, name := range names {
		if strings.HasPrefix(name, word[:2]) {
			if near != "" {
				return ""
			}
			near = name
		}
	}
	return near
}

// suggest is the end of a message about a name that does not exist.
func suggest(near string) string {
	if near == "" {
		return ""
	}
	return " (did you mean '" + near + "'?)"
}

// arg is one argument, or one result, of a function.
type arg struct {
	Name, Type string
	Optional   bool
}

// parseArgs reads a list as in function.Args. Commas and colons within
// parentheses, braces or angle brackets belong to a type.
func parseArgs(list string) ([]arg, error) {
	var args []arg
	for list != "" {
		end := topLevel(list, ',')
		name, typ, found := strings.Cut(list[:end], ":")
		a := arg{Name: strings.TrimSpace(name), Type: strings.TrimSpace(typ)}
		a.Name, a.Optional = strings.CutSuffix(a.Name, "?")
		if !found || a.Name == "" || a.Type == "" {
			return nil, fmt.Errorf("luabind: %q is not \"name: type\"", list[:end])
		}
		args = append(args, a)
		list = strings.TrimPrefix(list[end:], ",")
	}
	return args, nil
}

// topLevel is where c first stands outside of all brackets, or the end.
func topLevel(s string, c byte) int {
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '(', '{', '<', '[':
			depth++
		case ')', '}', '>', ']':
			depth--
		case c:
			if depth == 0 {
				return i
			}
		}
	}
	return len(s)
}
