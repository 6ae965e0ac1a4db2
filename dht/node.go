package dht

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/store"
	"github.com/lightdht/lightdht/dht/table"
)

// Time is nanoseconds since the host's epoch: the Unix epoch on a real network,
// the start of the run in a simulation. The node only compares and subtracts.
type Time = krpc.Time

// Source is where the node's randomness comes from: transaction ids, tokens,
// refresh targets. On a real network it must be unguessable.
type Source = krpc.Source

// Wire takes datagrams away. Send must not block and must not keep packet: the
// node reuses it as soon as Send returns. Delivery is not promised, and nothing
// is reported back; an answer, or its absence, is the only signal.
type Wire interface {
	Send(to netip.AddrPort, packet []byte)
}

// TableKind chooses what a node remembers of others.
type TableKind uint8

// The two kinds of table; see package table.
const (
	FlatTable    TableKind = iota // everyone ever heard of, forgetting nobody
	BucketsTable                  // BEP 5's: k for each range of the key space
)

// Config says what a node is. The zero value of each field means its default.
type Config struct {
	// ID is the node's id. Default: drawn from the source.
	ID krpc.ID
	// Addr is the address the node is bound to, as others see it if known. Its
	// family decides which of the two networks (BEP 32) the node is a member of.
	// Required.
	Addr netip.AddrPort
	// Addr6 is an IPv6 address the node has besides an IPv4 Addr: it is then a
	// member of both networks, with one id, and a table for each. Default none.
	Addr6 netip.AddrPort
	// KeepID keeps the id also if it does not suit the address that others see
	// (BEP 42). Default false: the id of a [Config.Public] node may change once.
	KeepID bool
	// Table is what the node remembers. Default [FlatTable].
	Table TableKind
	// TableLimit bounds a flat table, in nodes. Default 20 million.
	TableLimit int
	// ClaimLimit bounds those in a flat table who merely sent us queries, and so may have
	// forged where they are; the oldest beyond it are forgotten. Default
	// [DefaultClaimLimit].
	ClaimLimit int
	// K is how many nodes share a bucket and answer a lookup, at most 100. An answer
	// names so many, or as many as fit in 1024 bytes. Default 8 (BEP 5).
	K int
	// Alpha is how many queries a search has in flight at once, unless its
	// [SearchConfig] says otherwise; the searches by which the node joins and
	// refreshes its table are no exception. Default 3 (the Kademlia paper).
	Alpha int
	// Bootstrap are addresses to ask when nobody is known (any more). They are
	// never inserted for being listed here; those of a Public node not at all, as
	// everybody asks them already. Default none: wait to be found.
	Bootstrap []netip.AddrPort
	// Public says that this is the public DHT: contacts with addresses that
	// cannot be routed there are refused, the table holds one node per IP, and whoever
	// has not proved its address gets no more than four times what it sent.
	// Default false: every address is fine, as on loopback or in a simulation.
	Public bool
	// Guard gives nobody more than four times what it sent before it has proved its
	// address, as with Public, in a network of one's own: for a node that listens
	// where the packets of others arrive. Default false; package udp sets it.
	Guard bool
	// Reach is where the node may send of its own accord. Nodes may share it. Default
	// nil: everywhere, as in a simulation; package udp has a default of its own.
	Reach *Reach
	// Version is sent as `v` (BEP 5): by convention two letters for the client
	// and two bytes for its version, at most 20 bytes. Default "LD\x00\x01"; "-" is
	// none.
	Version string
	// ReadOnly makes the node a guest (BEP 43): its queries say so, which keeps it
	// out of the tables of others, and it answers nobody. Default false.
	ReadOnly bool
	// QueryTimeout is how long an answer is waited for. Default 4 s: between the
	// 2 s of anacrolix/dht and mainline and the 15 s of libtorrent. A search asks
	// somebody else, and may end, as soon as an answer takes longer than those that the
	// node has seen (RFC 6298), at least 0.2 s; it still takes a late one.
	QueryTimeout time.Duration
	// AnswerRate caps replies to one address, in datagrams per second, with a
	// burst of twice that. On the public DHT an address is an IPv4 address or an
	// IPv6 /64, and a put counts for ten replies; elsewhere an address is IP and port,
	// since many nodes may share a machine.
	// Default 50; negative means no cap.
	AnswerRate int
	// MaxPending bounds the queries that wait for an answer, apart from a few pings
	// of the table's own. Default 65536.
	MaxPending int
	// QueryRate caps the queries we send, in datagrams per second; what is beyond
	// it waits its turn. Default [DefaultQueryRate] if Public, else no cap; negative
	// means no cap. In any case a Public node sends no more than two a second to one
	// IP address.
	QueryRate int
	// Pace, if not nil, is what the queries of several nodes keep to together, instead
	// of a QueryRate of each.
	Pace *Pace
	// SampleInterval is how long the same info-hashes are told to those who sample
	// (BEP 51). Default 6 hours, the most there may be; negative: every answer has
	// others.
	SampleInterval time.Duration
	// Store and Items bound what is kept for others: peers and BEP 44 items. The
	// zero values: package store's defaults; with Public unset, peers are told apart
	// by address and port, since several nodes may share a host.
	Store store.PeersConfig
	Items store.ItemsConfig
	// Scratch is working memory. Nodes that are driven by one goroutine may
	// share it; a million of them should. Default: the node's own.
	Scratch *Scratch
}

// DefaultQueryRate is how many queries a second a node of the public DHT sends unless
// told otherwise: a tenth of what the table of flows of a router at home can take.
const DefaultQueryRate = 50

// DefaultClaimLimit is how many nodes that never proved their address a flat table
// remembers unless told otherwise: they take 30 MB.
const DefaultClaimLimit = table.DefaultClaims

// Defaults that are ours, unless a source is named at the field of [Config].
const (
	defaultK            = 8
	defaultAlpha        = 3
	defaultVersion      = "LD\x00\x01"
	defaultQueryTimeout = 4 * time.Second
	defaultAnswerRate   = 50
	defaultMaxPending   = 65536
)

// validate fills in defaults and names the field it refuses.
func (c *Config) validate() error {
	if !c.Addr.IsValid() || c.Addr.Port() == 0 || c.Addr.Addr().Is4In6() {
		return fmt.Errorf("dht: Config.Addr must be an IPv4 or IPv6 address with a port, got %v", c.Addr)
	}
	if six := c.Addr6; six.IsValid() && (six.Port() == 0 || !six.Addr().Is6() || six.Addr().Is4In6() || !c.Addr.Addr().Is4()) {
		return fmt.Errorf("dht: Config.Addr6 must be an IPv6 address with a port, beside an IPv4 Addr, got %v", six)
	}
	if c.Table > BucketsTable {
		return fmt.Errorf("dht: Config.Table must be FlatTable or BucketsTable, got %d", c.Table)
	}
	for _, f := range []struct {
		name     string
		value    *int
		fallback int
		most     int
	}{{"K", &c.K, defaultK, 100}, {"Alpha", &c.Alpha, defaultAlpha, 100}, {"MaxPending", &c.MaxPending, defaultMaxPending, 1 << 24}} {
		if *f.value == 0 {
			*f.value = f.fallback
		}
		if *f.value < 1 || *f.value > f.most {
			return fmt.Errorf("dht: Config.%s must be 1 to %d, got %d", f.name, f.most, *f.value)
		}
	}
	if c.QueryTimeout == 0 {
		c.QueryTimeout = defaultQueryTimeout
	}
	if c.QueryTimeout < 0 {
		return fmt.Errorf("dht: Config.QueryTimeout must not be negative, got %v", c.QueryTimeout)
	}
	if c.AnswerRate == 0 {
		c.AnswerRate = defaultAnswerRate
	}
	if c.QueryRate == 0 && c.Public {
		c.QueryRate = DefaultQueryRate
	}
	if c.Version == "" {
		c.Version = defaultVersion
	}
	if len(c.Version) > 20 {
		return fmt.Errorf("dht: Config.Version must be at most 20 bytes, got %d", len(c.Version))
	}
	if c.Scratch == nil {
		c.Scratch = new(Scratch)
	}
	return nil
}

// Node is one member of the DHT: client and server. It owns no socket, clock,
// goroutine or random source, and belongs to one goroutine at a time. Callbacks
// run on it, within Receive, Handle or Advance; they may call any method, but
// must not block. No callback runs before the call that was given it returned.
type Node struct {
	// In the order of use: in a world of a million nodes, hardly any of this is
	// in the processor's cache when a datagram arrives.
	wire    Wire
	src     Source
	home    network
	later   []func(Time) // what Advance must call first of all
	guests  *guests      // nil while there are no hooks
	pending pending
	answers limiter
	stats   Counters
	peers   store.Peers
	cfg     manner
	tokens  store.Tokens
	extras  *extras // nil: none of them

	searches uint32 // under way
}

// manner is what a node remembers of its Config, in the order of size: a third of
// it, and a simulated world has a million.
type manner struct {
	Bootstrap    []netip.AddrPort
	Version      string
	Scratch      *Scratch
	QueryTimeout time.Duration
	MaxPending   int32
	ID           krpc.ID
	k, alpha     uint8
	Public       bool
	ReadOnly     bool
	guard        bool
}

func (c *Config) manner() manner {
	return manner{
		Bootstrap: c.Bootstrap, Version: c.Version, Scratch: c.Scratch,
		QueryTimeout: c.QueryTimeout, MaxPending: int32(c.MaxPending), ID: c.ID,
		k: uint8(c.K), alpha: uint8(c.Alpha), Public: c.Public, ReadOnly: c.ReadOnly,
		guard: c.Public || c.Guard,
	}
}

// furnished is a node and its table, side by side.
type furnished struct {
	node  Node
	table table.Buckets
}

// New makes a node that knows nobody. It sends nothing until it is asked
// something, or told to; see [Node.Bootstrap].
func New(cfg Config, wire Wire, src Source) (*Node, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	if cfg.ID.IsZero() {
		cfg.ID = krpc.RandomID(src)
	}
	n := build(&cfg)
	n.home.addr = cfg.Addr
	n.cfg, n.wire, n.src = cfg.manner(), wire, src
	cfg.Store.SharedHosts = cfg.Store.SharedHosts || !cfg.Public
	n.peers = *store.NewPeers(cfg.Store)
	n.tokens = store.NewTokens(src, 0)
	n.answers = newLimiter(cfg.AnswerRate)
	n.extras = newExtras(&cfg)
	return n, nil
}

// build makes a node that has its table, and nothing else yet.
func build(cfg *Config) *Node {
	tc := table.Config{K: cfg.K, Limit: cfg.TableLimit, Claims: cfg.ClaimLimit, Diverse: cfg.Public}
	if cfg.Table == FlatTable {
		return &Node{home: network{table: table.NewFlat(cfg.ID, tc)}}
	}
	f := &furnished{table: *table.NewBuckets(cfg.ID, tc)}
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

// Peers returns the announces the node keeps for others. It belongs to the
// node's goroutine.
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

// Junk takes a datagram that [krpc.Message.Parse] refused: it is counted and dropped, unless
// a raw query (see [Call]) waits for something from there. It is for hosts that parse before
// they call Handle. The packet is not kept.
func (n *Node) Junk(now Time, from netip.AddrPort, packet []byte) {
	n.stats.PacketsIn++
	n.stats.BytesIn += uint64(len(packet))
	n.stats.Junk++
	if q := n.askedRaw(from); q != nil {
		n.pending.remove(q)
		n.answeredRaw(now, q, &krpc.Message{Packet: packet})
	}
}

// Handle takes one datagram of size bytes that was parsed elsewhere. Neither m
// nor what it points to is kept.
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

// Advance does everything that is due at now: timeouts, refreshes, expiry.
func (n *Node) Advance(now Time) {
	for len(n.later) > 0 { // what they add is done as well
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
	if t, some := n.guests.next(); some && (!ok || t < next) {
		next, ok = t, true
	}
	return next, ok
}

// send hands one datagram, written into the scratch buffer, to the wire.
func (n *Node) send(to netip.AddrPort, packet []byte) {
	n.cfg.Scratch.packet = packet[:0]
	n.stats.PacketsOut++
	n.stats.BytesOut += uint64(len(packet))
	n.wire.Send(to, packet)
}

// soon runs f at the next Advance, which Next will ask for at once.
func (n *Node) soon(f func(Time)) { n.later = append(n.later, f) }

// sane reports whether an address can be that of another node of this network.
func (n *Node) sane(addr netip.AddrPort) bool {
	ip := addr.Addr()
	switch {
	case addr.Port() == 0 || n.networkOf(ip) == nil || ip.Is4In6() || ip.IsUnspecified():
		return false
	case n.reach().Granted(addr): // somebody knows better
		return true
	case ip.IsMulticast():
		return false
	}
	if ip.Is4() && ip.As4()[0] >= 224 || ip.Zone() != "" && n.cfg.Public {
		return false
	}
	return !n.cfg.Public || krpc.ClassOf(ip) == krpc.Public
}

// usable reports whether a contact somebody named is worth remembering.
func (n *Node) usable(c *krpc.Contact) bool {
	return n.sane(c.Addr) && n.reach().Allows(c.Addr) && !c.ID.Is(&n.cfg.ID) && !c.ID.IsZero() && !n.isSelf(c.Addr) &&
		!(n.cfg.Public && slices.Contains(n.cfg.Bootstrap, c.Addr))
}

// isSelf reports whether an address is one of ours.
func (n *Node) isSelf(addr netip.AddrPort) bool {
	return addr == n.home.addr || n.far() != nil && addr == n.far().addr
}
