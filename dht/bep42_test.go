package dht_test

import (
	"bytes"
	"net/netip"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// told has the node ask each of some hosts, all of which say the same of its address.
func told(t *testing.T, d *door, voters []netip.AddrPort, seen netip.AddrPort) {
	t.Helper()
	for i, voter := range voters {
		var queries [][]byte // the test's, and perhaps one of the table's
		d.tap = func(to netip.AddrPort, packet []byte) {
			if to == voter {
				queries = append(queries, bytes.Clone(packet))
			}
		}
		d.node.Query(d.now, krpc.Contact{Addr: voter}, dht.Call{Method: "ping"}, func(_ dht.Time, r dht.Reply) {
			if r.Err != nil {
				t.Fatal(r.Err)
			}
		})
		d.pass(time.Second)
		for _, query := range queries {
			if err := d.parsed.Parse(query); err != nil {
				t.Fatal(err)
			}
			r := krpc.Response{Tx: d.parsed.Tx, ID: numbered(i), IP: seen}
			d.node.Receive(d.now, voter, r.Append(nil))
		}
	}
}

// Twenty-one hosts that agree change the id; the addresses of one /64 are one host, and so is an
// address that is asked again. A vote for an address of the other family, or for a private one,
// does not count.
func TestWhoseVotesCount(t *testing.T) {
	own4, own6 := netip.MustParseAddrPort("40.0.0.1:6881"), netip.MustParseAddrPort("[2a00::1]:6881")
	hosts := func(n int, host func(i int) netip.AddrPort) (list []netip.AddrPort) {
		for i := range n {
			list = append(list, host(i))
		}
		return list
	}
	v4 := func(i int) netip.AddrPort { return wide(i, false) }
	v6 := func(i int) netip.AddrPort { return wide(i, true) }
	subnet := func(i int) netip.AddrPort {
		return netip.AddrPortFrom(netip.AddrFrom16([16]byte{0x2a, 1, 15: byte(i + 1)}), 6881)
	}
	one := func(i int) netip.AddrPort { return netip.AddrPortFrom(wide(1, false).Addr(), uint16(i+1)) }
	for _, c := range []struct {
		name      string
		own, seen netip.AddrPort
		voters    []netip.AddrPort
		changes   bool
	}{
		{"twenty-one hosts", own4, own4, hosts(21, v4), true},
		{"twenty hosts", own4, own4, hosts(20, v4), false},
		{"one host, over and over", own4, own4, hosts(60, one), false},
		{"twenty-one hosts of IPv6", own6, own6, hosts(21, v6), true},
		{"the hosts of one /64", own6, own6, hosts(60, subnet), false},
		{"an address of the other family", own4, own6, hosts(60, v4), false},
		{"a private address", own4, netip.MustParseAddrPort("10.0.0.1:1"), hosts(60, v4), false},
	} {
		d := newDoor(t, dht.Config{Public: true, Addr: c.own, ID: krpc.ID{0x80}, QueryRate: -1})
		renamed := 0
		d.node.SetHooks(dht.Hooks{Renamed: func(_ dht.Time, old, new krpc.ID) {
			if renamed++; old != (krpc.ID{0x80}) || !krpc.IsSecure(new, c.seen.Addr()) {
				t.Errorf("%s: from %v to %v", c.name, old, new)
			}
		}})
		told(t, d, c.voters, c.seen)
		if (renamed == 1) != c.changes || renamed > 1 || (d.node.ID() != krpc.ID{0x80}) != c.changes {
			t.Errorf("%s: renamed %d times, to %v", c.name, renamed, d.node.ID())
		}
		if c.changes { // once is enough
			other := netip.AddrPortFrom(c.seen.Addr().Next().Next().Next(), 1)
			told(t, d, append(c.voters, c.voters...), other)
			if renamed != 1 {
				t.Errorf("%s: renamed again", c.name)
			}
		}
	}
}

// The last 32 hosts count, so an old address is forgotten, and the port is the one that most of
// them see.
func TestExternalAddressIsThatOfTheLastVotes(t *testing.T) {
	d := newDoor(t, dht.Config{Addr: netip.MustParseAddrPort("40.0.0.1:6881")})
	if addr, ok := d.node.ExternalAddr(); ok {
		t.Errorf("before anybody said: %v", addr)
	}
	var voters []netip.AddrPort
	for i := range 32 {
		voters = append(voters, wide(i, false))
	}
	for _, seen := range []string{"60.0.0.1:1000", "60.0.0.2:2000"} {
		told(t, d, voters, netip.MustParseAddrPort(seen))
		if addr, _ := d.node.ExternalAddr(); addr.String() != seen {
			t.Errorf("all say %s: %v", seen, addr)
		}
	}
	// Behind a NAT of many ports it is any of them, but of the address that most see.
	told(t, d, voters[:15], netip.MustParseAddrPort("60.0.0.9:9"))
	for i, voter := range voters[15:] {
		told(t, d, []netip.AddrPort{voter}, netip.AddrPortFrom(netip.MustParseAddr("60.0.0.8"), uint16(1+i)))
	}
	if addr, _ := d.node.ExternalAddr(); addr.String() != "60.0.0.8:1" {
		t.Errorf("17 of 32 say 60.0.0.8, each with another port: %v", addr)
	}
	told(t, d, voters[:17], netip.MustParseAddrPort("60.0.0.3:1"))
	if addr, _ := d.node.ExternalAddr(); addr.String() != "60.0.0.3:1" {
		t.Errorf("17 of 32 say something else: %v", addr)
	}
}
