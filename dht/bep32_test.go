package dht_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/dhttest"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/table"
)

// mixed makes a network of IPv4 nodes (number 0 modulo 3), IPv6 nodes (1) and nodes
// of both (2), each of which joins through one of both, the first.
func mixed(t *testing.T, n int) (*dhttest.Net, []*dht.Node) {
	t.Helper()
	net := &dhttest.Net{Delay: 20 * time.Millisecond}
	var nodes []*dht.Node
	for i := 2; i < n+2; i++ {
		cfg := dht.Config{Addr: dhttest.Addr(i)}
		switch i % 3 {
		case 1:
			cfg.Addr = dhttest.Addr6(i)
		case 2:
			cfg.Addr6 = dhttest.Addr6(i)
		}
		node := net.Add(cfg, uint64(i))
		if i > 2 {
			node.Bootstrap(net.Now(), []netip.AddrPort{dhttest.Addr(2), dhttest.Addr6(2)}, func(dht.Time, *dht.Result) {})
			net.Run(10 * time.Second)
		}
		nodes = append(nodes, node)
	}
	net.Run(time.Minute)
	return net, nodes
}

func families(contacts []krpc.Contact) (v4, v6 int) {
	for _, c := range contacts {
		if c.Addr.Addr().Is4() {
			v4++
		} else {
			v6++
		}
	}
	return v4, v6
}

func TestBothNetworksAreSearched(t *testing.T) {
	net, nodes := mixed(t, 60)
	for _, c := range []struct {
		node   int
		family dht.Family
		v4, v6 int
	}{
		{0, dht.Both, 8, 8}, {0, dht.V4, 8, 0}, {0, dht.V6, 0, 8},
		{1, dht.Both, 8, 0}, {2, dht.Both, 0, 8}, {2, dht.V6, 0, 8},
	} {
		r := search(t, net, func(now dht.Time, done func(dht.Time, *dht.Result)) {
			nodes[c.node].FindNode(now, krpc.ID{0xab}, dht.SearchConfig{Family: c.family}, done)
		})
		v4, v6 := families(r.Closest)
		if r.Err != nil || v4 != c.v4 || v6 != c.v6 {
			t.Errorf("node %d, family %d: found %d and %d, %v; want %d and %d", c.node, c.family, v4, v6, r.Err, c.v4, c.v6)
		}
		for i := 1; i < len(r.Closest); i++ {
			if krpc.Closer(krpc.ID{0xab}, r.Closest[i-1].ID, r.Closest[i].ID) > 0 {
				t.Errorf("node %d, family %d: not nearest first", c.node, c.family)
			}
		}
	}
	r := search(t, net, func(now dht.Time, done func(dht.Time, *dht.Result)) {
		nodes[1].FindNode(now, krpc.ID{0xab}, dht.SearchConfig{Family: dht.V6}, done)
	})
	if r.Err != dht.ErrFamily {
		t.Errorf("an IPv4 node searches the IPv6 network: %v", r.Err)
	}
}

func TestAnnouncesStayInTheirNetwork(t *testing.T) {
	net, nodes := mixed(t, 40)
	hash := krpc.ID{7, 7}
	r := search(t, net, func(now dht.Time, done func(dht.Time, *dht.Result)) {
		nodes[3].AnnouncePeer(now, hash, 4711, dht.SearchConfig{}, done) // a node of both
	})
	if r.Stored != 16 {
		t.Errorf("%d stored, want 8 in each network", r.Stored)
	}
	for i, want := range [][]netip.AddrPort{
		1: {netip.AddrPortFrom(dhttest.Addr(5).Addr(), 4711)},
		2: {netip.AddrPortFrom(dhttest.Addr6(5).Addr(), 4711)},
	} {
		r := search(t, net, func(now dht.Time, done func(dht.Time, *dht.Result)) {
			nodes[i].GetPeers(now, hash, dht.SearchConfig{}, done)
		})
		if i > 0 && (len(r.Peers) != 1 || r.Peers[0] != want[0]) {
			t.Errorf("node %d found %v, want %v", i, r.Peers, want)
		}
	}
}

func TestWant(t *testing.T) {
	net, nodes := mixed(t, 60)
	for _, c := range []struct {
		name  string
		to    netip.AddrPort
		want  krpc.Want
		lists krpc.Fields
	}{
		{"nothing, IPv4", dhttest.Addr(2), 0, krpc.HasNodes},
		{"nothing, IPv6", dhttest.Addr6(2), 0, krpc.HasNodes6},
		{"n4", dhttest.Addr6(2), krpc.Want4, krpc.HasNodes},
		{"n6", dhttest.Addr(2), krpc.Want6, krpc.HasNodes6},
		{"both", dhttest.Addr(2), krpc.Want4 | krpc.Want6, krpc.HasNodes | krpc.HasNodes6},
		{"n6 of a node without", dhttest.Addr(3), krpc.Want6, 0},
		{"both of a node without", dhttest.Addr(3), krpc.Want4 | krpc.Want6, krpc.HasNodes},
	} {
		var got krpc.Message
		call := dht.Call{Method: "find_node", Target: krpc.ID{1}, Want: c.want}
		nodes[3].Query(net.Now(), krpc.Contact{Addr: c.to}, call, func(_ dht.Time, r dht.Reply) {
			if r.Err != nil {
				t.Errorf("%s: %v", c.name, r.Err)
				return
			}
			got = r.Message.Clone()
		})
		net.Run(time.Second)
		if lists := got.Has & (krpc.HasNodes | krpc.HasNodes6); lists != c.lists {
			t.Errorf("%s: got lists %b, want %b", c.name, lists, c.lists)
		}
		if len(got.Nodes)%26 != 0 || len(got.Nodes6)%38 != 0 || len(got.Nodes) > 8*26 || len(got.Nodes6) > 8*38 {
			t.Errorf("%s: lists of %d and %d bytes", c.name, len(got.Nodes), len(got.Nodes6))
		}
	}
}

// The table of a node of both is one dictionary in the order first heard; a loop over
// it ends where it was when the loop began.
func TestTwoTablesAreOne(t *testing.T) {
	net, nodes := mixed(t, 50)
	known := nodes[0].Table()
	var entries []table.Entry
	end := known.End()
	for from := 0; ; {
		page, next := known.Page(net.Now(), from, make([]table.Entry, 0, 5))
		entries = append(entries, page...)
		if len(page) == 0 {
			break
		}
		from = next
	}
	if len(entries) != known.Len() {
		t.Errorf("%d entries of %d", len(entries), known.Len())
	}
	var v4, v6 int
	for i, e := range entries {
		if e.Addr.Addr().Is4() {
			v4++
		} else {
			v6++
		}
		if e.Seq >= end || i > 0 && entries[i-1].Seq >= e.Seq {
			t.Fatalf("entry %d has place %d, after %d, of %d", i, e.Seq, entries[max(i-1, 0)].Seq, end)
		}
	}
	if v4 == 0 || v6 == 0 {
		t.Errorf("%d and %d entries", v4, v6)
	}
	near := known.Nearest(net.Now(), krpc.ID{3}, 10)
	for i := range near[1:] {
		if krpc.Closer(krpc.ID{3}, near[i].ID, near[i+1].ID) > 0 {
			t.Error("not nearest first")
		}
	}
	if e, ok := known.Get(net.Now(), near[0].ID); !ok || !known.Remove(e.ID) {
		t.Error("the nearest is not there")
	}
	if _, ok := known.Get(net.Now(), near[0].ID); ok {
		t.Error("who was removed is still there")
	}
}

// A search in both networks that is stopped says so, also if one half was over by then.
func TestStopWhenOneNetworkIsDone(t *testing.T) {
	net, nodes := mixed(t, 30)
	net.Lose = func(_, to netip.AddrPort, _ []byte) bool { return to.Addr().Is6() }
	ended := 0
	s := nodes[0].FindNode(net.Now(), krpc.ID{1}, dht.SearchConfig{}, func(_ dht.Time, r *dht.Result) {
		if ended++; r.Err != dht.ErrStopped || len(r.Closest) != 8 {
			t.Errorf("%d found, %v, want 8 and ErrStopped", len(r.Closest), r.Err)
		}
	})
	net.Run(500 * time.Millisecond)
	s.Stop()
	net.Run(time.Second)
	if ended != 1 {
		t.Errorf("it ended %d times", ended)
	}
}

// A peer that both networks name is one peer.
func TestPeersOfBothNetworksOccurOnce(t *testing.T) {
	net, nodes := mixed(t, 3) // 0 is of both, 1 of IPv4, 2 of IPv6
	peer := netip.MustParseAddrPort("10.1.1.1:4711")
	for _, n := range nodes[1:] {
		n.SetHooks(dht.Hooks{Query: func(now dht.Time, q *dht.Incoming) bool {
			q.Reply(now, []byte("d6:valuesl6:\x0a\x01\x01\x01\x12\x67ee"))
			return true
		}})
	}
	r := search(t, net, func(now dht.Time, done func(dht.Time, *dht.Result)) {
		nodes[0].GetPeers(now, krpc.ID{1}, dht.SearchConfig{}, done)
	})
	if len(r.Peers) != 1 || r.Peers[0] != peer || r.Trace.Replies != 2 {
		t.Errorf("found %v in %d replies, want %v once", r.Peers, r.Trace.Replies, peer)
	}
}

// A node that ignores implied_port is given the port of its own network.
func TestImpliedPortOfEachNetwork(t *testing.T) {
	net, nodes := mixed(t, 3)
	six := netip.AddrPortFrom(dhttest.Addr6(77).Addr(), 7777)
	own := net.Add(dht.Config{Addr: dhttest.Addr(77), Addr6: six}, 77)
	ports := map[uint16]int{}
	for _, n := range nodes {
		n.SetHooks(dht.Hooks{Query: func(now dht.Time, q *dht.Incoming) bool {
			if string(q.Message.Method) == "announce_peer" {
				ports[q.Message.Port]++
				if q.Message.Port != q.From.Port() {
					t.Errorf("%v announces port %d", q.From, q.Message.Port)
				}
			}
			return false
		}})
	}
	own.Bootstrap(net.Now(), []netip.AddrPort{dhttest.Addr(2), dhttest.Addr6(2)}, nil)
	net.Run(10 * time.Second)
	search(t, net, func(now dht.Time, done func(dht.Time, *dht.Result)) {
		own.AnnouncePeer(now, krpc.ID{1}, 0, dht.SearchConfig{}, done)
	})
	if ports[6881] == 0 || ports[7777] == 0 {
		t.Errorf("announced ports %v", ports)
	}
}

// The host is told of a newcomer as it was met, though the id is known in the other
// network.
func TestHeardNamesTheNewcomer(t *testing.T) {
	d := newDoor(t, dht.Config{Addr: dhttest.Addr(1), Addr6: dhttest.Addr6(1)})
	var heard []netip.AddrPort
	d.node.SetHooks(dht.Hooks{Heard: func(_ dht.Time, e table.Entry) { heard = append(heard, e.Addr) }})
	for _, from := range []netip.AddrPort{dhttest.Addr(2), dhttest.Addr6(2)} {
		d.ask(from, krpc.Query{Method: "ping", ID: krpc.ID{7}})
	}
	if len(heard) != 2 || heard[0] != dhttest.Addr(2) || heard[1] != dhttest.Addr6(2) {
		t.Errorf("heard of %v", heard)
	}
}

// A node that joins both networks through an address of one gets into the other.
func TestOneNetworkLeadsIntoTheOther(t *testing.T) {
	net, _ := mixed(t, 20)
	n := net.Add(dht.Config{Addr: dhttest.Addr(99), Addr6: dhttest.Addr6(99)}, 99)
	n.Bootstrap(net.Now(), []netip.AddrPort{dhttest.Addr(2)}, nil)
	net.Run(10 * time.Second)
	r := search(t, net, func(now dht.Time, done func(dht.Time, *dht.Result)) {
		n.FindNode(now, krpc.ID{1}, dht.SearchConfig{Family: dht.V6}, done)
	})
	if len(r.Closest) != 8 {
		t.Errorf("%d IPv6 nodes found, %v, want 8", len(r.Closest), r.Err)
	}
}

// A result of both networks adds up what each of them found, and took as long as the
// slower one.
func TestResultsOfBothNetworksAddUp(t *testing.T) {
	net, nodes := mixed(t, 3) // 0 is of both, 1 of IPv4, 2 of IPv6
	hash := krpc.ID{1}
	for i := range 20 {
		nodes[1].Peers().Announce(net.Now(), hash, netip.AddrPortFrom(dhttest.Addr6(1000+i).Addr(), 1), true)
		nodes[1].Peers().Announce(net.Now(), hash, dhttest.Addr(1000+i), true)
		nodes[2].Peers().Announce(net.Now(), hash, dhttest.Addr6(2000+i), i < 10)
	}
	var held *dht.Incoming
	nodes[2].SetHooks(dht.Hooks{Query: func(now dht.Time, q *dht.Incoming) bool { held = q; return true }})
	var r *dht.Result
	nodes[0].Scrape(net.Now(), hash, dht.SearchConfig{}, func(_ dht.Time, done *dht.Result) { r = done })
	net.Run(300 * time.Millisecond)
	if r != nil {
		t.Fatal("the slower network was not waited for")
	}
	held.Default(net.Now())
	net.Run(time.Second)
	if s := r.Swarm; s.Filters != 2 || int(s.Seeds+0.5) != 30 || int(s.Peers+0.5) != 10 {
		t.Errorf("%+v, want 30 seeds, 10 others, of two nodes", r.Swarm)
	}
	if r.Trace.Queries != 2 || r.Trace.Replies != 2 || r.Trace.Duration < 300*time.Millisecond || len(r.Trace.Path) != 2 || r.Trace.Hops != 0 {
		t.Errorf("%+v", r.Trace)
	}
}
