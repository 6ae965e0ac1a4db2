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

// call is one call of a function by a script. Its arguments are read by the names
// that the function declares. A method that checks an argument raises a Lua error at
// the caller's line if the argument is wrong, and so does not return.
type call struct {
	declare.Arguments
	b    *Bindings
	def  *function
	node *node // the node that is asked: for dht.f the run's own, for n:f that one
	self any   // the receiver of a method
}

// call starts a call, at node n if that is not nil.
func (b *Bindings) call(L *lua.LState, n *node) *call {
	return &call{Arguments: declare.Arguments{L: L, Raise: b.raise}, b: b, node: n}
}

// begin starts a function: it ties the arguments to their declaration, counts the work,
// and forgets earlier failures.
func (c *call) begin(def *function, sig *declare.Signature) {
	c.def, c.Of = def, sig
	if c.b.engine == nil {
		return
	}
	c.b.engine.Work(callWork + def.Work)
	if def.Fails {
		c.b.engine.Begun(c.L)
	}
}

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

// misuse raises a Lua error at the line of the script that made the call.
func (c *call) misuse(format string, args ...any) { c.b.raise(c.L, fmt.Sprintf(format, args...)) }

// raise raises a message at the line of the script that runs.
func (b *Bindings) raise(L *lua.LState, message string) {
	if b.engine != nil { // else the caller is not a script
		if at := b.engine.Position(L, 1); at != "" {
			message = at + ": " + message
		}
	}
	L.Error(lua.LString(message), 0)
}

// park blocks until wait is woken; the error is [engine.ErrCancelled] if the
// task was cancelled instead.
func (c *call) park(wait engine.Wait) error { return c.b.engine.Park(c.L, wait) }

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

// give returns values to the script.
func (c *call) give(values ...lua.LValue) int {
	for _, v := range values {
		c.L.Push(v)
	}
	return len(values)
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
