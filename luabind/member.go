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
	Text:    "A node that the script opened, or drives. It has all that dht has but open.",
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
		Name: "addr6", Type: "address?", Text: "The IPv6 address that it listens at besides, as a member of both networks (BEP 32).",
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
		Name: "network", Type: `"sim"|"udp"`, Text: "What it is on: a simulated network, or real sockets.",
		Get: func(c *call) lua.LValue { return lua.LString(c.b.options.Network.Name) },
	},
	{
		Name: "rpc", Type: "dht.rpc", Text: "One query to one node.",
		Get: func(c *call) lua.LValue { return c.node.rpcTable(c.L) },
	},
	{
		Name: "table", Type: "dht.Table", Text: "Every node it ever heard of.",
		Get: func(c *call) lua.LValue { return c.node.tableValue(c.L) },
	},
}

// memberFunctions exist on every node.
var memberFunctions = []function{
	{
		Name: "serve", Args: args("seconds?: seconds"), Returns: args("served: boolean"), Fails: true, Kinds: "cancelled", Waits: true,
		Text: "Serves and does nothing else, for so long or until the run is interrupted. The node serves all the time; this is for scripts that have nothing else to do.",
		Do: func(c *call) int {
			forever := !c.Has("seconds")
			var d time.Duration
			if !forever {
				d = c.Seconds("seconds")
			}
			err := c.run(c.called(), nil, func(_ dht.Time, _ *dht.Node, r *errand) (stop func()) {
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
		Text: "How many peers others have announced to the node, and of how many torrents; see dht.announced.",
		Do: func(c *call) int {
			var s dht.Stats
			c.lend(func(_ dht.Time, n *dht.Node) { s = n.Stats() })
			return c.give(lua.LNumber(s.PeersStored), lua.LNumber(s.Hashes))
		},
	},
	{
		Name: "items_stored", Returns: args("items: integer, bytes: integer"),
		Text: "How many items of BEP 44 others have put at the node, and how many bytes their values have; see dht.items.",
		Do: func(c *call) int {
			var items, bytes int
			c.lend(func(_ dht.Time, n *dht.Node) { items, bytes = n.Items().Len(), n.Items().Bytes() })
			return c.give(lua.LNumber(items), lua.LNumber(bytes))
		},
	},
	{
		Name: "external_addr", Returns: args("addr: address?"),
		Text: "The node's own address as most of those saw it that answered it lately; nil while nobody has said.",
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
	Text: "What the new node is like.",
	Options: []option{
		{Name: "id", Type: "id", Text: "Its id; without it, a random one."},
		{Name: "addr", Type: "address", Is: isListenAddress, Text: "Where it listens, on a real network at an IP address where the run's own node does, unless --allow-net grants another, and with port 0 at any free port; without it, at any free port of the run's own node's IP address, or a free address of the simulated network."},
		{Name: "addr6", Type: "address", Is: isListenAddress, Text: "An IPv6 address besides an IPv4 one: the node is then a member of both networks (BEP 32). Without addr and addr6, it is if the run's own node is."},
		{Name: "table", Type: `"flat"|"buckets"`, Default: "flat", Text: "Whether it remembers everyone, or a few for each distance (BEP 5)."},
		{Name: "read_only", Type: "boolean", Default: false, Text: "It is a guest: it answers nobody, and is in nobody's table (BEP 43)."},
		{Name: "bootstrap", Type: "boolean|address[]", Default: true, Text: "Whom it joins through; true is where the run's own node joined, false leaves it alone."},
	},
}

// openFunction is dht.open.
var openFunction = function{
	Name: "open", Args: args("opts?: dht.OpenOptions", &openOptions), Returns: args("node: dht.Node"), Fails: true, Kinds: "timeout, unreachable, cancelled", Waits: true,
	Text: "Opens another node and lets it join. All that are open are closed at the end of the run.",
	Do: func(c *call) int {
		o := c.options("opts")
		cfg := dht.Config{}
		cfg.ID, _ = o.id("id")
		cfg.Addr, _ = o.addr("addr")
		cfg.Addr6, _ = o.addr("addr6")
		cfg.ReadOnly = o.flag("read_only")
		if o.str("table") == "buckets" {
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

// entry is whom a new node joins through; join is false if it does not.
func (c *call) entry(o options) (addrs []netip.AddrPort, join bool) {
	switch o.value("bootstrap") {
	case nil, lua.LTrue:
		return c.b.options.Network.Entry(), true
	case lua.LFalse:
		return nil, false
	}
	return o.addrs("bootstrap"), true
}

// enter lets a new node join. If that comes to nothing, it is closed.
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
	Text: "Takes the node off the network. Calls under way fail, later ones are errors; closing twice is fine. A member of a simulated population stays one: closing only ends what the script does with it.",
	Do: func(c *call) int {
		c.node.close()
		return 0
	},
}

// closeAll ends what the script does with nodes, when its engine is closed: it
// closes those that it opened.
func (b *Bindings) closeAll() {
	for _, n := range b.opened {
		n.close()
	}
	for _, ud := range b.driven { // in any order: nobody is told
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

	"QueriesIn":   "Well-formed queries that the node was asked.",
	"RepliesOut":  "Replies it gave.",
	"ErrorsOut":   "Errors it gave.",
	"QueriesOut":  "Queries it sent.",
	"RepliesIn":   "Replies to its queries.",
	"ErrorsIn":    "Errors in answer to its queries.",
	"Timeouts":    "Queries of its that nobody answered.",
	"AnnouncesIn": "Announces it stored.",
	"ItemsIn":     "Items of BEP 44 it stored.",

	"Junk":        "Datagrams that are no message of the DHT.",
	"Martians":    "Datagrams from addresses that cannot be.",
	"Reflected":   "Queries under its own id.",
	"Unmatched":   "Replies and errors that answer nothing it asked, or came too late.",
	"Malformed":   "Replies that make no sense.",
	"Amplified":   "Replies held back or cut: they were over four times the query, of a sender that had not proved its address.",
	"Delayed":     "Queries of its that had to wait for the node's rate.",
	"Unserved":    "Queries dropped because the node is read-only.",
	"RateLimited": "Queries dropped because their sender asks too often.",
	"HooksMissed": "Queries that got the built-in answer because handlers of dht.on(\"query\") were too slow or too many.",

	"Denied":      "Queries of its that were not sent: their address is out of reach, which --allow-net widens.",
	"Pending":     "Queries of its that wait for an answer.",
	"Searches":    "Walks under way.",
	"Known":       "Nodes in its table.",
	"Refused":     "Nodes that found no room in its table.",
	"Hashes":      "Torrents of which somebody announced a peer to it.",
	"PeersStored": "Peers of these.",
	"ItemsStored": "Items of BEP 44 that others put at it.",
}

// droppedField is the one counter that is ours.
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
