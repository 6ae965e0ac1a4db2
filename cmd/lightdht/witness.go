package main

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"

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
	said, agreed int            // nodes that told how they see us; those that see the majority's address
	ip           netip.Addr     // what more than half of them see; invalid if there is no such
	addr         netip.AddrPort // likewise with the port
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

// testimony sums up. Anybody may lie about what they see, so only what more than
// half of them say counts.
func (w *witness) testimony(own *udp.Host) (t testimony) {
	own.Do(func(dht.Time, *dht.Node) {
		ips, addrs := map[netip.Addr]int{}, map[netip.AddrPort]int{}
		for _, addr := range w.views {
			ips[addr.Addr()]++
			addrs[addr]++
		}
		t.said, t.visitors = len(w.views), len(w.visitors)
		t.ip, t.agreed = majority(ips, t.said, netip.Addr.Compare)
		if addr, n := majority(addrs, t.said, netip.AddrPort.Compare); n > 0 {
			t.addr, t.agreed = addr, n
		}
	})
	return t
}

// majority returns what more than half of all said, and how many did; 0 if
// nothing was said by so many.
func majority[T comparable](said map[T]int, all int, compare func(a, b T) int) (T, int) {
	var none T
	if len(said) == 0 {
		return none, 0
	}
	top := slices.MaxFunc(slices.Collect(maps.Keys(said)), func(a, b T) int {
		return cmp.Or(cmp.Compare(said[a], said[b]), compare(a, b))
	})
	if 2*said[top] <= all {
		return none, 0
	}
	return top, said[top]
}
