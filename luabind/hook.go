package luabind

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/table"
	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/luabind/declare"
)

// eventTable describes the events of dht.on.
var eventTable = declare.Table{
	Name: "events", Page: "events", Text: "The events of dht.on. A handler is called in a task of its own, and may block.",
	Head: []string{"event", "when", "argument", "the handler may return"},
	Rows: [][]string{
		{eventQuery, "a query came in; it is not answered yet", queryType.Name, fmt.Sprintf("nothing: the built-in answer; a table: answer with these values; false: no answer; {error = {code, message}}: refuse. "+
			"The first handler that returns something decides. The built-in answer goes out after 1 second, after an error in a handler, and while %d handlers of the node are at work.", maxDeciding)},
		{eventAnswered, "a query was answered", queryType.Name, fmt.Sprintf("nothing. It delays no answer. Events beyond %d that wait for a handler are dropped.", maxUnread)},
		{eventNode, "the table has a new node", entryType.Name, "nothing; as answered"},
		{eventAnnounce, "the node stored an announced peer", announceType.Name, "nothing; as answered"},
	},
}

// maxUnread is how many events wait for one subscription before more of them
// are dropped (chosen by us).
const maxUnread = 4096

// maxHandlers bounds how many subscriptions a node has: each event goes to all of them.
const maxHandlers = 1000

var subscriptionClass = class{
	Name: "dht.Subscription", Page: "events", Called: "subscription", Text: "A handler that was set with dht.on.",
	Methods: []function{{
		Name: "off",
		Text: "Ends the subscription. Events that wait for the handler are dropped. Calling it again does nothing.",
		Do: func(c *call) int {
			c.self.(*subscription).turnOff()
			return 0
		},
	}},
}

// onFunction is dht.on.
var onFunction = function{
	Name: "on", Args: args(`event: "query"|"answered"|"node"|"announce", handler: fun(event: any): any`), Returns: args("subscription: dht.Subscription"),
	Overloads: []string{
		`fun(event: "query", handler: fun(q: dht.Query): table|false|nil): dht.Subscription`,
		`fun(event: "answered", handler: fun(q: dht.Query)): dht.Subscription`,
		`fun(event: "node", handler: fun(entry: dht.Entry)): dht.Subscription`,
		`fun(event: "announce", handler: fun(announce: dht.Announce)): dht.Subscription`,
	},
	Text: "Calls a function for each event, in a task of its own, which may block. For the events, their arguments and what a handler may return, see events.",
	Do: func(c *call) int {
		event, handler := eventName(c, "event"), c.Function("handler")
		c.lend(func(dht.Time, *dht.Node) {}) // raises if it is closed
		s := &subscription{
			node: c.node, event: event, handler: handler,
			release: c.b.engine.Hold("dht.on"),
		}
		ev := &c.node.events
		if len(ev.subscriptions) >= maxHandlers {
			s.release()
			c.misuse("a node has at most %d handlers; end some with their :off()", maxHandlers)
		}
		ev.subscriptions = append(ev.subscriptions, s)
		c.node.hook()
		return c.give(c.b.object(c.L, &subscriptionClass, s))
	},
}

// eventName is the name of an event.
func eventName(c *call, name string) string {
	word, ok := c.As(name, "string").(lua.LString)
	if !ok {
		c.Expected(name, "event expected: \""+strings.Join(eventNames, "\", \"")+"\"")
	}
	if !slices.Contains(eventNames, string(word)) {
		c.BadArgument(name, "unknown event %s%s", declare.QuoteName(word), declare.Suggest(engine.Nearest(string(word), eventNames)))
	}
	return string(word)
}

// turnOff ends the subscription.
func (s *subscription) turnOff() {
	if s.off {
		return
	}
	s.off, s.queue = true, nil
	s.release()
	ev := &s.node.events
	ev.subscriptions = slices.DeleteFunc(ev.subscriptions, func(o *subscription) bool { return o == s })
	s.node.hook()
}

// turnOff ends all subscriptions to a node.
func (n *node) turnOff() {
	for _, s := range slices.Clone(n.events.subscriptions) {
		s.turnOff()
	}
}

// hook sets the hooks of the node that the subscriptions need. Hooks run on the
// goroutine that owns the node: they copy, count and post.
func (n *node) hook() {
	var h dht.Hooks
	if len(n.events.to(eventQuery)) > 0 {
		h.Query = n.hold
	}
	if to := n.events.to(eventAnswered); len(to) > 0 {
		h.Answered = func(_ dht.Time, from netip.AddrPort, m *krpc.Message, reply []byte) {
			message, reply := m.Clone(), bytes.Clone(reply)
			n.tell(to, func(L *lua.LState) lua.LValue { return answeredValue(L, from, &message, reply) })
		}
	}
	if to := n.events.to(eventNode); len(to) > 0 {
		h.Heard = func(_ dht.Time, e table.Entry) {
			n.tell(to, func(L *lua.LState) lua.LValue { return n.entryValue(L, &e) })
		}
	}
	if to := n.events.to(eventAnnounce); len(to) > 0 {
		h.Announce = func(_ dht.Time, infoHash krpc.ID, from netip.AddrPort, port uint16) {
			n.tell(to, func(L *lua.LState) lua.LValue { return announceValue(L, infoHash, from, port) })
		}
	}
	h.TableFull = func(_ dht.Time, nodes int) {
		n.b.engine.Post(func() {
			n.b.log(slog.LevelWarn, fmt.Sprintf("the table is full: it holds %d nodes, and newcomers are not remembered; --table-limit lets it hold more", nodes))
		})
	}
	if renamed := n.renamed; renamed != nil {
		h.Renamed = func(_ dht.Time, _, id krpc.ID) { n.b.engine.Post(func() { renamed(id) }) }
	}
	n.loop.Do(func(_ dht.Time, node *dht.Node) { node.SetHooks(h) })
}

// tell delivers an event to each subscription that has room. It runs on the node's
// goroutine.
func (n *node) tell(to []*subscription, what happening) {
	for _, s := range to {
		if s.unread.Add(1) > maxUnread {
			s.unread.Add(-1)
			n.events.dropped.Add(1)
			continue
		}
		n.b.engine.Post(func() { s.take(what) })
	}
}

// take queues an event on the baton.
func (s *subscription) take(what happening) {
	if s.off {
		return
	}
	s.queue = append(s.queue, what)
	if !s.busy {
		s.work()
	}
}

// work starts a task that calls the handler with each queued event.
func (s *subscription) work() {
	s.busy = true
	e, L := s.node.b.engine, s.node.b.lua
	e.Go(s.title(), L.NewFunction(s.deliver), nil, func(_ []lua.LValue, err error) {
		s.busy = false
		s.report(err)
		if len(s.queue) > 0 {
			s.work()
		}
	})
}

func (s *subscription) deliver(L *lua.LState) int {
	for len(s.queue) > 0 {
		what := s.queue[0]
		s.queue = s.queue[1:]
		s.unread.Add(-1)
		L.Push(s.handler)
		L.Push(what(L))
		L.Call(1, 0)
	}
	return 0
}

var announceType = class{
	Name: "dht.Announce", Page: "events", Text: "An announce that the node has stored.",
	Fields: []field{
		{Name: "infohash", Type: "id", Text: "The info-hash of the torrent."},
		{Name: "addr", Type: "address", Text: "The node that sent it; the peer is at the same IP."},
		{Name: "port", Type: "integer", Text: "The peer's port."},
	},
}

func announceValue(L *lua.LState, infoHash krpc.ID, from netip.AddrPort, port uint16) lua.LValue {
	t := shaped(L, &announceType, 3)
	t.RawSetString("infohash", idValue(infoHash))
	t.RawSetString("addr", addrValue(from))
	t.RawSetString("port", lua.LNumber(port))
	return t
}
