package luabind

import (
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/table"
	"github.com/lightdht/lightdht/engine"
)

// New makes the bindings of one run. They serve one engine.
func New(o Options) *Bindings {
	return &Bindings{options: o, classes: map[*class]*lua.LTable{}, driven: map[int]*lua.LUserData{}}
}

// modules lists the modules of this package. Those of the engine are described in
// enginelib.go.
func (b *Bindings) modules() []*module {
	return []*module{
		&experimentModule, &resultModule, &globals, &idModule, &keyModule, &jsonModule, &bencodeModule, &hexModule, &logModule,
		&dhtModule, &rpcModule, &simModule,
	}
}

// Modules are the globals of a script, for the engine.
func (b *Bindings) Modules() []engine.Module {
	var list []engine.Module
	for _, m := range b.modules() {
		if strings.Contains(m.Name, ".") {
			continue
		}
		if m.Name != "" {
			list = append(list, engine.Module{Name: m.Name, Absent: m.Absent, Open: func(e *engine.Engine, L *lua.LState) lua.LValue {
				b.attach(e, L)
				return b.open(m, L)
			}})
			continue
		}
		for i := range m.Functions {
			def := &m.Functions[i]
			list = append(list, engine.Module{Name: def.Name, Open: func(e *engine.Engine, L *lua.LState) lua.LValue {
				b.attach(e, L)
				return b.function(L, def, nil, nil)
			}})
		}
	}
	return list
}

// attach ties the bindings to their engine when the first module is opened.
func (b *Bindings) attach(e *engine.Engine, L *lua.LState) {
	if b.engine != nil {
		return
	}
	b.engine, b.lua = e, L
	b.text, _ = L.GetGlobal("tostring").(*lua.LFunction)
	if b.options.Network.Own != nil {
		b.own = b.newNode(b.options.Network.Own, func() {})
		e.OnClose(b.closeAll)
	}
	if w := b.options.Network.World; w != nil {
		b.began = w.Stats()
		b.began.Sent = ended(b.began) // datagrams on their way end in the run, and count
	}
}

// open makes a module's value.
func (b *Bindings) open(m *module, L *lua.LState) lua.LValue {
	if m.Open != nil {
		return m.Open(b.call(L, nil), m)
	}
	return b.table(L, m, nil)
}

// Checks returns how many calls of check passed and how many failed.
func (b *Bindings) Checks() (passed, failed int) { return b.passed, b.failed }

// Members lists the fields and methods of an object that a module has made; nothing for any other
// value. It runs no code of the script. Call it on the baton.
func (b *Bindings) Members(v lua.LValue) (fields, methods []string) {
	ud, ok := v.(*lua.LUserData)
	if !ok {
		return nil, nil
	}
	for cl, mt := range b.classes { // at most one matches
		if ud.Metatable != lua.LValue(mt) {
			continue
		}
		for _, f := range cl.Fields {
			fields = append(fields, f.Name)
		}
		for _, m := range cl.Methods {
			methods = append(methods, m.Name)
		}
	}
	return fields, methods
}

// IDs lists ids in the table of the run's own node that begin with these hex digits, sorted, at
// most limit of them. Call it on the baton.
func (b *Bindings) IDs(prefix string, limit int) []string {
	if b.own == nil || b.own.closed || len(prefix) > 2*krpc.IDLen {
		return nil
	}
	target, err := krpc.ParseID(prefix + strings.Repeat("0", 2*krpc.IDLen-len(prefix)))
	if err != nil {
		return nil
	}
	var near []table.Entry // an id that shares a prefix with a point is nearer to it than all others
	b.own.loop.Do(func(now dht.Time, n *dht.Node) { near = n.Table().Nearest(now, target, limit) })
	var ids []string
	for _, e := range near {
		if id := e.ID.String(); strings.HasPrefix(id, prefix) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}
