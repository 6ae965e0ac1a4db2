package dht_test

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/dhttest"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/table"
)

// public returns the address of the i-th host of a network with the rules of the
// public DHT: each in a /24 of its own.
func public(i int) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{5, byte(i >> 8), byte(i), 9}), 6881)
}

// outside makes n ordinary nodes at public addresses, and one with the rules of the
// public DHT, the last.
func outside(t *testing.T, n int, cfg dht.Config) (*dhttest.Net, []*dht.Node) {
	t.Helper()
	net := &dhttest.Net{Delay: 20 * time.Millisecond}
	var nodes []*dht.Node
	for i := range n {
		node := net.Add(dht.Config{Addr: public(i), Table: dht.BucketsTable}, uint64(i+1))
		if i > 0 {
			node.Bootstrap(net.Now(), []netip.AddrPort{public(0)}, func(dht.Time, *dht.Result) {})
			net.Run(5 * time.Second)
		}
		nodes = append(nodes, node)
	}
	net.Run(time.Minute)
	cfg.Public, cfg.Addr = true, public(1000)
	nodes = append(nodes, net.Add(cfg, 4242))
	return net, nodes
}

// BEP 42: the id is changed once, when many hosts agree on an address that it does
// not suit.
func TestIDSuitsTheExternalAddress(t *testing.T) {
	for _, keep := range []bool{false, true} {
		net, nodes := outside(t, 60, dht.Config{KeepID: keep})
		n := nodes[60]
		before, renamed := n.ID(), 0
		n.SetHooks(dht.Hooks{Renamed: func(_ dht.Time, old, new krpc.ID) {
			if renamed++; old != before || new != n.ID() {
				t.Errorf("renamed from %v to %v", old, new)
			}
		}})
		n.Bootstrap(net.Now(), []netip.AddrPort{public(0)}, func(dht.Time, *dht.Result) {})
		net.Run(10 * time.Minute)
		if addr, ok := n.ExternalAddr(); !ok || addr != public(1000) {
			t.Errorf("external address %v, %v", addr, ok)
		}
		if suits := krpc.IsSecure(n.ID(), public(1000).Addr()); suits == keep || keep != (n.ID() == before) || keep != (renamed == 0) || renamed > 1 {
			t.Errorf("keep %v: id %v, was %v, renamed %d times", keep, n.ID(), before, renamed)
		}
		var met int
		for _, other := range nodes[:60] {
			if _, ok := other.Table().Get(net.Now(), n.ID()); ok {
				met++
			}
		}
		if met == 0 {
			t.Errorf("keep %v: nobody knows the node under its id", keep)
		}
		if good := n.Table().Serve(net.Now(), n.ID(), 8, nil); len(good) != 8 {
			t.Errorf("keep %v: %d good nodes after the change", keep, len(good))
		}
	}
}

// The votes of a few hosts, perhaps of one liar, do not change the id.
func TestVotesOfFewDoNotCount(t *testing.T) {
	net, nodes := outside(t, 15, dht.Config{})
	n := nodes[15]
	before := n.ID()
	n.Bootstrap(net.Now(), []netip.AddrPort{public(0)}, func(dht.Time, *dht.Result) {})
	net.Run(10 * time.Minute)
	if n.ID() != before {
		t.Errorf("%d hosts changed the id", len(nodes)-1)
	}
	if addr, ok := n.ExternalAddr(); !ok || addr != public(1000) {
		t.Errorf("external address %v, %v", addr, ok)
	}
}

// The bootstrap hosts are left alone after the join.
func TestBootstrapHostsAreNotInserted(t *testing.T) {
	net, nodes := outside(t, 30, dht.Config{Bootstrap: []netip.AddrPort{public(0)}})
	n := nodes[30]
	n.Bootstrap(net.Now(), nil, func(dht.Time, *dht.Result) {})
	net.Run(10 * time.Minute)
	if _, ok := n.Table().Get(net.Now(), nodes[0].ID()); ok || n.Table().Len() < 8 {
		t.Errorf("%d nodes known, the bootstrap host among them: %v", n.Table().Len(), ok)
	}
}

// One that was saved, before it was listed, gives way.
func TestSavedBootstrapHostsGiveWay(t *testing.T) {
	net, nodes := outside(t, 1, dht.Config{Bootstrap: []netip.AddrPort{public(0)}})
	host := krpc.Contact{ID: nodes[0].ID(), Addr: public(0)}
	nodes[1].Table().Restore(net.Now(), dht.Entry{Contact: host})
	for range table.BadAfter {
		if r := query(t, net, nodes[1], host, dht.Call{Method: "ping"}); r.Err != nil {
			t.Fatal(r.Err)
		}
	}
	if e, _ := nodes[1].Table().Get(net.Now(), host.ID); e.Status != table.Bad {
		t.Errorf("it is %v, want bad", e.Status)
	}
}

// The rate is a limit in every second, and two a second for one address.
func TestQueriesAreSpacedOut(t *testing.T) {
	for _, rate := range []int{0, 5, 200} {
		net := &dhttest.Net{Delay: 20 * time.Millisecond}
		var sent []dht.Time
		var to []netip.AddrPort
		net.Lose = func(from, dest netip.AddrPort, packet []byte) bool {
			if from == public(1000) {
				sent, to = append(sent, net.Now()), append(to, dest)
			}
			return true
		}
		n := net.Add(dht.Config{Addr: public(1000), Public: true, QueryRate: rate}, 1)
		ended := 0
		for i := range 300 {
			n.Query(net.Now(), krpc.Contact{Addr: public(i % 20)}, dht.Call{Method: "ping"}, func(_ dht.Time, r dht.Reply) {
				if ended++; r.RTT != 4*time.Second {
					t.Errorf("an answer was waited for %v: the time in the queue does not count", r.RTT)
				}
			})
		}
		net.Run(3 * time.Minute)
		if len(sent) != 300 || ended != 300 || n.Stats().Delayed != 300 {
			t.Fatalf("rate %d: %d sent, %d ended, of 300", rate, len(sent), ended)
		}
		limit := rate
		if limit == 0 {
			limit = 50
		}
		for i := range sent {
			all, same := 0, 0
			for j := i; j < len(sent) && sent[j].Sub(sent[i]) < time.Second; j++ {
				if all++; to[j] == to[i] {
					same++
				}
			}
			if all > limit || same > 2 {
				t.Fatalf("rate %d: %d queries in a second, %d to one address", rate, all, same)
			}
		}
		if least := time.Duration(300/limit-1) * time.Second; sent[299].Sub(sent[0]) > max(least, 8*time.Second)+time.Second {
			t.Errorf("rate %d: it took %v", rate, sent[299].Sub(sent[0]))
		}
	}
}

func TestQueriesGivenUpInTheQueueAreNotSent(t *testing.T) {
	net := &dhttest.Net{}
	n := net.Add(dht.Config{Addr: public(1000), Public: true, QueryRate: 1}, 1)
	ended := 0
	for i := range 100 {
		stop := n.Query(net.Now(), krpc.Contact{Addr: public(i)}, dht.Call{Method: "ping"}, func(dht.Time, dht.Reply) { ended++ })
		if i > 0 {
			stop()
			stop()
		}
	}
	net.Run(5 * time.Minute)
	if s := n.Stats(); s.QueriesOut != 1 || ended != 100 || s.Pending != 0 {
		t.Errorf("%d sent, %d ended, want 1 and 100", s.QueriesOut, ended)
	}
}

// asker is a peer of a node with the rules of the public DHT, by hand.
type asker struct {
	net  *dhttest.Net
	n    *dht.Node
	from netip.AddrPort
	got  [][]byte
}

func newAsker(net *dhttest.Net, n *dht.Node, from netip.AddrPort) *asker {
	a := &asker{net: net, n: n, from: from}
	before := net.Lose
	net.Lose = func(sender, to netip.AddrPort, packet []byte) bool {
		if to == from {
			a.got = append(a.got, bytes.Clone(packet))
		}
		return before != nil && before(sender, to, packet)
	}
	return a
}

func (a *asker) ask(q krpc.Query) (size int) {
	q.Tx, q.ID = []byte("aa"), krpc.ID([]byte("a stranger, 20 bytes"))
	packet := q.Append(nil)
	a.got = nil
	a.n.Receive(a.net.Now(), a.from, packet)
	return len(packet)
}

// answers are the responses and errors that came back, and pings how often it was
// asked to prove itself.
func (a *asker) answers() (answers []krpc.Message, pings []krpc.Message) {
	for _, packet := range a.got {
		var m krpc.Message
		if m.Parse(packet) != nil {
			panic("a broken answer")
		}
		if m.Kind == krpc.KindQuery {
			pings = append(pings, m)
		} else {
			answers = append(answers, m)
		}
	}
	return answers, pings
}

// On the public DHT an answer is at most four times the query, unless its sender has
// shown that it is where its address says.
func TestAmplification(t *testing.T) {
	net, nodes := outside(t, 40, dht.Config{AnswerRate: -1})
	n := nodes[40]
	n.Bootstrap(net.Now(), []netip.AddrPort{public(0)}, func(dht.Time, *dht.Result) {})
	net.Run(time.Minute)
	hash, big := krpc.ID{1}, krpc.Item{Value: krpc.AppendString(nil, strings.Repeat("x", 990))}
	fill := func() {
		for i := range 200 {
			n.Peers().Announce(net.Now(), hash, netip.AddrPortFrom(public(i).Addr(), 1000), i%2 == 0)
			n.Peers().Announce(net.Now(), krpc.ID{2, byte(i)}, public(i), false)
		}
		if err := n.Items().Put(net.Now(), &big, nil, public(3).Addr()); err != nil {
			t.Fatal(err)
		}
	}
	a := newAsker(net, n, public(777))
	for _, c := range []struct {
		name  string
		query krpc.Query
		waits bool // until the sender has answered a ping
	}{
		{"ping", krpc.Query{Method: "ping"}, false},
		{"find_node", krpc.Query{Method: "find_node", Target: hash}, false},
		{"get_peers", krpc.Query{Method: "get_peers", Target: hash}, false},
		{"sample_infohashes", krpc.Query{Method: "sample_infohashes", Target: hash}, false},
		{"scrape", krpc.Query{Method: "get_peers", Target: hash, Scrape: true}, true},
		{"get", krpc.Query{Method: "get", Target: big.Target()}, true},
	} {
		for _, proves := range []bool{false, true} {
			fill()
			size := a.ask(c.query)
			answers, pings := a.answers()
			if (len(answers) == 0) != c.waits || (len(pings) == 1) != c.waits {
				t.Errorf("%s: %d answers and %d pings at once", c.name, len(answers), len(pings))
				continue
			}
			if c.waits && proves {
				pong := krpc.Response{Tx: pings[0].Tx, ID: krpc.ID([]byte("a stranger, 20 bytes"))}
				n.Receive(net.Now(), a.from, pong.Append(nil))
			}
			net.Run(2 * time.Second)
			if answers, _ = a.answers(); len(answers) != 1 {
				t.Errorf("%s: %d answers", c.name, len(answers))
				continue
			}
			length, whole := len(answers[0].Packet), answers[0].Has&(krpc.HasV|krpc.HasPeerFilter) != 0
			if trusted := c.waits && proves; whole != trusted || !trusted && length > 4*size {
				t.Errorf("%s: an answer of %d bytes to %d, whole: %v; the address is proven: %v", c.name, length, size, whole, trusted)
			}
			net.Run(20 * time.Minute) // and forgotten
		}
	}
	if n.Stats().Amplified == 0 {
		t.Error("nothing was counted")
	}
}

// A read-only sender answers no ping, so it is not asked to.
func TestReadOnlySendersAreNotChallenged(t *testing.T) {
	net, nodes := outside(t, 1, dht.Config{})
	big := krpc.Item{Value: krpc.AppendString(nil, strings.Repeat("x", 990))}
	nodes[1].Items().Put(net.Now(), &big, nil, public(3).Addr())
	a := newAsker(net, nodes[1], public(777))
	size := a.ask(krpc.Query{Method: "get", Target: big.Target(), ReadOnly: true})
	answers, pings := a.answers()
	if len(answers) != 1 || len(pings) != 0 || len(answers[0].Packet) > 4*size || answers[0].Has&krpc.HasV != 0 {
		t.Errorf("%d answers, %d pings", len(answers), len(pings))
	}
}

// Of nodes as near as others, those are stored at whose id suits their address.
func TestSecureNodesArePreferredForStoring(t *testing.T) {
	net := &dhttest.Net{Delay: 20 * time.Millisecond}
	target := krpc.ID{0x80}
	for i := range 16 {
		cfg := dht.Config{Addr: public(i), ID: krpc.ID{0x80, byte(i + 1)}}
		if i%2 == 1 {
			cfg.ID = krpc.Secure(public(i).Addr(), cfg.ID)
		}
		net.Add(cfg, uint64(i)).Bootstrap(0, []netip.AddrPort{public(0)}, func(dht.Time, *dht.Result) {})
		net.Run(10 * time.Second)
	}
	n := net.Add(dht.Config{Addr: public(1000), Public: true}, 99)
	n.Bootstrap(net.Now(), []netip.AddrPort{public(0)}, func(dht.Time, *dht.Result) {})
	net.Run(time.Minute)
	r := search(t, net, func(now dht.Time, done func(dht.Time, *dht.Result)) {
		n.AnnouncePeer(now, target, 4711, dht.SearchConfig{K: 16}, done)
	})
	if r.Stored != 16 {
		t.Fatalf("%d stored, want all", r.Stored)
	}
	first := 0
	for _, step := range r.Trace.Path {
		if step.Method == "announce_peer" {
			if first++; first <= 8 && !krpc.IsSecure(step.ID, step.Addr.Addr()) {
				t.Errorf("the %dth announce goes to a node whose id does not suit %v", first, step.Addr)
			}
		}
	}
}
