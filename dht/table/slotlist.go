package table

import (
	"bytes"
	"net/netip"
	"slices"

	"github.com/lightdht/lightdht/dht/krpc"
)

// slotList is a list of slots that is searched by id and by address. Each slot has two tags of one
// byte, so a search reads a slot only if it is likely the right one: in a large world, memory that
// is not touched is most of the gain.
type slotList struct {
	slots []slot
	tags  []uint8 // of ids, up to the capacity of slots; then of addresses
}

// idTags are the tags of ids, beside slots.
func (l *slotList) idTags() []uint8 { return l.tags[:len(l.slots)] }

// hostTags are the tags of addresses, beside slots.
func (l *slotList) hostTags() []uint8 { return l.tags[cap(l.slots):][:len(l.slots)] }

// tag sets the tags of the slot at place i.
func (l *slotList) tag(i int, host uint8) {
	l.idTags()[i], l.hostTags()[i] = idTag(&l.slots[i].id), host
}

func idTag(id *krpc.ID) uint8 { return id[krpc.IDLen-1] }

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

func (l *slotList) len() int { return len(l.slots) }

// find returns the place of id in slots[from:to], or -1.
func (l *slotList) find(from, to int, id *krpc.ID) int {
	for i, t := range l.idTags()[from:to] {
		if t == idTag(id) && l.slots[from+i].id == *id {
			return from + i
		}
	}
	return -1
}

// next returns the first place from i on whose address has the tag host, or -1.
func (l *slotList) next(i int, host uint8) int {
	if j := bytes.IndexByte(l.hostTags()[i:], host); j >= 0 {
		return i + j
	}
	return -1
}

// insert puts s at place i; host is the tag of its address. If the list is full, it makes room for
// step more: append would double the memory of every table of a large world.
func (l *slotList) insert(i int, s slot, host uint8, step int) {
	if len(l.slots) == cap(l.slots) {
		l.reserve(len(l.slots) + step)
	}
	l.slots = slices.Insert(l.slots, i, s)
	for _, tags := range [...][]uint8{l.idTags(), l.hostTags()} {
		copy(tags[i+1:], tags[i:])
	}
	l.tag(i, host)
}

// reserve makes room for n in all, or a few more if that costs nothing.
func (l *slotList) reserve(n int) {
	ids, hosts := l.idTags(), l.hostTags()
	l.slots = append(slices.Grow([]slot(nil), n), l.slots...)
	l.tags = make([]uint8, 2*cap(l.slots))
	copy(l.idTags(), ids)
	copy(l.hostTags(), hosts)
}

// remove takes out and returns the slot at place i.
func (l *slotList) remove(i int) slot {
	s := l.slots[i]
	for _, tags := range [...][]uint8{l.idTags(), l.hostTags()} {
		copy(tags[i:], tags[i+1:])
	}
	l.slots = slices.Delete(l.slots, i, i+1)
	return s
}
