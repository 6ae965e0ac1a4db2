package dht_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// An announce or a put that no node took is a failure if some node refused, with the most frequent
// code. It is a success if one node takes it, and no failure if all are silent: perhaps only their
// answers were lost.
func TestNobodyTakesIt(t *testing.T) {
	for _, c := range []struct {
		name    string
		answers []int // of the nearest first, and of the rest the last: an error code, 0 for silence, 1 for a reply
		code    int
		stored  int
	}{
		{"all refuse", []int{301}, 301, 0},
		{"most refuse otherwise than the nearest", []int{204, 301, 301, 203, 204, 301, 203, 203}, 301, 0},
		{"one refuses, the others are silent", []int{0, 0, 302, 0}, 302, 0},
		{"all are silent", []int{0}, 0, 0},
		{"one takes it", []int{301, 301, 1, 301}, 0, 1},
		{"all take it", []int{1}, 0, 8},
	} {
		net, nodes := swarm(t, 20, dht.BucketsTable)
		told := 0
		for _, n := range nodes {
			n.SetHooks(dht.Hooks{Query: func(now dht.Time, q *dht.Incoming) bool {
				if m := string(q.Message.Method); m != "put" && m != "announce_peer" {
					return false
				}
				answer := c.answers[min(told, len(c.answers)-1)]
				told++
				switch {
				case answer == 0:
					q.Drop()
				case answer == 1:
					q.Default(now)
				default:
					q.Refuse(now, answer, "no")
				}
				return true
			}})
		}
		for i, begin := range []func(now dht.Time, done func(dht.Time, *dht.Result)){
			func(now dht.Time, done func(dht.Time, *dht.Result)) {
				nodes[3].AnnouncePeer(now, krpc.ID{1}, 4711, dht.SearchConfig{}, done)
			},
			func(now dht.Time, done func(dht.Time, *dht.Result)) {
				nodes[3].Put(now, krpc.Item{Value: []byte("i1e")}, nil, dht.SearchConfig{}, done)
			},
		} {
			told = 0
			r := search(t, net, begin)
			refused, ok := errors.AsType[*krpc.Error](r.Err)
			switch {
			case ok != (c.code != 0), ok && refused.Code != c.code, !ok && r.Err != nil, r.Stored != c.stored:
				t.Errorf("%s, %d: %v, %d stored", c.name, i, r.Err, r.Stored)
			case ok && !strings.HasPrefix(r.Err.Error(), "none of the 8 nodes that were told took it: "):
				t.Errorf("%s, %d: %v", c.name, i, r.Err)
			}
		}
	}
}

// An announce expires unless it is kept; then it lives as long as the node is up and does not
// forget it.
func TestKeepPeer(t *testing.T) {
	net, nodes := swarm(t, 20, dht.BucketsTable)
	hash := krpc.ID{1}
	found := func() int {
		return len(search(t, net, func(now dht.Time, done func(dht.Time, *dht.Result)) {
			nodes[9].GetPeers(now, hash, dht.SearchConfig{}, done)
		}).Peers)
	}
	for _, port := range []uint16{1, 2} {
		nodes[3].AnnouncePeer(net.Now(), hash, port, dht.SearchConfig{}, nil)
	}
	if !nodes[3].KeepPeer(net.Now(), hash, 1, dht.SearchConfig{}) || !nodes[3].KeepPeer(net.Now(), hash, 1, dht.SearchConfig{}) {
		t.Fatal("not kept")
	}
	net.Run(20 * time.Minute)
	if n := found(); n != 2 {
		t.Errorf("%d peers after 20 minutes, want 2", n)
	}
	net.Run(6 * time.Hour)
	if n := found(); n != 1 {
		t.Errorf("%d peers after 6 hours, want the one that is kept", n)
	}
	if !nodes[3].Forget(hash) || nodes[3].Forget(hash) {
		t.Error("it is not forgotten, or twice")
	}
	net.Run(40 * time.Minute)
	if n := found(); n != 0 {
		t.Errorf("%d peers after it was forgotten", n)
	}
}

// Items and announces that are kept share one bound, and each is renewed in its time.
func TestKeepIsBounded(t *testing.T) {
	net, nodes := swarm(t, 2, dht.BucketsTable)
	n := nodes[1]
	for i := range 1000 {
		kept := n.KeepPeer(net.Now(), krpc.ID{byte(i), byte(i >> 8)}, 1, dht.SearchConfig{})
		if i%2 == 1 {
			n.Forget(krpc.ID{byte(i), byte(i >> 8)})
			kept = n.Keep(net.Now(), krpc.Item{Value: []byte{'2', ':', byte(i), byte(i >> 8)}})
		}
		if !kept {
			t.Fatalf("number %d is not kept", i)
		}
	}
	if n.KeepPeer(net.Now(), krpc.ID{255, 255}, 1, dht.SearchConfig{}) || n.Keep(net.Now(), krpc.Item{Value: []byte("0:")}) {
		t.Error("one more is kept")
	}
}
