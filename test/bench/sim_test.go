package bench

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/sim"
)

var withMillion = flag.Bool("million", false, "measure worlds of a million nodes too: 16 GiB, a minute and more")

// Lookups in a warm network, by one member in a hundred at a time, while all do their upkeep: each
// searches every 80 s. One turn is a search begun. Side by side: on one core, and on all.
func BenchmarkSimLookups(b *testing.B) {
	for _, nodes := range []int{10_000, 100_000} {
		for _, cores := range []int{1, min(runtime.GOMAXPROCS(0), 16)} {
			b.Run(fmt.Sprintf("%d/cores=%d", nodes, cores), func(b *testing.B) {
				if nodes > 10_000 && testing.Short() {
					b.Skip("it takes half a minute")
				}
				w, err := sim.New(sim.Config{Nodes: nodes, Seed: 1, Cores: cores, Traffic: sim.Traffic{Every: 80 * time.Second, Lookups: 1}})
				if err != nil {
					b.Fatal(err)
				}
				defer w.Close()
				pass(w, 90*time.Second)
				before := w.Stats()
				b.ReportAllocs()
				done := uint64(0)
				for b.Loop() {
					for done++; w.Stats().Searches-before.Searches < done; {
						w.Step()
					}
				}
				after := w.Stats()
				b.ReportMetric(float64(after.Events-before.Events)/b.Elapsed().Seconds(), "events/s")
				b.ReportMetric(float64(after.Searches-before.Searches)/b.Elapsed().Seconds(), "searches/s")
			})
		}
	}
}

// The same by members that the caller has set to search, one after the other: their events run
// alone, as they may call the caller.
func BenchmarkSimAsked(b *testing.B) {
	for _, nodes := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(nodes), func(b *testing.B) {
			if nodes > 10_000 && testing.Short() {
				b.Skip("it takes half a minute")
			}
			w := world(b, nodes)
			defer w.Close()
			pass(w, 90*time.Second) // a warm start leaves nothing to do for the first minute
			lookups(b, w, nodes/100)
		})
	}
}

// lookups makes b.N lookups, atOnce of them at a time.
func lookups(b *testing.B, w *sim.World, atOnce int) {
	src := source()
	running, finished := 0, 0
	before := w.Stats()
	b.ReportAllocs()
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

// The upkeep of a network in which nothing else happens; one turn is a virtual second.
func BenchmarkSimIdle(b *testing.B) {
	w := world(b, 10_000)
	defer w.Close()
	pass(w, 90*time.Second)
	before := w.Stats()
	b.ReportAllocs()
	for b.Loop() {
		pass(w, time.Second)
	}
	b.ReportMetric(float64(w.Stats().Events-before.Events)/b.Elapsed().Seconds(), "events/s")
}

// The start of a warm network, and its memory.
func BenchmarkSimWarmStart(b *testing.B) {
	for _, nodes := range []int{10_000, 100_000, million} {
		b.Run(fmt.Sprint(nodes), func(b *testing.B) {
			if nodes >= million && !*withMillion {
				b.Skip("only with -million")
			}
			var used uint64
			for b.Loop() {
				b.StopTimer()
				before := heap()
				b.StartTimer()
				w := world(b, nodes)
				b.StopTimer()
				used = heap() - before
				runtime.KeepAlive(w)
				w.Close()
				b.StartTimer()
			}
			b.ReportMetric(float64(used)/float64(nodes), "B/node")
		})
	}
}

func world(b *testing.B, nodes int) *sim.World {
	w, err := sim.New(sim.Config{Nodes: nodes, Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	return w
}

// pass lets d of virtual time pass.
func pass(w *sim.World, d time.Duration) {
	over := false
	w.After(d, func() { over = true })
	for !over {
		w.Step()
	}
}
