package checkup

import (
	"net/netip"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/udp"
)

// Bounds of what is remembered, chosen by us.
const (
	maxVisitors = 10_000
	maxAsked    = 1 << 20 // addresses that the node sent a query to; beyond them no node counts as a visitor
)

// observer notes how others see us, and who comes unasked. It is told by the
// node's callbacks, and belongs to the node's goroutine.
type observer struct {
	asked    map[netip.AddrPort]bool // to which a NAT lets answers through, and all else from there
	views    map[netip.AddrPort]netip.AddrPort
	visitors map[netip.AddrPort]bool
}

// observation is what an observer has seen.
type observation struct {
	said, agreed int            // nodes that told how they see us; those that see addr, or else ip
	ip           netip.Addr     // the one that more than half of them see; invalid: they do not agree
	addr         netip.AddrPort // with the port that most of these see; invalid: they do not agree on a port
	visitors     int            // addresses that sent us a query before we sent them one
}

// attach has o observe own, which has not sent a query yet.
func (o *observer) attach(own *udp.Host) {
	o.asked, o.views, o.visitors = map[netip.AddrPort]bool{}, map[netip.AddrPort]netip.AddrPort{}, map[netip.AddrPort]bool{}
	own.Do(func(_ dht.Time, n *dht.Node) {
		n.SetHooks(dht.Hooks{
			Asked: func(_ dht.Time, to netip.AddrPort) {
				if len(o.asked) < maxAsked {
					o.asked[to] = true
				}
			},
			Query: func(_ dht.Time, q *dht.Incoming) (keep bool) {
				o.visit(q.From)
				return false
			},
		})
	})
}

// visit notes a query from an address and port that the node has never sent anything
// to. The id does not matter: it may change (BEP 42), and a NAT does not know it. That
// a node is asked only after it came does not count: its first query decides.
func (o *observer) visit(from netip.AddrPort) {
	if !o.asked[from] && len(o.asked) < maxAsked && len(o.visitors) < maxVisitors {
		o.visitors[from] = true
	}
}

// hear notes how the sender of a reply sees us. Of several replies of one node the last counts.
func (o *observer) hear(r dht.Reply) {
	if r.Message == nil || len(o.views) >= maxVisitors {
		return
	}
	if addr, ok := r.Message.ExternalAddr(); ok {
		o.views[r.From.Addr] = addr
	}
}

// enoughSame is how many nodes must see the same port if fewer than half of all do: a NAT
// that gives each node another one hardly gives three of them the same.
const enoughSame = 3

// sum sums up. A node may lie about what it sees, so only the address that more
// than half of them name counts. Of its ports the most frequent one does, even if less
// than half of them see it: a NAT chooses another port for a node that came before it
// was asked, and was kept out.
func (o *observer) sum(own *udp.Host) (t observation) {
	own.Do(func(dht.Time, *dht.Node) {
		ips, addrs := map[netip.Addr]int{}, map[netip.AddrPort]int{}
		for _, addr := range o.views {
			ips[addr.Addr()]++
		}
		t.said, t.visitors = len(o.views), len(o.visitors)
		if t.ip, t.agreed = most(ips, netip.Addr.Compare); 2*t.agreed <= t.said {
			t.ip, t.agreed = netip.Addr{}, 0
		}
		for _, addr := range o.views {
			if addr.Addr() == t.ip {
				addrs[addr]++
			}
		}
		if addr, n := most(addrs, netip.AddrPort.Compare); n >= enoughSame || 2*n > t.said {
			t.addr, t.agreed = addr, n
		}
	})
	return t
}

// most returns what was said most often, and how often.
func most[T comparable](said map[T]int, compare func(a, b T) int) (top T, count int) {
	for what, n := range said {
		if n > count || n == count && compare(what, top) > 0 {
			top, count = what, n
		}
	}
	return top, count
}
