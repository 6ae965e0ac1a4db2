package luabind

import (
	"errors"
	"net/netip"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// dhtModule is `dht`, which asks the run's own node; nil without a network.
var dhtModule = module{
	Name:      "dht",
	Text:      "The node of this run: walks through the network, and being a member of it. All but dht.open exists on the handle of any other node too: n:get_peers(h).",
	Functions: slices.Concat(walkFunctions, memberFunctions, []function{openFunction}),
	Fields:    nodeFields,
	Options:   []*optionTable{&walkOptions, &queryOptions, &openOptions},
	Types: []*class{
		&nodeClass, &tableClass, &subscriptionClass,
		&traceType, &stepType, &replyType, &contactType, &entryType, &statsType,
		&queryType, &announceType, &errorClass,
	},
	open: func(b *Bindings, L *lua.LState, m *module) lua.LValue {
		if b.own == nil {
			return lua.LNil
		}
		return b.table(L, m, b.own)
	},
	absent: "this run has no network",
}

// Bounds of options; ours, those of package lookup where it has any.
const (
	maxK       = 1024
	maxAlpha   = 100
	maxQueries = 1_000_000
	minTimeout = 0.001
	maxTimeout = 3600
)

var walkOptions = optionTable{
	Name: "dht.WalkOptions",
	Text: "How to walk.",
	Options: []option{
		{Name: "k", Type: "integer", Min: 1, Max: maxK, Default: 8, Text: "How many of the closest nodes must have replied."},
		{Name: "alpha", Type: "integer", Min: 1, Max: maxAlpha, Default: 3, Text: "How many queries are in flight at once."},
		{Name: "timeout", Type: "seconds", Min: minTimeout, Max: maxTimeout, Default: 4.0, Text: "How long each reply is waited for; somebody else is asked after a quarter of it."},
		{Name: "max_queries", Type: "integer", Min: 1, Max: maxQueries, Text: "Ends the walk after so many queries. Without it: as many as it takes."},
		{Name: "start", Type: "address[]", Text: "Where to begin, instead of at the nodes that are known."},
		{Name: "on_reply", Type: "fun(reply: dht.Reply)", Text: "Called with each dht.Reply as it comes. It may block; an error in it ends the walk."},
	},
}

var traceType = class{
	Name: "dht.Trace", Text: "How a walk went.",
	Fields: []field{
		{Name: "queries", Type: "integer", Text: "Queries sent."},
		{Name: "replies", Type: "integer", Text: "Queries that were answered."},
		{Name: "timeouts", Type: "integer", Text: "Queries that nobody answered in time."},
		{Name: "errors", Type: "integer", Text: "Queries that were refused, or answered with nonsense."},
		{Name: "hops", Type: "integer", Text: "The longest way to a node that replied; 0 are those known at the start."},
		{Name: "duration", Type: "seconds", Text: "Of the whole walk."},
		{Name: "path", Type: "dht.Step[]", Text: "Each query, in the order of sending."},
	},
}

var stepType = class{
	Name: "dht.Step", Text: "One query of a walk.",
	Fields: []field{
		{Name: "addr", Type: "address", Text: "Who was asked."},
		{Name: "id", Type: "id?", Text: "The id under which it replied, or under which it was named; nil if neither is known."},
		{Name: "hop", Type: "integer", Text: "How far from the start."},
		{Name: "sent", Type: "seconds", Text: "Since the walk began."},
		{Name: "rtt", Type: "seconds?", Text: "How long the reply took; nil if there was none."},
		{Name: "outcome", Type: `"reply"|"timeout"|"error"|"pending"`, Text: "Pending is a query that nobody waited for any more."},
	},
}

// walkFunctions exist on every node.
var walkFunctions = []function{
	{
		Name: "find_node", Args: "target: id, opts?: dht.WalkOptions", Returns: "nodes: dht.Contact[], trace: dht.Trace", Fails: true, Kinds: "timeout, unreachable, cancelled", Waits: true,
		Text: "Walks towards a point of the key space. Returns the closest nodes that replied, nearest first.",
		do: func(c *call) int {
			target, o := c.id(1), c.options(2, &walkOptions)
			r, err := c.walk(o, func(now dht.Time, n *dht.Node, cfg dht.SearchConfig, done walkDone) *dht.Search {
				return n.FindNode(now, target, cfg, done)
			})
			if err != nil {
				return c.fail(err)
			}
			nodes := list(c.L, r.Closest, func(k krpc.Contact) lua.LValue { return contactValue(c.L, k) })
			return c.give(nodes, traceValue(c.L, &r.Trace))
		},
	},
	{
		Name: "get_peers", Args: "infohash: id, opts?: dht.WalkOptions", Returns: "peers: address[], trace: dht.Trace", Fails: true, Kinds: "timeout, unreachable, cancelled", Waits: true,
		Text: "Looks for the peers of a torrent, at the nodes closest to its info-hash. To find none is an empty list, not a failure.",
		do: func(c *call) int {
			hash, o := c.id(1), c.options(2, &walkOptions)
			r, err := c.walk(o, func(now dht.Time, n *dht.Node, cfg dht.SearchConfig, done walkDone) *dht.Search {
				return n.GetPeers(now, hash, cfg, done)
			})
			if err != nil {
				return c.fail(err)
			}
			peers := list(c.L, r.Peers, func(a netip.AddrPort) lua.LValue { return addrValue(a) })
			return c.give(peers, traceValue(c.L, &r.Trace))
		},
	},
	{
		Name: "announce_peer", Args: "infohash: id, port?: integer, opts?: dht.WalkOptions", Returns: "stored: integer, trace: dht.Trace", Fails: true, Kinds: "timeout, unreachable, cancelled", Waits: true,
		Text: "Tells the nodes closest to an info-hash that this host has a peer of the torrent at a port; without one, at the port that the node itself uses (implied_port). Returns how many took the announce.",
		do: func(c *call) int {
			hash, port, o := c.id(1), c.optInteger(2, 0, 1, 65535), c.options(3, &walkOptions)
			r, err := c.walk(o, func(now dht.Time, n *dht.Node, cfg dht.SearchConfig, done walkDone) *dht.Search {
				return n.AnnouncePeer(now, hash, uint16(port), cfg, done)
			})
			if err != nil {
				return c.fail(err)
			}
			return c.give(lua.LNumber(r.Stored), traceValue(c.L, &r.Trace))
		},
	},
	{
		Name: "bootstrap", Args: "addrs?: address[]", Returns: "known: integer", Fails: true, Kinds: "timeout, unreachable, cancelled", Waits: true,
		Text: "Joins the network, or joins it again: looks for the node's own id, beginning at these addresses and at whom it knows. Returns how many nodes are known afterwards.",
		do: func(c *call) int {
			var addrs []netip.AddrPort
			if c.has(1) {
				addrs = c.addrs(1)
			}
			if err := c.join(addrs); err != nil {
				return c.fail(err)
			}
			var known int
			c.lend(func(_ dht.Time, n *dht.Node) { known = n.Table().Len() })
			return c.give(lua.LNumber(known))
		},
	},
}

// walkDone is how a search reports that it is over.
type walkDone = func(now dht.Time, r *dht.Result)

// walk begins a search and blocks until it is over.
func (c *call) walk(o options, begin func(now dht.Time, n *dht.Node, cfg dht.SearchConfig, done walkDone) *dht.Search) (*dht.Result, error) {
	cfg := dht.SearchConfig{
		K: o.integer("k"), Alpha: o.integer("alpha"), MaxQueries: o.integer("max_queries"),
		Timeout: o.seconds("timeout"), Start: o.addrs("start"),
	}
	var result *dht.Result
	var news []answer
	listener := o.fn("on_reply")
	err := c.run(c.called(), func() { c.hear(listener, &news) }, func(now dht.Time, n *dht.Node, r *errand) func() {
		if listener != nil {
			cfg.OnReply = func(_ dht.Time, reply dht.Reply) {
				if reply.Err == nil {
					a := copyAnswer(reply)
					r.tell(func() { news = append(news, a) })
				}
			}
		}
		return begin(now, n, cfg, func(_ dht.Time, found *dht.Result) {
			r.finish(func() { result = found })
		}).Stop
	})
	if err != nil {
		return nil, err
	}
	return result, result.Err
}

// hear calls on_reply with the replies that have come. More may come while it
// blocks.
func (c *call) hear(listener *lua.LFunction, news *[]answer) {
	for len(*news) > 0 {
		a := (*news)[0]
		*news = (*news)[1:]
		c.L.Push(listener)
		c.L.Push(replyValue(c.L, a))
		c.L.Call(1, 0)
	}
}

// join lets the node that is asked find its place. That some of those asked are
// silent is no failure.
func (c *call) join(addrs []netip.AddrPort) error {
	var result *dht.Result
	err := c.run(c.called(), nil, func(now dht.Time, n *dht.Node, r *errand) func() {
		return n.Bootstrap(now, addrs, func(_ dht.Time, found *dht.Result) {
			r.finish(func() { result = found })
		}).Stop
	})
	return errors.Join(err, resultError(result))
}

func resultError(r *dht.Result) error {
	if r == nil {
		return nil
	}
	return r.Err
}

// traceValue makes the table of a trace.
func traceValue(L *lua.LState, trace *dht.Trace) *lua.LTable {
	t := L.CreateTable(0, 7)
	for _, f := range []struct {
		name  string
		value int
	}{
		{"queries", trace.Queries}, {"replies", trace.Replies}, {"timeouts", trace.Timeouts},
		{"errors", trace.Errors}, {"hops", trace.Hops},
	} {
		t.RawSetString(f.name, lua.LNumber(f.value))
	}
	t.RawSetString("duration", secondsValue(trace.Duration))
	t.RawSetString("path", list(L, trace.Path, func(s dht.Step) lua.LValue { return stepValue(L, s) }))
	return t
}

func stepValue(L *lua.LState, s dht.Step) *lua.LTable {
	t := L.CreateTable(0, 6)
	t.RawSetString("addr", addrValue(s.Addr))
	if !s.ID.IsZero() {
		t.RawSetString("id", idValue(s.ID))
	}
	t.RawSetString("hop", lua.LNumber(s.Hop))
	t.RawSetString("sent", secondsValue(s.Sent))
	if s.RTT > 0 {
		t.RawSetString("rtt", secondsValue(s.RTT))
	}
	t.RawSetString("outcome", lua.LString(s.Outcome.String()))
	return t
}
