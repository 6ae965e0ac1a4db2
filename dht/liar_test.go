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
)

// liar is a whole network of one attacker: each of its nodes answers at once, with the result of
// lie.
type liar struct {
	t    *testing.T
	node *dht.Node
	now  dht.Time
	lie  func(to netip.AddrPort, m *krpc.Message) []byte // what it answers; nil: nothing

	inbox   []func()
	queries int
}

func newLiar(t *testing.T, cfg dht.Config, lie func(netip.AddrPort, *krpc.Message) []byte) *liar {
	t.Helper()
	l := &liar{t: t, lie: lie}
	node, err := dht.New(cfg, l, dhttest.Source(1))
	if err != nil {
		t.Fatal(err)
	}
	l.node = node
	return l
}

func (l *liar) Send(to netip.AddrPort, packet []byte) {
	var m krpc.Message
	if err := m.Parse(bytes.Clone(packet)); err != nil {
		l.t.Error(err)
	}
	l.queries++
	if answer := l.lie(to, &m); answer != nil {
		l.inbox = append(l.inbox, func() { l.node.Receive(l.now, to, answer) })
	}
}

// run lets the search end, in steps of ten milliseconds.
func (l *liar) run(begin func(done func(dht.Time, *dht.Result))) (result *dht.Result) {
	l.t.Helper()
	begin(func(_ dht.Time, r *dht.Result) {
		if result != nil {
			l.t.Error("it ended twice")
		}
		result = r
	})
	for range 100_000 {
		if result != nil {
			return result
		}
		inbox := l.inbox
		l.inbox = nil
		for _, deliver := range inbox {
			deliver()
		}
		l.now = l.now.Add(10 * time.Millisecond)
		if at, ok := l.node.Next(); ok && at <= l.now {
			l.node.Advance(l.now)
		}
	}
	l.t.Fatal("the search does not end")
	return nil
}

// reply wraps what is in a response.
func reply(m *krpc.Message, id krpc.ID, rest string) []byte {
	return []byte("d1:rd2:id20:" + string(id[:]) + rest + "e1:t4:" + string(m.Tx) + "1:y1:re")
}

// invented is the n-th of many invented nodes, each nearer to target than those before.
func invented(target krpc.ID, n uint32) krpc.Contact {
	binary.BigEndian.PutUint32(target[8:], binary.BigEndian.Uint32(target[8:])^(1<<31-n))
	ip := [4]byte{60, byte(n >> 16), byte(n >> 8), byte(n)}
	return krpc.Contact{ID: target, Addr: netip.AddrPortFrom(netip.AddrFrom4(ip), 6881)}
}

// Liars name ever nearer nodes without end, hundreds at a time, with as many peers, the longest
// token and an invalid item. The queries and the memory of a search are bounded, and it leaves
// nothing behind.
func TestLiesWithoutEnd(t *testing.T) {
	target := krpc.ID([]byte("a target of 20 bytes"))
	var count uint32
	lie := func(to netip.AddrPort, m *krpc.Message) []byte {
		ip := to.Addr().As4()
		var nodes, peers []byte
		for range 200 {
			count++
			nodes = krpc.AppendContact(nodes, invented(target, count))
			peers = append(binary.BigEndian.AppendUint32(append(peers, "6:"...), count), "\x1a\xe1"...)
		}
		ip[0] = 0
		self := invented(target, binary.BigEndian.Uint32(ip[:])).ID
		return reply(m, self, "5:nodes"+string(krpc.AppendString(nil, nodes))+"5:token64:"+strings.Repeat("t", 64)+"1:v2:hi6:valuesl"+string(peers)+"e")
	}
	l := newLiar(t, dht.Config{Addr: netip.MustParseAddrPort("40.0.0.1:6881"), TableLimit: 10_000}, lie)
	begin := map[string]func(dht.SearchConfig, func(dht.Time, *dht.Result)){
		"find_node": func(c dht.SearchConfig, done func(dht.Time, *dht.Result)) { l.node.FindNode(l.now, target, c, done) },
		"get_peers": func(c dht.SearchConfig, done func(dht.Time, *dht.Result)) { l.node.GetPeers(l.now, target, c, done) },
		"announce": func(c dht.SearchConfig, done func(dht.Time, *dht.Result)) {
			l.node.AnnouncePeer(l.now, target, 1, c, done)
		},
		"scrape": func(c dht.SearchConfig, done func(dht.Time, *dht.Result)) { l.node.Scrape(l.now, target, c, done) },
		"get":    func(c dht.SearchConfig, done func(dht.Time, *dht.Result)) { l.node.Get(l.now, target, c, done) },
	}
	before := heap()
	for _, name := range []string{"find_node", "get_peers", "announce", "scrape", "get"} {
		count = 0
		start := dht.SearchConfig{Start: []netip.AddrPort{invented(target, 0).Addr}}
		r := l.run(func(done func(dht.Time, *dht.Result)) { begin[name](start, done) })
		if r.Trace.Queries < 1000 || r.Trace.Queries > 1032+8 || len(r.Closest) != 8 || len(r.Peers) > 20_000 || r.Stored > 8 || r.Item != nil {
			t.Errorf("%s: %d queries, %d closest, %d peers, %d stored, item %v", name, r.Trace.Queries, len(r.Closest), len(r.Peers), r.Stored, r.Item)
		}
	}
	if more := heap() - before; more > 4<<20 {
		t.Errorf("%d KB are left behind", more>>10)
	}
	if s := l.node.Stats(); s.Searches != 0 || s.Known > 10_000 {
		t.Errorf("left behind: %+v", s)
	}
}
