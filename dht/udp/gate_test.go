package udp

import (
	"net/netip"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

var (
	near = netip.MustParseAddrPort("127.0.0.1:6881")
	far  = netip.MustParseAddrPort("127.0.0.1:53")
)

// A datagram leaves only to an address within reach, or as an answer: one for each recent query.
func TestGate(t *testing.T) {
	query, response := &krpc.Message{Kind: krpc.KindQuery}, &krpc.Message{Kind: krpc.KindResponse}
	g := gate{reach: &dht.Reach{V4: krpc.ClassesOf(krpc.Loopback)}}
	lets := func(now time.Duration, to netip.AddrPort, want bool) {
		t.Helper()
		if got := g.lets(dht.Time(now), to); got != want {
			t.Errorf("at %v to %v: %v", now, to, got)
		}
	}
	lets(0, near, true)
	lets(0, far, false)
	g.asked(0, far, response)
	lets(0, far, false)
	g.asked(0, far, query)
	lets(time.Second, far, true)
	lets(time.Second, far, false)
	for range 3 {
		g.asked(dht.Time(time.Second), far, query)
	}
	lets(2*time.Second, far, true)
	lets(2*time.Second, far, true)
	lets(2*time.Second, far, true)
	lets(2*time.Second, far, false)
	g.asked(dht.Time(3*time.Second), far, query)
	lets(20*time.Second, far, false) // too late
	if g.stopped.Load() != 5 {
		t.Errorf("%d were stopped", g.stopped.Load())
	}

	// The memory for queries that await an answer is bounded.
	g.asked(dht.Time(30*time.Second), near, query)
	for i := range 2 * maxOwed {
		g.asked(dht.Time(30*time.Second), netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 1, byte(i >> 8), byte(i)}), 53), query)
	}
	if n := len(g.owed[0]) + len(g.owed[1]); n != maxOwed {
		t.Errorf("%d addresses are remembered, want %d", n, maxOwed)
	}
}

// A faulty node that sends out of reach is stopped at its wire.
func TestWireIsGated(t *testing.T) {
	h, err := Listen(Config{Listen: netip.MustParseAddrPort("127.0.0.1:0")})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	h.Do(func(dht.Time, *dht.Node) {
		for _, to := range []netip.AddrPort{far, netip.MustParseAddrPort("8.8.8.8:6881"), near} {
			wire{h}.Send(to, []byte("x"))
		}
		if n := len(h.out[v4].spans); n != 1 || h.Stopped() != 2 {
			t.Errorf("%d datagrams left, %d were stopped", n, h.Stopped())
		}
		h.out[v4].spans = nil
	})
}

// The scope follows the addresses that a node joins through, and else where it listens.
func TestReachFrom(t *testing.T) {
	set := func(c ...krpc.Class) krpc.Classes { return krpc.ClassesOf(c...) }
	all := set(krpc.Loopback, krpc.Private, krpc.Public)
	parse := func(texts []string) (as []netip.AddrPort) {
		for _, s := range texts {
			as = append(as, netip.MustParseAddrPort(s))
		}
		return as
	}
	for _, test := range []struct {
		listen, entry []string
		v4, v6        krpc.Classes
	}{
		{[]string{"127.0.0.1:1"}, nil, set(krpc.Loopback), 0},
		{[]string{"127.0.0.1:1"}, []string{"127.0.0.1:9"}, set(krpc.Loopback), 0},
		{[]string{"0.0.0.0:1"}, []string{"127.0.0.1:9"}, set(krpc.Loopback), 0},
		{[]string{"0.0.0.0:1"}, []string{"10.0.0.1:9"}, set(krpc.Private), 0},
		{[]string{"0.0.0.0:1"}, []string{"8.8.8.8:9"}, set(krpc.Public), 0},
		{[]string{"192.168.0.2:1"}, []string{"8.8.8.8:9"}, set(krpc.Public), 0},
		{[]string{"0.0.0.0:1"}, []string{"8.8.8.8:9", "10.0.0.1:9"}, set(krpc.Private, krpc.Public), 0},
		{[]string{"0.0.0.0:1"}, nil, all, 0},
		{[]string{"192.168.0.2:1"}, nil, set(krpc.Private, krpc.Public), 0},
		{[]string{"8.8.8.8:1"}, nil, set(krpc.Public), 0},
		{[]string{"[::]:1"}, nil, 0, all},
		{[]string{"[::1]:1"}, nil, 0, set(krpc.Loopback)},
		{[]string{"0.0.0.0:1", "[::]:1"}, []string{"10.0.0.1:9"}, set(krpc.Private), set(krpc.Private)},
		{[]string{"0.0.0.0:1", "[::]:1"}, []string{"10.0.0.1:9", "[2a00::1]:9"}, set(krpc.Private), set(krpc.Public)},
		{[]string{"127.0.0.1:1", "[::1]:1"}, []string{"127.0.0.1:9"}, set(krpc.Loopback), set(krpc.Loopback)},
		{[]string{"169.254.0.1:1"}, nil, 0, 0},
	} {
		r := ReachFrom(parse(test.listen), parse(test.entry))
		if r.V4 != test.v4 || r.V6 != test.v6 {
			t.Errorf("at %v through %v: %b and %b, want %b and %b", test.listen, test.entry, r.V4, r.V6, test.v4, test.v6)
		}
		for _, a := range parse(test.entry) {
			if !r.Allows(a) {
				t.Errorf("%v, through which it joins, is out of reach", a)
			}
		}
	}
}

// The guard follows the listening address, whatever else is configured.
func TestGuardFollowsTheAddress(t *testing.T) {
	for text, want := range map[string]bool{"127.0.0.1:1": false, "[::1]:1": false, "0.0.0.0:1": true, "[::]:1": true, "10.0.0.1:1": true, "8.8.8.8:1": true} {
		cfg := dht.Config{}
		restrict(&cfg, []netip.AddrPort{netip.MustParseAddrPort(text)}, nil)
		if cfg.Guard != want || cfg.Pace == nil {
			t.Errorf("at %s: guard %v, pace %v", text, cfg.Guard, cfg.Pace != nil)
		}
	}
	both := dht.Config{QueryRate: 7}
	restrict(&both, []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:1"), netip.MustParseAddrPort("[::]:1")}, nil)
	if !both.Guard || both.Pace != nil {
		t.Error("a node with one address beyond this machine has no guard, or two rates")
	}
}

// A further node has no more rights than the first.
func TestOpen(t *testing.T) {
	h, err := Listen(Config{Listen: netip.MustParseAddrPort("127.0.0.1:0")})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	for text, want := range map[string]bool{"127.0.0.1:0": true, "127.0.0.1:53": false, "127.0.0.2:0": false, "0.0.0.0:0": false, "[::ffff:127.0.0.1]:0": true, "[::ffff:0.0.0.0]:0": false} {
		n, err := h.Open(Config{Listen: netip.MustParseAddrPort(text)})
		if (err == nil) != want {
			t.Errorf("%s: %v", text, err)
		}
		if err == nil {
			if n.Reach() != h.Reach() {
				t.Errorf("%s: it has a reach of its own", text)
			}
			n.Close()
		}
	}
}
