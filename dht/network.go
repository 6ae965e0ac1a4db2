package dht

import (
	"net/netip"
	"slices"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/table"
)

// Family chooses among the two networks of BEP 32, which share ids and protocol
// but neither nodes nor tables.
type Family uint8

// The families of addresses. Both means: each network that the node is a member of.
const (
	Both Family = iota
	V4
	V6
)

// holds reports whether an address is of the family.
func (f Family) holds(ip netip.Addr) bool { return f == Both || (f == V4) == ip.Is4() }

// network is the node as a member of one of the two.
type network struct {
	table  register
	addr   netip.AddrPort
	upkeep upkeep
}

// is4 reports whether it is the IPv4 network.
func (w *network) is4() bool { return w.addr.Addr().Is4() }

// want is how a query asks for nodes of this network.
func (w *network) want() krpc.Want {
	if w.is4() {
		return krpc.Want4
	}
	return krpc.Want6
}

// networkOf returns the network an address belongs to; nil if the node is not a
// member of it.
func (n *Node) networkOf(ip netip.Addr) *network {
	if ip.Is4() == n.home.is4() {
		return &n.home
	}
	return n.far()
}

// tableOf returns the table of an address that is sane. Whoever is new to it comes
// after all whom the other one knows.
func (n *Node) tableOf(addr netip.AddrPort) register {
	if n.far() == nil {
		return n.home.table
	}
	w, other := &n.home, n.far()
	if addr.Addr().Is6() {
		w, other = other, w
	}
	w.table.Skip(other.table.End())
	return w.table
}

// networks are those the node is a member of.
func (n *Node) networks() []*network {
	if n.far() == nil {
		return []*network{&n.home}
	}
	return []*network{&n.home, n.far()}
}

// Table returns all the node knows of others. Of a node with [Config.Addr6] it is
// both tables as one; a node met in both networks then occurs twice, and looking
// up its id finds it in IPv4's. It belongs to the node's goroutine.
func (n *Node) Table() Table {
	if n.far() == nil {
		return n.home.table
	}
	return pair{n}
}

// pair is the two tables of a node seen as one.
type pair struct{ n *Node }

func (p pair) tables() (four, six register) { return p.n.home.table, p.n.far().table }

func (p pair) Heard(now Time, c krpc.Contact) bool { return p.n.tableOf(c.Addr).Heard(now, c) }

func (p pair) Answered(now Time, c krpc.Contact, rtt time.Duration, version []byte) bool {
	return p.n.tableOf(c.Addr).Answered(now, c, rtt, version)
}

func (p pair) Restore(now Time, e table.Entry) bool { return p.n.tableOf(e.Addr).Restore(now, e) }

func (p pair) Len() int {
	four, six := p.tables()
	return four.Len() + six.Len()
}

func (p pair) End() int {
	four, six := p.tables()
	return max(four.End(), six.End())
}

func (p pair) Remove(id krpc.ID) bool {
	four, six := p.tables()
	removed := four.Remove(id)
	return six.Remove(id) || removed
}

func (p pair) Get(now Time, id krpc.ID) (table.Entry, bool) {
	four, six := p.tables()
	if e, ok := four.Get(now, id); ok {
		return e, true
	}
	return six.Get(now, id)
}

func (p pair) Serve(now Time, target krpc.ID, n int, dst []krpc.Contact) []krpc.Contact {
	four, six := p.tables()
	both := six.Serve(now, target, n, four.Serve(now, target, n, nil))
	slices.SortStableFunc(both, func(a, b krpc.Contact) int { return krpc.Closer(target, a.ID, b.ID) })
	return append(dst, both[:min(n, len(both))]...)
}

func (p pair) Nearest(now Time, target krpc.ID, n int) []table.Entry {
	four, six := p.tables()
	both := append(four.Nearest(now, target, n), six.Nearest(now, target, n)...)
	slices.SortStableFunc(both, func(a, b table.Entry) int { return krpc.Closer(target, a.ID, b.ID) })
	return both[:min(n, len(both))]
}

// Page merges a page of each: their places are of one order.
func (p pair) Page(now Time, from int, dst []table.Entry) (entries []table.Entry, next int) {
	four, six := p.tables()
	room := cap(dst) - len(dst)
	a, nextA := four.Page(now, from, make([]table.Entry, 0, room))
	b, nextB := six.Page(now, from, make([]table.Entry, 0, room))
	both := append(a, b...)
	slices.SortFunc(both, func(a, b table.Entry) int { return a.Seq - b.Seq })
	if len(both) > room {
		return append(dst, both[:room]...), both[room].Seq
	}
	if len(both) == room && room > 0 {
		return append(dst, both...), both[room-1].Seq + 1
	}
	return append(dst, both...), max(nextA, nextB)
}
