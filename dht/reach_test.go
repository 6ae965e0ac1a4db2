package dht_test

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// home is a reach of one kind of addresses in both families.
func home(c krpc.Class) dht.Reach {
	return dht.Reach{V4: krpc.ClassesOf(c), V6: krpc.ClassesOf(c), NetFlag: "--allow-net", RawFlag: "--allow-raw"}
}

func grant(prefix string, first, last uint16) dht.Grant {
	return dht.Grant{Prefix: netip.MustParsePrefix(prefix), First: first, Last: last}
}

// Each kind of address is within one scope at most, and none at a low port.
func TestReach(t *testing.T) {
	for addr, within := range map[string]krpc.Class{
		"127.0.0.1:1024": krpc.Loopback, "127.9.9.9:65535": krpc.Loopback, "[::1]:6881": krpc.Loopback,
		"10.0.0.1:6881": krpc.Private, "172.16.0.1:6881": krpc.Private, "192.168.0.1:6881": krpc.Private, "[fd00::1]:6881": krpc.Private,
		"8.8.8.8:6881": krpc.Public, "[2a00::1]:6881": krpc.Public,

		"127.0.0.1:1023": 0, "10.0.0.1:53": 0, "8.8.8.8:80": 0, "[::1]:22": 0, "[fd00::1]:22": 0, "[2a00::1]:443": 0,
		"0.0.0.0:6881": 0, "0.1.2.3:6881": 0, "100.64.0.1:6881": 0, "169.254.0.1:6881": 0, "192.0.0.1:6881": 0, "192.0.2.1:6881": 0,
		"192.88.99.1:6881": 0, "198.18.0.1:6881": 0, "198.51.100.1:6881": 0, "203.0.113.1:6881": 0, "224.0.0.1:6881": 0,
		"240.0.0.1:6881": 0, "255.255.255.255:6881": 0,
		"[::]:6881": 0, "[::ffff:127.0.0.1]:6881": 0, "[::127.0.0.1]:6881": 0, "[64:ff9b::7f00:1]:6881": 0, "[64:ff9b:1::1]:6881": 0,
		"[100::1]:6881": 0, "[2001::1]:6881": 0, "[2001:db8::1]:6881": 0, "[2002:7f00:1::]:6881": 0, "[3fff::1]:6881": 0,
		"[fe80::1]:6881": 0, "[fec0::1]:6881": 0, "[ff02::1]:6881": 0, "[4000::1]:6881": 0,
	} {
		to := netip.MustParseAddrPort(addr)
		for _, scope := range []krpc.Class{krpc.Loopback, krpc.Private, krpc.Public} {
			r := home(scope)
			if got, want := r.Allows(to), within == scope; got != want {
				t.Errorf("%v among %v: %v, want %v", addr, scope, got, want)
			}
			if err := r.Check(to); (err == nil) != (within == scope) || err != nil && strings.ContainsAny(err.Error(), "\n\t") {
				t.Errorf("%v among %v: %v", addr, scope, err)
			}
			// The grant that the message names is sufficient.
			if _, denied := r.Check(to).(*dht.DeniedError); denied {
				r.Grants = []dht.Grant{grant(netip.PrefixFrom(to.Addr(), to.Addr().BitLen()).String(), min(to.Port(), dht.FirstPort), 65535)}
				if !r.Allows(to) {
					t.Errorf("%v is denied though it is granted", addr)
				}
			}
		}
		if !dht.Everywhere().Allows(to) || !(*dht.Reach)(nil).Allows(to) {
			t.Errorf("%v is not everywhere", addr)
		}
	}
}

func TestReachSays(t *testing.T) {
	r := home(krpc.Private)
	r.Never = []netip.Addr{netip.MustParseAddr("192.168.0.255")}
	for addr, want := range map[string]string{
		"8.8.8.8:6881":       "out of reach: 8.8.8.8 is a public address, and within reach are private addresses; --allow-net 8.8.8.8/32 would allow it",
		"8.8.8.8:53":         "out of reach: 8.8.8.8 is a public address, and within reach are private addresses; --allow-net 8.8.8.8/32:53 would allow it",
		"10.0.0.1:53":        "out of reach: port 53 is below 1024; --allow-net 10.0.0.1/32:53 would allow it",
		"[fd00::1]:53":       "out of reach: port 53 is below 1024; --allow-net [fd00::1/128]:53 would allow it",
		"[ff02::1]:6881":     "out of reach: ff02::1 is a multicast address, and within reach are private addresses; --allow-net ff02::1/128 would allow it",
		"192.168.0.255:6881": "out of reach: 192.168.0.255 is the broadcast address of a network of this machine; --allow-net 192.168.0.255/32 would allow it",
	} {
		if err := r.Check(netip.MustParseAddrPort(addr)); err == nil || err.Error() != want {
			t.Errorf("%v: %v, want %q", addr, err, want)
		}
	}
	if err := r.CheckRaw(); err == nil || !strings.HasSuffix(err.Error(), "--allow-raw would allow it") {
		t.Error(err)
	}
	r.Grants = []dht.Grant{grant("8.0.0.0/8", 53, 53), grant("fd00::/8", 1, 65535), grant("9.0.0.0/8", 1024, 65535)}
	want := "private addresses of IPv4, at ports from 1024 on|private addresses of IPv6, at ports from 1024 on|8.0.0.0/8:53|[fd00::/8]:1-65535|9.0.0.0/8"
	if got := strings.Join(r.Describe(), "|"); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestListeningWithinReach(t *testing.T) {
	for _, test := range []struct {
		home, at string
		grants   []dht.Grant
		want     bool
	}{
		{"127.0.0.1", "127.0.0.1:0", nil, true},
		{"127.0.0.1", "127.0.0.1:1024", nil, true},
		{"127.0.0.1", "127.0.0.1:53", nil, false},
		{"127.0.0.1", "127.0.0.1:53", []dht.Grant{grant("127.0.0.1/32", 53, 53)}, true},
		{"127.0.0.1", "127.0.0.2:0", nil, false},
		{"127.0.0.1", "127.0.0.2:0", []dht.Grant{grant("127.0.0.0/8", 1024, 65535)}, true},
		{"127.0.0.1", "127.0.0.2:0", []dht.Grant{grant("127.0.0.0/8", 53, 53)}, false},
		{"127.0.0.1", "0.0.0.0:0", nil, false},
		{"127.0.0.1", "[::1]:0", nil, false},
		{"127.0.0.1", "[::]:0", nil, false},
		{"0.0.0.0", "0.0.0.0:0", nil, true},
		{"0.0.0.0", "10.0.0.1:7000", nil, true},
		{"0.0.0.0", "[::]:0", nil, false},
		{"::", "[::1]:0", nil, true},
		{"::", "0.0.0.0:0", nil, false},
		{"::1", "[::1]:443", nil, false},
	} {
		r := home(krpc.Loopback)
		r.Grants = test.grants
		err := r.CheckListen(netip.MustParseAddrPort(test.at), []netip.Addr{netip.MustParseAddr(test.home)})
		if (err == nil) != test.want {
			t.Errorf("from %s at %s with %v: %v", test.home, test.at, test.grants, err)
		}
		if err != nil && !strings.Contains(err.Error(), "--allow-net") {
			t.Error(err)
		}
	}
}

// A query out of reach fails at once, and no datagram leaves.
func TestQueriesStayWithinReach(t *testing.T) {
	r := home(krpc.Loopback)
	d := newDoor(t, dht.Config{Addr: netip.MustParseAddrPort("127.0.0.1:6881"), Reach: &r})
	var failed []error
	for _, addr := range []string{"10.0.0.1:6881", "127.0.0.1:53", "8.8.8.8:6881"} {
		d.node.Query(d.now, krpc.Contact{Addr: netip.MustParseAddrPort(addr)}, dht.Call{Method: "ping"}, func(_ dht.Time, r dht.Reply) { failed = append(failed, r.Err) })
	}
	d.node.Query(d.now, krpc.Contact{Addr: netip.MustParseAddrPort("127.0.0.1:7000")}, dht.Call{Method: "raw", Raw: []byte("x")}, func(_ dht.Time, r dht.Reply) { failed = append(failed, r.Err) })
	d.node.FindNode(d.now, krpc.ID{1}, dht.SearchConfig{Start: []netip.AddrPort{netip.MustParseAddrPort("8.8.8.8:6881")}}, func(_ dht.Time, r *dht.Result) { failed = append(failed, r.Err) })
	d.pass(0)
	for _, err := range failed {
		if _, denied := errors.AsType[*dht.DeniedError](err); !denied {
			t.Error(err)
		}
	}
	if s := d.node.Stats(); len(failed) != 5 || d.sent != 0 || s.Denied != 5 || s.QueriesOut != 0 {
		t.Errorf("%d failed, %d datagrams, %+v", len(failed), d.sent, s)
	}
}

// Contacts that others name are not asked if they are out of reach, or nearer than the node that
// named them; senders out of reach get no place in the table.
func TestContactsOutOfReach(t *testing.T) {
	public, private, loopback := netip.MustParseAddrPort("8.8.8.8:6881"), netip.MustParseAddrPort("10.0.0.7:6881"), netip.MustParseAddrPort("127.0.0.1:7000")
	all := []netip.AddrPort{
		public, private, loopback, netip.MustParseAddrPort("127.0.0.1:53"), netip.MustParseAddrPort("8.8.8.8:53"), netip.MustParseAddrPort("224.0.0.1:6881"),
		netip.MustParseAddrPort("198.51.100.1:6881"), netip.MustParseAddrPort("100.64.0.1:6881"), netip.MustParseAddrPort("169.254.0.1:6881"),
	}
	for _, test := range []struct {
		scope krpc.Classes
		from  netip.AddrPort
		want  []netip.AddrPort
	}{
		{krpc.ClassesOf(krpc.Public), netip.MustParseAddrPort("9.9.9.9:6881"), []netip.AddrPort{public}},
		{krpc.ClassesOf(krpc.Private), netip.MustParseAddrPort("10.0.0.9:6881"), []netip.AddrPort{private}},
		{krpc.ClassesOf(krpc.Loopback), netip.MustParseAddrPort("127.0.0.1:6999"), []netip.AddrPort{loopback}},
		{krpc.ClassesOf(krpc.Loopback, krpc.Private, krpc.Public), netip.MustParseAddrPort("9.9.9.9:6881"), []netip.AddrPort{public}},
		{krpc.ClassesOf(krpc.Loopback, krpc.Private, krpc.Public), netip.MustParseAddrPort("10.0.0.9:6881"), []netip.AddrPort{public, private}},
		{krpc.ClassesOf(krpc.Loopback, krpc.Private, krpc.Public), netip.MustParseAddrPort("127.0.0.1:6999"), []netip.AddrPort{public, private, loopback}},
	} {
		asked := map[netip.AddrPort]bool{}
		d := newDoor(t, dht.Config{Addr: netip.MustParseAddrPort("127.0.0.1:6881"), Reach: &dht.Reach{V4: test.scope, V6: test.scope}})
		d.tap = func(to netip.AddrPort, packet []byte) {
			var m krpc.Message
			if m.Parse(packet) != nil || m.Kind != krpc.KindQuery {
				return
			}
			asked[to] = true
			var named []krpc.Contact
			for i, a := range all {
				named = append(named, krpc.Contact{ID: krpc.ID{1, byte(i)}, Addr: a})
			}
			if to == test.from {
				answer := (&krpc.Response{Tx: append([]byte(nil), m.Tx...), ID: krpc.ID{2}, Nodes: named, Lists: krpc.Want4}).Append(nil)
				d.node.Receive(d.now, test.from, answer)
			}
		}
		d.node.Bootstrap(d.now, []netip.AddrPort{test.from}, func(dht.Time, *dht.Result) {})
		d.pass(10 * time.Minute)
		delete(asked, test.from)
		for _, a := range test.want {
			if !asked[a] {
				t.Errorf("%v named %v, which was not asked", test.from, a)
			}
			delete(asked, a)
		}
		if len(asked) > 0 {
			t.Errorf("%v had us ask %v", test.from, asked)
		}
		for i, a := range all[3:] {
			d.node.Receive(d.now, a, (&krpc.Query{Method: "ping", ID: krpc.ID{9, byte(i)}, Tx: []byte("tt")}).Append(nil))
			if _, known := d.node.Table().Get(d.now, krpc.ID{9, byte(i)}); known {
				t.Errorf("%v is in the table", a)
			}
		}
	}
}

// At most StrangerRate queries leave in any second to addresses that never answered; those that
// did, and those of this machine, are not paced.
func TestStrangersAreAskedSlowly(t *testing.T) {
	pace := dht.NewStrangerPace(nil)
	d := newDoor(t, dht.Config{Addr: netip.MustParseAddrPort("10.0.0.1:6881"), Pace: pace})
	var left []dht.Time
	d.tap = func(to netip.AddrPort, _ []byte) {
		if to.Addr().As4()[0] == 20 {
			left = append(left, d.now)
		}
	}
	ask := func(to netip.AddrPort) {
		d.node.Query(d.now, krpc.Contact{Addr: to}, dht.Call{Method: "ping"}, func(dht.Time, dht.Reply) {})
	}
	d.now = dht.Time(time.Hour)
	for i := range 5000 {
		ask(knocker(i))
	}
	for range 3000 { // of a thousandth of a second each
		d.pass(time.Millisecond)
	}
	for i, first := 0, 0; i < len(left); i++ {
		for left[i].Sub(left[first]) >= time.Second {
			first++
		}
		if i-first >= dht.StrangerRate {
			t.Fatalf("%d queries in %v", i-first+1, left[i].Sub(left[first]))
		}
	}
	if len(left) < 2500 {
		t.Errorf("%d queries left in 3 s", len(left))
	}
	for range 3000 {
		d.pass(time.Millisecond)
	}

	friend := knocker(1 << 20)
	d.tap = nil
	ask(friend)
	var m krpc.Message
	if err := m.Parse(d.answer); err != nil {
		t.Fatal(err)
	}
	d.node.Receive(d.now, friend, (&krpc.Response{Tx: m.Tx, ID: krpc.ID{7}}).Append(nil))
	for i := range 2000 {
		ask(knocker(10_000 + i))
	}
	for _, to := range []netip.AddrPort{friend, netip.MustParseAddrPort("127.0.0.1:7000")} {
		before := d.sent
		for range 2000 {
			ask(to)
		}
		if d.sent != before+2000 {
			t.Errorf("%d of 2000 queries to %v left at once", d.sent-before, to)
		}
	}
}
