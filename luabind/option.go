package luabind

import (
	"net/netip"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/luabind/declare"
)

// kinds are the types of options that Lua does not know.
var kinds = declare.Kinds{
	"id":        {Want: "id (40 hex digits)", Is: func(v lua.LValue) bool { _, ok := toID(v); return ok }},
	"address":   {Want: `address ("192.0.2.1:6881")`, Is: func(v lua.LValue) bool { _, ok := toAddr(v); return ok }},
	"address[]": {Want: `list of addresses ({"192.0.2.1:6881", ...})`, Is: func(v lua.LValue) bool { _, ok := toAddrs(v); return ok }},
}

// isListenAddress reports whether v is an address to listen at: its port may be 0.
func isListenAddress(v lua.LValue) bool {
	_, ok := parseAddr(v, true)
	return ok
}

// options are the options of one call, checked against their declarations.
type options struct{ declare.Given }

// options takes an argument, which may be missing, as the table of options that it is
// declared to be. An unknown name and a value of the wrong type are errors.
func (c *call) options(name string) options {
	t, spec := c.Options(name)
	return c.optionsIn(t, spec, c.def.Name)
}

// optionsIn takes the options in t, which may be nil; where names the table in errors.
func (c *call) optionsIn(t *lua.LTable, spec *optionTable, where string) options {
	given, err := spec.Read(kinds, t, where)
	if err != nil {
		c.misuse("%v", err)
	}
	return options{given}
}

// fn is the function that was given, or nil.
func (o options) fn(name string) *lua.LFunction {
	fn, _ := o.Value(name).(*lua.LFunction)
	return fn
}

// id is the id that was given; ok is false if none was.
func (o options) id(name string) (id krpc.ID, ok bool) { return toID(o.Value(name)) }

// addr is the address that was given; ok is false if none was.
func (o options) addr(name string) (addr netip.AddrPort, ok bool) {
	return parseAddr(o.Value(name), true) // accepted already
}

// addrs is the list of addresses that was given, or nil.
func (o options) addrs(name string) []netip.AddrPort {
	list, _ := toAddrs(o.Value(name))
	return list
}
