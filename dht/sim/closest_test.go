package sim

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

func TestClosestAskableAgainstSorting(t *testing.T) {
	w := world(t, Config{
		Nodes: 400, V6: 0.3, Link: Link{NAT: 0.4},
		Mix: Mix{Silent: 0.1, ReadOnly: 0.1, WrongID: 0.1, Slow: 0.1, Liars: 0.1, Followers: 0.1, Crowds: 0.1},
	})
	w.Remove(50)
	mute := []Behavior{Silent, ReadOnly, WrongID}
	src := rand.NewPCG(7, 8)
	for _, family := range []dht.Family{dht.Both, dht.V4, dht.V6} {
		for _, k := range []int{-1, 0, 1, 8, 50, 1000} {
			target := krpc.RandomID(src)
			want := slices.DeleteFunc(w.ClosestIn(family, target, w.Len()), func(m Member) bool {
				return !m.Reachable || slices.Contains(mute, m.Behavior)
			})
			want = want[:min(max(k, 0), len(want))]
			if got := w.ClosestAskable(family, target, k); !slices.Equal(got, want) {
				t.Errorf("the %d closest of %v:\n%v, want\n%v", k, family, got, want)
			}
		}
	}
	w.Remove(1000)
	if got := w.ClosestAskable(dht.Both, krpc.ID{}, 8); len(got) > 0 {
		t.Errorf("%v can be asked in an empty network", got)
	}
}
