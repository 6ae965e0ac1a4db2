package main

import (
	"net/netip"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/udp"
)

// Bounds of what is remembered.
const (
	maxVisitors = 10000   // strangers
	maxAsked    = 1 << 20 // addresses that the node asked something; afterwards nobody is a stranger
)

// witness notes how others see us, and who comes unasked. It is told by the
// node's callbacks, and belongs to the node's goroutine.
type witness struct {
	asked    map[netip.AddrPort]bool // to which a NAT lets answers through, and all else from there
	views    map[netip.AddrPort]netip.AddrPort
	visitors map[netip.AddrPort]bool
}

// testimony is what a witness has to say.
type testimony struct {
	said, agreed int            // nodes that told how they see us; those that see addr, or else ip
	ip           netip.Addr     // what more than half of them see; invalid if there is no such
	addr         netip.AddrPort // with the port that most of these see; invalid if each sees another
	visitors     int            // addresses that asked us without ever having been asked
}

// attach lets w watch over own, which has not asked anybody yet.
func (w *witness) attach(own *udp.Host) {
	w.asked, w.views, w.visitors = map[netip.AddrPort]bool{}, map[netip.AddrPort]netip.AddrPort{}, map[netip.AddrPort]bool{}
	own.Do(func(_ dht.Time, n *dht.Node) {
		n.SetHooks(dht.Hooks{
			Asked: func(_ dht.Time, to netip.AddrPort) {
				if len(w.asked) < maxAsked {
					w.asked[to] = true
				}
			},
			Query: func(_ dht.Time, q *dht.Incoming) (keep bool) {
				w.visit(q.From)
				return false
			},
		})
	})
}

// visit notes a query from an address and port that the node has never sent anything
// to. The id does not matter: it may change (BEP 42), and a NAT does not know it. That
// a node is asked only after it came does not count: its first query decides.
func (w *witness) visit(from netip.AddrPort) {
	if !w.asked[from] && len(w.asked) < maxAsked && len(w.visitors) < maxVisitors {
		w.visitors[from] = true
	}
}

// hear notes how the sender of a reply sees us. The last word of each counts.
func (w *witness) hear(r dht.Reply) {
	if r.Message == nil || len(w.views) >= maxVisitors {
		return
	}
	if addr, ok := r.Message.ExternalAddr(); ok {
		w.views[r.From.Addr] = addr
	}
}

// enoughSame is how many nodes must see the same port if fewer than half of all do: a NAT
// that gives each node another one hardly gives three of them the same.
const enoughSame = 3

// testimony sums up. Anybody may lie about what they see, so only the address that more
// than half of them say counts. Of its ports the most frequent one does, even if less
// than half of them see it: a NAT chooses another port for a node that came before it
// was asked, and was kept out.
func (w *witness) testimony(own *udp.Host) (t testimony) {
	own.Do(func(dht.Time, *dht.Node) {
		ips, addrs := map[netip.Addr]int{}, map[netip.AddrPort]int{}
		for _, addr := range w.views {
			ips[addr.Addr()]++
		}
		t.said, t.visitors = len(w.views), len(w.visitors)
		if t.ip, t.agreed = most(ips, netip.Addr.Compare); 2*t.agreed <= t.said {
			t.ip, t.agreed = netip.Addr{}, 0
		}
		for _, addr := range w.views {
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
