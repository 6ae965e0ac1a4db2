package luabind

import (
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/table"
)

// Members lists the fields and methods of an object that a module has made; nothing for any other value. It runs no code
// of the script. Call it on the baton.
func (b *Bindings) Members(v lua.LValue) (fields, methods []string) {
	ud, ok := v.(*lua.LUserData)
	if !ok {
		return nil, nil
	}
	for cl, mt := range b.classes { // at most one of them is it
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

// IDs lists ids in the table of the run's own node that begin with these hex digits, sorted, at most limit of them. Call
// it on the baton.
func (b *Bindings) IDs(prefix string, limit int) []string {
	if b.own == nil || b.own.closed || len(prefix) > 2*krpc.IDLen {
		return nil
	}
	target, err := krpc.ParseID(prefix + strings.Repeat("0", 2*krpc.IDLen-len(prefix)))
	if err != nil {
		return nil
	}
	var near []table.Entry // whoever shares a prefix with a point is nearer to it than all others
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
