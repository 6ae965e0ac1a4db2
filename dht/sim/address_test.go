package sim

import (
	"net/netip"
	"testing"
)

// reserved are the ranges of RFC 6890 and its registry that are not global
// unicast.
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.0.0.0/24"), netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("192.88.99.0/24"),
	netip.MustParsePrefix("192.168.0.0/16"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("224.0.0.0/4"), netip.MustParsePrefix("240.0.0.0/4"),
}

func TestAddresses(t *testing.T) {
	nets := map[[3]byte]int{}
	n := 0
	check := func(number uint32) {
		addr := addressOf(number)
		if back, ok := numberOf(addr); !ok || back != number {
			t.Fatalf("number %d has address %v, which has number %d, %v", number, addr, back, ok)
		}
		for _, p := range reserved {
			if p.Contains(addr.Addr()) {
				t.Fatalf("number %d has the reserved address %v", number, addr)
			}
		}
		ip := addr.Addr().As4()
		nets[[3]byte(ip[:3])]++
		n++
	}
	for number := uint32(0); number < 200_000; number++ {
		check(number)
	}
	for number := uint32(maxMembers - 1000); number < maxMembers+1000; number++ {
		check(number)
	}
	check(maxMembers + maxOpened - 1)
	// Of n random ones among 215*2^16 networks, some n^2/2 pairs share one.
	if shared := n - len(nets); shared < 1000 || shared > 2000 {
		t.Errorf("%d of %d share a /24 with another, want some 1450", shared, n)
	}
}

func TestNumberOfForeignAddresses(t *testing.T) {
	for _, s := range []string{"10.0.0.1:6881", "240.0.0.1:6881", "[2001:db8::1]:6881", "0.0.0.0:6881"} {
		if number, ok := numberOf(netip.MustParseAddrPort(s)); ok {
			t.Errorf("%s has number %d", s, number)
		}
	}
	if _, ok := numberOf(netip.AddrPort{}); ok {
		t.Error("no address has a number")
	}
	at := addressOf(3)
	if _, ok := numberOf(netip.AddrPortFrom(at.Addr(), 6882)); ok {
		t.Error("another port has a number")
	}
}
