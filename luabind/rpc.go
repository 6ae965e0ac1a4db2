package luabind

import (
	"net/netip"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// rpcModule is `dht.rpc`, and n.rpc of any other node.
var rpcModule = module{
	Name: "dht.rpc",
	Text: "One query to one node. A node that does not answer, or refuses, is nil and an error.",
	Functions: []function{
		{
			Name: "ping", Args: "addr: address, opts?: dht.QueryOptions", Returns: "reply: dht.Reply", Fails: true, Kinds: "timeout, remote, malformed, unreachable, cancelled", Waits: true,
			Text: "Asks whether a node is there, and for its id.",
			do: func(c *call) int {
				return c.query(c.addr(1), dht.Call{Method: "ping"}, 2)
			},
		},
		{
			Name: "find_node", Args: "addr: address, target: id, opts?: dht.QueryOptions", Returns: "reply: dht.Reply", Fails: true, Kinds: "timeout, remote, malformed, unreachable, cancelled", Waits: true,
			Text: "Asks for the nodes nearest to a point of the key space: reply.nodes, reply.nodes6.",
			do: func(c *call) int {
				return c.query(c.addr(1), dht.Call{Method: "find_node", Target: c.id(2)}, 3)
			},
		},
		{
			Name: "get_peers", Args: "addr: address, infohash: id, opts?: dht.QueryOptions", Returns: "reply: dht.Reply", Fails: true, Kinds: "timeout, remote, malformed, unreachable, cancelled", Waits: true,
			Text: "Asks for the peers of a torrent: reply.values, or reply.nodes to ask next, and the token for an announce.",
			do: func(c *call) int {
				return c.query(c.addr(1), dht.Call{Method: "get_peers", Target: c.id(2)}, 3)
			},
		},
		{
			Name: "announce_peer", Args: "addr: address, infohash: id, port: integer|nil, token: string, opts?: dht.QueryOptions", Returns: "reply: dht.Reply", Fails: true, Kinds: "timeout, remote, malformed, unreachable, cancelled", Waits: true,
			Text: "Announces a peer of a torrent at a port of this host, with the token that the node gave before. A port of nil is the one that the query comes from (implied_port).",
			do: func(c *call) int {
				to, hash, port := c.addr(1), c.id(2), c.optInteger(3, 0, 1, 65535)
				token := c.str(4)
				if len(token) > maxArgs {
					c.badArgument(4, "at most %d bytes expected, got %d", maxArgs, len(token))
				}
				return c.query(to, dht.Call{
					Method: "announce_peer", Target: hash, Token: []byte(token),
					Port: c.ownPort(port), Implied: port == 0,
				}, 5)
			},
		},
		{
			Name: "query", Args: "addr: address, method: string, args?: table<string, any>, opts?: dht.QueryOptions", Returns: "reply: dht.Reply", Fails: true, Kinds: "timeout, remote, malformed, unreachable, cancelled", Waits: true,
			Text: "Sends any query. args are bencoded as they are, except that id, target and info_hash may be given in hex; id is added. The reply is in reply.raw.",
			do: func(c *call) int {
				to, method := c.addr(1), c.str(2)
				if method == "" || len(method) > maxMethod {
					c.badArgument(2, "1 to %d bytes expected, got %s", maxMethod, show(c.arg(2)))
				}
				return c.query(to, dht.Call{Method: method, Args: c.queryArgs(3)}, 4)
			},
		},
	},
}

// Bounds of what fits in a datagram; ours.
const (
	maxMethod = 256
	maxArgs   = 60_000
)

var queryOptions = optionTable{
	Name: "dht.QueryOptions",
	Text: "How to ask one node.",
	Options: []option{
		{Name: "timeout", Type: "seconds", Min: minTimeout, Max: maxTimeout, Default: 4.0, Text: "How long the reply is waited for."},
		{Name: "id", Type: "id", Text: "Ask under another id than the node's own."},
	},
}

// query sends one query, with the options that are argument i, and blocks until
// there is a reply or none is to be expected.
func (c *call) query(to netip.AddrPort, q dht.Call, i int) int {
	o := c.options(i, &queryOptions)
	q.Timeout = o.seconds("timeout")
	q.ID, _ = o.id("id")
	var reply answer
	var failure error
	what := "dht.rpc." + c.def.Name + " to " + to.String()
	err := c.run(what, nil, func(now dht.Time, n *dht.Node, r *errand) func() {
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
	case failure != nil:
		return c.fail(failure)
	}
	return c.give(replyValue(c.L, reply))
}

// queryArgs bencodes argument i, which may be missing: the arguments of a query.
func (c *call) queryArgs(i int) []byte {
	t := c.L.NewTable()
	if c.has(i) {
		t = c.table(i)
	}
	args, err := encodeBody(c.L, t)
	switch {
	case err != nil:
		c.badArgument(i, "%v", err)
	case len(args) > maxArgs:
		c.badArgument(i, "bencoded, they have %d bytes, and at most %d fit in a datagram", len(args), maxArgs)
	}
	return args
}

// ownPort is the port to announce: some nodes ignore implied_port and demand one.
func (c *call) ownPort(port int) uint16 {
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
