package checkup

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/client"
	"github.com/lightdht/lightdht/dht/entry"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/udp"
)

// examine runs an examination among real sockets on the loopback interface.
func examine(t *testing.T, cfg Config) (works bool, lines string) {
	t.Helper()
	var out strings.Builder
	cfg.Report = func(f Finding) { out.WriteString(f.String() + "\n") }
	cfg.Lookup, cfg.Now = net.DefaultResolver.LookupNetIP, time.Now
	if cfg.Way.Listen.None() {
		cfg.Way.Listen = entry.AddressesOf(netip.MustParseAddrPort("127.0.0.1:0"))
	}
	if cfg.Route == nil {
		cfg.Route = entry.Route
	}
	works = Run(t.Context(), cfg)
	t.Logf("\n%s", out.String())
	return works, out.String()
}

// through is the way into a network through a node.
func through(node *udp.Host) entry.Way { return entry.Way{Join: []string{node.Addr().String()}} }

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

func TestVisitor(t *testing.T) {
	known, stranger := member(t), client.New(member(t))
	works, lines := examine(t, Config{Way: through(known), Watching: func(node netip.AddrPort) {
		if _, err := stranger.Ping(t.Context(), node); err != nil {
			t.Error(err)
		}
	}})
	if !works {
		t.Error("a lookup works here")
	}
	expect(t, lines, "ok       ping      1 of 1 address answered", "ok       lookup    1 node near",
		"its own, no NAT between", "ok       NAT       1 node, never asked, got through", "ok       table     2 nodes known, 1 of them new")
}

func TestNodeThatWasAskedIsNoVisitor(t *testing.T) {
	known := member(t)
	_, lines := examine(t, Config{Way: through(known), Watching: func(node netip.AddrPort) {
		if _, err := client.New(known).Ping(t.Context(), node); err != nil {
			t.Error(err)
		}
	}})
	expect(t, lines, "unknown  NAT       nobody came unasked", "unknown  table     1 node known, none new")
}

// Visitors are told apart by address and port: a NAT lets a node through under any id.
func TestObserverGoesByAddress(t *testing.T) {
	own, known, stranger := member(t), member(t), member(t)
	var o observer
	o.attach(own)
	if _, err := client.New(own).Ping(t.Context(), known.Addr()); err != nil {
		t.Fatal(err)
	}
	for i, from := range []*udp.Host{known, stranger} {
		if _, err := client.New(from).Query(t.Context(), krpc.Contact{Addr: own.Addr()}, dht.Call{Method: "ping", ID: krpc.ID{byte(i + 1)}}); err != nil {
			t.Fatal(err)
		}
		if got := o.sum(own).visitors; got != i {
			t.Errorf("%d visitors after the visit of number %d, want %d", got, i, i)
		}
	}
}

// An address that is left open is chosen in the family of those to join through, or in the one
// that there is a way into.
func TestChoosesTheFamily(t *testing.T) {
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
		if got := nearest(&entry.Way{Join: c.join}, only(c.v4)).All(); len(got) != 1 || got[0].String() != c.want {
			t.Errorf("joining %v, IPv4 %v: listens at %v, want %s", c.join, c.v4, got, c.want)
		}
	}
}

func TestWithoutANetwork(t *testing.T) {
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
			works, lines := examine(t, Config{Way: entry.Way{Join: test.join}, Route: offline})
			if works {
				t.Error("no lookup can work here")
			}
			expect(t, lines, test.want)
		})
	}
}

func TestOfThePublicDHT(t *testing.T) {
	works, lines := examine(t, Config{Way: entry.Way{Public: true, Bootstrap: []string{member(t).Addr().String()}}})
	if works {
		t.Error("127.0.0.1 is no part of the public DHT")
	}
	expect(t, lines, "failed   resolve   127.0.0.1:", "is no public address; a network of your own is examined with --join")
}

func TestWhenNobodyAnswers(t *testing.T) {
	t.Parallel() // it waits for answers, 3 s
	gone := member(t)
	gone.Close()
	works, lines := examine(t, Config{Way: through(gone)})
	if works {
		t.Error("no lookup can work here")
	}
	expect(t, lines, "failed   ping      nobody answers at "+gone.Addr().String())
}

func TestFindsNoSocket(t *testing.T) {
	taken := member(t)
	way := through(taken)
	way.Listen = entry.AddressesOf(taken.Addr())
	works, lines := examine(t, Config{Way: way})
	if works {
		t.Error("no lookup can work here")
	}
	expect(t, lines, "failed   bind      "+taken.Addr().String()+" is in use by another program")
}

// Once the context has ended nothing is reported, not even the clocks.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	cfg := Config{
		Way: entry.Way{Join: []string{"127.0.0.1:9"}}, Lookup: net.DefaultResolver.LookupNetIP, Route: entry.Route, Now: time.Now,
		Report: func(f Finding) { t.Errorf("it reports %v", f) },
	}
	if Run(ctx, cfg) {
		t.Error("no lookup can work here")
	}
}

// Of two addresses one is examined after the other.
func TestBothFamilies(t *testing.T) {
	six := netip.MustParseAddrPort("[::1]:0")
	if node, err := entry.AddressesOf(six).Bind(dht.Config{}); err != nil {
		t.Skip(err)
	} else {
		node.Close()
	}
	listen := entry.AddressesOf(six)
	listen.Add(netip.MustParseAddrPort("127.0.0.1:0"))
	known := member(t)
	works, lines := examine(t, Config{Way: entry.Way{Join: []string{known.Addr().String()}, Listen: listen}})
	if !works {
		t.Error("a lookup works with IPv4")
	}
	expect(t, lines, "ok       bind      127.0.0.1:", "ok       lookup    1 node near", "ok       bind      [::1]:", "unknown  network   no network was named")
	if strings.Count(lines, "ok       clock") != 1 {
		t.Error("the clocks are compared once")
	}
}

func TestAddress(t *testing.T) {
	addr := netip.MustParseAddrPort
	for want, seen := range map[string]observation{
		"unknown  address   none of the nodes":                     {},
		"unknown  address   the 4 nodes that say":                  {said: 4},
		"ok       address   127.0.0.1:%, as 3 of 4":                {said: 4, agreed: 3, ip: netip.MustParseAddr("127.0.0.1"), addr: addr("127.0.0.1:1")},
		"failed   address   198.51.100.7, but each node sees":      {said: 4, agreed: 4, ip: netip.MustParseAddr("198.51.100.7")},
		"198.51.100.7:9, as 4 of 4 nodes see it; behind a NAT, wh": {said: 4, agreed: 4, ip: netip.MustParseAddr("198.51.100.7"), addr: addr("198.51.100.7:9")},
	} {
		var out strings.Builder
		x := &examination{own: member(t), source: netip.MustParseAddr("127.0.0.1")}
		x.Report = func(f Finding) { out.WriteString(f.String()) }
		if seen.addr.Port() == 1 {
			seen.addr = x.own.Addr()
			want = strings.Replace(want, "127.0.0.1:%", x.own.Addr().String(), 1)
		}
		x.address(seen)
		expect(t, out.String(), want)
	}
}

func TestMajorityOfViews(t *testing.T) {
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
		o := observer{views: map[netip.AddrPort]netip.AddrPort{}}
		for i, view := range test.views {
			o.views[netip.AddrPortFrom(netip.MustParseAddr("192.0.2.9"), uint16(i+1))] = netip.MustParseAddrPort(view)
		}
		if got := o.sum(own); got.ip.String() != test.ip || got.addr.String() != test.addr || got.said != len(test.views) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestClocks(t *testing.T) {
	now := time.Now()
	for want, reads := range map[string][2]time.Time{
		"ok       clock":                      {now, now},
		"failed   clock     jumped by 1h0m0s": {now, now.Add(time.Hour)},
		"failed   clock     jumped by -2s":    {now, now.Add(-2 * time.Second)},
		"1970-01-01 00:00:00 UTC cannot be":   {time.Unix(0, 0), time.Unix(0, 0)},
	} {
		read := 0
		c := startClocks(func() time.Time { read++; return reads[read-1] })
		expect(t, c.compare().String(), want)
	}
}
