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
	tardy          // asked, so long ago that only those who have nobody else wait for it
	silent         // given up
	answered       // under whatever id
)

// node is a candidate: 64 bytes, one cache line.
type node struct {
	krpc.Contact
	hop     uint16
	next    uint16 // see index
	by      source
	state   state
	balance int8 // of those it named: how many more proved to be there than were missed
}

// hear admits c, named by somebody, as a candidate unless it is unusable, known,
// second on its host, or too far away to matter. Most are that, so it is looked at
// first. It reports whether c is a candidate now and was none before.
func (w *Walk) hear(c *krpc.Contact, hop uint16, by source) bool {
	known, far := !c.ID.IsZero(), w.far(&c.ID)
	list := w.listOf(by)
	if known && (!w.useful(far, &c.ID) || len(*list) >= w.room() && far > (*list)[0].far) || !usable(c.Addr) {
		return false
	}
	spot := place(c.Addr)
	if i := w.at(spot); i >= 0 {
		w.vouch(i, c, by)
		return false
	}
	if !known {
		if len(w.strangers) >= w.room() {
			return false
		}
		w.strangers = append(w.strangers, w.admit(c, hop, by, spot))
		return true
	}
	if w.cfg.Diverse && w.crowded(c.Addr.Addr()) {
		if w.deserted(c.Addr.Addr()) {
			return false
		}
		by, list = excess, &w.reserve
	}
	at := w.rankIn(*list, far, c)
	if at == 0 && len(*list) >= w.room() { // farther than all who wait
		return false
	}
	at = w.makePlace(list, at)
	insert(list, at, ranked{far, w.admit(c, hop, by, spot)})
	return true
}

// room is how many may wait in a list.
func (w *Walk) room() int { return max(minWait, 4*w.cfg.K) }

// makePlace drops the farthest of a list that is full, and returns what place at is
// then.
func (w *Walk) makePlace(list *[]ranked, at int) int {
	l := *list
	if len(l) < w.room() {
		return at
	}
	w.drop(l[0].node)
	*list = l[:copy(l, l[1:])]
	return at - 1
}

// drop forgets candidate i, who waits.
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

// rankIn returns how many in a list are farther than c, which is so far away:
// c's place among them. Equal ids are ordered by address, so that the order is total.
// Newcomers are mostly near, so it is searched from that end.
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
