package table

import (
	"runtime"
	"testing"

	"github.com/lightdht/lightdht/dht/krpc"
)

// fillTo has nodes answer, ever nearer to the table's own id, until n are known. No bucket awaits
// its first refresh afterwards.
func fillTo(t *Buckets, n int, src krpc.Source) {
	for i := 0; t.Len() < n; i++ {
		c := number(i, src)
		c.ID = c.ID.WithPrefix(t.own, i%24)
		t.Answered(1e9, c, 1e8, []byte("LD\x00\x01"))
	}
	t.pending = nil
}

// bytesOf returns the live heap that what build returns adds.
func bytesOf(build func() any) int {
	var before, after runtime.MemStats
	for range 2 { // memory held by finalizers and pools takes two
		runtime.GC()
	}
	runtime.ReadMemStats(&before)
	kept := build()
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(kept)
	return int(after.HeapAlloc) - int(before.HeapAlloc)
}

// A simulated world keeps a million of these (8 KiB for the whole node).
func TestBucketsAreSmall(t *testing.T) {
	const tables = 200
	for _, tt := range []struct{ contacts, limit int }{{0, 280}, {128, 7 << 10}} {
		src := source(1)
		each := bytesOf(func() any {
			all := make([]*Buckets, tables)
			for i := range all {
				all[i] = NewBuckets(krpc.RandomID(src), Config{})
				fillTo(all[i], tt.contacts, src)
			}
			return all
		}) / tables
		t.Logf("Buckets of %d: %d bytes", tt.contacts, each)
		if each > tt.limit {
			t.Errorf("Buckets of %d contacts take %d bytes, more than %d", tt.contacts, each, tt.limit)
		}
	}
}

func TestFlatIsSmall(t *testing.T) {
	const contacts, limit = 100_000, 200
	src := source(1)
	for name, all := range map[string][]krpc.Contact{
		"spread":   crowd(contacts, 0, krpc.ID{}, src),
		"prefix72": crowd(contacts, 72, krpc.RandomID(src), src),
		"hostile":  clumps(contacts, src),
	} {
		each := bytesOf(func() any {
			f := NewFlat(krpc.RandomID(src), Config{})
			for _, c := range all {
				f.Heard(1, c)
			}
			return f
		}) / contacts
		runtime.KeepAlive(all)
		t.Logf("%s: %d bytes per contact", name, each)
		if each > limit {
			t.Errorf("%s: %d bytes per contact, more than %d", name, each, limit)
		}
	}
}

// clumps returns the ids that cost an index most: as many as overfill a leaf share
// all but their last bits, and each such clump is alone on a deep path.
func clumps(n int, src krpc.Source) []krpc.Contact {
	all := make([]krpc.Contact, n)
	for i := range all {
		all[i] = number(i, src)
		if i%(leafSize+1) != 0 {
			all[i].ID = all[i].ID.WithPrefix(all[i-1].ID, 140)
		}
	}
	return all
}
