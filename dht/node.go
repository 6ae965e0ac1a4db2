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

// Receive takes one datagram that arrived at now. Junk is counted and dropped.
func (n *Node) Receive(now Time, from netip.AddrPort, packet []byte) {
	m := &n.cfg.Scratch.message
	if err := m.Parse(packet); err != nil {
		n.Junk(now, from, packet)
		return
	}
	n.Handle(now, from, len(packet), m)
}

// Junk takes a datagram that [krpc.Message.Parse] refused: it is counted and dropped, unless a raw
// query (see [Call]) waits for an answer from that address. It is for hosts that parse before they
// call Handle. The packet is not kept.
func (n *Node) Junk(now Time, from netip.AddrPort, packet []byte) {
	n.stats.PacketsIn++
	n.stats.BytesIn += uint64(len(packet))
	n.stats.Junk++
	if q := n.askedRaw(from); q != nil {
		n.pending.remove(q)
		n.answeredRaw(now, q, &krpc.Message{Packet: packet})
	}
}

// Handle takes one datagram of size bytes that was parsed elsewhere. Neither m nor the memory it
// points to is kept.
func (n *Node) Handle(now Time, from netip.AddrPort, size int, m *krpc.Message) {
	n.stats.PacketsIn++
	n.stats.BytesIn += uint64(size)
	if !n.sane(from) {
		n.stats.Martians++
		return
	}
	switch m.Kind {
	case krpc.KindQuery:
		n.answer(now, from, size, m)
	case krpc.KindResponse, krpc.KindError:
		n.settle(now, from, m)
	}
}

// Advance does all that is due at now: timeouts, refreshes, expiry.
func (n *Node) Advance(now Time) {
	for len(n.later) > 0 { // including functions that these add
		todo := n.later
		n.later = nil
		for _, f := range todo {
			f(now)
		}
	}
	n.expireQueries(now)
	n.expireHeld(now)
	n.maintain(now)
	n.dispatch(now)
}

// Next returns when Advance has work again, or false if it never will. The
// answer may change with every call of any other method. It may be early, and
// it may be in the past.
func (n *Node) Next() (Time, bool) {
	if len(n.later) > 0 {
		return 0, true
	}
	next, ok := n.due()
	if t, some := n.pending.next(); some && (!ok || t < next) {
		next, ok = t, true
	}
	if t, some := n.hookState.next(); some && (!ok || t < next) {
		next, ok = t, true
	}
	return next, ok
}
