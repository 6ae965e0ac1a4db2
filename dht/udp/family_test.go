package udp_test

import (
	"net"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/client"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/udp"
)

var loopback6 = netip.MustParseAddrPort("[::1]:0")

// listenBoth returns a host on 127.0.0.1 and ::1; the test is skipped where the
// latter is missing.
func listenBoth(t testing.TB, cfg udp.Config) *udp.Host {
	t.Helper()
	probe, err := net.ListenUDP("udp6", net.UDPAddrFromAddrPort(loopback6))
	if err != nil {
		t.Skip("no ::1 here: ", err)
	}
	probe.Close()
	cfg.Listen6 = loopback6
	return listen(t, cfg)
}

// addrs are those of a host: IPv4's, IPv6's.
func addrs(h *udp.Host) [2]netip.AddrPort { return [2]netip.AddrPort{h.Addr(), h.Addr6()} }

func TestTwoNetworks(t *testing.T) {
	var hosts [3]*udp.Host
	for i := range hosts {
		hosts[i] = listenBoth(t, udp.Config{Receivers: 1 + i%2})
		if a := addrs(hosts[i]); !a[0].Addr().Is4() || !a[1].Addr().Is6() || a[0].Port() == 0 || a[1].Port() == 0 {
			t.Fatalf("it listens on %v", a)
		}
	}
	a, b, c := hosts[0], hosts[1], hosts[2]
	for _, to := range addrs(c) { // from here on b may name it
		if r, err := client.New(b).Ping(t.Context(), to); err != nil || r.From.Addr != to || r.From.ID != nodeID(c) {
			t.Fatalf("%v, %v", r.From, err)
		}
	}
	both := krpc.Want4 | krpc.Want6
	for _, to := range addrs(b) { // whichever network the question comes over
		for _, test := range []struct {
			want      krpc.Want
			four, six bool
		}{{0, to.Addr().Is4(), to.Addr().Is6()}, {krpc.Want4, true, false}, {krpc.Want6, false, true}, {both, true, true}} {
			call := dht.Call{Method: "find_node", Target: nodeID(c), Want: test.want}
			r, err := client.New(a).Query(t.Context(), krpc.Contact{Addr: to}, call)
			if err != nil {
				t.Fatal(err)
			}
			named := map[netip.AddrPort]bool{}
			r.Message.EachNode(func(n krpc.Contact) { named[n.Addr] = true })
			if named[c.Addr()] != test.four || named[c.Addr6()] != test.six {
				t.Errorf("%v, asked for %d, names %v", to, test.want, named)
			}
		}
	}
	for i, family := range []dht.Family{dht.V4, dht.V6} {
		r, err := client.New(a).FindNode(t.Context(), nodeID(c), dht.SearchConfig{Family: family})
		if err != nil || len(r.Closest) == 0 || r.Closest[0] != (krpc.Contact{ID: nodeID(c), Addr: addrs(c)[i]}) {
			t.Errorf("in network %d: %+v, %v", i, r, err)
		}
		for _, n := range r.Closest {
			if n.Addr.Addr().Is4() != (family == dht.V4) {
				t.Errorf("in network %d it found %v", i, n.Addr)
			}
		}
	}
}

// A node of one family is told of both networks if it asks, and is reached over its own.
func TestOneAndTwoNetworks(t *testing.T) {
	both := listenBoth(t, udp.Config{})
	for _, own := range []netip.AddrPort{loopback, loopback6} {
		one := listen(t, udp.Config{Listen: own})
		if one.Addr6().IsValid() {
			t.Errorf("%v has a second address, %v", one.Addr(), one.Addr6())
		}
		for i, to := range addrs(both) {
			r, err := client.New(one).Query(t.Context(), krpc.Contact{Addr: to}, dht.Call{Method: "ping", Timeout: 10 * time.Second})
			if reached := err == nil && r.From.Addr == to; reached != (own.Addr().Is4() == (i == 0)) {
				t.Errorf("from %v to %v: %v", own, to, err)
			}
		}
		if _, err := client.New(both).Ping(t.Context(), one.Addr()); err != nil {
			t.Errorf("from both to %v: %v", own, err)
		}
	}
}

func TestListen6Errors(t *testing.T) {
	taken := listenBoth(t, udp.Config{})
	_, err := udp.Listen(udp.Config{Listen: loopback, Listen6: taken.Addr6()})
	wantListenError(t, err, syscall.EADDRINUSE, taken.Addr6().String()+" is in use by another program")
	free := listen(t, udp.Config{})
	free.Close()
	for range 2 { // the second time shows that the first one left nothing behind
		_, err = udp.Listen(udp.Config{Listen: free.Addr(), Listen6: taken.Addr6()})
		wantListenError(t, err, syscall.EADDRINUSE, taken.Addr6().String())
	}
	for _, cfg := range []udp.Config{{Listen: loopback, Listen6: loopback}, {Listen6: netip.MustParseAddrPort("[::ffff:127.0.0.1]:0")}} {
		if _, err := udp.Listen(cfg); err == nil || !strings.Contains(err.Error(), "Listen6 is "+cfg.Listen6.String()+"; it must be an IPv6 address") {
			t.Errorf("%+v: %v", cfg, err)
		}
	}
	if _, err := udp.Listen(udp.Config{Listen: loopback6, Listen6: loopback6}); err == nil || !strings.Contains(err.Error(), "it must be an IPv4 address") {
		t.Errorf("two IPv6 addresses: %v", err)
	}
	open, err := udp.Listen(udp.Config{Listen6: loopback6})
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	if open.Addr().Addr() != netip.IPv4Unspecified() {
		t.Errorf("besides its Listen6 it listens on %v", open.Addr())
	}
}
