package dht_test

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/dhttest"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/table"
)

// wireFunc is a Wire that is a function.
type wireFunc func(to netip.AddrPort, packet []byte)

func (f wireFunc) Send(to netip.AddrPort, packet []byte) { f(to, packet) }

// spoofed is the i-th of four billion addresses.
func spoofed(i int) netip.AddrPort {
	var ip [4]byte
	binary.BigEndian.PutUint32(ip[:], 0x0b000000+uint32(i))
	return netip.AddrPortFrom(netip.AddrFrom4(ip), 6881)
}

// A flood under more addresses than the limiter remembers costs no more for each
// query than one from a few.
func TestFloodFromManyAddresses(t *testing.T) {
	nowhere := wireFunc(func(netip.AddrPort, []byte) {})
	n, err := dht.New(dht.Config{Addr: dhttest.Addr(0)}, nowhere, dhttest.Source(1))
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	for i := range 200_000 {
		n.Receive(1, spoofed(i), []byte("d1:q4:ping1:t2:aa1:y1:qe"))
	}
	if took := time.Since(began); took > 10*time.Second { // a sweep for each: over a minute
		t.Errorf("200,000 queries took %v", took)
	}
}

// BEP 32: at most 1024 bytes, whatever K, transaction id and version.
func TestAnswersFitInTheirBounds(t *testing.T) {
	for _, own := range []string{"10.0.0.1:6881", "[fd00::1]:6881"} {
		for _, k := range []int{8, 16, 20, 100} {
			addr := netip.MustParseAddrPort(own)
			var longest int
			wire := wireFunc(func(_ netip.AddrPort, packet []byte) { longest = max(longest, len(packet)) })
			n, err := dht.New(dht.Config{Addr: addr, K: k, Version: strings.Repeat("v", 20)}, wire, dhttest.Source(1))
			if err != nil {
				t.Fatal(err)
			}
			host := func(i int) netip.AddrPort {
				ip := addr.Addr().AsSlice()
				ip[len(ip)-2], ip[len(ip)-1] = byte(i>>8), byte(i)
				a, _ := netip.AddrFromSlice(ip)
				return netip.AddrPortFrom(a, 6881)
			}
			hash := krpc.ID{0x80}
			for i := range 300 {
				n.Table().Answered(1, krpc.Contact{ID: krpc.ID{byte(i), byte(i >> 8), 1}, Addr: host(i + 2)}, 1, nil)
				n.Peers().Announce(1, hash, host(i+2), false)
			}
			q := krpc.Query{Method: "get_peers", Tx: bytes.Repeat([]byte{'t'}, krpc.MaxTx), ID: krpc.ID{3}, Target: hash}
			n.Receive(2, host(1000), q.Append(nil))
			if longest == 0 || longest > 1024 {
				t.Errorf("%v, K %d: an answer of %d bytes", own, k, longest)
			}
		}
	}
}

// The queries that are unanswered when a search ends still count: silence as silence, a late answer
// as an answer. Otherwise the table would wait for ever.
func TestQuestionsOutliveTheirSearch(t *testing.T) {
	for _, late := range []bool{false, true} {
		net := &dhttest.Net{Delay: 20 * time.Millisecond}
		asker := net.Add(dht.Config{Addr: dhttest.Addr(0)}, 1)
		for i := 1; i <= 12; i++ {
			n := net.Add(dht.Config{Addr: dhttest.Addr(i)}, uint64(i+1))
			asker.Table().Answered(net.Now(), krpc.Contact{ID: n.ID(), Addr: n.Addr()}, 1, nil)
		}
		slow := net.Add(dht.Config{Addr: dhttest.Addr(99)}, 99)
		gone := krpc.Contact{ID: slow.ID(), Addr: slow.Addr()}
		asker.Table().Heard(net.Now(), gone)
		var kept [][]byte
		net.Lose = func(from, to netip.AddrPort, packet []byte) bool {
			if to == gone.Addr {
				kept = append(kept, bytes.Clone(packet))
			}
			return to == gone.Addr
		}
		told := 0
		r := search(t, net, func(now dht.Time, done func(dht.Time, *dht.Result)) {
			cfg := dht.SearchConfig{K: 4, OnReply: func(_ dht.Time, r dht.Reply) {
				if r.From.Addr == gone.Addr {
					told++
				}
			}}
			asker.AnnouncePeer(now, gone.ID, 1, cfg, done)
		})
		if len(kept) != 1 || r.Stored != 4 || told != 0 || r.Trace.Errors != 0 || r.Trace.Timeouts != 0 {
			t.Errorf("%d sent, %d told, %d stored, %+v", len(kept), told, r.Stored, r.Trace)
		}
		for _, s := range r.Trace.Path {
			if s.Addr == gone.Addr && s.Outcome != dht.OutcomePending {
				t.Errorf("the silent one counts as %v", s.Outcome)
			}
		}
		if late {
			net.Lose = nil
			slow.Receive(net.Now(), asker.Addr(), kept[0])
		}
		net.Run(10 * time.Second)
		e, _ := asker.Table().Get(net.Now(), gone.ID)
		if want := map[bool]table.Status{true: table.Good, false: table.Unverified}[late]; e.Status != want || (e.Failures == 1) == late {
			t.Errorf("late %v: the table has it as %+v, want %v", late, e, want)
		}
		if s := asker.Stats(); s.Pending != 0 || s.Searches != 0 {
			t.Errorf("left behind: %+v", s)
		}
	}
}

// A query that its asker gives up still tells the table, and not much later than
// any other would.
func TestStoppedQueriesTellTheTable(t *testing.T) {
	net := &dhttest.Net{Delay: 20 * time.Millisecond}
	asker := net.Add(dht.Config{Addr: dhttest.Addr(0)}, 1)
	gone := krpc.Contact{ID: krpc.ID{9}, Addr: dhttest.Addr(9)}
	asker.Table().Heard(net.Now(), gone)
	told := 0
	stop := asker.Query(net.Now(), gone, dht.Call{Method: "ping", Timeout: time.Hour}, func(_ dht.Time, r dht.Reply) { told++ })
	stop()
	stop()
	net.Run(10 * time.Second)
	e, _ := asker.Table().Get(net.Now(), gone.ID)
	if told != 1 || e.Failures != 1 || asker.Stats().Pending != 0 {
		t.Errorf("told %d times, %d pending, %+v", told, asker.Stats().Pending, e)
	}
}

// A node that answers everything with errors is of no use: it must not stay in
// the way of others, as one that the table waits for.
func TestErrorsAreNoAnswers(t *testing.T) {
	b := newBench(t)
	c := krpc.Contact{ID: krpc.ID{7}, Addr: stranger}
	b.node.Table().Heard(b.now, c)
	for range table.BadAfter {
		b.sent = nil
		b.node.Query(b.now, c, dht.Call{Method: "ping"}, func(dht.Time, dht.Reply) {})
		var m krpc.Message
		if err := m.Parse(b.sent[0]); err != nil {
			t.Fatal(err)
		}
		b.node.Receive(b.now, stranger, krpc.AppendError(nil, 202, "no", m.Tx, netip.AddrPort{}, ""))
	}
	if e, _ := b.node.Table().Get(b.now, c.ID); e.Status != table.Bad {
		t.Errorf("it is %v, want bad", e.Status)
	}
}

// The pings of the table's own are sent even while others have used up all there
// is to be asked; it would wait for their outcome for ever.
func TestTableIsNotStarvedByABusyNode(t *testing.T) {
	net := &dhttest.Net{Delay: 20 * time.Millisecond}
	busy := net.Add(dht.Config{Addr: dhttest.Addr(0), MaxPending: 1}, 1)
	other := net.Add(dht.Config{Addr: dhttest.Addr(1)}, 2)
	busy.Query(net.Now(), krpc.Contact{Addr: dhttest.Addr(50)}, dht.Call{Method: "ping", Timeout: time.Hour}, func(dht.Time, dht.Reply) {})
	other.Query(net.Now(), krpc.Contact{Addr: busy.Addr()}, dht.Call{Method: "ping"}, func(dht.Time, dht.Reply) {})
	net.Run(time.Minute)
	if e, _ := busy.Table().Get(net.Now(), other.ID()); e.Status != table.Good {
		t.Errorf("who queried us is %v after a minute, want good", e.Status)
	}
}

// A hook that ended a query and yet says that it did not keep it has decided.
func TestHookThatEndsAQueryAtOnce(t *testing.T) {
	for _, keep := range []bool{false, true} {
		b := newBench(t)
		b.node.SetHooks(dht.Hooks{Query: func(now dht.Time, q *dht.Incoming) bool {
			q.Refuse(now, 202, "busy")
			return keep
		}})
		b.ask(pingQuery)
		if s := b.node.Stats(); s.PacketsOut != 1 || s.ErrorsOut != 1 {
			t.Errorf("keep %v: %d answers, %d refusals", keep, s.PacketsOut, s.ErrorsOut)
		}
	}
}
