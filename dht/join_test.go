package dht_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/dhttest"
	"github.com/lightdht/lightdht/dht/krpc"
)

// Where half of all datagrams are lost, each of two hundred joins gets through in the time
// allowed, whatever was lost.
func TestJoinsGetThroughLoss(t *testing.T) {
	for seed := range uint64(200) {
		chance := rand.New(rand.NewPCG(seed, 13))
		net := &dhttest.Net{Delay: 20 * time.Millisecond}
		net.Lose = func(_, _ netip.AddrPort, _ []byte) bool { return chance.Uint64()&1 == 0 }
		net.Add(dht.Config{Addr: dhttest.Addr(1)}, 1)
		n := net.Add(dht.Config{Addr: dhttest.Addr(2)}, 1000+seed)
		var r *dht.Result
		n.Bootstrap(net.Now(), []netip.AddrPort{dhttest.Addr(1)}, func(_ dht.Time, done *dht.Result) { r = done })
		net.Until(net.Now().Add(20*time.Second), func() bool { return r != nil })
		if r == nil || r.Err != nil || r.Trace.Replies == 0 {
			t.Errorf("seed %d: %+v", seed, r)
		}
	}
}

// A node that starts before the one it joins through is a member as soon as that is there.
func TestJoinWaitsForItsEntry(t *testing.T) {
	for _, late := range []time.Duration{time.Second, 14 * time.Second, time.Hour} {
		net := &dhttest.Net{Delay: 20 * time.Millisecond}
		n := net.Add(dht.Config{Addr: dhttest.Addr(2)}, 2)
		limit := time.Duration(0)
		if late > dht.JoinTime {
			limit = -1
		}
		var r *dht.Result
		n.Join(net.Now(), dht.JoinConfig{Through: []netip.AddrPort{dhttest.Addr(1)}, For: limit}, func(_ dht.Time, done *dht.Result) { r = done })
		net.Run(late)
		if r != nil {
			t.Fatalf("after %v: %+v", late, r)
		}
		net.Add(dht.Config{Addr: dhttest.Addr(1)}, 1)
		net.Run(31 * time.Second)
		if r == nil || r.Err != nil || n.Table().Len() == 0 {
			t.Errorf("its entry came after %v: %+v", late, r)
		}
	}
}

// One who never gets an answer is told so when its time is over, and has asked some forty
// times, ever more slowly.
func TestJoinEnds(t *testing.T) {
	net := &dhttest.Net{Delay: 20 * time.Millisecond}
	n := net.Add(dht.Config{Addr: dhttest.Addr(2)}, 2)
	var r *dht.Result
	n.Bootstrap(net.Now(), []netip.AddrPort{dhttest.Addr(1)}, func(_ dht.Time, done *dht.Result) { r = done })
	net.Run(16 * time.Second)
	if r == nil || r.Err != dht.ErrNoAnswer || r.Trace.Duration < dht.JoinTime || r.Trace.Queries < 35 || r.Trace.Queries > 45 {
		t.Fatalf("%+v", r)
	}
	last := r.Trace.Path[len(r.Trace.Path)-1]
	before := r.Trace.Path[len(r.Trace.Path)-2]
	if first := r.Trace.Path[1].Sent; last.Sent-before.Sent <= first {
		t.Errorf("a pause of %v at first, of %v at last", first, last.Sent-before.Sent)
	}
}

// An answer counts however late it comes, as long as the node has not given up.
func TestLateAnswerToJoinCounts(t *testing.T) {
	net := &dhttest.Net{Delay: 1900 * time.Millisecond}
	net.Add(dht.Config{Addr: dhttest.Addr(1)}, 1)
	n := net.Add(dht.Config{Addr: dhttest.Addr(2)}, 2)
	var r *dht.Result
	n.Bootstrap(net.Now(), []netip.AddrPort{dhttest.Addr(1)}, func(_ dht.Time, done *dht.Result) { r = done })
	net.Run(10 * time.Second)
	if r == nil || r.Err != nil || r.Trace.Replies == 0 {
		t.Errorf("%+v", r)
	}
}

// refusing has a node answer the first count find_nodes with rTorrent's error, and all else as
// always.
func refusing(n *dht.Node, count int) {
	n.SetHooks(dht.Hooks{Query: func(now dht.Time, q *dht.Incoming) bool {
		if string(q.Message.Method) != "find_node" {
			return false
		}
		count--
		return count >= 0 && q.Refuse(now, 201, "No nodes")
	}})
}

// An entry that answers with errors for a while is asked again as one is that is silent, no
// sooner, and a proper answer counts as soon as it comes.
func TestJoinOutlivesErrors(t *testing.T) {
	net := &dhttest.Net{Delay: 20 * time.Millisecond}
	refusing(net.Add(dht.Config{Addr: dhttest.Addr(1)}, 1), 3)
	n := net.Add(dht.Config{Addr: dhttest.Addr(2)}, 2)
	var said []error
	var r *dht.Result
	cfg := dht.JoinConfig{Through: []netip.AddrPort{dhttest.Addr(1)}, OnReply: func(_ dht.Time, r dht.Reply) { said = append(said, r.Err) }}
	n.Join(net.Now(), cfg, func(_ dht.Time, done *dht.Result) { r = done })
	net.Run(time.Second)
	if r == nil || r.Err != nil || r.Trace.Errors != 3 || r.Trace.Replies != 1 || r.Trace.Queries != 4 || r.Trace.Pending != 0 {
		t.Fatalf("%+v", r)
	}
	for i, want := range []time.Duration{0, 250 * time.Millisecond, 505 * time.Millisecond} {
		if got := r.Trace.Path[i].Sent; got != want {
			t.Errorf("query %d was sent after %v, want %v", i, got, want)
		}
	}
	if refusal, _ := errors.AsType[*krpc.Error](said[2]); len(said) != 4 || refusal == nil || refusal.Code != 201 || said[3] != nil {
		t.Errorf("it told of %v", said)
	}
	if s := n.Stats(); s.Pending != 0 || s.Searches != 0 {
		t.Errorf("left behind: %+v", s)
	}
}

// An entry that answers with nothing but errors costs no more queries than a silent one, and
// not a moment more.
func TestJoinEndsAmongErrors(t *testing.T) {
	net := &dhttest.Net{Delay: 20 * time.Millisecond}
	refusing(net.Add(dht.Config{Addr: dhttest.Addr(1)}, 1), 1e6)
	n := net.Add(dht.Config{Addr: dhttest.Addr(3)}, 3)
	var r *dht.Result
	entry := []netip.AddrPort{dhttest.Addr(1), dhttest.Addr(2)} // nobody is at the second
	n.Bootstrap(net.Now(), entry, func(_ dht.Time, done *dht.Result) { r = done })
	net.Run(16 * time.Second)
	if r == nil || r.Err != dht.ErrNoAnswer || r.Trace.Duration < dht.JoinTime || r.Trace.Queries > 90 {
		t.Fatalf("%+v", r)
	}
	if sum := r.Trace.Errors + r.Trace.Timeouts + r.Trace.Pending; r.Trace.Errors < 20 || r.Trace.Timeouts < 15 || sum != r.Trace.Queries {
		t.Errorf("%d errors, %d timeouts, %d pending of %d queries", r.Trace.Errors, r.Trace.Timeouts, r.Trace.Pending, r.Trace.Queries)
	}
}

// Among entries that refuse, are silent or come late, the one that answers lets the node in.
func TestJoinThroughTheOneThatAnswers(t *testing.T) {
	net := &dhttest.Net{Delay: 20 * time.Millisecond}
	refusing(net.Add(dht.Config{Addr: dhttest.Addr(1)}, 1), 1e6)
	n := net.Add(dht.Config{Addr: dhttest.Addr(4)}, 4)
	var r *dht.Result
	n.Bootstrap(net.Now(), []netip.AddrPort{dhttest.Addr(1), dhttest.Addr(2), dhttest.Addr(3)}, func(_ dht.Time, done *dht.Result) { r = done })
	net.Run(10 * time.Second)
	net.Add(dht.Config{Addr: dhttest.Addr(3)}, 3)
	net.Run(2 * time.Second)
	if r == nil || r.Err != nil || r.Trace.Replies != 1 || r.Trace.Duration > 11*time.Second {
		t.Errorf("%+v", r)
	}
}

// A node that refuses, and that another one named, is asked once.
func TestJoinAsksOthersOnce(t *testing.T) {
	net := &dhttest.Net{Delay: 20 * time.Millisecond}
	entry := net.Add(dht.Config{Addr: dhttest.Addr(1)}, 1)
	other := net.Add(dht.Config{Addr: dhttest.Addr(2)}, 2)
	entry.Table().Answered(0, krpc.Contact{ID: other.ID(), Addr: other.Addr()}, time.Millisecond, nil)
	refusing(other, 1e6)
	n := net.Add(dht.Config{Addr: dhttest.Addr(3)}, 3)
	var r *dht.Result
	n.Join(net.Now(), dht.JoinConfig{Through: []netip.AddrPort{dhttest.Addr(1)}, For: -1}, func(_ dht.Time, done *dht.Result) { r = done })
	net.Run(time.Second)
	if r == nil || r.Err != nil || r.Trace.Errors != 1 || r.Trace.Queries != 2 {
		t.Errorf("%+v", r)
	}
}

// An answer that the error of the same query came before is not taken for that of another.
func TestAnswerAfterErrorIsUnmatched(t *testing.T) {
	d := newDoor(t, dht.Config{Addr: dhttest.Addr(1)})
	d.node.Join(d.now, dht.JoinConfig{Through: []netip.AddrPort{dhttest.Addr(2)}, For: -1}, func(dht.Time, *dht.Result) { t.Error("it is over") })
	var m krpc.Message
	if err := m.Parse(bytes.Clone(d.answer)); err != nil {
		t.Fatal(err)
	}
	d.node.Receive(d.now, dhttest.Addr(2), []byte("d1:eli201e8:No nodese1:t4:"+string(m.Tx)+"1:y1:ee"))
	d.node.Receive(d.now, dhttest.Addr(2), reply(&m, krpc.ID{2}, "5:nodes0:"))
	if s := d.node.Stats(); s.ErrorsIn != 1 || s.Unmatched != 1 || s.RepliesIn != 0 || d.sent != 1 {
		t.Errorf("%d datagrams sent; %+v", d.sent, s)
	}
}
