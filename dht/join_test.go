package dht_test

import (
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/dhttest"
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
