package theory

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/client"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/sim"
)

const roundTrip = 100 * time.Millisecond

// sizes calls test for networks of 1,000, 10,000 and 100,000 nodes, all pairs at
// the same distance in time. The large one is left out where it would take
// minutes: with -short, and under the race detector.
func sizes(t *testing.T, test func(t *testing.T, w *sim.World, n int)) {
	for _, n := range []int{1000, 10_000, 100_000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			if n > 10_000 && (testing.Short() || underRace) {
				t.Skip("takes minutes under the race detector; run without -race and -short")
			}
			if worlds[n] == nil {
				worlds[n] = world(t, n, sim.Link{})
			}
			test(t, worlds[n], n)
		})
	}
}

// worlds are made once: no test here changes one in a way that another can see.
var worlds = map[int]*sim.World{}

func world(t *testing.T, n int, link sim.Link) *sim.World {
	t.Helper()
	link.Latency = sim.Latency{Constant: roundTrip}
	w, err := sim.New(sim.Config{Nodes: n, Seed: 1, Link: link})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// together begins count searches at once, each at a random member, and lets time
// pass until all are over. One after the other they would take a thousand times
// as long, in which every member of the network keeps its table.
func together(t *testing.T, w *sim.World, count int, begin func(h *sim.Host, done func(dht.Time, *dht.Result))) {
	t.Helper()
	src, over := rand.NewPCG(2, 2), 0
	for range count {
		host, ok := w.Host(int(src.Uint64() % uint64(w.Size())))
		if !ok {
			t.Fatal("a member is missing")
		}
		begin(host, func(_ dht.Time, r *dht.Result) {
			if over++; r.Err != nil {
				t.Error(r.Err)
			}
		})
	}
	for over < count {
		w.Step()
	}
}

// near fails the test if got is farther than tolerance, a share, from want.
func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	t.Logf("%s: %.4g, want %.4g within %.1f %%", what, got, want, 100*tolerance)
	if !(math.Abs(got-want) <= tolerance*want) {
		t.Errorf("%s: %.4g is not within %.1f %% of %.4g", what, got, 100*tolerance, want)
	}
}

// fraction is a distance as a share of the key space.
func fraction(d krpc.ID) float64 {
	return float64(binary.BigEndian.Uint64(d[:])) / (1 << 64)
}

// Ids are spread evenly, so the k-th nearest of N to a random point is k/(N+1) of
// the key space away, on average. (k-1)/d_k estimates N without bias, with a
// relative standard deviation of 1/sqrt(k-2). Both are facts of the order
// statistics of uniform draws.
func TestDistanceOfTheClosest(t *testing.T) {
	const k, targets = 8, 20_000
	sizes(t, func(t *testing.T, w *sim.World, n int) {
		src := rand.NewPCG(1, uint64(n))
		var distance, estimate, square float64
		for range targets {
			target := krpc.RandomID(src)
			d := fraction(w.Closest(target, k)[k-1].ID.Xor(target))
			e := (k - 1) / d
			distance += d / targets
			estimate += e / targets
			square += e * e / targets
		}
		// A world of N nodes has only about N/k neighbourhoods to measure in, each
		// with a relative error of 0.4; three standard errors.
		tolerance := 3 * 0.41 / math.Sqrt(math.Min(targets, float64(n)/k))
		near(t, "distance of the 8th nearest", distance, k/float64(n+1), tolerance)
		near(t, "estimated size", estimate, float64(n), tolerance)
		spread := math.Sqrt(square-estimate*estimate) / estimate
		near(t, "spread of one estimate", spread, 1/math.Sqrt(k-2), math.Max(0.1, 2*tolerance))
	})
}

// A complete table of BEP 5 has min(8, members) nodes for each range of the key
// space; ranges halve, so a table in a network of N has
// sum over i of E min(8, Binomial(N-1, 2^-i)) nodes: 62.6, 89.1 and 115.7.
func TestEntriesOfACompleteTable(t *testing.T) {
	want := map[int]float64{1000: 62.6, 10_000: 89.1, 100_000: 115.7}
	sizes(t, func(t *testing.T, w *sim.World, n int) {
		var entries float64
		const sample = 1000
		for i := range sample {
			host, _ := w.Host(i * (n / sample))
			host.Do(func(_ dht.Time, node *dht.Node) { entries += float64(node.Table().Len()) / sample })
		}
		near(t, "entries", entries, want[n], 0.02)
	})
}

// Lookups with alpha = 3 for random points, from random members. The reference is
// a model apart from this program: complete tables, answers of the 8 nearest, and
// only those among the 8 nearest known are asked. It gives 10.9, 12.8 and 14.8
// queries in 4.0, 4.65 and 5.3 rounds.
func TestQueriesOfALookup(t *testing.T) {
	queries := map[int]float64{1000: 10.9, 10_000: 12.8, 100_000: 14.8}
	rounds := map[int]float64{1000: 4.0, 10_000: 4.65, 100_000: 5.3}
	sizes(t, func(t *testing.T, w *sim.World, n int) {
		src := rand.NewPCG(3, uint64(n))
		const lookups = 2000
		var asked, took, recall float64
		together(t, w, lookups, func(host *sim.Host, done func(dht.Time, *dht.Result)) {
			target := krpc.RandomID(src)
			host.Do(func(now dht.Time, node *dht.Node) {
				node.FindNode(now, target, dht.SearchConfig{}, func(now dht.Time, r *dht.Result) {
					asked += float64(r.Trace.Queries) / lookups
					took += float64(r.Trace.Duration) / float64(roundTrip) / lookups
					recall += recalled(w, host.Addr(), target, r) / lookups
					done(now, r)
				})
			})
		})
		near(t, "queries", asked, queries[n], 0.05)
		near(t, "rounds", took, rounds[n], 0.05)
		near(t, "recall", recall, 1, 0.005)
	})
}

// recalled is the share of the true eight nearest that a lookup found; nobody
// finds itself.
func recalled(w *sim.World, self netip.AddrPort, target krpc.ID, r *dht.Result) float64 {
	truth := map[netip.AddrPort]bool{}
	for _, m := range w.Closest(target, 9) {
		if m.Addr != self && len(truth) < 8 {
			truth[m.Addr] = true
		}
	}
	var found float64
	for _, c := range r.Closest {
		if truth[c.Addr] {
			found++
		}
	}
	return found / 8
}

// Who knows everybody has nothing to learn: eight queries, none of them to a node
// that was not known before, three rounds for eight at alpha = 3.
func TestFlatTableNeedsOneHop(t *testing.T) {
	sizes(t, func(t *testing.T, w *sim.World, n int) {
		host, err := w.Open(dht.Config{Table: dht.FlatTable})
		if err != nil {
			t.Fatal(err)
		}
		host.Do(func(now dht.Time, node *dht.Node) {
			for _, m := range w.All() {
				node.Table().Heard(now, krpc.Contact{ID: m.ID, Addr: m.Addr})
			}
		})
		defer host.Close()
		src, ask := rand.NewPCG(4, uint64(n)), client.New(host)
		for range 20 {
			target := krpc.RandomID(src)
			r, err := ask.FindNode(context.Background(), target, dht.SearchConfig{})
			if err != nil {
				t.Fatal(err)
			}
			recall := recalled(w, host.Addr(), target, r)
			if r.Trace.Queries != 8 || r.Trace.Hops != 0 || r.Trace.Duration != 3*roundTrip || recall != 1 {
				t.Fatalf("%d queries, %d hops, %v, recall %v; want 8, 0, %v, 1", r.Trace.Queries, r.Trace.Hops, r.Trace.Duration, recall, 3*roundTrip)
			}
		}
	})
}

// Of eight announces, each lost with probability l on its way and its answer
// likewise, 8(1-l) are stored and 8(1-l)^2 acknowledged.
func TestAnnouncesUnderLoss(t *testing.T) {
	for _, loss := range []float64{0.05, 0.2, 0.4} {
		t.Run(fmt.Sprint(loss), func(t *testing.T) {
			w := world(t, 1000, sim.Link{Loss: loss})
			src := rand.NewPCG(5, 5)
			const announces = 1000
			var stored, acknowledged float64
			together(t, w, announces, func(host *sim.Host, done func(dht.Time, *dht.Result)) {
				target := krpc.RandomID(src)
				host.Do(func(now dht.Time, node *dht.Node) {
					node.AnnouncePeer(now, target, 6881, dht.SearchConfig{}, func(now dht.Time, r *dht.Result) {
						acknowledged += float64(r.Stored) / announces
						stored += float64(kept(w, r, target)) / announces
						done(now, r)
					})
				})
			})
			near(t, "stored", stored, 8*(1-loss), 0.03)
			near(t, "acknowledged", acknowledged, 8*(1-loss)*(1-loss), 0.03)
		})
	}
}

// kept counts the nodes a search ended at that store a peer of the torrent.
func kept(w *sim.World, r *dht.Result, torrent krpc.ID) (n int) {
	for _, c := range r.Closest {
		m, _ := w.Find(c.Addr)
		host, _ := w.Host(m.Index)
		host.Do(func(_ dht.Time, node *dht.Node) { n += node.Peers().Count(torrent) })
	}
	return n
}
