package table

import (
	"fmt"
	"slices"
	"testing"

	"github.com/lightdht/lightdht/dht/krpc"
)

// The index agrees with sorting all contacts, with ids spread and clustered, while contacts come
// and go.
func TestIndexAgainstSorting(t *testing.T) {
	for _, bits := range []int{0, 8, 72, 140, 152} {
		t.Run(fmt.Sprint("prefix", bits), func(t *testing.T) {
			src := source(uint64(bits))
			prefix := krpc.RandomID(src)
			f := NewFlat(krpc.RandomID(src), Config{})
			var model []krpc.Contact
			for i, c := range crowd(2000, bits, prefix, src) {
				if f.Heard(1, c) { // 152 bits leave few distinct ids
					model = append(model, c)
				}
				if i%3 == 2 {
					j := int(src.Uint64() % uint64(len(model)))
					if !f.Remove(model[j].ID) {
						t.Fatalf("%v is not known", model[j])
					}
					model = slices.Delete(model, j, j+1)
				}
				if i%100 == 0 {
					compare(t, f, model, src)
				}
			}
			compare(t, f, model, src)
		})
	}
}

func compare(t *testing.T, f *Flat, model []krpc.Contact, src krpc.Source) {
	t.Helper()
	if f.Len() != len(model) {
		t.Fatalf("%d known, want %d", f.Len(), len(model))
	}
	targets := []krpc.ID{krpc.RandomID(src), {}, model[0].ID, model[0].ID.Flip(159), model[len(model)/2].ID.Flip(75)}
	for _, target := range targets {
		want := slices.Clone(model)
		slices.SortFunc(want, func(a, b krpc.Contact) int { return krpc.Closer(target, a.ID, b.ID) })
		for _, n := range []int{0, 1, 8, 40, len(model) + 1} {
			want := want[:min(n, len(want))]
			if got := f.Closest(1, target, n, nil); !slices.Equal(got, want) {
				t.Fatalf("the %d of %d closest to %v are wrong", n, len(model), target)
			}
			got := f.Nearest(1, target, n)
			if !slices.EqualFunc(got, want, func(e Entry, c krpc.Contact) bool { return e.Contact == c }) {
				t.Fatalf("the %d of %d entries nearest to %v are wrong", n, len(model), target)
			}
		}
	}
	for _, c := range model {
		if e, ok := f.Get(1, c.ID); !ok || e.Contact != c {
			t.Fatalf("Get(%v) is %v, %v", c.ID, e.Contact, ok)
		}
	}
}

// The buckets' walk from range to range agrees with sorting all contacts.
func TestServeAgainstSorting(t *testing.T) {
	src := source(3)
	for range 20 {
		b := NewBuckets(krpc.RandomID(src), Config{})
		fillTo(b, 100, src)
		all := b.Nearest(2e9, krpc.ID{}, 1000)
		for _, e := range all[:30] {
			b.Silent(2e9, e.Contact) // still good
			if src.Uint64()%2 == 0 {
				b.Silent(2e9, e.Contact)
				b.Silent(2e9, e.Contact)
			}
		}
		for i := range 200 {
			target := krpc.RandomID(src).WithPrefix(b.own, i%30)
			var good, usable []krpc.Contact
			for _, e := range b.Nearest(2e9, target, 1000) {
				if e.Status == Good {
					good = append(good, e.Contact)
				}
				if e.Status != Bad {
					usable = append(usable, e.Contact)
				}
			}
			n := i % 12
			if got := b.Serve(2e9, target, n, nil); !slices.Equal(got, good[:n]) {
				t.Fatalf("%d served for %v:\n%v, want\n%v", n, target, got, good[:n])
			}
			if got := b.Closest(2e9, target, n, nil); !slices.Equal(got, usable[:n]) {
				t.Fatalf("%d closest to %v:\n%v, want\n%v", n, target, got, usable[:n])
			}
		}
	}
}

// Results are appended, and nothing is allocated if there is room.
func TestClosestAndServeDoNotAllocate(t *testing.T) {
	src := source(1)
	each(t, krpc.RandomID(src), Config{}, func(t *testing.T, table both) {
		for i := range 1000 {
			table.Answered(1, number(i, src), 0, nil)
		}
		first := number(5000, src)
		dst := append(make([]krpc.Contact, 0, 17), first)
		target := krpc.RandomID(src)
		allocs := testing.AllocsPerRun(100, func() {
			dst = table.Closest(2, target, 8, dst[:1])
			dst = table.Serve(2, target, 8, dst)
		})
		if allocs != 0 {
			t.Errorf("%v allocations", allocs)
		}
		if len(dst) != 17 || dst[0] != first || !slices.Equal(dst[1:9], table.Closest(2, target, 8, nil)) ||
			!slices.Equal(dst[9:], table.Serve(2, target, 8, nil)) {
			t.Errorf("not appended: %v", dst)
		}
	})
}

// A hostile cluster of bad nodes around a target costs no more than a bounded
// number of visits.
func TestClosestAmongBadNodes(t *testing.T) {
	src := source(1)
	f := NewFlat(krpc.RandomID(src), Config{})
	target := krpc.RandomID(src)
	for i := range 3 * maxVisits {
		c := number(i, src)
		c.ID = c.ID.WithPrefix(target, 40)
		f.Heard(1, c)
		for range BadAfter {
			f.Silent(1, c)
		}
	}
	if got := f.Closest(1, target, 8, nil); len(got) != 0 {
		t.Errorf("bad nodes are to be asked: %v", got)
	}
	if got := f.Nearest(1, target, 8); len(got) != 8 || got[0].Status != Bad {
		t.Errorf("nearest of all: %v", got)
	}
	good := number(999_999, src)
	good.ID = target.Flip(0)
	f.Heard(1, good)
	if got := f.Closest(1, target, 8, nil); len(got) != 0 {
		t.Errorf("walked through %d bad nodes to %v", f.Len()-1, got)
	}
	if got := f.Closest(1, good.ID, 8, nil); len(got) != 1 {
		t.Errorf("near the only usable node: %v", got)
	}
}
