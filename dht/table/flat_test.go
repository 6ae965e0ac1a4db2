package table

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"github.com/lightdht/lightdht/dht/krpc"
)

// number returns the i-th of many contacts, each with an address of its own.
func number(i int, src krpc.Source) krpc.Contact {
	var ip [4]byte
	binary.BigEndian.PutUint32(ip[:], uint32(i)+0x0100_0000)
	return krpc.Contact{ID: krpc.RandomID(src), Addr: netip.AddrPortFrom(netip.AddrFrom4(ip), 6881)}
}

func source(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }

// crowd returns n contacts; every second one has an id that begins with the
// first bits of prefix.
func crowd(n, bits int, prefix krpc.ID, src krpc.Source) []krpc.Contact {
	all := make([]krpc.Contact, n)
	for i := range all {
		all[i] = number(i, src)
		if i%2 == 1 {
			all[i].ID = all[i].ID.WithPrefix(prefix, bits)
		}
	}
	return all
}

// pages reads the whole table as a script does: in pages of size, up to the end
// it had at the beginning. between is called between two pages.
func pages(table both, size int, between func()) (seen []krpc.ID) {
	end := table.End()
	for from := 0; from < end; {
		var page []Entry
		page, from = table.Page(1, from, make([]Entry, 0, size))
		for _, e := range page {
			if e.Seq < end {
				seen = append(seen, e.ID)
			}
		}
		between()
	}
	return seen
}

func TestPageIsInTheOrderFirstHeard(t *testing.T) {
	each(t, own, Config{}, func(t *testing.T, table both) {
		var want []krpc.ID
		for _, b := range []byte{0x90, 0x11, 0x7f, 0x12, 0xe0, 0x03} {
			want = append(want, node(b).ID)
			table.Queried(1, node(b), nil)
		}
		for _, b := range []byte{0x03, 0x7f, 0x90} { // what they do later changes nothing
			table.Answered(2, node(b), 0, nil)
		}
		for size := 1; size < 8; size++ {
			if got := pages(table, size, func() {}); !slices.Equal(got, want) {
				t.Errorf("pages of %d: %v, want %v", size, got, want)
			}
		}
		got, next := table.Page(3, 0, make([]Entry, 0, 8))
		if len(got) != 6 || next != table.End() {
			t.Errorf("%d entries, then %d; want 6, then %d", len(got), next, table.End())
		}
		if got, after := table.Page(3, next, make([]Entry, 0, 8)); len(got) != 0 || after != next {
			t.Errorf("%d entries after the end, then %d; want none, then %d", len(got), after, next)
		}
		if got, _ := table.Page(3, 0, nil); len(got) != 0 {
			t.Errorf("%d entries in a slice without room", len(got))
		}
		for _, e := range got {
			if page, _ := table.Page(3, e.Seq, make([]Entry, 0, 1)); page[0].ID != e.ID {
				t.Errorf("the page from %d begins with %v, want %v", e.Seq, page[0].ID, e.ID)
			}
		}
	})
}

// A loop sees exactly the contacts that were there when it began and still are, while others come
// and go.
func TestPageWhileTheTableChanges(t *testing.T) {
	src := source(5)
	each(t, krpc.RandomID(src), Config{K: 50}, func(t *testing.T, table both) {
		var known []krpc.ID
		hear := func(i int) krpc.ID {
			c := number(i, src)
			table.Answered(1, c, 0, nil)
			return c.ID
		}
		for i := range 200 {
			known = append(known, hear(i))
		}
		known = slices.DeleteFunc(known, func(id krpc.ID) bool { _, ok := table.Get(1, id); return !ok })
		start, removed := slices.Clone(known), map[krpc.ID]bool{}
		i := 200
		seen := pages(table, 7, func() {
			for range 5 {
				j := int(src.Uint64() % uint64(len(known)))
				if table.Remove(known[j]) {
					removed[known[j]] = true
				}
				known[j] = hear(i)
				i++
			}
		})
		want := slices.DeleteFunc(slices.Clone(start), func(id krpc.ID) bool { return removed[id] })
		gone := slices.DeleteFunc(slices.Clone(seen), func(id krpc.ID) bool { return !removed[id] })
		stayed := slices.DeleteFunc(seen, func(id krpc.ID) bool { return removed[id] })
		if !slices.Equal(stayed, want) {
			t.Errorf("saw %d of those who stayed, want %d", len(stayed), len(want))
		}
		if len(gone) == 0 || slices.ContainsFunc(gone, func(id krpc.ID) bool { return !slices.Contains(start, id) }) {
			t.Errorf("of %d seen before they were removed some came later", len(gone))
		}
	})
}

// Cursors stay valid when many removals cause a compaction.
func TestCompaction(t *testing.T) {
	src := source(6)
	f := NewFlat(krpc.RandomID(src), Config{})
	all := crowd(5*chunkSize, 0, krpc.ID{}, src)
	for _, c := range all {
		f.Heard(1, c)
	}
	f.Heard(1, moved(all[len(all)-1], "10.0.0.1:1"))
	end := f.End()
	page, from := f.Page(1, 0, make([]Entry, 0, 10))
	for _, c := range all[5 : len(all)-20] {
		f.Remove(c.ID)
	}
	if f.records.n == len(all) {
		t.Fatal("nothing was compacted")
	}
	if f.Len() != 25 || f.End() != end || len(page) != 10 {
		t.Errorf("%d left, end %d; want 25, %d", f.Len(), f.End(), end)
	}
	page, _ = f.Page(1, from, make([]Entry, 0, 100))
	want := all[len(all)-20:]
	if !slices.EqualFunc(page, want, func(e Entry, c krpc.Contact) bool { return e.Contact == c }) {
		t.Errorf("%d on the last page, want the last 20", len(page))
	}
	if e := page[19]; len(e.Others) != 1 {
		t.Errorf("other addresses were lost: %v", e.Others)
	}
	if e, _ := f.Get(1, all[0].ID); e.Seq != 0 {
		t.Errorf("the first has Seq %d", e.Seq)
	}
	if fresh := f.Heard(1, all[10]); !fresh || f.End() != end+1 {
		t.Error("who was removed and is heard of again is not the newest")
	}
}

func TestLimit(t *testing.T) {
	src := source(7)
	f := NewFlat(krpc.RandomID(src), Config{Limit: 10})
	for i := range 15 {
		f.Heard(1, number(i, src))
	}
	if f.Len() != 10 || f.Refused() != 5 {
		t.Errorf("%d known and %d refused, want 10 and 5", f.Len(), f.Refused())
	}
}

func TestOthersAreBounded(t *testing.T) {
	f := NewFlat(own, Config{})
	f.Heard(1, node(0x40))
	for i := range 100 {
		f.Heard(1, krpc.Contact{ID: node(0x40).ID, Addr: number(i, source(1)).Addr})
	}
	e, _ := f.Get(1, node(0x40).ID)
	if len(e.Others) != maxOthers || e.Addr != node(0x40).Addr {
		t.Errorf("%v, also at %v", e.Addr, e.Others)
	}
	e.Others[0] = netip.AddrPort{}
	if again, _ := f.Get(1, e.ID); !again.Others[0].IsValid() {
		t.Error("an entry's Others are the table's own")
	}
}

// The record found last is not found again under another id, after it was removed, or after another
// one took its place.
func TestFoundAfterRemoval(t *testing.T) {
	f := NewFlat(krpc.ID{}, Config{})
	src := source(1)
	var all []krpc.Contact
	for i := range 2 * chunkSize {
		all = append(all, number(i, src))
		f.Heard(at(second), all[i])
	}
	for i, c := range all[:len(all)-1] { // the records are compacted on the way
		next := all[i+1].ID
		if !f.Has(c.ID) || !f.Has(next) || !f.Has(c.ID) || !f.Remove(c.ID) || f.Has(c.ID) || !f.Has(next) {
			t.Fatalf("the table is wrong about contact %d or the one after it", i)
		}
		if e, ok := f.Get(at(second), next); !ok || e.ID != next {
			t.Fatalf("contact %d is %v, %v", i+1, e.ID, ok)
		}
	}
	if !f.Heard(at(second), all[0]) || !f.Has(all[0].ID) || f.Heard(at(second), all[0]) {
		t.Error("who comes back is not new, or new twice")
	}
}
