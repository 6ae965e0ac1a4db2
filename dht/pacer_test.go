package dht_test

import (
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/dhttest"
	"github.com/lightdht/lightdht/dht/krpc"
)

// crowds counts, of the datagrams a door sends, the most to one IP address within a
// second.
func crowds(d *door) (most func() int) {
	type visit struct {
		at dht.Time
		to netip.Addr
	}
	var sent []visit
	d.tap = func(to netip.AddrPort, _ []byte) { sent = append(sent, visit{d.now, to.Addr()}) }
	return func() (most int) {
		for i, v := range sent {
			n := 0
			for _, w := range sent[i:] {
				if w.to == v.to && w.at.Sub(v.at) < time.Second {
					n++
				}
			}
			most = max(most, n)
		}
		return most
	}
}

// Two a second to one IP address are two a second when they leave, however long they
// had to wait for others; and without a cap on all.
func TestTwoASecondToOneAddress(t *testing.T) {
	for _, rate := range []int{0, 10, 1000, -1} {
		d := newDoor(t, dht.Config{Public: true, Addr: netip.MustParseAddrPort("40.0.0.1:6881"), QueryRate: rate})
		most, ended := crowds(d), 0
		ask := func(to netip.AddrPort) {
			d.node.Query(d.now, krpc.Contact{Addr: to}, dht.Call{Method: "ping"}, func(dht.Time, dht.Reply) { ended++ })
		}
		for i := range 100 {
			ask(wide(i, false))
		}
		for i := range 20 {
			ask(netip.AddrPortFrom(wide(500, false).Addr(), uint16(1+i)))
		}
		for range 4000 {
			d.pass(10 * time.Millisecond)
		}
		if n := most(); n != 2 || d.sent != 120 || ended != 120 {
			t.Errorf("rate %d: up to %d a second to one address; %d sent, %d ended, of 120", rate, n, d.sent, ended)
		}
	}
}

// Also if they waited so long that their address was forgotten in the meantime.
func TestTwoASecondAfterALongWait(t *testing.T) {
	d := newDoor(t, dht.Config{Public: true, Addr: netip.MustParseAddrPort("40.0.0.1:6881"), QueryRate: 10})
	most := crowds(d)
	ask := func(first, n int) {
		for i := range n {
			d.node.Query(d.now, krpc.Contact{Addr: wide(first+i, false)}, dht.Call{Method: "ping"}, func(dht.Time, dht.Reply) {})
		}
	}
	ask(0, 300)
	for range 6 {
		ask(1000, 1)
	}
	for i := range 1000 {
		if d.pass(100 * time.Millisecond); i == 200 {
			ask(2000, 300)
		}
	}
	if n := most(); n != 2 || d.sent != 606 {
		t.Errorf("up to %d a second to one address; %d sent", n, d.sent)
	}
}

// Queries that wait for their turn count as pending: beyond the limit they fail at once (chosen by
// us), and earlier ones are all sent in the end.
func TestQueueIsBounded(t *testing.T) {
	const limit = 1000
	d := newDoor(t, dht.Config{Public: true, Addr: netip.MustParseAddrPort("40.0.0.1:6881"), MaxPending: limit})
	busy, ended := 0, 0
	fillTenfold(t, limit, func(i int) {
		d.node.Query(d.now, krpc.Contact{Addr: wide(i, false)}, dht.Call{Method: "ping"}, func(_ dht.Time, r dht.Reply) {
			if ended++; isBusy(r.Err) {
				busy++
			}
		})
		d.node.Advance(d.now)
	})
	if busy != 9*limit || d.sent != 1 {
		t.Errorf("%d refused, %d sent", busy, d.sent)
	}
	for range 2 * limit {
		d.pass(20 * time.Millisecond)
	}
	if ended != 10*limit || d.sent != limit {
		t.Errorf("%d ended, %d sent", ended, d.sent)
	}
}

// Nodes that share a pace send no more together than one of them alone.
func TestNodesShareAPace(t *testing.T) {
	net := &dhttest.Net{Delay: 20 * time.Millisecond}
	var sent []dht.Time
	toOne := map[netip.AddrPort][]dht.Time{}
	net.Lose = func(_, to netip.AddrPort, _ []byte) bool {
		sent = append(sent, net.Now())
		toOne[to] = append(toOne[to], net.Now())
		return true
	}
	pace := dht.NewPace(10, true, new(sync.Mutex))
	for i := range 20 {
		n := net.Add(dht.Config{Addr: public(1000 + i), Public: true, Pace: pace}, uint64(i))
		for j := range 10 {
			n.Query(net.Now(), krpc.Contact{Addr: public(j)}, dht.Call{Method: "ping"}, func(dht.Time, dht.Reply) {})
		}
	}
	net.Run(2 * time.Minute)
	if len(sent) != 200 {
		t.Fatalf("%d sent, want 200", len(sent))
	}
	within(t, "all", sent, 10)
	for to, times := range toOne {
		within(t, to.String(), times, 2)
	}
}

// within checks that in no second there are more than most of these times.
func within(t *testing.T, what string, times []dht.Time, most int) {
	t.Helper()
	for i := range times {
		if j := i + most; j < len(times) && times[j].Sub(times[i]) < time.Second {
			t.Fatalf("%s: more than %d in the second from %v on", what, most, times[i])
		}
	}
}
