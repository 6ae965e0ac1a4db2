package luabind

import (
	"errors"
	"fmt"
	"net/netip"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/luabind/declare"
)

// id is an argument: a 160-bit id, 40 hex digits or 20 raw bytes.
func (c *call) id(name string) krpc.ID {
	id, ok := toID(c.As(name, "id"))
	if !ok {
		c.Expected(name, "info-hash or id expected: 40 hex digits")
	}
	return id
}

// addr is an argument: an IP address with a port.
func (c *call) addr(name string) netip.AddrPort {
	addr, ok := toAddr(c.As(name, "address"))
	if !ok {
		c.Expected(name, `address expected: "192.0.2.1:6881"`)
	}
	return addr
}

// addrs is an argument: a list of addresses.
func (c *call) addrs(name string) []netip.AddrPort {
	list, ok := toAddrs(c.As(name, "address[]"))
	if !ok {
		c.Expected(name, `list of addresses expected: {"192.0.2.1:6881", ...}`)
	}
	return list
}

// fail returns nil, an error value and more to the script.
func (c *call) fail(err error, more ...lua.LValue) int {
	v := errorValue(c.L, err)
	if c.def.Fails && c.b.engine != nil {
		name := c.def.Name
		why := func() string { return failureText(name, err) }
		engine.AsErrorValue(v).Reason = why
		c.b.engine.Failed(c.L, c.owner(), why)
	}
	return c.give(append([]lua.LValue{lua.LNil, v}, more...)...)
}

// owner is the object whose function is called: the receiver of a method, or a node; may be nil.
func (c *call) owner() any {
	switch {
	case c.self != nil:
		return c.self
	case c.node != nil:
		return c.node
	}
	return nil
}

// failureText says why a call returned nil; it stands behind "nil: " in messages.
func failureText(called string, err error) string {
	if q, ok := errors.AsType[*dht.QueryError](err); ok {
		if errors.Is(q.Err, dht.ErrTimeout) {
			return fmt.Sprintf("%s of %v had no answer in time", q.Method, q.To)
		}
		return fmt.Sprintf("%s of %v failed: %v", q.Method, q.To, q.Err)
	}
	return called + " failed: " + err.Error()
}

// tostring is v as print shows it. It may run Lua code, a __tostring.
func (c *call) tostring(v lua.LValue) string {
	if s, ok := v.(lua.LString); ok {
		return string(s)
	}
	c.L.Push(c.b.text)
	c.L.Push(v)
	c.L.Call(1, 1)
	defer c.L.Pop(1)
	switch shown := c.L.Get(-1).(type) {
	case lua.LString:
		return string(shown)
	case lua.LNumber:
		return engine.FormatNumber(float64(shown))
	}
	return declare.Show(v) // a __tostring may return anything
}

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
