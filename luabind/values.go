package luabind

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/store"
	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/luabind/plain"
)

// toID reads 40 hex digits, of either case, or 20 raw bytes.
func toID(v lua.LValue) (krpc.ID, bool) {
	s, _ := v.(lua.LString)
	switch len(s) {
	case krpc.IDLen:
		return krpc.IDFrom(string(s))
	case 2 * krpc.IDLen:
		id, err := krpc.ParseID(string(s))
		return id, err == nil
	}
	return krpc.ID{}, false
}

// toAddr reads an IP address with a port other than 0.
func toAddr(v lua.LValue) (netip.AddrPort, bool) { return parseAddr(v, false) }

// parseAddr reads an IP address with a port.
func parseAddr(v lua.LValue, anyPort bool) (netip.AddrPort, bool) {
	const longest = len("[ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255]:65535")
	s, ok := v.(lua.LString)
	if !ok || len(s) > longest {
		return netip.AddrPort{}, false
	}
	addr, err := netip.ParseAddrPort(string(s))
	if err != nil || addr.Port() == 0 && !anyPort || addr.Addr().Zone() != "" {
		return netip.AddrPort{}, false
	}
	return netip.AddrPortFrom(addr.Addr().Unmap(), addr.Port()), true
}

// toAddrs reads a list of addresses.
func toAddrs(v lua.LValue) ([]netip.AddrPort, bool) {
	t, ok := v.(*lua.LTable)
	if !ok {
		return nil, false
	}
	n, ok := plain.ListLen(t)
	list := make([]netip.AddrPort, 0, n)
	for i := 1; ok && i <= n; i++ {
		var addr netip.AddrPort
		addr, ok = toAddr(t.RawGetInt(i))
		list = append(list, addr)
	}
	return list, ok
}

func idValue(id krpc.ID) lua.LString { return lua.LString(id.String()) }

func addrValue(addr netip.AddrPort) lua.LString { return lua.LString(addr.String()) }

func secondsValue(d time.Duration) lua.LNumber { return lua.LNumber(d.Seconds()) }

// contactValue is {id, addr}.
func contactValue(L *lua.LState, c krpc.Contact) *lua.LTable {
	t := shaped(L, &contactType, 2)
	t.RawSetString("id", idValue(c.ID))
	t.RawSetString("addr", addrValue(c.Addr))
	return t
}

// errorClass describes the error values of package engine, which all modules return.
var errorClass = class{
	Name: "dht.Error", Text: "Why something outside of the script failed. tostring(err) is a sentence; err can be concatenated with strings.",
	Fields: []field{
		{Name: "kind", Type: `"timeout"|"remote"|"unreachable"|"malformed"|"cancelled"|"not_found"|"failed"|"deadlock"`, Text: "timeout: no answer in time. remote: a node answered with an error. unreachable: there is no node to ask, no route, or the run may not use the address. malformed: the bytes make no sense. cancelled: the task was cancelled. not_found: there is no such thing. failed: a function raised an error. deadlock: all tasks wait for each other."},
		{Name: "message", Type: "string", Text: "The message in the error of a node; else the sentence."},
		{Name: "code", Type: "integer?", Text: "The code in the error of a node."},
		{Name: "addr", Type: "address?", Text: "The node that was asked."},
	},
}

// errorValue makes the error value of a failure of the outside world. Only here a Go
// error becomes an err.kind.
func errorValue(L *lua.LState, err error) lua.LValue {
	fields := map[string]lua.LValue{}
	if q, ok := errors.AsType[*dht.QueryError](err); ok {
		fields["addr"] = addrValue(q.To)
	}
	if r, ok := errors.AsType[*krpc.Error](err); ok {
		fields["code"] = lua.LNumber(r.Code)
		fields["message"] = lua.LString(r.Message)
	}
	return engine.NewErrorValue(L, errorKind(err), err.Error(), fields)
}

// errMalformed says that bytes from outside are malformed; it wraps the reason.
type errMalformed struct{ err error }

func (e errMalformed) Error() string { return e.err.Error() }
func (e errMalformed) Unwrap() error { return e.err }

// errNotFound says that something does not exist; it wraps the message.
type errNotFound struct{ err error }

func (e errNotFound) Error() string { return e.err.Error() }
func (e errNotFound) Unwrap() error { return e.err }

func errorKind(err error) string {
	if _, ok := errors.AsType[*krpc.Error](err); ok {
		return "remote"
	}
	if _, ok := errors.AsType[errMalformed](err); ok {
		return "malformed"
	}
	if _, ok := errors.AsType[errNotFound](err); ok {
		return "not_found"
	}
	switch {
	case errors.Is(err, engine.ErrCancelled), errors.Is(err, dht.ErrStopped):
		return "cancelled"
	case errors.Is(err, dht.ErrTimeout), errors.Is(err, dht.ErrNoAnswer):
		return "timeout"
	case errors.Is(err, dht.ErrMalformed):
		return "malformed"
	case errors.Is(err, dht.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		return "not_found"
	}
	return "unreachable" // there are no nodes to ask, or no route to them
}

var contactType = class{
	Name: "dht.Contact", Text: "A node as other nodes name it.",
	Fields: []field{
		{Name: "id", Type: "id", Text: "Its id."},
		{Name: "addr", Type: "address", Text: "Its address."},
	},
}

// How long nodes keep an item of BEP 44, and how often an item that is to stay is put
// again: in words, for the commands that share files.
var (
	ItemLifetime = spoken(store.DefaultItemExpiry) // "2 hours"
	ItemRenewal  = every(dht.PutAgain)             // "every hour"
)

// spoken is a duration in words: "32 minutes", "2 hours".
func spoken(d time.Duration) string {
	var words []string
	for _, unit := range []struct {
		name string
		size time.Duration
	}{{"hour", time.Hour}, {"minute", time.Minute}, {"second", time.Second}} {
		n := d / unit.size
		if d -= n * unit.size; n > 0 {
			words = append(words, plural(int(n), unit.name))
		}
	}
	return strings.Join(words, " ")
}

// every is how often something happens: "every hour".
func every(d time.Duration) string { return "every " + strings.TrimPrefix(spoken(d), "1 ") }

// plural is a number with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
