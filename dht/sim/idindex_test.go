package sim

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/lightdht/lightdht/dht/krpc"
)

// nearest is Closest by sorting all members.
func nearest(w *World, target krpc.ID, k int) []Member {
	all := slices.DeleteFunc(w.All(), func(m Member) bool { return !m.Online })
	slices.SortFunc(all, func(a, b Member) int { return krpc.Closer(target, a.ID, b.ID) })
	return all[:min(k, len(all))]
}

func TestClosestAgainstSorting(t *testing.T) {
	w := world(t, Config{Nodes: 700})
	src := rand.NewPCG(3, 4)
	check := func() {
		t.Helper()
		for i := range 40 {
			target := krpc.RandomID(src)
			if i%4 == 0 {
				target = w.All()[i].ID
			}
			k := []int{1, 8, 20, 1000}[i%4]
			if got, want := w.Closest(target, k), nearest(w, target, k); !slices.Equal(got, want) {
				t.Fatalf("closest %d to %v: got %d, want %d members:\n%v\n%v", k, target, len(got), len(want), got, want)
			}
		}
	}
	check()
	for range 5 {
		w.Remove(90)
		check()
		if _, err := w.Add(60); err != nil {
			t.Fatal(err)
		}
		check()
	}
	w.Remove(10_000)
	if got := w.Closest(krpc.ID{}, 8); len(got) != 0 || w.Size() != 0 {
		t.Errorf("%v is near in an empty network of %d", got, w.Size())
	}
	if w.Closest(krpc.ID{}, 0) != nil {
		t.Error("none were asked for")
	}
}
