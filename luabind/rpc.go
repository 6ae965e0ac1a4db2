package luabind

import (
	"errors"
	"net/netip"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/luabind/declare"
	"github.com/lightdht/lightdht/luabind/plain"
)

// rpcKinds are the kinds of failures of a query.
const rpcKinds = "timeout, remote, malformed, unreachable, cancelled"

// rpcModule is `dht.rpc`, and n.rpc of any other node.
var rpcModule = module{
	Name: "dht.rpc",
	Text: "One query to one node. If the node does not answer, or answers with an error, the results are nil and an error. On a real network nothing is sent, and the call fails, if the address is of another kind (loopback, private or public) than the nodes that the run joined through, or has a port below 1024. The flag --allow-net allows more addresses.",
	Options: []*optionTable{
		&queryOptions, &queryNodesOptions, &queryPeersOptions, &queryAnnounceOptions, &queryGetOptions, &queryPutOptions, &queryRawOptions,
	},
	Types: []*class{&replyType},
	Functions: []function{
		{
			Name: "ping", Args: args("addr: address, opts?: dht.QueryOptions", &queryOptions), Returns: args("reply: dht.Reply"), Fails: true, Kinds: rpcKinds, Waits: true,
			Text: "Asks whether a node is there, and for its id.",
			Do: func(c *call) int {
				return c.query(c.addr("addr"), dht.Call{Method: "ping"}, c.options("opts"), nil)
			},
		},
		{
			Name: "find_node", Args: args("addr: address, target: id, opts?: dht.QueryNodesOptions", &queryNodesOptions), Returns: args("reply: dht.Reply"), Fails: true, Kinds: rpcKinds, Waits: true,
			Text: "Asks for the nodes nearest to a target: reply.nodes, reply.nodes6.",
			Do: func(c *call) int {
				return c.query(c.addr("addr"), dht.Call{Method: "find_node", Target: c.id("target")}, c.options("opts"), nil)
			},
		},
		{
			Name: "get_peers", Args: args("addr: address, infohash: id, opts?: dht.QueryPeersOptions", &queryPeersOptions), Returns: args("reply: dht.Reply"), Fails: true, Kinds: rpcKinds, Waits: true,
			Text: "Asks for the peers of a torrent: reply.values, or reply.nodes to ask next. reply.token is for an announce.",
			Do: func(c *call) int {
				to, hash, o := c.addr("addr"), c.id("infohash"), c.options("opts")
				return c.query(to, dht.Call{Method: "get_peers", Target: hash, NoSeed: o.Flag("noseed"), Scrape: o.Flag("scrape")}, o, nil)
			},
		},
		{
			Name: "announce_peer", Args: args("addr: address, infohash: id, port: integer|nil 1..65535, token: string, opts?: dht.QueryAnnounceOptions", &queryAnnounceOptions), Returns: args("reply: dht.Reply"), Fails: true, Kinds: rpcKinds, Waits: true,
			Text: "Announces a peer of a torrent at a port of this host. The token comes from a reply of the same node. A port of nil means the port that the query comes from (implied_port).",
			Do: func(c *call) int {
				to, hash, port := c.addr("addr"), c.id("infohash"), c.Integer("port")
				token, o := tokenOf(c, "token"), c.options("opts")
				return c.query(to, dht.Call{
					Method: "announce_peer", Target: hash, Token: token,
					Port: portOf(c, port), Implied: port == 0, Seed: o.Flag("seed"),
				}, o, nil)
			},
		},
		{
			Name: "get", Args: args("addr: address, target: id, opts?: dht.QueryGetOptions", &queryGetOptions), Returns: args("reply: dht.Reply"), Fails: true, Kinds: rpcKinds, Waits: true,
			Text: "Asks for an item of BEP 44: reply.value. reply.token is for a put. reply.valid says whether the item matches the target and the salt.",
			Do:   rpcGet,
		},
		{
			Name: "put", Args: args("addr: address, value: any, token: string, opts?: dht.QueryPutOptions", &queryPutOptions), Returns: args("reply: dht.Reply"), Fails: true, Kinds: rpcKinds, Waits: true,
			Text: "Puts an item of BEP 44 at one node. The token comes from a reply of the same node. The item is sent unchecked; the node may refuse it.",
			Do:   rpcPut,
		},
		{
			Name: "sample_infohashes", Args: args("addr: address, target: id, opts?: dht.QueryNodesOptions", &queryNodesOptions), Returns: args("reply: dht.Reply"), Fails: true, Kinds: rpcKinds, Waits: true,
			Text: "Asks for a sample of the info-hashes that a node stores peers of (BEP 51): reply.samples, num, interval; and for nodes near a target. A second query to the node before the interval is over fails, and nothing is sent. reply.samples is nil if the node does not know this query.",
			Do: func(c *call) int {
				return c.query(c.addr("addr"), dht.Call{Method: "sample_infohashes", Target: c.id("target")}, c.options("opts"), nil)
			},
		},
		{
			Name: "query", Args: args("addr: address, method: string, args?: table<string, any>, opts?: dht.QueryOptions", &queryOptions), Returns: args("reply: dht.Reply"), Fails: true, Kinds: rpcKinds, Waits: true,
			Text: "Sends any query. args are bencoded as they are, except that id, target and info_hash may be in hex; id is added if it is missing. The values of the reply are in reply.raw.",
			Do: func(c *call) int {
				to, method := c.addr("addr"), c.Str("method")
				if method == "" || len(method) > maxMethod {
					c.BadArgument("method", "1 to %d bytes expected, got %s", maxMethod, declare.Show(c.Value("method")))
				}
				return c.query(to, dht.Call{Method: method, Args: queryBody(c, "args")}, c.options("opts"), nil)
			},
		},
		{
			Name: "raw", Args: args("addr: address, bytes: string, opts?: dht.QueryRawOptions", &queryRawOptions), Returns: args("reply: dht.Reply"), Fails: true, Kinds: "timeout, unreachable, cancelled", Waits: true,
			Text: "Sends a datagram as it is, also a broken one. The reply is the next datagram from that address that answers no other query; it may be an error: reply.error. The table does not change. On a real network this needs the flag --allow-raw; on the public DHT it is an error.",
			Do: func(c *call) int {
				to, packet := c.addr("addr"), c.Str("bytes")
				if packet == "" || len(packet) > maxPacket {
					c.BadArgument("bytes", "1 to %d bytes expected, got %d", maxPacket, len(packet))
				}
				return c.query(to, dht.Call{Method: "raw", Raw: []byte(packet)}, c.options("opts"), nil)
			},
		},
	},
}

// Bounds of what fits in a datagram (chosen by us).
const (
	maxMethod = 256
	maxArgs   = 60_000
	maxPacket = 65_507 // what fits in a datagram over IPv4
)

var queryOptions = optionTable{
	Name: "dht.QueryOptions",
	Text: "Options of a query to one node.",
	Options: []option{
		{Name: "timeout", Type: "seconds", Min: minTimeout, Max: maxTimeout, Default: dht.DefaultQueryTimeout.Seconds(), Text: "The longest wait for the reply."},
		{Name: "id", Type: "id", Text: "The id to send in place of the node's own."},
	},
}

// wantOption is an option of the queries that are answered with nodes.
var wantOption = option{Name: "want", Type: `"n4"|"n6"|"both"|table`, Table: "string[]", Text: "Which nodes to ask for: IPv4, IPv6 or both (BEP 32). Default: those of the network that the query goes over."}

// queryWith makes the options of a query with some more.
func queryWith(name, text string, more ...option) optionTable {
	return optionTable{Name: name, Text: text, Base: &queryOptions, Options: slices.Concat(more, queryOptions.Options)}
}

var (
	queryNodesOptions = queryWith("dht.QueryNodesOptions", "Options of a query for nodes.", wantOption)
	queryPeersOptions = queryWith("dht.QueryPeersOptions", "Options of a query for peers.", wantOption,
		option{Name: "noseed", Type: "boolean", Default: false, Text: "Ask for peers that are not seeds (BEP 33)."},
		option{Name: "scrape", Type: "boolean", Default: false, Text: "Ask how many seeds and peers there are (BEP 33): reply.seeds, reply.peers."})
	queryAnnounceOptions = queryWith("dht.QueryAnnounceOptions", "Options of an announce to one node.",
		option{Name: "seed", Type: "boolean", Default: false, Text: "The peer has the whole torrent (BEP 33)."})
	queryGetOptions = queryWith("dht.QueryGetOptions", "Options of a query for an item.", wantOption,
		option{Name: "salt", Type: "string", Text: "The salt of a mutable item, only to verify the reply."},
		option{Name: "seq", Type: "integer|string", Text: "Ask for the value of a mutable item only if it is newer than this."})
	queryPutOptions = queryWith("dht.QueryPutOptions", "Options of a put at one node.", draftOptions...)
	queryRawOptions = optionTable{Name: "dht.QueryRawOptions", Text: "Options of a datagram.", Options: queryOptions.Options[:1]}
)

// rpcGet is dht.rpc.get.
func rpcGet(c *call) int {
	to, target, o := c.addr("addr"), c.id("target"), c.options("opts")
	q := dht.Call{Method: "get", Target: target, Seq: c.optInt64(o, "seq")}
	return c.query(to, q, o, func(t *lua.LTable, m *krpc.Message) {
		if m.Has&krpc.HasV != 0 {
			_, err := m.Item(target, []byte(o.Str("salt")))
			t.RawSetString("valid", lua.LBool(err == nil))
		}
	})
}

// rpcPut is dht.rpc.put.
func rpcPut(c *call) int {
	to, token, o := c.addr("addr"), tokenOf(c, "token"), c.options("opts")
	d := c.draft("value", o)
	if size := len(d.item.Value) + len(d.item.Salt); size > maxArgs {
		c.BadArgument("value", "with its salt, it has %d bytes, and at most %d fit in a datagram", size, maxArgs)
	}
	d.sign()
	return c.query(to, dht.Call{Method: "put", Token: token, Item: &d.item, Cas: d.cas}, o, nil)
}

// query sends one query and blocks until there is a reply or a failure. more, which may
// be nil, adds fields to the reply.
func (c *call) query(to netip.AddrPort, q dht.Call, o options, more func(*lua.LTable, *krpc.Message)) int {
	q.Timeout = o.Seconds("timeout")
	if o.Declares("id") {
		q.ID, _ = o.id("id")
	}
	if o.Declares("want") {
		q.Want = wantOf(c, o)
	}
	var reply answer
	var failure error
	what := "dht.rpc." + c.def.Name + " to " + to.String()
	err := c.run(what, nil, func(now dht.Time, n *dht.Node, r *pendingCall) func() {
		return n.Query(now, krpc.Contact{Addr: to}, q, func(_ dht.Time, got dht.Reply) {
			if got.Err != nil {
				r.finish(func() { failure = got.Err })
				return
			}
			a := copyAnswer(got)
			r.finish(func() { reply = a })
		})
	})
	switch {
	case err != nil:
		return c.fail(err)
	case errors.Is(failure, dht.ErrRaw):
		c.misuse("'%s' is not for the public DHT: %v", c.def.Name, dht.ErrRaw)
	case failure != nil:
		return c.fail(failure)
	}
	t := replyValue(c.L, reply)
	if more != nil {
		more(t, &reply.message)
	}
	return c.give(t)
}

// wantOf reads the option want.
func wantOf(c *call, o options) (want krpc.Want) {
	wants := map[string]krpc.Want{"n4": krpc.Want4, "n6": krpc.Want6, "both": krpc.Want4 | krpc.Want6}
	switch v := o.Value("want").(type) {
	case lua.LString:
		return wants[string(v)]
	case *lua.LTable:
		n, _ := plain.ListLen(v)
		for i := range n {
			s, _ := v.RawGetInt(i + 1).(lua.LString)
			want |= wants[string(s)]
		}
		if n == 0 || want == 0 {
			c.misuse(`option 'want' of %s: "n4", "n6", "both" or a list of these expected`, c.def.Name)
		}
	}
	return want
}

// tokenOf is an argument: the token of a node.
func tokenOf(c *call, name string) []byte {
	token := c.Str(name)
	if len(token) > maxArgs {
		c.BadArgument(name, "at most %d bytes expected, got %d", maxArgs, len(token))
	}
	return []byte(token)
}

// queryBody bencodes an argument, which may be missing: the table of arguments of a query.
func queryBody(c *call, name string) []byte {
	t := c.L.NewTable()
	if c.Has(name) {
		t = c.Table(name)
	}
	args, err := encodeBody(c.L, t)
	switch {
	case err != nil:
		c.BadArgument(name, "%v", err)
	case len(args) > maxArgs:
		c.BadArgument(name, "bencoded, they have %d bytes, and at most %d fit in a datagram", len(args), maxArgs)
	}
	return args
}

// portOf is the port to announce. Some nodes ignore implied_port and need a port.
func portOf(c *call, port int) uint16 {
	if port == 0 {
		return c.node.loop.Addr().Port()
	}
	return uint16(port)
}

// rpcTable makes the rpc functions of a node, once.
func (n *node) rpcTable(L *lua.LState) *lua.LTable {
	if n.rpc == nil {
		n.rpc = n.b.table(L, &rpcModule, n)
	}
	return n.rpc
}
