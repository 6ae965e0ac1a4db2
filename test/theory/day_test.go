package theory

import (
	"math"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/sim"
)

// A day of a network of 1,000 whose members stay as long as those of Mainline DHT do,
// and are away for six hours on average. Nothing grows that the population does not
// explain, and tables stay right.
//
// The recall of a table is the share of the eight members nearest to its node's own
// id, of those online, that it has among the eight good nodes it would name for that
// id: what a routing table has to get right for the network to be one. It is averaged
// over the members that have been online for five minutes, time enough to join, and
// is less than 1 since who left is noticed after up to 15 minutes.
//
// With -short, and under the race detector, the day has two hours and the network half
// of the members.
func TestDay(t *testing.T) {
	hours, members := 24, 1000
	if testing.Short() || underRace {
		hours, members = 2, 500
	}
	tasks := runtime.NumGoroutine()
	w := inhabited(t, members)
	defer w.Close()
	src := rand.NewPCG(1, 2)
	nodes := []*sim.Host{entered(t, w, dht.FlatTable), entered(t, w, dht.BucketsTable)}
	var own, lookups [2]float64
	var young uint64 // what the heap has after a quarter of the day
	for hour := 1; hour <= hours; hour++ {
		for range 6 {
			pass(w, 10*time.Minute)
			for i, h := range nodes {
				own[i] += recallOfTable(w, h) / float64(6*hours)
			}
		}
		if all := recallOfMembers(w); all < 0.95 {
			t.Errorf("after %d hours members know %.3f of their neighbours", hour, all)
		}
		for i, h := range nodes {
			lookups[i] += recallOfLookups(t, w, h, src, 5) / float64(hours)
			h.Do(func(_ dht.Time, n *dht.Node) {
				if known := n.Table().Len(); known > members+len(nodes) {
					t.Errorf("after %d hours a table holds %d of %d", hour, known, members)
				}
			})
		}
		if hour == max(hours/4, 1) {
			young = heap()
		}
	}
	// No theory says how much less than 1 these are. With five seeds the day gave 0.981 with a
	// standard deviation of 0.01 for the neighbours of one node, be its table flat or
	// not, and 0.998 with one of 0.002 for what it finds: tolerances are what is missing, and
	// 3 and 4 of them. Two hours have too few lookups for that, and one neighbour missing
	// from one table for most of them is 0.08.
	ofLookups, ofFlat := 0.01, 0.05
	if hours < 24 {
		ofLookups, ofFlat = 0.05, 0.1
	}
	within(t, "the neighbours that a flat table knows", own[0], 1, ofFlat)
	within(t, "the neighbours that buckets know", own[1], 1, 0.05)
	within(t, "the closest that a node with a flat table finds", lookups[0], 1, ofLookups)
	within(t, "the closest that a node with buckets finds", lookups[1], 1, ofLookups)
	// What a member may come to hold: who waits for a place, who was answered, and
	// what was announced to it. It is bounded, and most have it before the day is over.
	if old := heap(); old > young+3*uint64(members)<<10 {
		t.Errorf("memory grew from %d to %d KB, more than 3 KB a member", young>>10, old>>10)
	}
	if n := runtime.NumGoroutine(); n > tasks {
		t.Errorf("%d goroutines, before there were %d", n, tasks)
	}
}

// inhabited makes a network with churn and traffic.
func inhabited(t *testing.T, members int) *sim.World {
	t.Helper()
	w, err := sim.New(sim.Config{
		Nodes: members, Seed: 1, Churn: sim.Churn{
			Session: sim.Law{Dist: sim.Weibull}, Downtime: sim.Law{Dist: sim.Exponential, Mean: 6 * time.Hour},
		},
		Traffic: sim.Traffic{Every: 2 * time.Hour}, // clients announce more often; it is here for what it leaves behind
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// entered opens a node and lets it join.
func entered(t *testing.T, w *sim.World, kind dht.TableKind) *sim.Host {
	t.Helper()
	h, err := w.Open(dht.Config{Table: kind})
	if err != nil {
		t.Fatal(err)
	}
	await(t, w, h, func(now dht.Time, n *dht.Node, done func(dht.Time, *dht.Result)) {
		n.Bootstrap(now, w.Entry(3), done)
	})
	return h
}

// await lets time pass until a search of h is over.
func await(t *testing.T, w *sim.World, h *sim.Host, begin func(now dht.Time, n *dht.Node, done func(dht.Time, *dht.Result))) (result *dht.Result) {
	t.Helper()
	h.Do(func(now dht.Time, n *dht.Node) {
		begin(now, n, func(_ dht.Time, r *dht.Result) { result = r })
	})
	for result == nil {
		w.Step()
	}
	if result.Err != nil {
		t.Fatal(result.Err)
	}
	return result
}

// pass lets d of virtual time pass.
func pass(w *sim.World, d time.Duration) {
	over := false
	w.After(d, func() { over = true })
	for !over {
		w.Step()
	}
}

// heap returns how many bytes are in use.
func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func recallOfMembers(w *sim.World) float64 {
	sum, of := 0.0, 0.0
	for _, m := range w.All() {
		if m.Online && w.Now().Sub(m.Since) >= 5*time.Minute {
			h, _ := w.Host(m.Index)
			sum, of = sum+recallOfTable(w, h), of+1
		}
	}
	return sum / of
}

// recallOfTable is that of one node; see TestDay.
func recallOfTable(w *sim.World, h *sim.Host) (share float64) {
	h.Do(func(now dht.Time, n *dht.Node) {
		named := map[krpc.ID]bool{}
		for _, c := range n.Table().Serve(now, n.ID(), 8, nil) {
			named[c.ID] = true
		}
		left := 8
		for _, m := range w.Closest(n.ID(), 9) {
			if m.ID != n.ID() && left > 0 {
				left--
				if named[m.ID] {
					share += 1.0 / 8
				}
			}
		}
	})
	return share
}

// recallOfLookups is the share of the true closest that a node finds, over some
// targets.
func recallOfLookups(t *testing.T, w *sim.World, h *sim.Host, src krpc.Source, targets int) (share float64) {
	t.Helper()
	for range targets {
		target := krpc.RandomID(src)
		r := await(t, w, h, func(now dht.Time, n *dht.Node, done func(dht.Time, *dht.Result)) {
			n.FindNode(now, target, dht.SearchConfig{}, done)
		})
		share += recalled(w, h.Addr(), target, r) / float64(targets)
	}
	return share
}

// within fails the test if got is farther than tolerance, a share, from want.
func within(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	t.Logf("%s: %.4g, want %.4g within %.1f %%", what, got, want, 100*tolerance)
	if !(math.Abs(got-want) <= tolerance*want) {
		t.Errorf("%s: %.4g is not within %.1f %% of %.4g", what, got, 100*tolerance, want)
	}
}
