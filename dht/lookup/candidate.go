package lookup

import (
	"cmp"
	"encoding/binary"
	"net/netip"
	"slices"

	"github.com/lightdht/lightdht/dht/krpc"
)

// room is how many may wait in a list.
func (w *Walk) room() int { return max(minWait, 4*w.cfg.K) }

// makePlace drops the farthest of a list if it is full, and returns the place that at has become.
func (w *Walk) makePlace(list *[]ranked, at int) int {
	l := *list
	if len(l) < w.room() {
		return at
	}
	w.drop(l[0].node)
	*list = l[:copy(l, l[1:])]
	return at - 1
}

// drop forgets candidate i, which is waiting.
func (w *Walk) drop(i int32) {
	w.strike(i)
	w.nodes[i] = node{}
	w.spare = append(w.spare, i)
}

// insert puts a candidate into a list, at place at.
func insert(list *[]ranked, at int, r ranked) {
	l := append(*list, ranked{})
	copy(l[at+1:], l[at:])
	l[at] = r
	*list = l
}

// admit makes c a candidate and returns its number.
func (w *Walk) admit(c *krpc.Contact, hop uint16, by source, spot netip.AddrPort) int32 {
	n := node{Contact: *c, hop: hop, by: by}
	i := int32(len(w.nodes))
	if last := len(w.spare) - 1; last >= 0 {
		i, w.spare = w.spare[last], w.spare[:last]
		w.nodes[i] = n
	} else {
		w.nodes = append(w.nodes, n)
	}
	w.enlist(i, spot)
	return i
}

// rankIn returns the place of c, at distance far, in a list: how many are farther. Equal ids are
// ordered by address, so that the order is total. Most newcomers are near, so it is searched from
// that end.
func (w *Walk) rankIn(list []ranked, far uint64, c *krpc.Contact) int {
	const stride = 8
	at := len(list)
	for at >= stride && list[at-stride].far < far {
		at -= stride
	}
	for ; at > 0; at-- {
		if r := list[at-1]; r.far > far || r.far == far && w.farther(r, far, c) {
			break
		}
	}
	return at
}

// farther reports whether r, which is waiting, comes before c, at distance far.
func (w *Walk) farther(r ranked, far uint64, c *krpc.Contact) bool {
	order := w.compare(r, far, &c.ID)
	return order > 0 || order == 0 && w.nodes[r.node].Addr.Compare(c.Addr) > 0
}

// rank puts candidate i, which has answered, among the nearest if it belongs there.
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

// far returns the first 64 bits of the distance from id to the target.
func (w *Walk) far(id *krpc.ID) uint64 {
	return binary.BigEndian.Uint64(id[:]) ^ binary.BigEndian.Uint64(w.cfg.Target[:])
}

// compare is below 0 if r is nearer to the target than id, which is at distance far, and above 0 if
// it is farther.
func (w *Walk) compare(r ranked, far uint64, id *krpc.ID) int {
	if r.far != far {
		return cmp.Compare(r.far, far)
	}
	return krpc.Closer(w.cfg.Target, w.nodes[r.node].ID, *id)
}

// nearer reports whether r is nearer to the target than id, which is at distance far.
func (w *Walk) nearer(r ranked, far uint64, id *krpc.ID) bool {
	return r.far < far || r.far == far && w.compare(r, far, id) < 0
}

// find returns the candidate at addr, or nil. The pointer is valid until the next hear.
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

// full reports whether K nodes have answered.
func (w *Walk) full() bool { return len(w.nearest) == w.cfg.K }

// useful reports whether a node of this id, at distance far, would be among the K nearest.
func (w *Walk) useful(far uint64, id *krpc.ID) bool {
	return !w.full() || w.compare(w.nearest[w.cfg.K-1], far, id) > 0
}

// land removes candidate i from the open queries; false if it was not one.
func (w *Walk) land(i int32) bool {
	switch w.nodes[i].state {
	case flying:
		at := slices.IndexFunc(w.flying, func(r ranked) bool { return r.node == i })
		w.flying = append(w.flying[:at], w.flying[at+1:]...)
	case slow, tardy:
		w.slow--
	default:
		return false
	}
	return true
}
