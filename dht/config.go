package dht

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/lookup"
	"github.com/lightdht/lightdht/dht/store"
	"github.com/lightdht/lightdht/dht/table"
)

// TableKind is the kind of a node's table.
type TableKind uint8

// The two kinds of table; see package table.
const (
	FlatTable    TableKind = iota // all contacts ever heard of
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
	// Table is the kind of the node's table. Default [FlatTable].
	Table TableKind
	// TableLimit bounds a flat table, in nodes. Default 20 million.
	TableLimit int
	// ClaimLimit bounds the contacts in a flat table that merely sent us queries, perhaps from
	// forged addresses; the oldest beyond it are forgotten. Default [DefaultClaimLimit].
	ClaimLimit int
	// K is how many nodes share a bucket and answer a lookup, at most 100. An answer names K nodes,
	// or as many as fit in 1024 bytes. Default [DefaultK].
	K int
	// Alpha is how many queries a search has in flight at once, unless its
	// [SearchConfig] says otherwise, also in the searches by which the node joins and refreshes its
	// table. Default [DefaultAlpha].
	Alpha int
	// Bootstrap are addresses to ask when the table is empty. They are not inserted for being
	// listed here; those of a Public node are never inserted, as they have load enough. Default
	// none: wait to be found.
	Bootstrap []netip.AddrPort
	// Public says that this is the public DHT: contacts with addresses that cannot be routed there
	// are refused, the table holds one node per IP, and an address that has not proved itself gets
	// at most four times the bytes it sent. Default false: every address is fine, as on loopback or
	// in a simulation.
	Public bool
	// Guard limits answers to addresses that have not proved themselves to four times the bytes
	// they sent, as Public does, in a network of one's own: for a node that listens where packets
	// of strangers arrive. Default false; package udp sets it.
	Guard bool
	// Reach is where the node may send of its own accord. Nodes may share it. Default
	// nil: everywhere, as in a simulation; package udp has a default of its own.
	Reach *Reach
	// Version is sent as `v` (BEP 5): by convention two letters for the client
	// and two bytes for its version, at most 20 bytes. Default "LD\x00\x01"; "-" sends
	// none.
	Version string
	// ReadOnly makes the node read-only (BEP 43): its queries say so, which keeps it out of the
	// tables of others, and it answers no query. Default false.
	ReadOnly bool
	// QueryTimeout is how long an answer is waited for. Default [DefaultQueryTimeout], 4 s: between
	// the 2 s of anacrolix/dht and mainline and the 15 s of libtorrent. A search asks another node,
	// and may end, as soon as an answer takes longer than earlier ones have (RFC 6298), at least
	// 0.2 s; a late answer still counts.
	QueryTimeout time.Duration
	// AnswerRate caps replies to one address, in datagrams per second, with a
	// burst of twice that. On the public DHT an address is an IPv4 address or an
	// IPv6 /64, and a put counts for ten replies; elsewhere an address is IP and port,
	// since many nodes may share a machine. Default [DefaultAnswerRate], 50; negative means no cap.
	AnswerRate int
	// MaxPending bounds the queries that wait for an answer, apart from a few pings
	// of the table's own. Default 65536.
	MaxPending int
	// QueryRate caps the queries we send, in datagrams per second; further ones wait. Default
	// [DefaultQueryRate] if Public, else no cap; negative means no cap. In any case a Public node
	// sends no more than two a second to one IP address.
	QueryRate int
	// Pace, if not nil, is shared by several nodes, whose queries keep to it together, instead of a
	// QueryRate of each.
	Pace *Pace
	// SampleInterval is for how long samples stay the same (BEP 51). Default 6 hours, the maximum;
	// negative: every answer has others.
	SampleInterval time.Duration
	// Store and Items bound the peers and BEP 44 items that are kept for others. The zero values:
	// package store's defaults; with Public unset, peers are told apart by address and port, since
	// several nodes may share a host.
	Store store.PeersConfig
	Items store.ItemsConfig
	// Scratch is working memory. Nodes that are driven by one goroutine may
	// share it; a million of them should. Default: the node's own.
	Scratch *Scratch
}

// DefaultQueryRate is how many queries a second a node of the public DHT sends unless [Config] says
// otherwise: a tenth of the load that the flow table of a home router can take.
const DefaultQueryRate = 50

// DefaultClaimLimit is how many nodes that never proved their address a flat table remembers unless
// [Config] says otherwise: they take 30 MB.
const DefaultClaimLimit = table.DefaultClaims

// DefaultK is how many nodes share a bucket, and how many the closest to a target are, unless
// [Config] says otherwise (BEP 5).
const DefaultK = krpc.DefaultK

// DefaultAlpha is how many queries a search has in flight at once unless [Config] says otherwise
// (the Kademlia paper).
const DefaultAlpha = lookup.DefaultWidth

// DefaultQueryTimeout is how long an answer is waited for unless [Config] says otherwise.
const DefaultQueryTimeout = 4 * time.Second

// DefaultAnswerRate is how many replies a second one address gets unless [Config] says otherwise
// (chosen by us).
const DefaultAnswerRate = 50

// Further defaults (chosen by us).
const (
	defaultVersion    = "LD\x00\x01"
	defaultMaxPending = 65536
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
	}{{"K", &c.K, DefaultK, 100}, {"Alpha", &c.Alpha, DefaultAlpha, 100}, {"MaxPending", &c.MaxPending, defaultMaxPending, 1 << 24}} {
		if *f.value == 0 {
			*f.value = f.fallback
		}
		if *f.value < 1 || *f.value > f.most {
			return fmt.Errorf("dht: Config.%s must be 1 to %d, got %d", f.name, f.most, *f.value)
		}
	}
	if c.QueryTimeout == 0 {
		c.QueryTimeout = DefaultQueryTimeout
	}
	if c.QueryTimeout < 0 {
		return fmt.Errorf("dht: Config.QueryTimeout must not be negative, got %v", c.QueryTimeout)
	}
	if c.AnswerRate == 0 {
		c.AnswerRate = DefaultAnswerRate
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

// settings is the part of a Config that a node keeps, in the order of size: a third of it, as a
// simulated world has a million nodes.
type settings struct {
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

func (c *Config) settings() settings {
	return settings{
		Bootstrap: c.Bootstrap, Version: c.Version, Scratch: c.Scratch,
		QueryTimeout: c.QueryTimeout, MaxPending: int32(c.MaxPending), ID: c.ID,
		k: uint8(c.K), alpha: uint8(c.Alpha), Public: c.Public, ReadOnly: c.ReadOnly,
		guard: c.Public || c.Guard,
	}
}
