package lookup

import (
	"cmp"
	"encoding/binary"
	"net/netip"
	"slices"

	"github.com/lightdht/lightdht/dht/krpc"
)

// state is how far a candidate has come.
type state uint8

const (
	unasked  state = iota
	flying         // asked, within the short timeout
	slow           // asked, past it
	silent         // given up
	answered       // under whatever id
)

// node is a candidate: 64 bytes, one cache line.
type node struct {
	krpc.Contact
	hop   int32
	next  uint16 // see index
	state state
}

// hear admits c as a candidate unless it is unusable, known, second on its host,
// or too far away to matter. Most are that, so it is looked at first.
func (w *Walk) hear(c *krpc.Contact, hop int32) {
	known, far, room := !c.ID.IsZero(), w.far(&c.ID), max(minWait, 4*w.cfg.K)
	if known && (!w.useful(far, &c.ID) || len(w.waiting) >= room && far > w.waiting[0].far) || !usable(c.Addr) {
		return
	}
	spot := place(c.Addr)
	if w.at(spot) >= 0 {
		return
	}
	if !known {
		if len(w.strangers) < room {
			w.strangers = append(w.strangers, w.admit(c, hop, spot))
		}
		return
	}
	at := w.rankWaiting(far, c)
	if len(w.waiting) < room {
		w.waiting = append(w.waiting, ranked{})
		copy(w.waiting[at+1:], w.waiting[at:])
		w.waiting[at] = ranked{far, w.admit(c, hop, spot)}
		return
	}
	if at == 0 { // farther than all who wait
		return
	}
	i := w.waiting[0].node // its number goes to the newcomer
	w.strike(i)
	w.nodes[i] = node{Contact: *c, hop: hop}
	w.enlist(i, spot)
	copy(w.waiting, w.waiting[1:at])
	w.waiting[at-1] = ranked{far, i}
}

// admit makes c a candidate and returns its number.
func (w *Walk) admit(c *krpc.Contact, hop int32, spot netip.AddrPort) int32 {
	i := int32(len(w.nodes))
	w.nodes = append(w.nodes, node{Contact: *c, hop: hop})
	w.enlist(i, spot)
	return i
}

// rankWaiting returns how many who wait are farther than c, which is so far away:
// c's place among them. Equal ids are ordered by address, so that the order is total.
// Newcomers are mostly near, so it is searched from that end.
func (w *Walk) rankWaiting(far uint64, c *krpc.Contact) int {
	const stride = 8
	at := len(w.waiting)
	for at >= stride && w.waiting[at-stride].far < far {
		at -= stride
	}
	for ; at > 0; at-- {
		if r := w.waiting[at-1]; r.far > far || r.far == far && w.farther(r, far, c) {
			break
		}
	}
	return at
}

// farther reports whether r, who waits, comes before c, which is so far away.
func (w *Walk) farther(r ranked, far uint64, c *krpc.Contact) bool {
	order := w.compare(r, far, &c.ID)
	return order > 0 || order == 0 && w.nodes[r.node].Addr.Compare(c.Addr) > 0
}

// rank puts candidate i, which has answered, among the nearest if it belongs
// there.
func (w *Walk) rank(i int32) {
	id := &w.nodes[i].ID
	far := w.far(id)
	lo, hi := 0, len(w.nearest)
	for lo < hi {
		mid := int(uint(lo+hi) / 2)
		if w.nearer(w.nearest[mid], far, id) {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo == w.cfg.K || lo < len(w.nearest) && w.nearest[lo].far == far && w.nodes[w.nearest[lo].node].ID == *id {
		return
	}
	if w.full() {
		w.nearest = w.nearest[:w.cfg.K-1]
	}
	w.nearest = slices.Insert(w.nearest, lo, ranked{far, i})
}

// ranked is a candidate in a list that is sorted by distance. Most comparisons
// need no more than the first bits of it.
type ranked struct {
	far  uint64 // first 64 bits of the distance to the target
	node int32  // the candidate's number
}

// far returns the first 64 bits of the distance from id to the target.
func (w *Walk) far(id *krpc.ID) uint64 {
	return binary.BigEndian.Uint64(id[:]) ^ binary.BigEndian.Uint64(w.cfg.Target[:])
}

// compare is below 0 if r is nearer to the target than id, which is so far away, and
// above 0 if it is farther.
func (w *Walk) compare(r ranked, far uint64, id *krpc.ID) int {
	if r.far != far {
		return cmp.Compare(r.far, far)
	}
	return krpc.Closer(w.cfg.Target, w.nodes[r.node].ID, *id)
}

// nearer reports whether r is nearer to the target than id, which is so far away.
func (w *Walk) nearer(r ranked, far uint64, id *krpc.ID) bool {
	return r.far < far || r.far == far && w.compare(r, far, id) < 0
}

// find returns the candidate at addr, or nil. It is good until the next hear.
func (w *Walk) find(addr netip.AddrPort) *node {
	if i := w.number(addr); i >= 0 {
		return &w.nodes[i]
	}
	return nil
}

// usable reports whether a datagram can be sent to addr.
func usable(addr netip.AddrPort) bool {
	ip := addr.Addr()
	return ip.IsValid() && addr.Port() != 0 && !ip.IsUnspecified() && !ip.IsMulticast()
}
