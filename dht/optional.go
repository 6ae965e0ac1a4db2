package dht

import (
	"net/netip"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/store"
)

// optionalState is state that few nodes of a large simulated world have.
type optionalState struct {
	far     *network                // the IPv6 network, of a node that is a member of both
	pacer   *pacer                  // nil: queries leave at once
	ballot  *ballot                 // nil: our address does not matter
	sampled map[netip.AddrPort]Time // no query for samples before (BEP 51)
	sweep   Time                    // when sampled may be swept again, if it is full
	raws    int                     // how many pending queries are raw
	reach   *Reach                  // nil: everywhere
	denied  uint64                  // queries that were not sent, as their address is out of reach

	liars     liars
	newcomers limiter // of a flat table: of new ids by host
	full      bool    // the host was told that a table is full

	items   *store.Items  // held for others (BEP 44)
	samples store.Samples // the answer to sample_infohashes
	kept    []*kept       // items and announces to republish, in the order of their next turn
}

// next returns when tidy has work.
func (x *optionalState) next() (Time, bool) {
	if x == nil {
		return 0, false
	}
	next, ok := x.items.Next()
	if len(x.kept) > 0 && (!ok || x.kept[0].due < next) {
		next, ok = x.kept[0].due, true
	}
	if t, some := x.pacer.next(); some && (!ok || t < next) {
		next, ok = t, true
	}
	return next, ok
}

// Bounds of the memory of sampled nodes.
const (
	maxSampled  = 1 << 20 // addresses (chosen by us)
	sweepEvery  = time.Minute
	maxInterval = 21600 // seconds (BEP 51)
)

// How many ids that are new to a flat table one host may have: enough for a NAT with many clients
// behind it, but not for a program that invents them (chosen by us; mldht accepts one stranger a
// minute).
const (
	newcomerEvery = 10 * time.Second
	newcomerBurst = 32 * newcomerEvery
)

// How many hosts must agree on our address before the id changes: mldht wants more than 20.
const (
	maxVotes = 32
	quorum   = 21
)

type vote struct {
	voter netip.Addr
	seen  netip.AddrPort
}

// ballot holds our address as the last hosts that answered us saw it (BEP 42): one vote for each IP
// address, or IPv6 /64, of the node's first network.
type ballot struct {
	votes []vote // the oldest first
	moved bool   // the id was changed already, or must stay
}

// cast replaces the vote of the same host, or the oldest.
func (b *ballot) cast(v vote) {
	for i := range b.votes {
		if b.votes[i].voter == v.voter {
			b.votes = append(b.votes[:i], b.votes[i+1:]...)
			break
		}
	}
	if len(b.votes) == maxVotes {
		b.votes = append(b.votes[:0], b.votes[1:]...)
	}
	b.votes = append(b.votes, v)
}

// winner returns the address with most votes, and their number; of two with as many, the one that
// was named first.
func (b *ballot) winner(same func(a, b netip.AddrPort) bool) (addr netip.AddrPort, count int) {
	for i := range b.votes {
		n := 0
		for j := range b.votes {
			if same(b.votes[i].seen, b.votes[j].seen) {
				n++
			}
		}
		if n > count {
			addr, count = b.votes[i].seen, n
		}
	}
	return addr, count
}

func sameIP(a, b netip.AddrPort) bool { return a.Addr() == b.Addr() }

func sameAddr(a, b netip.AddrPort) bool { return a == b }

// kept is an item or an announce that is republished.
type kept struct {
	due      Time
	target   krpc.ID // or info-hash
	item     krpc.Item
	announce bool // a peer
	port     uint16
	cfg      SearchConfig // of a peer
}

func newItems(cfg store.ItemsConfig, own krpc.ID) *store.Items {
	cfg.Own = own
	return store.NewItems(cfg)
}
