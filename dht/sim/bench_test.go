package sim

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// A network of 2,000 with upkeep only.
func BenchmarkIdle(b *testing.B) {
	w := world(b, Config{Nodes: 2000, Seed: 1})
	w.pass(20 * time.Minute)
	for b.Loop() {
		w.Step()
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// The same with a hundred lookups going on at any time.
func BenchmarkBusy(b *testing.B) {
	w := world(b, Config{Nodes: 2000, Seed: 1})
	w.pass(20 * time.Minute)
	src := rand.NewPCG(1, 2)
	running := 0
	for b.Loop() {
		for running < 100 {
			h, _ := w.Host(below(src, w.Len()))
			running++
			h.Do(func(now dht.Time, n *dht.Node) {
				n.FindNode(now, krpc.RandomID(src), dht.SearchConfig{}, func(dht.Time, *dht.Result) { running-- })
			})
		}
		w.Step()
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}
