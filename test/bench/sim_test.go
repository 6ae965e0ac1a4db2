package bench

import (
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/sim"
)

// Lookups in a warm network of 10,000 nodes, from random members for random
// targets, 100 at a time.
func BenchmarkSimLookups(b *testing.B) {
	const atOnce = 100
	src := source()
	w, err := sim.New(sim.Config{Nodes: 10_000, Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	defer w.Close()
	running, finished := 0, 0
	before := w.Stats()
	for b.Loop() {
		running++
		lookup(b, w, src, func() { running--; finished++ })
		for running >= atOnce {
			w.Step()
		}
	}
	for running > 0 {
		w.Step()
	}
	events := float64(w.Stats().Events - before.Events)
	b.ReportMetric(float64(finished)/b.Elapsed().Seconds(), "lookups/s")
	b.ReportMetric(events/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(events/float64(finished), "events/op")
}

func lookup(b *testing.B, w *sim.World, src *rand.Rand, done func()) {
	h, ok := w.Host(src.IntN(w.Len()))
	if !ok {
		b.Fatal("a member has left")
	}
	h.Do(func(now dht.Time, n *dht.Node) {
		n.FindNode(now, krpc.RandomID(src), dht.SearchConfig{}, func(_ dht.Time, r *dht.Result) {
			if r.Err != nil || len(r.Closest) != 8 {
				b.Errorf("found %d: %v", len(r.Closest), r.Err)
			}
			done()
		})
	})
}

// The start of a warm network of 10,000 nodes, and its memory.
func BenchmarkSimWarmStart(b *testing.B) {
	const nodes = 10_000
	var used uint64
	for b.Loop() {
		before := heap()
		w, err := sim.New(sim.Config{Nodes: nodes, Seed: 1})
		if err != nil {
			b.Fatal(err)
		}
		used = heap() - before
		runtime.KeepAlive(w)
		w.Close()
	}
	b.ReportMetric(float64(used)/nodes, "B/node")
}
