package dht_test

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/dhttest"
	"github.com/lightdht/lightdht/dht/krpc"
)

// swarm makes a network of n nodes that joined through the first.
func swarm(t *testing.T, n int, kind dht.TableKind) (*dhttest.Net, []*dht.Node) {
	t.Helper()
	net := &dhttest.Net{Delay: 20 * time.Millisecond}
	var nodes []*dht.Node
	for i := range n {
		node := net.Add(dht.Config{Addr: dhttest.Addr(i), Table: kind}, uint64(i+1))
		nodes = append(nodes, node)
		if i > 0 {
			over := false
			node.Bootstrap(net.Now(), []netip.AddrPort{dhttest.Addr(0)}, func(_ dht.Time, r *dht.Result) {
				over = true
				if r.Err != nil {
					t.Errorf("node %d: %v", i, r.Err)
				}
			})
			if !net.Until(net.Now().Add(time.Minute), func() bool { return over }) {
				t.Fatalf("node %d does not finish joining", i)
			}
		}
	}
	net.Run(time.Minute)
	return net, nodes
}

// search runs one search to its end.
func search(t *testing.T, net *dhttest.Net, begin func(now dht.Time, done func(dht.Time, *dht.Result))) *dht.Result {
	t.Helper()
	var result *dht.Result
	begin(net.Now(), func(_ dht.Time, r *dht.Result) {
		if result != nil {
			t.Error("done was called twice")
		}
		result = r
	})
	if result != nil {
		t.Error("done was called before the search returned")
	}
	if !net.Until(net.Now().Add(5*time.Minute), func() bool { return result != nil }) {
		t.Fatal("the search does not end")
	}
	return result
}

func TestAnnounceIsFound(t *testing.T) {
	for _, kind := range []dht.TableKind{dht.FlatTable, dht.BucketsTable} {
		net, nodes := swarm(t, 40, kind)
		hash := krpc.ID{1, 2, 3}
		r := search(t, net, func(now dht.Time, done func(dht.Time, *dht.Result)) {
			nodes[7].AnnouncePeer(now, hash, 4711, dht.SearchConfig{}, done)
		})
		if r.Err != nil || r.Stored != 8 {
			t.Errorf("announce: %d stored, %v; want 8", r.Stored, r.Err)
		}
		r = search(t, net, func(now dht.Time, done func(dht.Time, *dht.Result)) {
			nodes[21].GetPeers(now, hash, dht.SearchConfig{}, done)
		})
		want := netip.AddrPortFrom(dhttest.Addr(7).Addr(), 4711)
		if len(r.Peers) != 1 || r.Peers[0] != want {
			t.Errorf("get_peers found %v, want %v", r.Peers, want)
		}
		if r.Trace.Queries != len(r.Trace.Path) || r.Trace.Replies == 0 || r.Trace.Duration <= 0 {
			t.Errorf("trace does not add up: %+v", r.Trace)
		}
	}
}

func TestImpliedPortIsThePortOfTheQuery(t *testing.T) {
	net, nodes := swarm(t, 10, dht.FlatTable)
	search(t, net, func(now dht.Time, done func(dht.Time, *dht.Result)) {
		nodes[3].AnnouncePeer(now, krpc.ID{9}, 0, dht.SearchConfig{}, done)
	})
	r := search(t, net, func(now dht.Time, done func(dht.Time, *dht.Result)) {
		nodes[4].GetPeers(now, krpc.ID{9}, dht.SearchConfig{}, done)
	})
	if len(r.Peers) != 1 || r.Peers[0] != dhttest.Addr(3) {
		t.Errorf("found %v, want %v", r.Peers, dhttest.Addr(3))
	}
}

func TestLookupFindsTheClosest(t *testing.T) {
	net, nodes := swarm(t, 60, dht.BucketsTable)
	target := krpc.ID{0x5a, 0x5a}
	r := search(t, net, func(now dht.Time, done func(dht.Time, *dht.Result)) {
		nodes[30].FindNode(now, target, dht.SearchConfig{}, done)
	})
	var truth []krpc.ID
	for _, n := range nodes {
		if n != nodes[30] { // nobody asks itself
			truth = append(truth, n.ID())
		}
	}
	for i, c := range r.Closest {
		for _, id := range truth {
			if krpc.Closer(target, id, c.ID) < 0 && !contains(r.Closest[:i], id) {
				t.Errorf("%v is nearer than the %dth found, and was not found", id, i+1)
			}
		}
	}
	if len(r.Closest) != 8 {
		t.Errorf("found %d, want 8", len(r.Closest))
	}
}

func contains(list []krpc.Contact, id krpc.ID) bool {
	for _, c := range list {
		if c.ID == id {
			return true
		}
	}
	return false
}

func TestSilentNodesNeverStallALookup(t *testing.T) {
	net, nodes := swarm(t, 60, dht.BucketsTable)
	for i := range nodes {
		if i%2 == 0 && i != 30 {
			net.Remove(dhttest.Addr(i))
		}
	}
	r := search(t, net, func(now dht.Time, done func(dht.Time, *dht.Result)) {
		nodes[31].FindNode(now, krpc.ID{0x77}, dht.SearchConfig{}, done)
	})
	if len(r.Closest) != 8 || r.Trace.Queries == r.Trace.Replies {
		t.Errorf("found %d with %d queries, %d replies", len(r.Closest), r.Trace.Queries, r.Trace.Replies)
	}
	if limit := 10 * time.Second; r.Trace.Duration > limit {
		t.Errorf("the lookup took %v, more than %v", r.Trace.Duration, limit)
	}
}

func TestSearchFailures(t *testing.T) {
	net := &dhttest.Net{Delay: 20 * time.Millisecond}
	lonely := net.Add(dht.Config{Addr: dhttest.Addr(1)}, 1)
	r := search(t, net, func(now dht.Time, done func(dht.Time, *dht.Result)) {
		lonely.GetPeers(now, krpc.ID{1}, dht.SearchConfig{}, done)
	})
	if !errors.Is(r.Err, dht.ErrNoNodes) {
		t.Errorf("nobody known: %v", r.Err)
	}
	nobody := []netip.AddrPort{dhttest.Addr(77)}
	r = search(t, net, func(now dht.Time, done func(dht.Time, *dht.Result)) {
		lonely.GetPeers(now, krpc.ID{1}, dht.SearchConfig{Start: nobody}, done)
	})
	if !errors.Is(r.Err, dht.ErrNoAnswer) || r.Trace.Timeouts != 1 {
		t.Errorf("nobody there: %v, %+v", r.Err, r.Trace)
	}
	r = search(t, net, func(now dht.Time, done func(dht.Time, *dht.Result)) {
		lonely.GetPeers(now, krpc.ID{1}, dht.SearchConfig{Start: nobody}, done).Stop()
	})
	if !errors.Is(r.Err, dht.ErrStopped) {
		t.Errorf("stopped: %v", r.Err)
	}
	net.Run(10 * time.Second)
	if s := lonely.Stats(); s.Searches != 0 || s.Pending != 0 {
		t.Errorf("left behind: %+v", s)
	}
}

// inFlight is the most queries that a search without timeouts had in flight.
func inFlight(trace dht.Trace) (most int) {
	for _, at := range trace.Path {
		n := 0
		for _, s := range trace.Path {
			if s.Sent <= at.Sent && at.Sent < s.Sent+s.RTT {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

// Config.Alpha holds for all that a node searches for, unless a search has its own.
func TestAlpha(t *testing.T) {
	net, _ := swarm(t, 40, dht.FlatTable)
	for alpha, want := range map[int]int{0: 3, 1: 1, 5: 5} {
		node := net.Add(dht.Config{Addr: dhttest.Addr(100 + alpha), Alpha: alpha}, uint64(100+alpha))
		r := search(t, net, func(now dht.Time, done func(dht.Time, *dht.Result)) {
			node.Bootstrap(now, []netip.AddrPort{dhttest.Addr(0)}, done)
		})
		if got := inFlight(r.Trace); got != want {
			t.Errorf("alpha %d: %d queries in flight while joining, want %d", alpha, got, want)
		}
		r = search(t, net, func(now dht.Time, done func(dht.Time, *dht.Result)) {
			node.FindNode(now, krpc.ID{9}, dht.SearchConfig{}, done)
		})
		if got := inFlight(r.Trace); got != want {
			t.Errorf("alpha %d: %d queries in flight, want %d", alpha, got, want)
		}
		r = search(t, net, func(now dht.Time, done func(dht.Time, *dht.Result)) {
			node.FindNode(now, krpc.ID{9}, dht.SearchConfig{Alpha: 2}, done)
		})
		if got := inFlight(r.Trace); got != 2 {
			t.Errorf("alpha %d: %d queries in flight in a search that wants 2", alpha, got)
		}
	}
}

func TestMaxQueries(t *testing.T) {
	net, nodes := swarm(t, 40, dht.BucketsTable)
	r := search(t, net, func(now dht.Time, done func(dht.Time, *dht.Result)) {
		nodes[5].FindNode(now, krpc.ID{0x42}, dht.SearchConfig{MaxQueries: 4}, done)
	})
	if r.Trace.Queries != 4 {
		t.Errorf("%d queries, want 4", r.Trace.Queries)
	}
}

// query sends one query and waits for what becomes of it. A message in the reply
// is a copy.
func query(t *testing.T, net *dhttest.Net, n *dht.Node, to krpc.Contact, call dht.Call) dht.Reply {
	t.Helper()
	var reply *dht.Reply
	n.Query(net.Now(), to, call, func(_ dht.Time, r dht.Reply) {
		if r.Message != nil {
			m := r.Message.Clone()
			r.Message = &m
		}
		reply = &r
	})
	if !net.Until(net.Now().Add(time.Minute), func() bool { return reply != nil }) {
		t.Fatal("the query does not end")
	}
	return *reply
}

func TestQueryErrors(t *testing.T) {
	net, nodes := swarm(t, 2, dht.FlatTable)
	to := krpc.Contact{Addr: dhttest.Addr(1)}
	r := query(t, net, nodes[0], to, dht.Call{Method: "ping"})
	if r.Err != nil || r.From.ID != nodes[1].ID() || r.RTT != 40*time.Millisecond {
		t.Errorf("ping: %+v", r)
	}
	r = query(t, net, nodes[0], to, dht.Call{Method: "dance", Args: []byte("de")})
	var remote *krpc.Error
	if !errors.As(r.Err, &remote) || remote.Code != krpc.CodeMethodUnknown {
		t.Errorf("unknown method: %v", r.Err)
	}
	r = query(t, net, nodes[0], krpc.Contact{Addr: dhttest.Addr(9)}, dht.Call{Method: "ping", Timeout: time.Second})
	var failure *dht.QueryError
	if !errors.Is(r.Err, dht.ErrTimeout) || !errors.As(r.Err, &failure) || failure.To != dhttest.Addr(9) || r.RTT != time.Second {
		t.Errorf("silence: %v after %v", r.Err, r.RTT)
	}
	for _, addr := range []string{"[::1]:6881", "0.0.0.0:6881", "224.0.0.1:6881", "192.0.2.1:0"} {
		r = query(t, net, nodes[0], krpc.Contact{Addr: netip.MustParseAddrPort(addr)}, dht.Call{Method: "ping"})
		if !errors.Is(r.Err, dht.ErrAddr) || r.RTT != 0 {
			t.Errorf("%s: %v after %v", addr, r.Err, r.RTT)
		}
	}
}

func TestTokens(t *testing.T) {
	net, nodes := swarm(t, 3, dht.FlatTable)
	asker, server := nodes[1], krpc.Contact{Addr: dhttest.Addr(0)}
	hash := krpc.ID{5}
	token := func() []byte {
		return query(t, net, asker, server, dht.Call{Method: "get_peers", Target: hash}).Message.Token
	}
	announce := func(n *dht.Node, token []byte) error {
		return query(t, net, n, server, dht.Call{Method: "announce_peer", Target: hash, Port: 99, Token: token}).Err
	}
	tok := token()
	if err := announce(asker, tok); err != nil {
		t.Errorf("fresh token: %v", err)
	}
	if err := announce(nodes[2], tok); err == nil {
		t.Error("a token was accepted from another address")
	}
	net.Run(4 * time.Minute)
	if err := announce(asker, tok); err != nil {
		t.Errorf("token of four minutes: %v", err)
	}
	net.Run(7 * time.Minute)
	if err := announce(asker, tok); err == nil {
		t.Error("a token older than ten minutes was accepted")
	}
	if err := announce(asker, []byte("aoeusnth")); err == nil {
		t.Error("a made-up token was accepted")
	}
}

// A lookup for a torrent must find no peers once its announces have expired.
func TestPeersExpire(t *testing.T) {
	net, nodes := swarm(t, 12, dht.BucketsTable)
	search(t, net, func(now dht.Time, done func(dht.Time, *dht.Result)) {
		nodes[3].AnnouncePeer(now, krpc.ID{9}, 0, dht.SearchConfig{}, done)
	})
	net.Run(40 * time.Minute)
	for i, n := range nodes {
		if s := n.Stats(); s.PeersStored != 0 || s.Hashes != 0 {
			t.Errorf("node %d still stores %d peers", i, s.PeersStored)
		}
	}
}

func TestRateLimit(t *testing.T) {
	net := &dhttest.Net{}
	node := net.Add(dht.Config{Addr: dhttest.Addr(0), AnswerRate: 10}, 1)
	ping := []byte("d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe")
	for range 100 {
		node.Receive(net.Now(), dhttest.Addr(1), ping)
	}
	if s := node.Stats(); s.RepliesOut != 20 || s.RateLimited != 80 {
		t.Errorf("of a burst of 100: %d answered, %d dropped; want 20 and 80", s.RepliesOut, s.RateLimited)
	}
	node.Receive(net.Now(), dhttest.Addr(2), ping)
	if s := node.Stats(); s.RepliesOut != 21 {
		t.Error("another address is held to account")
	}
	net.Run(time.Second)
	for range 100 {
		node.Receive(net.Now(), dhttest.Addr(1), ping)
	}
	if s := node.Stats(); s.RepliesOut != 31 {
		t.Errorf("a second later %d more were answered, want 10", s.RepliesOut-21)
	}
	before := node.Stats().RepliesOut
	for s := range 10 { // the clock is set back by an hour
		node.Receive(net.Now().Add(-time.Hour+time.Duration(s)*time.Second), dhttest.Addr(1), ping)
	}
	if n := node.Stats().RepliesOut - before; n < 5 {
		t.Errorf("in the seconds after its clock was set back %d of 10 were answered", n)
	}
}

// A node whose whole network has gone finds its way back when it returns.
func TestRejoin(t *testing.T) {
	net, nodes := swarm(t, 3, dht.BucketsTable)
	net.Remove(dhttest.Addr(0))
	net.Remove(dhttest.Addr(1))
	net.Run(3 * time.Hour)
	back := net.Add(dht.Config{Addr: dhttest.Addr(0), ID: krpc.ID{0xbb}}, 99)
	net.Run(2 * time.Hour)
	if _, ok := nodes[2].Table().Get(net.Now(), back.ID()); !ok {
		t.Error("the node that came back was not found in two hours")
	}
}

func TestConfigIsChecked(t *testing.T) {
	good := dht.Config{Addr: dhttest.Addr(1)}
	for name, change := range map[string]func(*dht.Config){
		"Config.Addr":         func(c *dht.Config) { c.Addr = netip.AddrPort{} },
		"Config.Table":        func(c *dht.Config) { c.Table = 7 },
		"Config.K":            func(c *dht.Config) { c.K = -1 },
		"Config.Alpha":        func(c *dht.Config) { c.Alpha = 101 },
		"Config.MaxPending":   func(c *dht.Config) { c.MaxPending = -1 },
		"Config.QueryTimeout": func(c *dht.Config) { c.QueryTimeout = -1 },
		"Config.Version":      func(c *dht.Config) { c.Version = "a version of more than twenty bytes" },
	} {
		cfg := good
		change(&cfg)
		if _, err := dht.New(cfg, nil, dhttest.Source(1)); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// BEP 43: a read-only node marks its queries, is in no table, and answers no query.
func TestReadOnly(t *testing.T) {
	net, nodes := swarm(t, 10, dht.FlatTable)
	guest := net.Add(dht.Config{Addr: dhttest.Addr(50), ReadOnly: true}, 50)
	r := search(t, net, func(now dht.Time, done func(dht.Time, *dht.Result)) {
		guest.Bootstrap(now, []netip.AddrPort{dhttest.Addr(0)}, done)
	})
	if len(r.Closest) != 8 {
		t.Errorf("the guest finds %d nodes, want 8", len(r.Closest))
	}
	for i, n := range nodes {
		if _, known := n.Table().Get(net.Now(), guest.ID()); known {
			t.Errorf("node %d has the guest in its table", i)
		}
	}
	reply := query(t, net, nodes[3], krpc.Contact{Addr: dhttest.Addr(50)}, dht.Call{Method: "ping"})
	if !errors.Is(reply.Err, dht.ErrTimeout) || guest.Stats().Unserved != 1 {
		t.Errorf("a ping of the guest: %v, %d unserved", reply.Err, guest.Stats().Unserved)
	}
}
