package sim

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

// The NAT must agree with a list of all datagrams, and forget old ones.
func TestNATAgainstAList(t *testing.T) {
	src := rand.NewPCG(5, 6)
	var n nat
	last := map[[2]uint32]krpc.Time{}
	now := start
	for range 50_000 {
		now = now.Add(below(src, time.Second))
		a, b := uint32(below(src, 20)), uint32(below(src, 20))
		if below(src, 2) == 0 {
			n.opened(now, a, b)
			last[[2]uint32{a, b}] = now
			continue
		}
		sent, ok := last[[2]uint32{a, b}]
		if want := ok && now.Sub(sent) <= natMemory; n.admits(now, b, a) != want {
			t.Fatalf("%v after the last datagram, let in is %v", now.Sub(sent), !want)
		}
	}
	n.opened(now.Add(time.Hour), 1, 2)
	n.opened(now.Add(2*time.Hour), 1, 2)
	if len(n.young)+len(n.old) > 2 {
		t.Errorf("%d pairs are remembered long after", len(n.young)+len(n.old))
	}
}
