package dht_test

import (
	"math"
	"net/netip"
	"testing"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/dhttest"
	"github.com/lightdht/lightdht/dht/krpc"
)

// scrape asks nodes[0] of a network what became of a swarm.
func scrape(t *testing.T, net *dhttest.Net, n *dht.Node, hash krpc.ID) *dht.Result {
	t.Helper()
	return search(t, net, func(now dht.Time, done func(dht.Time, *dht.Result)) {
		n.Scrape(now, hash, dht.SearchConfig{}, done)
	})
}

// enroll announces count peers to a node, the first of them seeds.
func enroll(net *dhttest.Net, n *dht.Node, hash krpc.ID, seeds, count int) {
	for i := range count {
		n.Peers().Announce(net.Now(), hash, netip.AddrPortFrom(public(i).Addr(), 5000), i < seeds)
	}
}

func TestScrapeTellsSeedsFromPeers(t *testing.T) {
	net, nodes := swarm(t, 20, dht.BucketsTable)
	hash := krpc.ID{3, 3}
	for _, n := range nodes[1:] {
		enroll(net, n, hash, 100, 400)
	}
	r := scrape(t, net, nodes[0], hash)
	s := r.Swarm
	if r.Err != nil || math.Abs(s.Seeds-100) > 5 || math.Abs(s.Peers-300) > 15 || s.Filters < 8 || s.Lists != 0 {
		t.Errorf("%+v, %v; want 100 seeds, 300 peers", s, r.Err)
	}
	if s := scrape(t, net, nodes[0], krpc.ID{4}).Swarm; s.Seeds != 0 || s.Peers != 0 || s.Filters != 0 {
		t.Errorf("%+v, want nothing of a swarm that nobody knows", s)
	}
}

// A node that does not know BEP 33 sends peers; they count as no seeds, unless the
// filter of another has them.
func TestScrapeOfOldNodes(t *testing.T) {
	net, nodes := swarm(t, 9, dht.BucketsTable)
	hash := krpc.ID{3, 3}
	for i, n := range nodes[1:] {
		if i == 0 {
			enroll(net, n, hash, 10, 10)
			continue
		}
		enroll(net, n, hash, 0, 30) // among them the ten seeds
		n.SetHooks(dht.Hooks{Query: func(now dht.Time, q *dht.Incoming) bool {
			q.Message.Scrape = false
			q.Default(now)
			return true
		}})
	}
	s := scrape(t, net, nodes[0], hash).Swarm
	if math.Abs(s.Seeds-10) > 1 || math.Abs(s.Peers-20) > 2 || s.Filters != 1 || s.Lists != 7 {
		t.Errorf("%+v, want 10 seeds and 20 peers, of 1 filter and 7 lists", s)
	}
}

func TestSeedsAreAnnouncedAndAvoided(t *testing.T) {
	net, nodes := swarm(t, 20, dht.BucketsTable)
	hash := krpc.ID{5}
	for i, seed := range []bool{true, false, true} {
		search(t, net, func(now dht.Time, done func(dht.Time, *dht.Result)) {
			nodes[i+1].AnnouncePeer(now, hash, 4711, dht.SearchConfig{Seed: seed}, done)
		})
	}
	if s := scrape(t, net, nodes[9], hash).Swarm; math.Abs(s.Seeds-2) > 0.1 || math.Abs(s.Peers-1) > 0.1 {
		t.Errorf("%+v, want 2 seeds and 1 peer", s)
	}
	r := search(t, net, func(now dht.Time, done func(dht.Time, *dht.Result)) {
		nodes[9].GetPeers(now, hash, dht.SearchConfig{NoSeed: true}, done)
	})
	if len(r.Peers) == 0 || r.Peers[0].Addr() != dhttest.Addr(2).Addr() {
		t.Errorf("noseed: got %v, want %v first", r.Peers, dhttest.Addr(2))
	}
}

// The filters of one answer have no bits of earlier answers, of this node or of another with the
// same Scratch.
func TestFiltersAreOfOneSwarm(t *testing.T) {
	var memory dht.Scratch
	for n := range 2 {
		d := newDoor(t, dht.Config{Scratch: &memory})
		for i := range 50 {
			d.node.Peers().Announce(d.now, krpc.ID{1}, knocker(i), i%2 == 0)
		}
		d.node.Peers().Announce(d.now, krpc.ID{2}, knocker(60), false)
		for hash, want := range map[krpc.ID][2]float64{{1}: {25, 25}, {2}: {0, 1}} {
			for range 2 {
				m := d.ask(knocker(99), krpc.Query{Method: "get_peers", Target: hash, Scrape: true})
				seeds, others := (*krpc.Bloom)(m.SeedFilter), (*krpc.Bloom)(m.PeerFilter)
				if math.Abs(seeds.Count()-want[0]) > 1 || math.Abs(others.Count()-want[1]) > 1 {
					t.Errorf("node %d, %v: %.1f seeds, %.1f others; want %v", n, hash, seeds.Count(), others.Count(), want)
				}
			}
		}
	}
}
