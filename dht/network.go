package dht

import (
	"net/netip"
	"slices"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/table"
)

// Entry is a copy of what a table knows of one node.
type Entry = table.Entry

// Arena is memory for the tables of many nodes that have [BucketsTable].
type Arena = table.Arena

// Table is a node's table as its host sees it: to read, and to Remove from or Restore to. Package
// table has the two implementations, and documents each method.
type Table interface {
	Heard(now Time, c krpc.Contact) (fresh bool)
	Answered(now Time, c krpc.Contact, rtt time.Duration, version []byte) (fresh bool)
	Serve(now Time, target krpc.ID, n int, dst []krpc.Contact) []krpc.Contact

	Len() int
	Get(now Time, id krpc.ID) (table.Entry, bool)
	Nearest(now Time, target krpc.ID, n int) []table.Entry
	Page(now Time, from int, dst []table.Entry) (entries []table.Entry, next int)
	End() int
	Remove(id krpc.ID) bool
	Restore(now Time, e table.Entry) bool
}

// register is a table as the node uses it.
type register interface {
	Table
	Queried(now Time, c krpc.Contact, version []byte) (fresh bool)
	Asked(now Time, c krpc.Contact)
	Silent(now Time, c krpc.Contact)

	Named(now Time, c krpc.Contact, by netip.Addr) (fresh bool)
	Proven(now Time, target krpc.ID, n int, dst []krpc.Contact) []krpc.Contact
	Hearsay(now Time, target krpc.ID, n int, dst []krpc.Contact) []krpc.Contact

	Welcome(now Time, c *krpc.Contact) bool
	Has(id krpc.ID) bool
	Move(now Time, own krpc.ID)
	Skip(end int)

	Next() (Time, bool)
	Due(now Time, src krpc.Source) (job table.Job, ok bool)
}

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

// network is the node's part in one of the two networks.
type network struct {
	table  register
	addr   netip.AddrPort
	upkeep upkeep
}

// is4 reports whether it is the IPv4 network.
func (w *network) is4() bool { return w.addr.Addr().Is4() }

// want is the value of `want` for nodes of this network.
func (w *network) want() krpc.Want {
	if w.is4() {
		return krpc.Want4
	}
	return krpc.Want6
}

// dualTable is the two tables of a node seen as one.
type dualTable struct{ home, far *network }

func (p dualTable) tables() (four, six register) { return p.home.table, p.far.table }

func (p dualTable) Heard(now Time, c krpc.Contact) bool {
	return tableAt(p.home, p.far, c.Addr).Heard(now, c)
}

func (p dualTable) Answered(now Time, c krpc.Contact, rtt time.Duration, version []byte) bool {
	return tableAt(p.home, p.far, c.Addr).Answered(now, c, rtt, version)
}

func (p dualTable) Restore(now Time, e table.Entry) bool {
	return tableAt(p.home, p.far, e.Addr).Restore(now, e)
}

func (p dualTable) Len() int {
	four, six := p.tables()
	return four.Len() + six.Len()
}

func (p dualTable) End() int {
	four, six := p.tables()
	return max(four.End(), six.End())
}

func (p dualTable) Remove(id krpc.ID) bool {
	four, six := p.tables()
	removed := four.Remove(id)
	return six.Remove(id) || removed
}

func (p dualTable) Get(now Time, id krpc.ID) (table.Entry, bool) {
	four, six := p.tables()
	if e, ok := four.Get(now, id); ok {
		return e, true
	}
	return six.Get(now, id)
}

func (p dualTable) Serve(now Time, target krpc.ID, n int, dst []krpc.Contact) []krpc.Contact {
	four, six := p.tables()
	both := six.Serve(now, target, n, four.Serve(now, target, n, nil))
	slices.SortStableFunc(both, func(a, b krpc.Contact) int { return krpc.Closer(target, a.ID, b.ID) })
	return append(dst, both[:min(n, len(both))]...)
}

func (p dualTable) Nearest(now Time, target krpc.ID, n int) []table.Entry {
	four, six := p.tables()
	both := append(four.Nearest(now, target, n), six.Nearest(now, target, n)...)
	slices.SortStableFunc(both, func(a, b table.Entry) int { return krpc.Closer(target, a.ID, b.ID) })
	return both[:min(n, len(both))]
}

// Page merges a page of each: both tables share one order.
func (p dualTable) Page(now Time, from int, dst []table.Entry) (entries []table.Entry, next int) {
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

// rejoinFirst is the pause before the first attempt to join again (chosen by us). It is short:
// nodes that enter a young network through the same node are known there only once that one has
// pinged them.
const rejoinFirst = 2 * time.Second

// upkeep is the part of a network that acts as time passes.
type upkeep struct {
	entry   []netip.AddrPort // where the network was entered
	rejoin  Time             // when to look whether there are enough contacts; 0: never
	pause   time.Duration    // the back-off after the next attempt
	waiting bool             // more jobs are due than one Advance does

	rtt rttEstimator // of those who ask there
}

// join notes where the network was entered.
func (u *upkeep) join(now Time, addrs []netip.AddrPort) {
	if len(addrs) > 0 {
		u.entry = append([]netip.AddrPort(nil), addrs...)
	}
	if u.rejoin == 0 {
		u.pause = rejoinFirst
		u.rejoin = now.Add(u.pause)
	}
}

// tableAt returns the table of one of two networks for an address, which must be sane. A contact
// that is new to it comes after all contacts of the other table.
func tableAt(home, far *network, addr netip.AddrPort) register {
	w, other := home, far
	if addr.Addr().Is6() {
		w, other = other, w
	}
	w.table.Skip(other.table.End())
	return w.table
}
