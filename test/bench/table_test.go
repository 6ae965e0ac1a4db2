package bench

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/table"
)

const million = 1_000_000

// crowd draws n contacts. If clustered, every second id begins with the same
// 72 bits, as under an attack on one info-hash.
func crowd(src *rand.Rand, n int, clustered bool) []krpc.Contact {
	prefix := krpc.RandomID(src)
	all := make([]krpc.Contact, n)
	for i := range all {
		all[i] = contact(src)
		if clustered && i%2 == 0 {
			all[i].ID = all[i].ID.WithPrefix(prefix, 72)
		}
	}
	return all
}

// filled returns a table that has heard of everybody in all.
func filled(all []krpc.Contact) *table.Flat {
	t := table.NewFlat(krpc.ID{1}, table.Config{})
	for _, c := range all {
		t.Heard(now, c)
	}
	return t
}

// targets are 1024 ids to look for. Half of those for a clustered crowd lie in
// the cluster.
func targets(src *rand.Rand, all []krpc.Contact, clustered bool) (some [1024]krpc.ID) {
	for i := range some {
		some[i] = krpc.RandomID(src)
		if clustered && i%2 == 0 {
			some[i] = some[i].WithPrefix(all[0].ID, 72)
		}
	}
	return some
}

func BenchmarkClosest8(b *testing.B) {
	for _, c := range []struct {
		name      string
		n         int
		clustered bool
	}{{"of_1000", 1000, false}, {"of_million", million, false}, {"of_million_clustered", million, true}} {
		src := source()
		all := crowd(src, c.n, c.clustered)
		t := filled(all)
		some := targets(src, all, c.clustered)
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			found := make([]krpc.Contact, 0, 8)
			for i := 0; b.Loop(); i++ {
				found = t.Closest(now, some[i%len(some)], 8, found[:0])
			}
			if len(found) != 8 {
				b.Fatalf("found %d", len(found))
			}
		})
		b.Run(c.name+"/scan", func(b *testing.B) {
			b.ReportAllocs()
			found := make([]krpc.Contact, 0, 9)
			for i := 0; b.Loop(); i++ {
				found = scan(all, some[i%len(some)], 8, found[:0])
			}
		})
	}
}

// scan is what a table without an index would do: look at everybody, and keep
// the nearest in order.
func scan(all []krpc.Contact, target krpc.ID, k int, best []krpc.Contact) []krpc.Contact {
	for i := range all {
		if len(best) == k && krpc.Closer(target, all[i].ID, best[k-1].ID) >= 0 {
			continue
		}
		best = append(best, all[i])
		for j := len(best) - 1; j > 0 && krpc.Closer(target, best[j].ID, best[j-1].ID) < 0; j-- {
			best[j], best[j-1] = best[j-1], best[j]
		}
		best = best[:min(len(best), k)]
	}
	return best
}

// A newcomer in a table of a million; it grows as the benchmark runs.
func BenchmarkHearNew(b *testing.B) {
	src := source()
	t := filled(crowd(src, million, false))
	b.ReportAllocs()
	for b.Loop() {
		if !t.Heard(now, contact(src)) {
			b.Fatal("not new")
		}
	}
}

// Hearing again of somebody known, the more frequent case.
func BenchmarkHearAgain(b *testing.B) {
	src := source()
	all := crowd(src, million, false)
	t := filled(all)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if t.Heard(now, all[i*7919%len(all)]) {
			b.Fatal("new")
		}
	}
}

// Naming eight nodes from BEP 5's table, of 128.
func BenchmarkBucketsServe(b *testing.B) {
	src := source()
	t, all := buckets(src)
	some := targets(src, all, false)
	b.ReportAllocs()
	found := make([]krpc.Contact, 0, 8)
	for i := 0; b.Loop(); i++ {
		found = t.Serve(now, some[i%len(some)], 8, found[:0])
	}
	if len(found) != 8 {
		b.Fatalf("found %d", len(found))
	}
}

// Hearing of a node when there is no place for it, as nearly always.
func BenchmarkBucketsHear(b *testing.B) {
	src := source()
	t, _ := buckets(src)
	others := crowd(src, 1024, false)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		t.Heard(now, others[i%len(others)])
	}
}

// buckets returns a table of 16 full buckets, and who is in it.
func buckets(src *rand.Rand) (*table.Buckets, []krpc.Contact) {
	own := krpc.RandomID(src)
	t := table.NewBuckets(own, table.Config{})
	all := crowd(src, 128, false)
	for i := range all {
		all[i].ID = all[i].ID.WithPrefix(own.Flip(i/8), i/8+1)
		t.Answered(now, all[i], 1e8, nil)
	}
	return t, all
}

// Memory of one large table, by contact. One turn fills a whole table.
func BenchmarkTableMemory(b *testing.B) {
	for _, n := range []int{1000, million} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			all := crowd(source(), n, false)
			var used uint64
			for b.Loop() {
				before := heap()
				t := filled(all)
				used = heap() - before
				runtime.KeepAlive(t)
			}
			b.ReportMetric(float64(used)/float64(n), "B/contact")
		})
	}
}

// heap returns the bytes in use on the heap, after a collection.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
