package sim

import (
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// world makes one that must be fine.
func world(t testing.TB, cfg Config) *World {
	t.Helper()
	w, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// open makes a node of the test's own that must be fine.
func open(t testing.TB, w *World, cfg dht.Config) *Host {
	t.Helper()
	h, err := w.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// question is one of the searches of a node.
type question func(now dht.Time, n *dht.Node, done func(dht.Time, *dht.Result))

// await steps the world until a search is over.
func await(t testing.TB, w *World, h *Host, start question) *dht.Result {
	t.Helper()
	var result *dht.Result
	h.Do(func(now dht.Time, n *dht.Node) {
		start(now, n, func(_ dht.Time, r *dht.Result) { result = r })
	})
	for result == nil {
		if !w.Step() {
			t.Fatal("nothing happens any more, and the search is not over")
		}
	}
	return result
}

// joined opens a node that has entered through three members.
func joined(t testing.TB, w *World, cfg dht.Config) *Host {
	t.Helper()
	h := open(t, w, cfg)
	r := await(t, w, h, func(now dht.Time, n *dht.Node, done func(dht.Time, *dht.Result)) {
		n.Bootstrap(now, w.Entry(3), done)
	})
	if r.Err != nil {
		t.Fatalf("bootstrap: %v", r.Err)
	}
	return h
}

func findNode(target krpc.ID) question {
	return func(now dht.Time, n *dht.Node, done func(dht.Time, *dht.Result)) {
		n.FindNode(now, target, dht.SearchConfig{}, done)
	}
}

func getPeers(infoHash krpc.ID) question {
	return func(now dht.Time, n *dht.Node, done func(dht.Time, *dht.Result)) {
		n.GetPeers(now, infoHash, dht.SearchConfig{}, done)
	}
}

func announce(infoHash krpc.ID, port uint16) question {
	return func(now dht.Time, n *dht.Node, done func(dht.Time, *dht.Result)) {
		n.AnnouncePeer(now, infoHash, port, dht.SearchConfig{}, done)
	}
}

// recall returns how many of the true 8 nearest the network finds, 0 to 1, over
// some targets.
func recall(t testing.TB, w *World, h *Host, targets int) float64 {
	t.Helper()
	src := rand.NewPCG(1, 2)
	found := 0
	for range targets {
		target := krpc.RandomID(src)
		truth := map[netip.AddrPort]bool{}
		for _, m := range w.Closest(target, 8) {
			truth[m.Addr] = true
		}
		for _, c := range await(t, w, h, findNode(target)).Closest {
			if truth[c.Addr] {
				found++
			}
		}
	}
	return float64(found) / float64(8*targets)
}

// alarmsSet counts the alarms of all shards.
func alarmsSet(w *World) (n int) {
	for _, sh := range w.shards {
		n += sh.queue.alarms.len()
	}
	return n
}

// underWay counts the datagrams of all shards.
func underWay(w *World) (n uint64) {
	for _, sh := range w.shards {
		n += uint64(sh.queue.arrivals.len())
	}
	return n
}
