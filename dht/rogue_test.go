package dht_test

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/dhttest"
	"github.com/lightdht/lightdht/dht/krpc"
)

// besiege adds count rogues to a network made by outside, and has a node meet each of them once.
// Rogues name 56 contacts in each answer that do not exist: with ids beside the target, each nearer
// than those before, at the address that where gives for the n-th.
func besiege(t *testing.T, net *dhttest.Net, n *dht.Node, count int, where func(n int) netip.AddrPort) {
	t.Helper()
	made := 0
	for i := range count {
		rogue := net.Add(dht.Config{Addr: public(2000 + i), Table: dht.BucketsTable}, uint64(5000+i))
		rogue.SetHooks(dht.Hooks{Query: func(now dht.Time, q *dht.Incoming) bool {
			if q.Message.Has&krpc.HasTarget == 0 {
				return false
			}
			var nodes []byte
			for range 56 {
				made++
				id := q.Message.Target
				id[19], id[18], id[17], id[16] = byte(made), byte(made>>8), byte(made>>16), id[16]^1
				nodes = krpc.AppendContact(nodes, krpc.Contact{ID: id, Addr: where(made)})
			}
			ok, err := q.Reply(now, fmt.Appendf(nil, "d5:nodes%d:%se", len(nodes), nodes))
			return ok && err == nil
		}})
		if r := query(t, net, n, krpc.Contact{ID: rogue.ID(), Addr: rogue.Addr()}, dht.Call{Method: "find_node", Target: n.ID()}); r.Err != nil {
			t.Fatal(r.Err)
		}
	}
}

// fooled is a node with the rules of the public DHT that knows rogues.
type fooled struct {
	net   *dhttest.Net
	node  *dht.Node
	known []krpc.ID // those of the honest nodes
	sent  int       // datagrams of the node to where nobody is
}

// fool makes one in a network of honest nodes; see besiege.
func fool(t *testing.T, kind dht.TableKind, honest, rogues int, where func(n int) netip.AddrPort) *fooled {
	t.Helper()
	net, nodes := outside(t, honest, dht.Config{Table: kind})
	f := &fooled{net: net, node: nodes[honest]}
	net.Lose = func(from, to netip.AddrPort, _ []byte) bool {
		if from == f.node.Addr() && to.Addr().As4()[0] != 5 {
			f.sent++
		}
		return false
	}
	f.node.Bootstrap(net.Now(), []netip.AddrPort{public(0)}, func(dht.Time, *dht.Result) {})
	net.Run(time.Minute)
	for _, other := range nodes[:honest] {
		f.known = append(f.known, other.ID())
	}
	besiege(t, net, f.node, rogues, where)
	return f
}

// lookups makes some, ten seconds apart, each towards another target.
func (f *fooled) lookups(count int, each func(target krpc.ID, r *dht.Result)) {
	for i := range count {
		var r *dht.Result
		target := krpc.ID{byte(i * 37), byte(i * 11), 7}
		f.node.FindNode(f.net.Now(), target, dht.SearchConfig{}, func(_ dht.Time, done *dht.Result) { r = done })
		f.net.Until(f.net.Now().Add(time.Hour), func() bool { return r != nil })
		each(target, r)
		f.net.Run(10 * time.Second)
	}
}

var tableKinds = map[string]dht.TableKind{"flat": dht.FlatTable, "buckets": dht.BucketsTable}

// Rogues that name contacts at the addresses of a victim do not make a node flood it. A lookup
// sends one datagram to one address, over all ports, and to one /24 at most K that stay unanswered
// and those in flight meanwhile, also if there are too few other nodes to fill a result. Besides,
// the table sends a few pings.
func TestRoguesNameVictims(t *testing.T) {
	const lookups, pings, most = 30, 30, 8 + 2
	for name, test := range map[string]struct {
		where func(n int) netip.AddrPort
		most  int // queries of one lookup
	}{
		"one address": {func(n int) netip.AddrPort {
			return netip.AddrPortFrom(netip.AddrFrom4([4]byte{9, 9, 9, 9}), uint16(1024+n%60000))
		}, 1},
		"one /24": {func(n int) netip.AddrPort {
			return netip.AddrPortFrom(netip.AddrFrom4([4]byte{9, 9, 9, byte(n)}), 6881)
		}, most},
	} {
		for table, kind := range tableKinds {
			for _, honest := range []int{4, 40} {
				for _, rogues := range []int{1, 20} {
					f := fool(t, kind, honest, rogues, test.where)
					f.lookups(lookups, func(_ krpc.ID, r *dht.Result) {
						sent := 0
						for _, step := range r.Trace.Path {
							if step.Addr.Addr().As4()[0] == 9 {
								sent++
							}
						}
						if sent > test.most {
							t.Errorf("%s, %s, %d honest, %d rogues: %d queries in one lookup", name, table, honest, rogues, sent)
						}
					})
					if f.sent > lookups*test.most+pings || f.sent == 0 {
						t.Errorf("%s, %s, %d honest, %d rogues: %d datagrams", name, table, honest, rogues, f.sent)
					}
				}
			}
		}
	}
}

// Rogues that invent contacts beside the target, at unrelated addresses, neither keep a lookup from
// real nodes nor cost it much.
func TestRoguesBesideTheTarget(t *testing.T) {
	where := func(n int) netip.AddrPort {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte{byte(11 + n>>16), byte(n >> 8), byte(n), 1}), 6881)
	}
	for table, kind := range tableKinds {
		var queries [3]int
		for i, rogues := range []int{0, 1, 20} {
			f := fool(t, kind, 60, rogues, where)
			f.lookups(50, func(target krpc.ID, r *dht.Result) {
				queries[i] += r.Trace.Queries
				slices.SortFunc(f.known, func(a, b krpc.ID) int { return krpc.Closer(target, a, b) })
				var found []krpc.ID // the honest; a rogue itself may well be among the nearest
				for _, c := range r.Closest {
					if slices.Contains(f.known, c.ID) {
						found = append(found, c.ID)
					}
				}
				if r.Trace.Queries > 64 || len(r.Closest) != 8 || !slices.Equal(found, f.known[:len(found)]) {
					t.Errorf("%s, %d rogues: %d queries, %d found, of the %d honest not all the nearest", table, rogues, r.Trace.Queries, len(r.Closest), len(found))
				}
			})
			if 2*queries[i] > 3*queries[0] {
				t.Errorf("%s, %d rogues: %d queries, %d without them", table, rogues, queries[i], queries[0])
			}
		}
	}
}
