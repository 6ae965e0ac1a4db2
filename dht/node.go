package dht

import (
	"net/netip"

	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/store"
	"github.com/lightdht/lightdht/dht/table"
)

// Node is one member of the DHT: client and server. It owns no socket, clock, goroutine or random
// source, and belongs to one goroutine at a time. Callbacks run on it, within Receive, Handle or
// Advance; they may call any method, but must not block. No callback runs before the call that was
// given it has returned.
//
// A Node has four parts, each embedded in the next: core (what all parts use), asker (queries),
// server (answers), and the searches.
type Node struct {
	server
	searches uint32 // under way
}

// nodeWithTable is a node and its table, adjacent in memory.
type nodeWithTable struct {
	node  Node
	table table.Buckets
}

// New makes a node with an empty table. It sends nothing until a method makes it, or
// [Node.Bootstrap].
func New(cfg Config, wire Wire, src Source) (*Node, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	if cfg.ID.IsZero() {
		cfg.ID = krpc.RandomID(src)
	}
	n := build(&cfg)
	n.home.addr = cfg.Addr
	n.cfg, n.wire, n.src = cfg.settings(), wire, src
	cfg.Store.SharedHosts = cfg.Store.SharedHosts || !cfg.Public
	n.peers = *store.NewPeers(cfg.Store)
	n.tokens = store.NewTokens(src, 0)
	n.answers = newLimiter(cfg.AnswerRate)
	n.optional = newOptionalState(&cfg)
	return n, nil
}

// build makes a node that has its table, and nothing else yet.
func build(cfg *Config) *Node {
	tc := table.Config{K: cfg.K, Limit: cfg.TableLimit, Claims: cfg.ClaimLimit, Diverse: cfg.Public}
	if cfg.Table == FlatTable {
		n := new(Node)
		n.home.table = table.NewFlat(cfg.ID, tc)
		return n
	}
	f := &nodeWithTable{table: *table.NewBuckets(cfg.ID, tc)}
	f.node.home.table = &f.table
	return &f.node
}

// ID returns the node's id.
func (n *Node) ID() krpc.ID { return n.cfg.ID }

// Addr returns the address the node was configured with.
func (n *Node) Addr() netip.AddrPort { return n.home.addr }

// Addr6 returns the IPv6 address of a node that is a member of both networks; else
// it is not valid.
func (n *Node) Addr6() netip.AddrPort {
	if n.far() == nil {
		return netip.AddrPort{}
	}
	return n.far().addr
}

// Peers returns the announces that the node keeps for others. They belong to the node's goroutine.
func (n *Node) Peers() *store.Peers { return &n.peers }

// Table returns the node's table. Of a node with [Config.Addr6] it is both tables as one; a node
// met in both networks then occurs twice, and a lookup of its id finds it in that of IPv4. It
// belongs to the node's goroutine.
func (n *Node) Table() Table {
	if n.far() == nil {
		return n.home.table
	}
	return dualTable{&n.home, n.far()}
}

// Stats returns a copy of the counters and the gauges of this moment.
func (n *Node) Stats() Stats {
	s := Stats{Counters: n.stats, Searches: int(n.searches)}
	s.Pending = n.pending.len()
	s.Known = n.home.table.Len()
	if n.far() != nil {
		s.Known += n.far().table.Len()
	}
	if n.optional != nil {
		s.ItemsStored = n.optional.items.Len()
		s.Denied = int(n.optional.denied)
	}
	s.Refused = n.turnedAway()
	s.Hashes = n.peers.Hashes()
	s.PeersStored = n.peers.Total()
	return s
}

// Items returns the BEP 44 items that the node holds for others. They belong to the
// node's goroutine.
func (n *Node) Items() *store.Items { return n.more().items }

// newOptionalState returns the optional state for a configuration; nil if it needs nothing.
func newOptionalState(cfg *Config) *optionalState {
	if !cfg.Addr6.IsValid() && cfg.Pace == nil && cfg.QueryRate <= 0 && !cfg.Public && cfg.Table != FlatTable && cfg.Reach == nil &&
		cfg.Items == (store.ItemsConfig{}) && cfg.SampleInterval == 0 {
		return nil
	}
	x := &optionalState{items: newItems(cfg.Items, cfg.ID), samples: store.Samples{Interval: cfg.SampleInterval}, reach: cfg.Reach}
	if cfg.Addr6.IsValid() {
		x.far = &network{addr: cfg.Addr6, table: build(cfg).home.table}
	}
	switch {
	case cfg.Pace != nil:
		x.pacer = &pacer{pace: cfg.Pace}
	case cfg.QueryRate > 0 || cfg.Public:
		x.pacer = &pacer{pace: NewPace(cfg.QueryRate, cfg.Public, nil)}
	}
	if cfg.Table == FlatTable {
		x.newcomers = limiter{each: newcomerEvery, burst: newcomerBurst, sweep: limiterFirst}
	}
	if cfg.Public || cfg.Table == FlatTable {
		x.ballot = &ballot{moved: cfg.KeepID || !cfg.Public}
	}
	return x
}

// SetHooks replaces all hooks.
func (n *Node) SetHooks(h Hooks) {
	if n.hookState == nil {
		n.hookState = new(hookState)
	}
	n.hookState.hooks = h
}

// Hooked reports whether the node may call a hook.
func (n *Node) Hooked() bool { return n.hookState != nil }

// Watched reports whether a hook watches events that other nodes cause.
func (n *Node) Watched() bool {
	h := n.hooks()
	return h.Query != nil || h.Answered != nil || h.Heard != nil || h.Announce != nil
}

// ExternalAddr returns our own address in the node's first network as most of the last hosts that
// answered us saw it, at most 32; false while none has reported it. Behind a NAT that gives each
// connection its own port, the port is any of these.
func (n *Node) ExternalAddr() (netip.AddrPort, bool) {
	if n.optional == nil || n.optional.ballot == nil || len(n.optional.ballot.votes) == 0 {
		return netip.AddrPort{}, false
	}
	b := n.optional.ballot
	ip, _ := b.winner(sameIP)
	whole, _ := b.winner(sameAddr)
	if whole.Addr() == ip.Addr() {
		return whole, true
	}
	return ip, true
}
