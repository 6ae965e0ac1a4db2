package luabind

import (
	"errors"
	"fmt"
	"math"
	"net/netip"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/engine"
)

// call is one call of a function by a script. Arguments are counted from 1, not
// counting the receiver of a method. What checks an argument raises a Lua error
// at the caller's line if it is wrong, and so does not return.
type call struct {
	L     *lua.LState
	b     *Bindings
	def   *function
	node  *node // whom to ask: of dht.f the run's own, of n:f that one
	self  any   // the receiver of a method
	shift int   // 1 if there is a receiver

	lacking *error // where lacks keeps what it is told; nil: it raises that
}

// arg is argument i; LNil if there is none.
func (c *call) arg(i int) lua.LValue { return c.L.Get(i + c.shift) }

// count is how many arguments there are.
func (c *call) count() int { return c.L.GetTop() - c.shift }

// has says whether argument i was given and is not nil.
func (c *call) has(i int) bool { return c.arg(i) != lua.LNil }

// id is a 160-bit id: 40 hex digits or 20 raw bytes.
func (c *call) id(i int) krpc.ID {
	id, ok := toID(c.arg(i))
	if !ok {
		c.expected(i, "info-hash or id expected: 40 hex digits")
	}
	return id
}

// addr is an IP address with a port.
func (c *call) addr(i int) netip.AddrPort {
	addr, ok := toAddr(c.arg(i))
	if !ok {
		c.expected(i, `address expected: "192.0.2.1:6881"`)
	}
	return addr
}

// str is a string; as everywhere in Lua, a number will do.
func (c *call) str(i int) string {
	switch v := c.arg(i).(type) {
	case lua.LString:
		return string(v)
	case lua.LNumber:
		return engine.FormatNumber(float64(v))
	}
	c.expected(i, "string expected")
	return ""
}

// number is a number other than NaN; as everywhere in Lua, a string that spells
// one will do.
func (c *call) number(i int) float64 {
	f, ok := toNumber(c.arg(i))
	if !ok {
		c.expected(i, "number expected")
	}
	return f
}

// integer is a whole number between two bounds.
func (c *call) integer(i, least, most int) int {
	f, ok := toNumber(c.arg(i))
	if !ok || f != math.Trunc(f) || f < float64(least) || f > float64(most) {
		c.expected(i, rangeText("integer", float64(least), float64(most))+" expected")
	}
	return int(f)
}

// optInteger is a whole number between two bounds, or def if it was not given.
func (c *call) optInteger(i, def, least, most int) int {
	if !c.has(i) {
		return def
	}
	return c.integer(i, least, most)
}

// seconds is a duration, not negative.
func (c *call) seconds(i int) time.Duration {
	d, ok := toSeconds(c.arg(i))
	if !ok {
		c.expected(i, "seconds expected: a number, not negative")
	}
	return d
}

// fn is a function.
func (c *call) fn(i int) *lua.LFunction {
	fn, ok := c.arg(i).(*lua.LFunction)
	if !ok {
		c.expected(i, "function expected")
	}
	return fn
}

// table is a table.
func (c *call) table(i int) *lua.LTable {
	t, ok := c.arg(i).(*lua.LTable)
	if !ok {
		c.expected(i, "table expected")
	}
	return t
}

// addrs is a list of addresses.
func (c *call) addrs(i int) []netip.AddrPort {
	list, ok := toAddrs(c.arg(i))
	if !ok {
		c.expected(i, `list of addresses expected: {"192.0.2.1:6881", ...}`)
	}
	return list
}

// expected raises that argument i is not what it must be.
func (c *call) expected(i int, what string) {
	got := "no value"
	if i <= c.count() {
		got = show(c.arg(i))
	}
	c.badArgument(i, "%s, got %s", what, got)
}

// badArgument raises that argument i is wrong, for a reason of the caller's.
func (c *call) badArgument(i int, format string, args ...any) {
	c.misuse("bad argument #%d to '%s' (%s)", i, c.def.Name, fmt.Sprintf(format, args...))
}

// misuse raises a Lua error at the line of the script that made the call.
func (c *call) misuse(format string, args ...any) {
	message := fmt.Sprintf(format, args...)
	if c.b.engine != nil { // else it is no script that calls
		if at := c.b.engine.Position(c.L, 1); at != "" {
			message = at + ": " + message
		}
	}
	c.L.Error(lua.LString(message), 0)
}

// lacks raises that something is missing without which what is there means nothing.
// Of settings that come in parts it is only noted, and lacks returns.
func (c *call) lacks(format string, args ...any) {
	if c.lacking == nil {
		c.misuse(format, args...)
	}
	if *c.lacking == nil {
		*c.lacking = fmt.Errorf(format, args...)
	}
}

// begin starts a wait; what names it for whoever interrupts the run, as in
// "dht.get_peers".
func (c *call) begin(what string) engine.Wait { return c.b.engine.Begin(what) }

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

// begun is to be called before a function: it counts the work, and forgets earlier failures.
func (c *call) begun() {
	if c.b.engine != nil {
		c.b.engine.Work(callWork + c.def.work)
	}
	if c.def.Fails && c.b.engine != nil {
		c.b.engine.Begun(c.L)
	}
}

// owner is the Go value of the object whose function is called: of a method, or of a node's rpc; nil if there is none.
func (c *call) owner() any {
	switch {
	case c.self != nil:
		return c.self
	case c.node != nil:
		return c.node
	}
	return nil
}

// failureText is why a call returned nil, in words that stand after "nil: ".
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
	return show(v) // a __tostring may return anything
}
