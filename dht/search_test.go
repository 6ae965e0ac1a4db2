package dht_test

import (
	"math"
	"net/netip"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/dhttest"
	"github.com/lightdht/lightdht/dht/krpc"
)

// A search that its caller stops, even from within its own callback, sends no more queries and
// calls back once.
func TestStoppedSearchesAskNobody(t *testing.T) {
	for after := range 30 {
		net, nodes := swarm(t, 30, dht.BucketsTable)
		n, replies, ended := nodes[7], 0, 0
		var s *dht.Search
		var sent uint64
		stop := func() {
			s.Stop()
			s.Stop()
			sent = n.Stats().QueriesOut
		}
		s = n.AnnouncePeer(net.Now(), krpc.ID{1}, 4711, dht.SearchConfig{OnReply: func(dht.Time, dht.Reply) {
			if replies++; replies == after {
				stop()
			}
		}}, func(_ dht.Time, r *dht.Result) {
			if ended++; sent > 0 && (r.Err != dht.ErrStopped || r.Stored != 0) {
				t.Errorf("stopped after %d replies: %v, %d stored", after, r.Err, r.Stored)
			}
		})
		if after == 0 {
			stop()
		}
		net.Until(net.Now().Add(time.Minute), func() bool { return ended > 0 })
		if out := n.Stats().QueriesOut; sent > 0 && out != sent {
			t.Errorf("stopped after %d replies: %d queries were sent all the same", after, out-sent)
		}
		net.Run(10 * time.Second)
		if st := n.Stats(); ended != 1 || st.Searches != 0 || st.Pending != 0 {
			t.Errorf("stopped after %d replies: ended %d times, %+v", after, ended, st)
		}
	}
}

// A search for any number of nodes works.
func TestSearchForVeryMany(t *testing.T) {
	net, nodes := outside(t, 12, dht.Config{QueryRate: 1000})
	nodes[12].Bootstrap(net.Now(), []netip.AddrPort{public(0)}, nil)
	net.Run(time.Minute)
	for _, k := range []int{1 << 20, math.MaxInt/2 + 1, math.MaxInt} {
		r := search(t, net, func(now dht.Time, done func(dht.Time, *dht.Result)) {
			nodes[12].AnnouncePeer(now, krpc.ID{1}, 1, dht.SearchConfig{K: k, Alpha: k, MaxQueries: k}, done)
		})
		if r.Err != nil || r.Stored != 12 {
			t.Errorf("K %d: %d stored, %v; want all 12", k, r.Stored, r.Err)
		}
	}
}

// A search may be stopped at any moment; it ends once.
func TestSearchesAreStoppedAtAnyMoment(t *testing.T) {
	for at := time.Duration(0); at < 400*time.Millisecond; at += 10 * time.Millisecond {
		net, nodes := mixed(t, 20)
		for _, node := range []int{0, 1, 2} {
			ended := 0
			s := nodes[node].AnnouncePeer(net.Now(), krpc.ID{9}, 1, dht.SearchConfig{}, func(_ dht.Time, r *dht.Result) {
				if ended++; r.Err != nil && r.Err != dht.ErrStopped {
					t.Errorf("after %v: %v", at, r.Err)
				}
			})
			net.Run(at)
			before := ended
			s.Stop()
			net.Run(10 * time.Second)
			if st := nodes[node].Stats(); ended != 1 || st.Searches != 0 {
				t.Errorf("node %d after %v: ended %d times, before that %d, %d go on", node, at, ended, before, st.Searches)
			}
		}
	}
}

// An announce goes only to nodes that answered under the id by which they were named: a token under
// another id, however near, is not used.
func TestNoAnnounceToWhoFollowsTheTarget(t *testing.T) {
	net, nodes := swarm(t, 20, dht.BucketsTable)
	target := krpc.ID([]byte("a target of 20 bytes"))
	asked := 0
	for _, n := range nodes[:10] {
		n.SetHooks(dht.Hooks{Query: func(now dht.Time, q *dht.Incoming) bool {
			switch string(q.Message.Method) {
			case "get_peers":
				asked++
				q.Reply(now, []byte("d2:id20:"+string(target[:])+"5:token4:liese"))
			case "announce_peer":
				t.Error("it was announced to who follows the target")
			}
			return false
		}})
	}
	r := search(t, net, func(now dht.Time, done func(dht.Time, *dht.Result)) {
		nodes[15].AnnouncePeer(now, target, 1, dht.SearchConfig{}, done)
	})
	if asked == 0 || r.Stored != 8 {
		t.Errorf("%d of the liars were asked; %d stored", asked, r.Stored)
	}
}

// The path says when a query left, not when it was ready to.
func TestPathSaysWhenQueriesLeft(t *testing.T) {
	net, nodes := outside(t, 12, dht.Config{QueryRate: 2})
	r := search(t, net, func(now dht.Time, done func(dht.Time, *dht.Result)) {
		nodes[12].FindNode(now, krpc.ID{1}, dht.SearchConfig{Start: []netip.AddrPort{public(0), public(1), public(2)}}, done)
	})
	for i, step := range r.Trace.Path[:3] {
		if want := time.Duration(i) * time.Second / 2; step.Sent != want || step.RTT != 40*time.Millisecond {
			t.Errorf("query %d left after %v and took %v, want %v and 40ms", i, step.Sent, step.RTT, want)
		}
	}
}

// An id that answers at two addresses counts once among those that are told.
func TestOneIDIsToldOnce(t *testing.T) {
	net, nodes := swarm(t, 6, dht.FlatTable)
	var told []krpc.ID
	for _, n := range nodes[:2] {
		n.SetHooks(dht.Hooks{Query: func(now dht.Time, q *dht.Incoming) bool {
			if string(q.Message.Method) == "announce_peer" {
				told = append(told, krpc.ID{9})
			}
			q.Reply(now, []byte("d2:id20:\x09"+string(make([]byte, 19))+"5:token4:samee"))
			return true
		}})
	}
	n := net.Add(dht.Config{Addr: dhttest.Addr(60)}, 60)
	search(t, net, func(now dht.Time, done func(dht.Time, *dht.Result)) {
		n.AnnouncePeer(now, krpc.ID{8}, 1, dht.SearchConfig{Start: []netip.AddrPort{dhttest.Addr(0), dhttest.Addr(1)}}, done)
	})
	if len(told) != 1 {
		t.Errorf("the id at two addresses was told %d times", len(told))
	}
}
