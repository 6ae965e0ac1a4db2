package dht_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// A node with a guard sends an unproved address at most four times the bytes it sent, also in a
// network of one's own, and for all answers of hooks.
func TestGuard(t *testing.T) {
	huge := []byte(fmt.Sprintf("d1:x59000:%se", strings.Repeat("x", 59000)))
	for _, guard := range []bool{false, true} {
		for name, hook := range map[string]func(dht.Time, *dht.Incoming) bool{
			"built in": nil,
			"reply":    func(now dht.Time, q *dht.Incoming) bool { q.Reply(now, huge); return true },
			"refuse": func(now dht.Time, q *dht.Incoming) bool {
				q.Refuse(now, 201, strings.Repeat("x", 59000))
				return true
			},
		} {
			d := newDoor(t, dht.Config{Addr: netip.MustParseAddrPort("10.0.0.1:6881"), Guard: guard})
			fill(d)
			d.node.SetHooks(dht.Hooks{Query: hook})
			sent, got := 0, 0
			d.tap = func(_ netip.AddrPort, packet []byte) { sent += len(packet) }
			victim := netip.MustParseAddrPort("10.9.9.9:6881")
			for i := range 200 {
				q := (&krpc.Query{Method: "get_peers", ID: krpc.ID{9, byte(i)}, Target: krpc.ID{0x81}, Tx: []byte("tt")}).Append(nil)
				got += len(q)
				d.node.Receive(d.now, victim, q)
				d.pass(10 * time.Millisecond)
			}
			d.pass(time.Minute)
			if factor := float64(sent) / float64(got); guard && factor > 4 || !guard && factor < 5 {
				t.Errorf("guard %v, %s: %.2f times as much as came", guard, name, factor)
			}
		}
	}
}

// So with all that the node sends there within an hour: the pings of newcomers to its
// table are no answers, but arrive at the same victim. They weigh more than the answers
// only if there are no more than a handful of queries.
func TestGuardCountsPings(t *testing.T) {
	long := []byte(fmt.Sprintf("d1:x59000:%se", strings.Repeat("x", 59000)))
	for name, hook := range map[string]func(dht.Time, *dht.Incoming) bool{
		"built in": nil,
		"reply":    func(now dht.Time, q *dht.Incoming) bool { _, err := q.Reply(now, long); return err == nil },
		"refuse": func(now dht.Time, q *dht.Incoming) bool {
			return q.Refuse(now, 201, strings.Repeat("x", 59000))
		},
	} {
		for _, method := range []string{"ping", "find_node", "get_peers", "sample_infohashes", "get", "nonsense"} {
			for _, count := range []int{32, 100, 1000} {
				d := newDoor(t, dht.Config{Addr: netip.MustParseAddrPort("10.0.0.1:6881"), Guard: true})
				fill(d)
				d.node.SetHooks(dht.Hooks{Query: hook})
				victim, sent, got := netip.MustParseAddrPort("10.9.9.9:6881"), 0, 0
				d.tap = func(to netip.AddrPort, packet []byte) {
					if to == victim {
						sent += len(packet)
					}
				}
				for i := range count {
					q := (&krpc.Query{Method: method, ID: krpc.ID{9, byte(i)}, Target: krpc.ID{0x81}, Tx: []byte("tt")}).Append(nil)
					got += len(q)
					d.node.Receive(d.now, victim, q)
				}
				for range 60 {
					d.pass(time.Minute)
				}
				if factor := float64(sent) / float64(got); factor > 4 {
					t.Errorf("%s, %d times %s: %.2f times as much as came", name, count, method, factor)
				}
			}
		}
	}
}

// fill gives a node enough to answer with.
func fill(d *door) {
	for i := range 200 {
		addr := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 1, byte(i), 1}), 6881)
		d.node.Table().Answered(d.now, krpc.Contact{ID: numbered(i), Addr: addr}, time.Millisecond, nil)
		d.node.Peers().Announce(d.now, krpc.ID{0x81}, addr, false)
	}
}

// A sender that answered our ping gets all of it.
func TestGuardTrustsWhoAnswered(t *testing.T) {
	d := newDoor(t, dht.Config{Addr: netip.MustParseAddrPort("10.0.0.1:6881"), Guard: true})
	d.now = dht.Time(time.Hour)
	fill(d)
	asker, id := netip.MustParseAddrPort("10.9.9.9:6881"), krpc.ID{9}
	d.node.Query(d.now, krpc.Contact{ID: id, Addr: asker}, dht.Call{Method: "ping"}, func(dht.Time, dht.Reply) {})
	var ping krpc.Message
	if err := ping.Parse(bytes.Clone(d.answer)); err != nil {
		t.Fatal(err)
	}
	d.node.Receive(d.now, asker, (&krpc.Response{Tx: ping.Tx, ID: id}).Append(nil))
	d.node.Receive(d.now, asker, (&krpc.Query{Method: "get_peers", ID: id, Target: krpc.ID{0x81}, Tx: []byte("tt")}).Append(nil))
	if len(d.answer) < 800 {
		t.Errorf("an answer of %d bytes", len(d.answer))
	}

	var refused error
	d.node.SetHooks(dht.Hooks{Query: func(now dht.Time, q *dht.Incoming) bool {
		_, refused = q.Reply(now, []byte("d1:x900:"+strings.Repeat("x", 900)+"e"))
		return true
	}})
	stranger := netip.MustParseAddrPort("10.9.9.8:6881")
	for from, want := range map[netip.AddrPort]error{asker: nil, stranger: dht.ErrAmplifies} {
		who := id
		if from == stranger {
			who = krpc.ID{8}
		}
		d.node.Receive(d.now, from, (&krpc.Query{Method: "ping", ID: who, Tx: []byte("tt")}).Append(nil))
		if !errors.Is(refused, want) {
			t.Errorf("a long answer to %v: %v, want %v", from, refused, want)
		}
	}
}

// A refusal of a query of a few bytes is not longer than four times these either.
func TestGuardOfTinyQueries(t *testing.T) {
	d := newDoor(t, dht.Config{Addr: netip.MustParseAddrPort("[fd00::1]:6881"), Guard: true, Version: strings.Repeat("v", 20)})
	d.node.SetHooks(dht.Hooks{Query: func(now dht.Time, q *dht.Incoming) bool { return q.Refuse(now, 201, "no") }})
	for _, q := range []string{"d1:q1:x1:t0:1:y1:qe", "d1:q0:1:t0:1:y1:qe", "d1:ade1:q1:x1:t1:a1:y1:qe", "d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe"} {
		d.answer = nil
		d.node.Receive(d.now, netip.MustParseAddrPort("[fd00::2]:6881"), []byte(q))
		if len(d.answer) > 4*len(q) {
			t.Errorf("%d bytes for the %d of %s", len(d.answer), len(q), q)
		}
	}
}

// An address out of reach is not challenged.
func TestNobodyOutOfReachIsChallenged(t *testing.T) {
	d := newDoor(t, dht.Config{Addr: netip.MustParseAddrPort("10.0.0.1:6881"), Guard: true, Reach: &dht.Reach{V4: krpc.ClassesOf(krpc.Private)}})
	fill(d)
	d.tap = func(to netip.AddrPort, packet []byte) {
		var m krpc.Message
		if err := m.Parse(packet); err != nil || m.Kind == krpc.KindQuery && to.Port() == 53 {
			t.Errorf("%q to %v", packet, to)
		}
	}
	for i := range 20 {
		d.node.Receive(d.now, netip.MustParseAddrPort("10.9.9.9:53"), (&krpc.Query{Method: "get_peers", ID: krpc.ID{9, byte(i)}, Target: krpc.ID{0x81}, Tx: []byte("tt")}).Append(nil))
		d.pass(time.Second)
	}
	if d.node.Stats().RepliesOut != 20 {
		t.Errorf("%d of 20 answers", d.node.Stats().RepliesOut)
	}
}
