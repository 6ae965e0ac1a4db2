package luabind

import (
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht"
)

// nodeClass is a node other than the run's own: all of `dht` but dht.open.
var nodeClass = class{
	Name:    "dht.Node",
	Called:  "node",
	Like:    "dht",
	Text:    "A node that the script has opened or drives. It has all that dht has, except open.",
	Methods: slices.Concat(walkFunctions, itemFunctions, torrentFunctions, memberFunctions, storedFunctions, []function{closeFunction}),
	Fields:  nodeFields,
}

// nodeFields are the values of `dht`, and of every other node.
var nodeFields = []field{
	{
		Name: "id", Type: "id", Text: "The node's id. On the public DHT it may change once, to one that suits its address (BEP 42).",
		Get: func(c *call) lua.LValue {
			var id lua.LValue
			c.node.loop.Do(func(_ dht.Time, n *dht.Node) { id = idValue(n.ID()) })
			return id
		},
	},
	{
		Name: "addr", Type: "address", Text: "The address that it listens at.",
		Get: func(c *call) lua.LValue { return addrValue(c.node.loop.Addr()) },
	},
	{
		Name: "addr6", Type: "address?", Text: "Its second address, IPv6, if it is a member of both networks (BEP 32).",
		Get: func(c *call) lua.LValue {
			var addr netip.AddrPort
			c.node.loop.Do(func(_ dht.Time, n *dht.Node) { addr = n.Addr6() })
			if !addr.IsValid() {
				return lua.LNil
			}
			return addrValue(addr)
		},
	},
	{
		Name: "network", Type: `"sim"|"udp"`, Text: "Its network: simulated, or real UDP sockets.",
		Get: func(c *call) lua.LValue { return lua.LString(c.b.options.Network.Name) },
	},
	{
		Name: "rpc", Type: "dht.rpc", Text: "One query to one node.",
		Get: func(c *call) lua.LValue { return c.node.rpcTable(c.L) },
	},
	{
		Name: "table", Type: "dht.Table", Text: "Every node that it has heard of.",
		Get: func(c *call) lua.LValue { return c.node.tableValue(c.L) },
	},
}

// memberFunctions exist on every node.
var memberFunctions = []function{
	{
		Name: "serve", Args: args("seconds?: seconds"), Returns: args("served: boolean"), Fails: true, Kinds: "cancelled", Waits: true,
		Text: "Waits for a time, or until the run is interrupted. The node serves all the time; this is for scripts that have nothing else to do.",
		Do: func(c *call) int {
			forever := !c.Has("seconds")
			var d time.Duration
			if !forever {
				d = c.Seconds("seconds")
			}
			err := c.run(c.called(), nil, func(_ dht.Time, _ *dht.Node, r *pendingCall) (stop func()) {
				if forever {
					return func() {}
				}
				return c.b.engine.Clock().AfterFunc(d, func() { r.finish(func() {}) })
			})
			if err != nil {
				return c.fail(err)
			}
			return c.give(lua.LTrue)
		},
	},
	{
		Name: "stats", Returns: args("stats: dht.Stats"), Work: 2500,
		Text: "The node's counters since it was made, and its gauges.",
		Do: func(c *call) int {
			var s dht.Stats
			c.lend(func(_ dht.Time, n *dht.Node) { s = n.Stats() })
			s.HooksMissed += c.node.events.missed.Load()
			t := statsValue(c.L, s)
			t.RawSetString(droppedField.Name, lua.LNumber(c.node.events.dropped.Load()))
			return c.give(t)
		},
	},
	{
		Name: "peers_stored", Returns: args("peers: integer, infohashes: integer"),
		Text: "How many peers other nodes have announced to this node, and of how many torrents; see dht.announced.",
		Do: func(c *call) int {
			var s dht.Stats
			c.lend(func(_ dht.Time, n *dht.Node) { s = n.Stats() })
			return c.give(lua.LNumber(s.PeersStored), lua.LNumber(s.Hashes))
		},
	},
	{
		Name: "items_stored", Returns: args("items: integer, bytes: integer"),
		Text: "How many items of BEP 44 other nodes have put at this node, and the size of their values in bytes; see dht.items.",
		Do: func(c *call) int {
			var items, bytes int
			c.lend(func(_ dht.Time, n *dht.Node) { items, bytes = n.Items().Len(), n.Items().Bytes() })
			return c.give(lua.LNumber(items), lua.LNumber(bytes))
		},
	},
	{
		Name: "external_addr", Returns: args("addr: address?"),
		Text: "The node's own address as other nodes see it: what most of the recent replies say. nil before any reply says it.",
		Do: func(c *call) int {
			var addr netip.AddrPort
			var known bool
			c.lend(func(_ dht.Time, n *dht.Node) { addr, known = n.ExternalAddr() })
			if !known {
				return c.give(lua.LNil)
			}
			return c.give(addrValue(addr))
		},
	},
	onFunction,
}

var openOptions = optionTable{
	Name: "dht.OpenOptions",
	Text: "Options of a new node.",
	Options: []option{
		{Name: "id", Type: "id", Text: "Its id. Default: a random one."},
		{Name: "addr", Type: "address", Is: isListenAddress, Text: "The address to listen at. On a real network the IP address must be one of the run's own node, unless --allow-net allows others; port 0 is any free port. Default: any free port at the IP address of the run's own node, or a free address of the simulated network."},
		{Name: "addr6", Type: "address", Is: isListenAddress, Text: "A second address to listen at, IPv6: the node is then a member of both networks (BEP 32). Without addr and addr6, it is a member of the networks of the run's own node."},
		{Name: "table", Type: `"flat"|"buckets"`, Default: "flat", Text: "flat: it remembers every node. buckets: a few nodes for each distance (BEP 5)."},
		{Name: "read_only", Type: "boolean", Default: false, Text: "It asks and does not answer, and other nodes do not remember it (BEP 43)."},
		{Name: "bootstrap", Type: "boolean|address[]", Default: true, Text: "The nodes to join through. true: those of the run's own node. false: it does not join."},
	},
}

// openFunction is dht.open.
var openFunction = function{
	Name: "open", Args: args("opts?: dht.OpenOptions", &openOptions), Returns: args("node: dht.Node"), Fails: true, Kinds: "timeout, unreachable, cancelled", Waits: true,
	Text: "Opens another node, which joins the network. The end of the run closes all open nodes.",
	Do: func(c *call) int {
		o := c.options("opts")
		cfg := dht.Config{}
		cfg.ID, _ = o.id("id")
		cfg.Addr, _ = o.addr("addr")
		cfg.Addr6, _ = o.addr("addr6")
		cfg.ReadOnly = o.Flag("read_only")
		if o.Str("table") == "buckets" {
			cfg.Table = dht.BucketsTable
		}
		join := true
		cfg.Bootstrap, join = c.entry(o)
		loop, err := c.b.options.Network.Open(cfg)
		if err != nil {
			return c.fail(err)
		}
		n := c.b.newNode(loop, func() { loop.Close() })
		c.b.opened = append(c.b.opened, n)
		if join {
			if err := c.enter(n); err != nil {
				return c.fail(err)
			}
		}
		return c.give(c.b.object(c.L, &nodeClass, n))
	},
}

// entry lists the nodes that a new node joins through; join is false if it does not join.
func (c *call) entry(o options) (addrs []netip.AddrPort, join bool) {
	switch o.Value("bootstrap") {
	case nil, lua.LTrue:
		return c.b.options.Network.Entry(), true
	case lua.LFalse:
		return nil, false
	}
	return o.addrs("bootstrap"), true
}

// enter lets a new node join, and closes it if that fails.
func (c *call) enter(n *node) error {
	joined := false
	defer func() {
		if !joined {
			n.close()
		}
	}()
	entering := *c
	entering.node = n
	err := entering.join(nil)
	joined = err == nil
	return err
}

// closeFunction exists on every node but the run's own.
var closeFunction = function{
	Name: "close",
	Text: "Takes the node off the network. Calls in progress fail; later calls are errors. Closing it again does nothing. A member of a simulated network stays in it: closing only ends the use by the script.",
	Do: func(c *call) int {
		c.node.close()
		return 0
	},
}

// closeAll ends all subscriptions and closes the nodes that the script has opened, when
// the engine is closed.
func (b *Bindings) closeAll() {
	for _, n := range b.opened {
		n.close()
	}
	for _, ud := range b.driven { // the order does not matter: nothing is reported
		ud.Value.(*node).turnOff()
	}
	b.own.turnOff()
	b.own.renamed = nil
	b.own.hook()
	b.opened, b.driven = nil, nil
}

// statsText says what each counter of [dht.Stats] counts.
var statsText = map[string]string{
	"PacketsIn":  "Datagrams received.",
	"PacketsOut": "Datagrams sent.",
	"BytesIn":    "Bytes received, as UDP payload.",
	"BytesOut":   "Bytes sent, as UDP payload.",

	"QueriesIn":   "Well-formed queries that the node received.",
	"RepliesOut":  "Replies that it sent.",
	"ErrorsOut":   "Errors that it sent.",
	"QueriesOut":  "Queries that it sent.",
	"RepliesIn":   "Replies to its queries.",
	"ErrorsIn":    "Errors that answered its queries.",
	"Timeouts":    "Its queries without an answer in time.",
	"AnnouncesIn": "Announces that it stored.",
	"ItemsIn":     "Items of BEP 44 that it stored.",

	"Junk":        "Datagrams that are not messages of the DHT.",
	"Martians":    "Datagrams from impossible addresses.",
	"Reflected":   "Queries that carry its own id.",
	"Unmatched":   "Replies and errors that match no query of its own, or came too late.",
	"Malformed":   "Replies that make no sense.",
	"Amplified":   "Replies not sent, or shortened, because they were more than four times as long as the query and the sender had not proved its address.",
	"Delayed":     "Its queries that had to wait because of its rate limit.",
	"Unserved":    "Queries dropped because the node is read-only.",
	"RateLimited": "Queries dropped because their sender sends too many.",
	"HooksMissed": "Queries that got the built-in answer because handlers of dht.on(\"query\") were too slow or too many.",

	"Denied":      "Its queries that were not sent because the run may not use the address; see --allow-net.",
	"Pending":     "Its queries that wait for an answer.",
	"Searches":    "Walks in progress.",
	"Known":       "Nodes in its table.",
	"Refused":     "Nodes for which its table had no room.",
	"Hashes":      "Torrents with peers that were announced to it.",
	"PeersStored": "Peers of these torrents.",
	"ItemsStored": "Items of BEP 44 that other nodes put at it.",
}

// droppedField is the one counter of this package.
var droppedField = field{
	Name: "dropped_events", Type: "integer", Text: "Events that a handler of dht.on never saw because too many waited for it.",
}

// statsType describes what stats returns.
var statsType = class{
	Name: "dht.Stats", Text: "A node's counters since it was made, and its gauges.",
	Fields: func() (fields []field) {
		for _, f := range statsFields() {
			fields = append(fields, field{Name: snake(f.Name), Type: "integer", Text: statsText[f.Name]})
		}
		return append(fields, droppedField)
	}(),
}

// statsFields are the numbers of [dht.Stats], those of [dht.Counters] included.
func statsFields() (fields []reflect.StructField) {
	for _, f := range reflect.VisibleFields(reflect.TypeFor[dht.Stats]()) {
		if !f.Anonymous {
			fields = append(fields, f)
		}
	}
	return fields
}

// statsValue makes the table of a node's own counters and gauges.
func statsValue(L *lua.LState, s dht.Stats) *lua.LTable {
	t := shaped(L, &statsType, len(statsType.Fields))
	for _, f := range statsFields() {
		count, v := lua.LNumber(0), reflect.ValueOf(s).FieldByIndex(f.Index)
		if v.CanUint() {
			count = lua.LNumber(v.Uint())
		} else {
			count = lua.LNumber(v.Int())
		}
		t.RawSetString(snake(f.Name), count)
	}
	return t
}

// snake is QueriesIn as scripts spell it: queries_in.
func snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// close ends the pending calls and the subscriptions of the node, and takes it away.
func (n *node) close() {
	if n.closed {
		return
	}
	n.turnOff()
	n.closed = true
	for _, r := range n.pending {
		r.end(errNodeClosed)
	}
	n.gone()
}
