package dht_test

import (
	"bytes"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// crammed is a node of both networks that has more of everything than an answer can
// hold, and the longest version there is.
func crammed(t *testing.T, k int, public bool) (d *door, items map[string]krpc.Item) {
	t.Helper()
	d = newDoor(t, dht.Config{
		Addr: netip.MustParseAddrPort("40.0.0.1:6881"), Addr6: netip.MustParseAddrPort("[2a00::1]:6881"),
		ID: krpc.ID{0x80}, KeepID: true, K: k, Public: public, Version: strings.Repeat("v", 20),
	})
	d.now = dht.Time(time.Hour)
	for i := range 300 {
		for _, six := range []bool{false, true} {
			d.node.Table().Answered(d.now, krpc.Contact{ID: numbered(i), Addr: wide(i, six)}, time.Millisecond, nil)
			d.node.Peers().Announce(d.now, krpc.ID{0x81}, wide(i, six), i%2 == 0)
		}
		d.node.Peers().Announce(d.now, numbered(i), wide(i, false), false)
	}
	whole := strings.Repeat("x", krpc.MaxValue-len("996:"))
	items = map[string]krpc.Item{
		"value":  {Value: krpc.AppendString(nil, whole)},
		"signed": signed('r', strings.Repeat("s", krpc.MaxSalt), 1<<62, whole),
	}
	for name, it := range items {
		if err := d.node.Items().Put(d.now, &it, nil, wide(1, false).Addr()); err != nil {
			t.Fatal(name, err)
		}
	}
	return d, items
}

// An answer has at most 1024 bytes, and only with a large value as many as a packet holds over IPv4
// or IPv6; it has the longest lists that fit.
func TestLongestAnswers(t *testing.T) {
	for _, k := range []int{8, 100} {
		d, items := crammed(t, k, false)
		both := krpc.Want4 | krpc.Want6
		for _, c := range []struct {
			name   string
			query  krpc.Query
			most   [2]int // over IPv4, IPv6
			nodes  [2]int // at least, with K = 8
			nodes6 [2]int
		}{
			{"find_node", krpc.Query{Method: "find_node", Want: both}, [2]int{1024, 1024}, [2]int{8, 8}, [2]int{8, 8}},
			{"get_peers", krpc.Query{Method: "get_peers", Want: both}, [2]int{1024, 1024}, [2]int{8, 8}, [2]int{8, 8}},
			{"scrape", krpc.Query{Method: "get_peers", Scrape: true}, [2]int{1024, 1024}, [2]int{8, 0}, [2]int{0, 6}},
			{"scrape, both", krpc.Query{Method: "get_peers", Want: both, Scrape: true}, [2]int{1024, 1024}, [2]int{8, 8}, [2]int{0, 0}},
			{"sample_infohashes", krpc.Query{Method: "sample_infohashes", Want: both}, [2]int{1024, 1024}, [2]int{8, 8}, [2]int{8, 8}},
			{"value", krpc.Query{Method: "get", Want: both}, [2]int{1472, 1452}, [2]int{8, 8}, [2]int{0, 0}},
			{"signed", krpc.Query{Method: "get", Want: both}, [2]int{1472, 1452}, [2]int{5, 4}, [2]int{0, 0}},
		} {
			for i, from := range []netip.AddrPort{wide(900, false), wide(900, true)} {
				c.query.Target = krpc.ID{0x81}
				if it, ok := items[c.name]; ok {
					c.query.Target = it.Target()
				}
				c.query.ID, c.query.Tx = krpc.ID{3}, bytes.Repeat([]byte("t"), krpc.MaxTx)
				d.node.Receive(d.now, from, c.query.Append(nil))
				var m krpc.Message
				if err := m.Parse(d.answer); err != nil || len(d.answer) > c.most[i] {
					t.Errorf("K %d, %s to %v: %d bytes, %v; want no more than %d", k, c.name, from, len(d.answer), err, c.most[i])
				}
				n4, n6 := len(m.Nodes)/26, len(m.Nodes6)/38
				if k == 8 && (n4 < c.nodes[i] || n6 < c.nodes6[i]) {
					t.Errorf("%s to %v: %d and %d nodes in %d bytes, want %d and %d", c.name, from, n4, n6, len(d.answer), c.nodes[i], c.nodes6[i])
				}
				if c.query.Method == "get" && m.Has&krpc.HasV == 0 || c.query.Scrape && (m.Has&krpc.HasSeedFilter == 0 || m.Has&krpc.HasPeerFilter == 0) {
					t.Errorf("%s to %v: what was asked for is missing", c.name, from)
				}
				if m.Has&krpc.HasSalt != 0 {
					t.Errorf("%s to %v: the salt is in the answer", c.name, from)
				}
			}
		}
	}
}

// On the public DHT the answer to an unproved address and the ping before it have together four
// times the bytes of the query, exactly, for any version and length of the query.
func TestChallengeIsPartOfTheAnswer(t *testing.T) {
	d, items := crammed(t, 100, true)
	got := map[netip.AddrPort]int{}
	d.tap = func(to netip.AddrPort, packet []byte) { got[to] += len(packet) }
	it := items["signed"]
	target := it.Target()
	for pad := range 200 {
		packet := fmt.Appendf(nil, "d1:ad2:id20:%s1:p%d:%s6:target20:%s4:wantl2:n42:n6ee1:q3:get1:t20:tttttttttttttttttttt1:y1:qe",
			raw(krpc.ID{0x33}), pad, strings.Repeat("p", pad), raw(target))
		victim := wide(5000+pad, false)
		d.node.Receive(d.now, victim, packet)
		d.pass(10 * time.Second)
		if got[victim] == 0 || got[victim] > 4*len(packet) {
			t.Errorf("%d bytes for %d", got[victim], len(packet))
		}
	}
}
