package dht

import (
	"net/netip"

	"github.com/lightdht/lightdht/dht/krpc"
)

// Swarm is how many take part in a torrent, estimated from the Bloom filters of the
// nodes that store them (BEP 33). The estimate is good to a few per cent up to
// some 6,000 of each.
type Swarm struct {
	Seeds, Peers float64 // those that have it all, and the others
	Filters      int     // nodes that sent filters
	Lists        int     // nodes that do not know BEP 33 and sent peers, which count as no seeds

	counted *swarmCount // what it was estimated from
}

// tally is the union of what nodes say of a swarm.
type swarmCount struct {
	seeds, others  krpc.Bloom
	filters, lists int
	listed         []netip.Addr // by nodes without BEP 33, who may be seeds
}

// take adds one answer.
func (t *swarmCount) take(m *krpc.Message) {
	if m.Has&(krpc.HasSeedFilter|krpc.HasPeerFilter) != 0 {
		t.filters++
		if m.Has&krpc.HasSeedFilter != 0 {
			t.seeds.Union((*krpc.Bloom)(m.SeedFilter))
		}
		if m.Has&krpc.HasPeerFilter != 0 {
			t.others.Union((*krpc.Bloom)(m.PeerFilter))
		}
		return
	}
	if m.Has&krpc.HasValues == 0 {
		return
	}
	t.lists++
	m.EachValue(func(addr netip.AddrPort) {
		if len(t.listed) < maxPeersFound {
			t.listed = append(t.listed, addr.Addr())
		}
	})
}

// merge adds what the search in the other network found.
func (t *swarmCount) merge(o *swarmCount) {
	t.seeds.Union(&o.seeds)
	t.others.Union(&o.others)
	t.filters, t.lists = t.filters+o.filters, t.lists+o.lists
	t.listed = append(t.listed, o.listed...)
}

// count estimates. Those who were only listed are other peers, unless some filter
// has them among the seeds.
func (t *swarmCount) count() Swarm {
	others := t.others
	for _, ip := range t.listed {
		if !t.seeds.Has(ip) {
			others.Add(ip)
		}
	}
	return Swarm{Seeds: t.seeds.Count(), Peers: others.Count(), Filters: t.filters, Lists: t.lists, counted: t}
}
