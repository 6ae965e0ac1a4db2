package main

import (
	"context"
	"errors"
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

// examine runs a checkup among real sockets on the loopback interface.
func examine(t *testing.T, c *checkup) (works bool, lines string) {
	t.Helper()
	var out strings.Builder
	c.findings = findings{&out, t.Context().Err}
	if !c.listen.IsValid() {
		c.listen = netip.MustParseAddrPort("127.0.0.1:0")
	}
	if c.lookUp == nil {
		c.lookUp = net.DefaultResolver.LookupNetIP
	}
	if c.route == nil {
		c.route = route
	}
	if c.tell == nil {
		c.tell = func(string) {}
	}
	works = c.run(t.Context())
	t.Logf("\n%s", out.String())
	return works, out.String()
}

// member is a node to join through, or a stranger.
func member(t *testing.T) *udp.Host {
	t.Helper()
	node, err := udp.Listen(udp.Config{Listen: netip.MustParseAddrPort("127.0.0.1:0")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { node.Close() })
	return node
}

func expect(t *testing.T, lines string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(lines, w) {
			t.Errorf("it does not say %q", w)
		}
	}
}

func TestDoctorMeetsAStranger(t *testing.T) {
	known, stranger := member(t), client.New(member(t))
	c := &checkup{join: []string{known.Addr().String()}}
	c.tell = func(string) { // as soon as it watches
		if _, err := stranger.Ping(t.Context(), c.own.Addr()); err != nil {
			t.Error(err)
		}
	}
	works, lines := examine(t, c)
	if !works {
		t.Error("a lookup works here")
	}
	expect(t, lines, "ok       ping      1 of 1 address answered", "ok       lookup    1 node near",
		"its own, no NAT between", "ok       NAT       1 node, never asked, got through", "ok       table     2 nodes known, 1 of them new")
}

func TestDoctorKnowsWhomItAsked(t *testing.T) {
	known := member(t)
	c := &checkup{join: []string{known.Addr().String()}}
	c.tell = func(string) {
		if _, err := client.New(known).Ping(t.Context(), c.own.Addr()); err != nil {
			t.Error(err)
		}
	}
	_, lines := examine(t, c)
	expect(t, lines, "unknown  NAT       nobody came unasked", "unknown  table     1 node known, none new")
}

// The witness goes by address and port: a NAT lets a node through under any id.
func TestWitnessGoesByAddress(t *testing.T) {
	own, known, stranger := member(t), member(t), member(t)
	var w witness
	w.attach(own)
	if _, err := client.New(own).Ping(t.Context(), known.Addr()); err != nil {
		t.Fatal(err)
	}
	for i, from := range []*udp.Host{known, stranger} {
		if _, err := client.New(from).Query(t.Context(), krpc.Contact{Addr: own.Addr()}, dht.Call{Method: "ping", ID: krpc.ID{byte(i + 1)}}); err != nil {
			t.Fatal(err)
		}
		if got := w.testimony(own).visitors; got != i {
			t.Errorf("%d visitors after the visit of number %d, want %d", got, i, i)
		}
	}
}

// Without --listen it listens in the family of those to join through, or in the one
// that there is a way into.
func TestDoctorChoosesTheFamily(t *testing.T) {
	only := func(v4 bool) func(netip.Addr, netip.AddrPort) (netip.Addr, error) {
		return func(_ netip.Addr, to netip.AddrPort) (netip.Addr, error) {
			if to.Addr().Is4() != v4 {
				return netip.Addr{}, syscall.ENETUNREACH
			}
			return to.Addr(), nil
		}
	}
	for _, c := range []struct {
		join []string
		v4   bool // the way there is
		want string
	}{
		{nil, true, "0.0.0.0:0"},
		{nil, false, "[::]:0"},
		{[]string{"a.example:6881"}, false, "[::]:0"},
		{[]string{"[2001:db8::1]:6881"}, true, "[::]:0"},
		{[]string{"192.0.2.1:6881"}, false, "0.0.0.0:0"},
		{[]string{"[2001:db8::1]:6881", "192.0.2.1:6881"}, false, "0.0.0.0:0"},
		{[]string{"[::1]:6881"}, true, "[::1]:0"},
	} {
		o := &doctorOptions{realFlags: realFlags{join: c.join}}
		if got := o.nearest(only(c.v4)).all(); len(got) != 1 || got[0].String() != c.want {
			t.Errorf("--join %v, IPv4 %v: listens at %v, want %s", c.join, c.v4, got, c.want)
		}
	}
}

func TestDoctorWithoutANetwork(t *testing.T) {
	offline := func(netip.Addr, netip.AddrPort) (netip.Addr, error) { return netip.Addr{}, syscall.ENETUNREACH }
	for name, test := range map[string]struct {
		join []string
		want string
	}{
		"name":    {[]string{"no-such-host.invalid:6881"}, "failed   resolve   \"no-such-host.invalid:6881\": this machine has no network"},
		"address": {[]string{"192.0.2.1:6881"}, "failed   route     from 127.0.0.1 there is no way to 192.0.2.1:6881 (network is unreachable)"},
		"none":    {nil, "ok       loopback  one node to another"},
	} {
		t.Run(name, func(t *testing.T) {
			works, lines := examine(t, &checkup{join: test.join, route: offline})
			if works {
				t.Error("no lookup can work here")
			}
			expect(t, lines, test.want)
		})
	}
}

func TestDoctorOfThePublicDHT(t *testing.T) {
	works, lines := examine(t, &checkup{join: []string{member(t).Addr().String()}, cfg: dht.Config{Public: true}})
	if works {
		t.Error("127.0.0.1 is no part of the public DHT")
	}
	expect(t, lines, "failed   resolve   127.0.0.1:", "is no public address; a network of your own is examined with --join")
}

func TestDoctorWhenNobodyAnswers(t *testing.T) {
	t.Parallel() // it waits for answers, 3 s
	gone := member(t)
	gone.Close()
	works, lines := examine(t, &checkup{join: []string{gone.Addr().String()}})
	if works {
		t.Error("no lookup can work here")
	}
	expect(t, lines, "failed   ping      nobody answers at "+gone.Addr().String())
}

func TestDoctorFindsNoSocket(t *testing.T) {
	taken := member(t)
	works, lines := examine(t, &checkup{listen: taken.Addr(), join: []string{taken.Addr().String()}})
	if works {
		t.Error("no lookup can work here")
	}
	expect(t, lines, "failed   bind      "+taken.Addr().String()+" is in use by another program")
}

func TestDoctorInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out strings.Builder
	h := &host{out: &out, errout: &out, now: time.Now, lookup: net.DefaultResolver.LookupNetIP}
	code := h.doctor(ctx, &doctorOptions{realFlags: realFlags{join: []string{"127.0.0.1:9"}}})
	if code != exitInterrupted || out.String() != "lightdht: interrupted\n" {
		t.Errorf("exit code %d, and it says %q", code, out.String())
	}
}

func TestDoctorAddress(t *testing.T) {
	addr := netip.MustParseAddrPort
	for want, seen := range map[string]testimony{
		"unknown  address   none of the nodes":                     {},
		"unknown  address   the 4 nodes that say":                  {said: 4},
		"ok       address   127.0.0.1:%, as 3 of 4":                {said: 4, agreed: 3, ip: netip.MustParseAddr("127.0.0.1"), addr: addr("127.0.0.1:1")},
		"failed   address   198.51.100.7, but each node sees":      {said: 4, agreed: 4, ip: netip.MustParseAddr("198.51.100.7")},
		"198.51.100.7:9, as 4 of 4 nodes see it; behind a NAT, wh": {said: 4, agreed: 4, ip: netip.MustParseAddr("198.51.100.7"), addr: addr("198.51.100.7:9")},
	} {
		var out strings.Builder
		c := &checkup{findings: findings{&out, t.Context().Err}, own: member(t), source: netip.MustParseAddr("127.0.0.1")}
		if seen.addr.Port() == 1 {
			seen.addr = c.own.Addr()
			want = strings.Replace(want, "127.0.0.1:%", c.own.Addr().String(), 1)
		}
		c.address(seen)
		expect(t, out.String(), want)
	}
}

func TestWitnessBelievesTheMajority(t *testing.T) {
	own := member(t)
	for name, test := range map[string]struct {
		views []string
		ip    string
		addr  string
	}{
		"nobody":     {nil, "invalid IP", "invalid AddrPort"},
		"one liar":   {[]string{"10.0.0.1:5", "10.0.0.1:5", "10.6.6.6:6"}, "10.0.0.1", "10.0.0.1:5"},
		"half":       {[]string{"10.0.0.1:5", "10.6.6.6:6"}, "invalid IP", "invalid AddrPort"},
		"two ports":  {[]string{"10.0.0.1:5", "10.0.0.1:6", "10.0.0.1:5", "10.0.0.1:7", "10.0.0.1:5", "10.0.0.1:8"}, "10.0.0.1", "10.0.0.1:5"},
		"half a lie": {[]string{"10.0.0.1:5", "10.6.6.6:6", "10.6.6.6:6", "10.6.6.6:6", "10.0.0.1:7", "10.0.0.1:8", "10.0.0.1:9"}, "10.0.0.1", "invalid AddrPort"},
		"many ports": {[]string{"10.0.0.1:5", "10.0.0.1:6", "10.0.0.1:7"}, "10.0.0.1", "invalid AddrPort"},
	} {
		w := witness{views: map[netip.AddrPort]netip.AddrPort{}}
		for i, view := range test.views {
			w.views[netip.AddrPortFrom(netip.MustParseAddr("192.0.2.9"), uint16(i+1))] = netip.MustParseAddrPort(view)
		}
		if got := w.testimony(own); got.ip.String() != test.ip || got.addr.String() != test.addr || got.said != len(test.views) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestClock(t *testing.T) {
	now := time.Now()
	for want, reads := range map[string][2]time.Time{
		"ok       clock":                      {now, now},
		"failed   clock     jumped by 1h0m0s": {now, now.Add(time.Hour)},
		"failed   clock     jumped by -2s":    {now, now.Add(-2 * time.Second)},
		"1970-01-01 00:00:00 UTC cannot be":   {time.Unix(0, 0), time.Unix(0, 0)},
	} {
		var out strings.Builder
		read := 0
		watch := newStopwatch(func() time.Time { read++; return reads[read-1] })
		findings{&out, func() error { return nil }}.clock(watch)
		expect(t, out.String(), want)
	}
}

func TestRoute(t *testing.T) {
	to := netip.MustParseAddrPort("127.0.0.1:6881")
	if from, err := route(netip.IPv4Unspecified(), to); err != nil || from != to.Addr() {
		t.Errorf("the way to %v is from %v (%v)", to, from, err)
	}
	if _, err := route(netip.MustParseAddr("198.51.100.77"), to); !errors.Is(err, syscall.EADDRNOTAVAIL) {
		t.Errorf("this machine is not 198.51.100.77, but: %v", err)
	}
}
