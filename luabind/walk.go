package luabind

import (
	"errors"
	"net/netip"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/store"
	"github.com/lightdht/lightdht/luabind/plain"
)

// Bounds of options: those of package lookup, else chosen by us.
const (
	maxK       = 1024
	maxAlpha   = 100
	maxQueries = 1_000_000
	minTimeout = 0.001
	maxTimeout = 3600
)

var walkOptions = optionTable{
	Name: "dht.WalkOptions",
	Text: "Options of a search, called a walk: it asks nodes nearer and nearer to the target.",
	Options: []option{
		{Name: "family", Type: `"v4"|"v6"`, Text: "The network to search (BEP 32). Default: each network that the node is a member of, at the same time, with up to k of the closest nodes in each."},
		{Name: "k", Type: "integer", Min: 1, Max: maxK, Default: 8, Text: "The walk ends when this many of the closest nodes have replied."},
		{Name: "alpha", Type: "integer", Min: 1, Max: maxAlpha, Default: 3, Text: "Queries in flight at once. At most a third of them go to doubtful nodes, unless no others are left: nodes that have never answered, and nodes named by a node that has named dead ones."},
		{Name: "timeout", Type: "seconds", Min: minTimeout, Max: maxTimeout, Default: dht.DefaultQueryTimeout.Seconds(), Text: "The longest wait for a reply. As soon as a reply takes longer than usual (RFC 6298; at least 0.2 s), the walk asks another node, and may end; a late reply still counts."},
		{Name: "max_queries", Type: "integer", Min: 1, Max: maxQueries, Text: "Ends the walk after this many queries. Default: no limit."},
		{Name: "start", Type: "address[]", Text: "Addresses of nodes to begin with, in place of the nodes in the table."},
		{Name: "on_reply", Type: "fun(reply: dht.Reply)", Text: "Called with each dht.Reply when it arrives. It may block. An error in it ends the walk."},
	},
}

// walkWith makes the options of a walk with some more.
func walkWith(name, text string, more ...option) optionTable {
	return optionTable{Name: name, Text: text, Base: &walkOptions, Options: slices.Concat(more, walkOptions.Options)}
}

var (
	peersOptions = walkWith("dht.GetPeersOptions", "Options of a search for peers.",
		option{Name: "noseed", Type: "boolean", Default: false, Text: "Ask for peers that are not seeds (BEP 33)."})
	announceOptions = walkWith("dht.AnnounceOptions", "Options of an announce.",
		option{Name: "seed", Type: "boolean", Default: false, Text: "The peer has the whole torrent (BEP 33)."},
		option{Name: "keep_alive", Type: "boolean", Default: false, Text: "Announce it again " + every(dht.AnnounceAgain) + " while the node is up, or until dht.forget(infohash)."})
)

// walkFunctions exist on every node.
var walkFunctions = []function{
	{
		Name: "find_node", Args: args("target: id, opts?: dht.WalkOptions", &walkOptions), Returns: args("nodes: dht.Contact[], trace: dht.Trace"), Fails: true, Kinds: "timeout, unreachable, cancelled", Waits: true,
		Text: "Searches for the nodes closest to a target. Returns those that replied, nearest first.",
		Do: func(c *call) int {
			target, o := c.id("target"), c.options("opts")
			r, err := c.walk(o, func(now dht.Time, n *dht.Node, cfg dht.SearchConfig, done walkDone) *dht.Search {
				return n.FindNode(now, target, cfg, done)
			})
			if err != nil {
				return c.fail(err)
			}
			nodes := plain.List(c.L, r.Closest, func(k krpc.Contact) lua.LValue { return contactValue(c.L, k) })
			return c.give(nodes, traceValue(c.L, "find_node", &r.Trace))
		},
	},
	{
		Name: "get_peers", Args: args("infohash: id, opts?: dht.GetPeersOptions", &peersOptions), Returns: args("peers: address[], trace: dht.Trace"), Fails: true, Kinds: "timeout, unreachable, cancelled", Waits: true,
		Text: "Looks for the peers of a torrent: asks the nodes closest to its info-hash. If there are no peers, the list is empty; that is not a failure.",
		Do: func(c *call) int {
			hash, o := c.id("infohash"), c.options("opts")
			r, err := c.walk(o, func(now dht.Time, n *dht.Node, cfg dht.SearchConfig, done walkDone) *dht.Search {
				return n.GetPeers(now, hash, cfg, done)
			})
			if err != nil {
				return c.fail(err)
			}
			peers := plain.List(c.L, r.Peers, func(a netip.AddrPort) lua.LValue { return addrValue(a) })
			return c.give(peers, traceValue(c.L, "get_peers", &r.Trace))
		},
	},
	{
		Name: "announce_peer", Args: args("infohash: id, port?: integer 1..65535, opts?: dht.AnnounceOptions", &announceOptions), Returns: args("stored: integer, trace: dht.Trace"), Fails: true, Kinds: "timeout, remote, unreachable, cancelled", Waits: true,
		Text: "Announces a peer of a torrent at this host to the nodes closest to the info-hash. Without a port, it is the port of the node itself (implied_port). They keep it for " + spoken(store.DefaultExpiry) + ". Nodes of lightdht store one announce per address and port, on the public DHT one per address (BEP 33): there a new port replaces the last one. Returns how many nodes stored the announce. If none did and some refused, that is a failure of kind remote, with the code that most of them gave; the trace is the third result.",
		Do: func(c *call) int {
			hash, port, o := c.id("infohash"), c.Integer("port"), c.options("opts")
			r, err := c.walk(o, func(now dht.Time, n *dht.Node, cfg dht.SearchConfig, done walkDone) *dht.Search {
				return n.AnnouncePeer(now, hash, uint16(port), cfg, done)
			})
			if err != nil {
				return failedWalk(c, err, "get_peers", r)
			}
			if o.Flag("keep_alive") {
				c.keep(func(now dht.Time, n *dht.Node) bool { return n.KeepPeer(now, hash, uint16(port), o.search()) })
			}
			return c.give(lua.LNumber(r.Stored), traceValue(c.L, "get_peers", &r.Trace))
		},
	},
	{
		Name: "scrape", Args: args("infohash: id, opts?: dht.WalkOptions", &walkOptions), Returns: args("swarm: dht.Swarm, trace: dht.Trace"), Fails: true, Kinds: "timeout, unreachable, cancelled", Waits: true,
		Text: "Estimates the number of seeds and peers of a torrent, from the Bloom filters of the nodes that store its peers (BEP 33).",
		Do: func(c *call) int {
			hash, o := c.id("infohash"), c.options("opts")
			r, err := c.walk(o, func(now dht.Time, n *dht.Node, cfg dht.SearchConfig, done walkDone) *dht.Search {
				return n.Scrape(now, hash, cfg, done)
			})
			if err != nil {
				return c.fail(err)
			}
			return c.give(swarmValue(c.L, r.Swarm), traceValue(c.L, "get_peers", &r.Trace))
		},
	},
	{
		Name: "bootstrap", Args: args("addrs?: address[]"), Returns: args("known: integer"), Fails: true, Kinds: "timeout, unreachable, cancelled", Waits: true,
		Text: "Joins the network, or joins it again: searches for the node's own id, beginning at these addresses and at the nodes in its table. Returns the number of nodes in the table afterwards.",
		Do: func(c *call) int {
			var addrs []netip.AddrPort
			if c.Has("addrs") {
				addrs = c.addrs("addrs")
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

// walkBegin starts one kind of search.
type walkBegin = func(now dht.Time, n *dht.Node, cfg dht.SearchConfig, done walkDone) *dht.Search

// walk begins a search and blocks until it is over. A search that failed has a result
// too; the result is nil if the search was given up.
func (c *call) walk(o options, begin walkBegin) (*dht.Result, error) {
	return c.search(o.search(), o.fn("on_reply"), begin)
}

// search is walk; listener, which may be nil, is called with each reply.
func (c *call) search(cfg dht.SearchConfig, listener *lua.LFunction, begin walkBegin) (*dht.Result, error) {
	var result *dht.Result
	var news []answer
	err := c.run(c.called(), func() { c.hear(listener, &news) }, func(now dht.Time, n *dht.Node, r *pendingCall) func() {
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

// failedWalk returns nil, the failure, and the trace if it exists, to the script.
func failedWalk(c *call, err error, method string, r *dht.Result) int {
	if r == nil {
		return c.fail(err)
	}
	return c.fail(err, traceValue(c.L, method, &r.Trace))
}

// search turns the options into the configuration of a search.
func (o options) search() dht.SearchConfig {
	return dht.SearchConfig{
		K: o.width(), Alpha: o.Integer("alpha"), MaxQueries: o.Integer("max_queries"),
		Timeout: o.Seconds("timeout"), Start: o.addrs("start"),
		Family: families[o.Str("family")], Seed: o.Declares("seed") && o.Flag("seed"), NoSeed: o.Declares("noseed") && o.Flag("noseed"),
	}
}

// width is how many nodes a walk looks for: the option width, or else k.
func (o options) width() int {
	if o.Declares("width") {
		return o.Integer("width")
	}
	return o.Integer("k")
}

// families maps the words of the option family to networks.
var families = map[string]dht.Family{"": dht.Both, "v4": dht.V4, "v6": dht.V6}

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

// join lets the node find its place in the network. It does not fail because some nodes
// are silent.
func (c *call) join(addrs []netip.AddrPort) error {
	var result *dht.Result
	err := c.run(c.called(), nil, func(now dht.Time, n *dht.Node, r *pendingCall) func() {
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

// keep lets the node repeat a put or an announce from time to time.
func (c *call) keep(begin func(dht.Time, *dht.Node) bool) {
	kept := false
	c.lend(func(now dht.Time, n *dht.Node) { kept = begin(now, n) })
	if !kept {
		c.misuse("it is stored, but this node keeps as many items and announces alive as it can: dht.forget one first")
	}
}
