package dht

import (
	"net/netip"

	"github.com/lightdht/lightdht/dht/krpc"
)

// Swarm is the estimated size of a torrent's swarm, from the Bloom filters of the nodes that store
// its peers (BEP 33). The estimate is good to a few per cent up to some 6,000 of each.
type Swarm struct {
	Seeds, Peers float64 // peers with the whole torrent, and the others
	Filters      int     // nodes that sent filters
	Lists        int     // nodes without BEP 33, which sent peers; these do not count as seeds

	counted *swarmCount // what it was estimated from
}

// swarmCount is the union of the filters and lists of several nodes.
type swarmCount struct {
	seeds, others  krpc.Bloom
	filters, lists int
	listed         []netip.Addr // peers from nodes without BEP 33; they may be seeds
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

// merge adds the findings of the search in the other network.
func (t *swarmCount) merge(o *swarmCount) {
	t.seeds.Union(&o.seeds)
	t.others.Union(&o.others)
	t.filters, t.lists = t.filters+o.filters, t.lists+o.lists
	t.listed = append(t.listed, o.listed...)
}

// count estimates the swarm. Peers that were only listed count as other peers, unless a filter has
// them among the seeds.
func (t *swarmCount) count() Swarm {
	others := t.others
	for _, ip := range t.listed {
		if !t.seeds.Has(ip) {
			others.Add(ip)
		}
	}
	return Swarm{Seeds: t.seeds.Count(), Peers: others.Count(), Filters: t.filters, Lists: t.lists, counted: t}
}
