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
	state state
}

// hear admits c as a candidate unless it is unusable, known, second on its host,
// or too far away to matter.
func (w *Walk) hear(c krpc.Contact, hop int32) {
	known, far := !c.ID.IsZero(), w.far(&c.ID)
	if !usable(c.Addr) || known && !w.useful(far, &c.ID) {
		return
	}
	spot := place(c.Addr)
	tag := tagOf(spot)
	for i, t := range w.tags {
		if t == tag && place(w.nodes[i].Addr) == spot {
			return
		}
	}
	room := max(minWait, 4*w.cfg.K)
	n := node{Contact: c, hop: hop}
	if !known {
		if len(w.strangers) < room {
			w.strangers = append(w.strangers, w.admit(n, tag))
		}
		return
	}
	at := w.rankWaiting(far, &c)
	if len(w.waiting) < room {
		w.waiting = slices.Insert(w.waiting, at, ranked{far, w.admit(n, tag)})
		return
	}
	if at == 0 { // farther than all who wait
		return
	}
	i := w.waiting[0].node // its number goes to the newcomer
	w.nodes[i], w.tags[i] = n, tag
	copy(w.waiting, w.waiting[1:at])
	w.waiting[at-1] = ranked{far, i}
}

// admit stores n and returns its number.
func (w *Walk) admit(n node, tag uint32) int32 {
	w.nodes = append(w.nodes, n)
	w.tags = append(w.tags, tag)
	return int32(len(w.nodes) - 1)
}

// rankWaiting returns how many who wait are farther than c, which is c's place
// among them. Equal ids are ordered by address, so that the order is total.
func (w *Walk) rankWaiting(far uint64, c *krpc.Contact) int {
	lo, hi := 0, len(w.waiting)
	for lo < hi {
		mid := int(uint(lo+hi) / 2)
		order := w.compare(w.waiting[mid], far, &c.ID)
		if order == 0 {
			order = w.nodes[w.waiting[mid].node].Addr.Compare(c.Addr)
		}
		if order > 0 {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
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
	if lo == w.cfg.K || lo < len(w.nearest) && w.nodes[w.nearest[lo].node].ID == *id {
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

// number returns the number of the candidate at addr, or -1. A scan of a few
// hundred tags, side by side in memory, costs less than a map.
func (w *Walk) number(addr netip.AddrPort) int32 {
	tag := tagOf(place(addr))
	for i, t := range w.tags {
		if t == tag && w.nodes[i].Addr == addr {
			return int32(i)
		}
	}
	return -1
}

// usable reports whether a datagram can be sent to addr.
func usable(addr netip.AddrPort) bool {
	ip := addr.Addr()
	return ip.IsValid() && addr.Port() != 0 && !ip.IsUnspecified() && !ip.IsMulticast()
}

// place is what only one candidate may occupy: the address itself, or for a
// global one its whole host: an IPv4 address, an IPv6 /64.
func place(addr netip.AddrPort) netip.AddrPort {
	ip := addr.Addr()
	if !ip.IsGlobalUnicast() || ip.IsPrivate() {
		return addr
	}
	if ip.Is4() {
		return netip.AddrPortFrom(ip, 0)
	}
	raw := ip.As16()
	clear(raw[8:])
	return netip.AddrPortFrom(netip.AddrFrom16(raw), 0)
}

// tagOf condenses a place; equal places have equal tags.
func tagOf(spot netip.AddrPort) uint32 {
	raw := spot.Addr().As16()
	h := binary.BigEndian.Uint64(raw[:]) + uint64(spot.Port())
	h = h*0x9e3779b97f4a7c15 ^ binary.BigEndian.Uint64(raw[8:])
	return uint32(h * 0x9e3779b97f4a7c15 >> 32)
}
