package dht

import (
	"math/rand/v2"
	"net/netip"
	"testing"
)

// A set says of each address whether it is new, as a map does, before and after it was cleared.
func TestPeerSetAgainstAMap(t *testing.T) {
	src := rand.New(rand.NewPCG(1, 2))
	addr := func() netip.AddrPort { // of few, so that many come twice
		ip := netip.AddrFrom4([4]byte{0, byte(src.IntN(3)), byte(src.IntN(40)), byte(src.IntN(4))})
		if src.IntN(5) == 0 {
			ip = netip.AddrFrom16([16]byte{0x20, 1, 15: byte(src.IntN(100))})
		}
		return netip.AddrPortFrom(ip, uint16(src.IntN(3)))
	}
	var set peerSet
	for range 3 {
		known := make(map[netip.AddrPort]bool)
		for range 5000 {
			a := addr()
			if fresh := set.add(a); fresh == known[a] {
				t.Fatalf("%v is new: %v", a, fresh)
			}
			known[a] = true
		}
		if set.count != len(known) || len(set.four) > 4*len(known) {
			t.Errorf("%d addresses of %d, in %d places", set.count, len(known), len(set.four))
		}
		set.clear()
	}
}

func TestPeerSetIsUsedAgain(t *testing.T) {
	var set peerSet
	fill := func() {
		for i := range 200 {
			set.add(netip.AddrPortFrom(netip.AddrFrom4([4]byte{1, 2, 3, byte(i)}), 1))
		}
		set.clear()
	}
	fill()
	if n := testing.AllocsPerRun(10, fill); n != 0 {
		t.Errorf("%v allocations for peers like those before", n)
	}
}
