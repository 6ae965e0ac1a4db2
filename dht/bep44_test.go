package dht_test

import (
	"crypto/ed25519"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/dhttest"
	"github.com/lightdht/lightdht/dht/krpc"
)

// signed returns a mutable item under the key of a seed.
func signed(seed byte, salt string, seq int64, value string) krpc.Item {
	item := krpc.Item{Value: krpc.AppendString(nil, value), Salt: []byte(salt), Seq: seq}
	item.Sign(ed25519.NewKeyFromSeed([]byte(strings.Repeat(string(seed), 32))))
	return item
}

func put(t *testing.T, net *dhttest.Net, n *dht.Node, item krpc.Item, cas *int64) *dht.Result {
	t.Helper()
	return search(t, net, func(now dht.Time, done func(dht.Time, *dht.Result)) {
		n.Put(now, item, cas, dht.SearchConfig{}, done)
	})
}

func get(t *testing.T, net *dhttest.Net, n *dht.Node, target krpc.ID, salt string) *dht.Result {
	t.Helper()
	return search(t, net, func(now dht.Time, done func(dht.Time, *dht.Result)) {
		n.Get(now, target, dht.SearchConfig{Salt: []byte(salt)}, done)
	})
}

func TestItemsArePutAndGot(t *testing.T) {
	net, nodes := swarm(t, 40, dht.BucketsTable)
	for _, item := range []krpc.Item{
		{Value: []byte("12:Hello World!")},
		{Value: krpc.AppendString(nil, strings.Repeat("x", 996))},
		signed('a', "", 1, "first"),
		signed('a', "salt", 0, "salted"),
	} {
		if r := put(t, net, nodes[3], item, nil); r.Err != nil || r.Stored != 8 || r.Item != nil {
			t.Errorf("put: %d stored, item %v, %v; want 8 and none before", r.Stored, r.Item, r.Err)
		}
		r := get(t, net, nodes[30], item.Target(), string(item.Salt))
		if r.Err != nil || r.Item == nil || string(r.Item.Value) != string(item.Value) || r.Item.Seq != item.Seq {
			t.Errorf("get: %+v, %v; want %q", r.Item, r.Err, item.Value)
		}
	}
}

func TestNothingToGet(t *testing.T) {
	net, nodes := swarm(t, 20, dht.BucketsTable)
	if r := get(t, net, nodes[3], krpc.ID{1}, ""); r.Err != dht.ErrNotFound || r.Item != nil {
		t.Errorf("got %v, %v, want ErrNotFound", r.Item, r.Err)
	}
	item := signed('a', "salt", 1, "x")
	put(t, net, nodes[3], item, nil)
	if r := get(t, net, nodes[5], item.Target(), "another"); r.Err != dht.ErrNotFound { // it does not verify
		t.Errorf("got %v, %v with another salt", r.Item, r.Err)
	}
}

// The highest seq of all answers counts, not that of the first or the last.
func TestGetTakesTheHighestSeq(t *testing.T) {
	net, nodes := swarm(t, 30, dht.BucketsTable)
	old, new := signed('b', "", 1, "old"), signed('b', "", 2, "new")
	put(t, net, nodes[0], old, nil)
	for _, n := range nodes { // one of them has heard of the update
		if _, holds := n.Items().Get(net.Now(), old.Target()); holds {
			if err := n.Items().Put(net.Now(), &new, nil, dhttest.Addr(1).Addr()); err != nil {
				t.Fatal(err)
			}
			break
		}
	}
	r := get(t, net, nodes[12], old.Target(), "")
	if r.Item == nil || r.Item.Seq != 2 || string(r.Item.Value) != "3:new" {
		t.Fatalf("got %+v, want seq 2", r.Item)
	}
	seqs := map[int64]int{}
	for _, step := range r.Trace.Path {
		if step.Item {
			seqs[step.Seq]++
		}
	}
	if seqs[2] != 1 || seqs[1] != 7 {
		t.Errorf("the trace shows the seqs %v, want 2 once and 1 seven times", seqs)
	}
}

func TestPutTellsWhatEachNodeDid(t *testing.T) {
	net, nodes := swarm(t, 30, dht.BucketsTable)
	put(t, net, nodes[0], signed('c', "", 5, "five"), nil)
	for _, c := range []struct {
		name string
		item krpc.Item
		cas  *int64
		code int
	}{
		{"renewed", signed('c', "", 5, "five"), nil, 0},
		{"seq too low", signed('c', "", 4, "four"), nil, krpc.CodeSeqTooLow},
		{"same seq, other value", signed('c', "", 5, "other"), nil, krpc.CodeSeqTooLow},
		{"cas mismatch", signed('c', "", 6, "six"), new(int64(4)), krpc.CodeCasMismatch},
		{"cas of 0 counts", signed('c', "", 6, "six"), new(int64(0)), krpc.CodeCasMismatch},
		{"cas match", signed('c', "", 6, "six"), new(int64(5)), 0},
		{"bad signature", func() krpc.Item { i := signed('c', "", 7, "x"); i.Sig[0] ^= 1; return i }(), nil, krpc.CodeBadSignature},
		{"value too big", krpc.Item{Value: krpc.AppendString(nil, strings.Repeat("x", 997))}, nil, krpc.CodeValueTooBig},
		{"salt too big", signed('c', strings.Repeat("s", 65), 1, "x"), nil, krpc.CodeSaltTooBig},
		{"unsorted", krpc.Item{Value: []byte("d1:bi1e1:ai1ee")}, nil, krpc.CodeProtocol},
	} {
		r := put(t, net, nodes[9], c.item, c.cas)
		told := 0
		for _, step := range r.Trace.Path {
			if step.Method != "put" {
				continue
			}
			told++
			var remote *krpc.Error
			if errors.As(step.Err, &remote); c.code == 0 && step.Err != nil || c.code != 0 && (remote == nil || remote.Code != c.code) {
				t.Errorf("%s: %v, want code %d", c.name, step.Err, c.code)
			}
		}
		if want := map[bool]int{true: 8}[c.code == 0]; told != 8 || r.Stored != want {
			t.Errorf("%s: %d told, %d stored, want 8 and %d", c.name, told, r.Stored, want)
		}
	}
}

// An item is gone after two hours, unless it is kept; then it survives the nodes that held it.
func TestKeep(t *testing.T) {
	for _, keep := range []bool{false, true} {
		net, nodes := swarm(t, 40, dht.BucketsTable)
		item := signed('d', "", 1, "kept")
		put(t, net, nodes[0], item, nil)
		if keep && !nodes[0].Keep(net.Now(), item) {
			t.Fatal("not kept")
		}
		for _, n := range nodes[1:] {
			if _, holds := n.Items().Get(net.Now(), item.Target()); holds {
				net.Remove(n.Addr())
			}
		}
		net.Run(3 * time.Hour)
		if r := get(t, net, nodes[0], item.Target(), ""); (r.Item != nil) != keep {
			t.Errorf("keep %v: after three hours got %v, %v", keep, r.Item, r.Err)
		}
		if nodes[0].Forget(item.Target()) != keep || nodes[0].Forget(item.Target()) {
			t.Errorf("keep %v: Forget says otherwise", keep)
		}
	}
}

// A newer item of the same key replaces the one that is kept.
func TestKeepFollowsUpdates(t *testing.T) {
	net, nodes := swarm(t, 20, dht.BucketsTable)
	item := signed('e', "", 1, "one")
	put(t, net, nodes[0], item, nil)
	nodes[0].Keep(net.Now(), item)
	net.Run(50 * time.Minute)
	put(t, net, nodes[1], signed('e', "", 2, "two"), nil)
	net.Run(4 * time.Hour)
	if r := get(t, net, nodes[2], item.Target(), ""); r.Item == nil || r.Item.Seq != 2 {
		t.Errorf("got %+v, %v, want seq 2", r.Item, r.Err)
	}
}

// Where there are more than eight copies, all in place, nothing is put again.
func TestKeepSparesTheNetwork(t *testing.T) {
	net, nodes := swarm(t, 30, dht.BucketsTable)
	item := signed('f', "", 1, "many")
	for _, n := range nodes[1:] {
		if err := n.Items().Put(net.Now(), &item, nil, dhttest.Addr(1).Addr()); err != nil {
			t.Fatal(err)
		}
	}
	nodes[0].Keep(net.Now(), item)
	net.Run(61 * time.Minute)
	for i, n := range nodes[1:] {
		if n.Stats().ItemsIn != 0 {
			t.Fatalf("node %d was sent a put", i+1)
		}
	}
}

// While an old item is put again, its owner may have made a newer one than all that
// the network holds.
func TestKeepDoesNotGoBack(t *testing.T) {
	net, nodes := swarm(t, 20, dht.BucketsTable)
	put(t, net, nodes[1], signed('g', "", 2, "two"), nil)
	nodes[0].Keep(net.Now(), signed('g', "", 1, "one"))
	net.Run(time.Hour) // the put of "one" begins now
	five := signed('g', "", 5, "five")
	nodes[0].Keep(net.Now(), five)
	net.Run(65 * time.Minute)
	if r := get(t, net, nodes[9], five.Target(), ""); r.Item == nil || r.Item.Seq != 5 {
		t.Errorf("got %+v, %v, want seq 5", r.Item, r.Err)
	}
}

// Of a kept item and what the network has, the newer is put, however many copies of the
// other there are.
func TestTheNewerItemIsPut(t *testing.T) {
	one, two := signed('h', "", 1, "one"), signed('h', "", 2, "two")
	for _, c := range []struct {
		name        string
		theirs, own krpc.Item
		holders     int // how many nodes have theirs
	}{
		{"all have an old one", one, two, 30},
		{"one has an old one", one, two, 1},
		{"one has a newer one", two, one, 1},
	} {
		net, nodes := swarm(t, 30, dht.BucketsTable)
		near := search(t, net, func(now dht.Time, done func(dht.Time, *dht.Result)) {
			nodes[0].FindNode(now, one.Target(), dht.SearchConfig{}, done)
		})
		for i, n := range nodes[1:] {
			if c.holders > 1 || near.Closest[0].Addr == dhttest.Addr(i+1) {
				if err := n.Items().Put(net.Now(), &c.theirs, nil, dhttest.Addr(1).Addr()); err != nil {
					t.Fatal(err)
				}
			}
		}
		nodes[0].Keep(net.Now(), c.own)
		net.Run(61 * time.Minute)
		seqs := map[int64]int{}
		for _, n := range nodes {
			if it, ok := n.Items().Get(net.Now(), one.Target()); ok {
				seqs[it.Seq]++
			}
		}
		if seqs[2] != 8 || c.holders == 1 && seqs[1] != 0 {
			t.Errorf("%s: the seqs that are stored: %v, want 2 at eight nodes", c.name, seqs)
		}
	}
}

// An item that is kept twice is republished once.
func TestKeepTwice(t *testing.T) {
	d := newDoor(t, dht.Config{})
	item := signed('i', "", 1, "one")
	for range 1001 { // more than may be kept
		if !d.node.Keep(d.now, item) {
			t.Fatal("not kept")
		}
	}
	if !d.node.Forget(item.Target()) || d.node.Forget(item.Target()) {
		t.Error("it was kept more than once, or not at all")
	}
}
