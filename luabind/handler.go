package luabind

import (
	"errors"
	"fmt"
	"io"
	"math"
	"net/netip"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/engine"
)

// maxDeciding is how many queries to one node may wait for handlers at the same time
// (chosen by us).
const maxDeciding = 128

var queryType = class{
	Name: "dht.Query", Page: "events", Text: "A query that the node received.",
	Fields: []field{
		{Name: "method", Type: "string", Text: "The method: \"ping\", \"find_node\", \"get_peers\", \"announce_peer\" or another."},
		{Name: "args", Type: "table<string, any>", Text: "Its arguments as they were sent, except that id, target and info_hash are in hex."},
		{Name: "addr", Type: "address", Text: "The address of the node that asks."},
		{Name: "id", Type: "id?", Text: "The id under which it asks."},
		{Name: "version", Type: "string?", Text: "The name of its software, as it says."},
		{Name: "read_only", Type: "boolean", Text: "It does not answer queries itself (BEP 43)."},
		{Name: "reply", Type: "table<string, any>?", Text: "In the event \"answered\": the values of the reply, or {error = {code, message}}."},
	},
}

// queryValue makes the table of a query.
func queryValue(L *lua.LState, from netip.AddrPort, m *krpc.Message) *lua.LTable {
	t := shaped(L, &queryType, 7)
	t.RawSetString("method", lua.LString(m.Method))
	t.RawSetString("args", bodyValue(L, m.Body))
	t.RawSetString("addr", addrValue(from))
	if m.Has&krpc.HasID != 0 {
		t.RawSetString("id", idValue(m.ID))
	}
	if len(m.Version) > 0 {
		t.RawSetString("version", lua.LString(m.Version))
	}
	t.RawSetString("read_only", lua.LBool(m.ReadOnly))
	return t
}

// answeredValue makes the table of a query and what was replied to it.
func answeredValue(L *lua.LState, from netip.AddrPort, m *krpc.Message, packet []byte) lua.LValue {
	t := queryValue(L, from, m)
	var reply krpc.Message
	switch err := reply.Parse(packet); {
	case err != nil:
	case reply.Kind == krpc.KindError:
		failure := L.NewTable()
		failure.Append(lua.LNumber(reply.Code))
		failure.Append(lua.LString(reply.Text))
		r := L.NewTable()
		r.RawSetString("error", failure)
		t.RawSetString("reply", r)
	default:
		t.RawSetString("reply", bodyValue(L, reply.Body))
	}
	return t
}

// hold keeps a query for the handlers. It runs on the node's goroutine.
func (n *node) hold(_ dht.Time, q *dht.Incoming) (keep bool) {
	if n.events.deciding.Add(1) > maxDeciding {
		n.events.deciding.Add(-1)
		n.events.missed.Add(1)
		return false
	}
	n.b.engine.Post(func() {
		n.decide(q, queryValue(n.b.lua, q.From, &q.Message), n.events.to(eventQuery))
	})
	return true
}

// decide asks one handler after the other, until one returns something.
func (n *node) decide(q *dht.Incoming, event *lua.LTable, handlers []*subscription) {
	for len(handlers) > 0 && handlers[0].off {
		handlers = handlers[1:]
	}
	if len(handlers) == 0 {
		n.conclude(q, builtIn)
		return
	}
	s := handlers[0]
	n.b.engine.Go(s.title(), s.handler, []lua.LValue{event}, func(results []lua.LValue, err error) {
		if err == nil && (len(results) == 0 || results[0] == lua.LNil) {
			n.decide(q, event, handlers[1:])
			return
		}
		end := builtIn
		if err == nil {
			end, err = n.verdict(results[0])
		}
		s.report(err)
		n.conclude(q, end)
	})
}

// conclusion ends a query that was held. It runs with the node.
type conclusion func(now dht.Time, q *dht.Incoming)

func builtIn(now dht.Time, q *dht.Incoming) { q.Default(now) }

func (n *node) conclude(q *dht.Incoming, end conclusion) {
	n.events.deciding.Add(-1)
	n.loop.Do(func(now dht.Time, _ *dht.Node) { end(now, q) })
}

var errVerdict = errors.New(`a handler of dht.on("query") returns nothing, a table, {error = {code, message}} or false`)

// verdict turns the result of a handler into a conclusion. With an error it is the
// built-in answer.
func (n *node) verdict(result lua.LValue) (conclusion, error) {
	if result == lua.LFalse {
		return func(_ dht.Time, q *dht.Incoming) { q.Drop() }, nil
	}
	t, ok := result.(*lua.LTable)
	if !ok {
		return builtIn, errVerdict
	}
	if refusal := t.RawGetString("error"); refusal != lua.LNil {
		return refuse(refusal)
	}
	r, err := encodeBody(n.b.lua, t)
	if err == nil && len(r) > maxArgs {
		err = errors.New("the answer does not fit in a datagram")
	}
	if err != nil {
		return builtIn, err
	}
	return func(now dht.Time, q *dht.Incoming) {
		if _, err := q.Reply(now, r); err != nil {
			q.Default(now)
		}
	}, nil
}

// refuse reads {code, message}.
func refuse(v lua.LValue) (conclusion, error) {
	t, ok := v.(*lua.LTable)
	if !ok {
		return builtIn, errVerdict
	}
	code, isNumber := t.RawGetInt(1).(lua.LNumber)
	text, isString := t.RawGetInt(2).(lua.LString)
	if !isNumber || float64(code) != math.Trunc(float64(code)) || math.Abs(float64(code)) > math.MaxInt32 || !isString || len(text) > maxArgs {
		return builtIn, errVerdict
	}
	return func(now dht.Time, q *dht.Incoming) { q.Refuse(now, int(code), string(text)) }, nil
}

// The events of dht.on.
const (
	eventQuery    = "query"
	eventAnswered = "answered"
	eventNode     = "node"
	eventAnnounce = "announce"
)

var eventNames = []string{eventQuery, eventAnswered, eventNode, eventAnnounce}

// to lists the subscriptions to one event.
func (ev *events) to(event string) (subscribed []*subscription) {
	for _, s := range ev.subscriptions {
		if s.event == event {
			subscribed = append(subscribed, s)
		}
	}
	return subscribed
}

// title names the handler in reports and when the run is interrupted.
func (s *subscription) title() string { return fmt.Sprintf("handler of dht.on(%q)", s.event) }

// report prints the first error in the handler.
func (s *subscription) report(err error) {
	if err == nil || s.failed || s.off {
		return
	}
	s.failed = true
	text := s.title() + " failed (further errors of it are not shown): " + err.Error() + "\n"
	if script, ok := err.(*engine.ScriptError); ok && script.Traceback != "" {
		text += "  " + strings.ReplaceAll(script.Traceback, "\n", "\n  ") + "\n"
	}
	io.WriteString(s.node.b.engine.Stderr(), text)
}
