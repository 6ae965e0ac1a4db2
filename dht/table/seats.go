package table

import (
	"net/netip"
	"slices"

	"github.com/lightdht/lightdht/dht/krpc"
)

// seats is a list of slots that is searched by id and by address. A byte of
// each lies in tags, so a search reads a slot only where it is likely the one:
// in a large world the memory it does not touch is most of what it saves.
type seats struct {
	slots []slot
	tags  []tag // beside slots
}

type tag struct{ id, host uint8 }

func (b *Buckets) tagOf(s *slot) tag { return tag{s.id[krpc.IDLen-1], hostTag(b.addr(s))} }

func hostTag(addr netip.AddrPort) uint8 {
	sum := uint8(addr.Port()) ^ uint8(addr.Port()>>8)
	if ip := addr.Addr(); ip.Is4() {
		for _, x := range ip.As4() {
			sum = sum<<1 ^ sum>>7 ^ x
		}
	} else {
		for _, x := range ip.As16() {
			sum = sum<<1 ^ sum>>7 ^ x
		}
	}
	return sum
}

func (l *seats) len() int { return len(l.slots) }

// find returns the place of id in slots[from:to], or -1.
func (l *seats) find(from, to int, id *krpc.ID) int {
	for i, t := range l.tags[from:to] {
		if t.id == id[krpc.IDLen-1] && l.slots[from+i].id == *id {
			return from + i
		}
	}
	return -1
}

// insert puts s at place i, where t is its tag. If there is no room, it makes
// some for step more: append would double what is kept in every table of a
// large world.
func (l *seats) insert(i int, s slot, t tag, step int) {
	if len(l.slots) == cap(l.slots) {
		l.reserve(len(l.slots) + step)
	}
	l.slots = slices.Insert(l.slots, i, s)
	l.tags = slices.Insert(l.tags, i, t)
}

// reserve makes room for n in all, or a few more where that costs nothing.
func (l *seats) reserve(n int) {
	l.slots = append(slices.Grow([]slot(nil), n), l.slots...)
	l.tags = append(make([]tag, 0, cap(l.slots)), l.tags...)
}

// remove takes out and returns the slot at place i.
func (l *seats) remove(i int) slot {
	s := l.slots[i]
	l.slots = slices.Delete(l.slots, i, i+1)
	l.tags = slices.Delete(l.tags, i, i+1)
	return s
}
