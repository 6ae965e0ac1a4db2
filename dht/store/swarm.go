package store

import (
	"encoding/binary"
	"math/bits"
	"net/netip"

	"github.com/lightdht/lightdht/dht/krpc"
)

// entry is a stored peer in 32 bytes; IPv4 addresses are kept mapped.
type entry struct {
	ip   [16]byte
	last krpc.Time
	port uint16
	seed bool
}

func (e *entry) addr() netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom16(e.ip).Unmap(), e.port)
}

// swarm is everybody stored for one info-hash, in no particular order.
type swarm struct {
	infoHash  krpc.ID
	place     int       // in the heap
	due       krpc.Time // nobody in it expires earlier
	four, six []entry
}

// list returns the peers of ip's family.
func (s *swarm) list(ip netip.Addr) *[]entry {
	if ip.Is4() {
		return &s.four
	}
	return &s.six
}

// find returns the entry of ip, or nil; also if s is nil.
func (s *swarm) find(ip netip.Addr) *entry {
	if s == nil {
		return nil
	}
	list, raw := *s.list(ip), ip.As16()
	for i := range list {
		if list[i].ip == raw {
			return &list[i]
		}
	}
	return nil
}

// add appends an entry for ip, which must have none.
func (s *swarm) add(ip netip.Addr) *entry {
	list := s.list(ip)
	*list = append(*list, entry{ip: ip.As16()})
	return &(*list)[len(*list)-1]
}

// trim returns list, in less memory if most of it is unused.
func trim(list []entry) []entry {
	if cap(list) <= 4*len(list) {
		return list
	}
	return append([]entry(nil), list...)
}

// shuffle moves a uniformly random choice of n entries to the front of list.
func shuffle(list []entry, n int, src krpc.Source) {
	for i := range n {
		// The high half of a product maps 64 random bits onto a range; what it
		// lacks in evenness is below one part in 2^54 here.
		step, _ := bits.Mul64(src.Uint64(), uint64(len(list)-i))
		j := i + int(step)
		list[i], list[j] = list[j], list[i]
	}
}

// hostOf returns what stands for the host of ip in limits: an IPv4 address, an
// IPv6 /64. Addresses that are not global are not limited: behind them is a
// test network, or the owner's own.
func hostOf(ip netip.Addr) (host uint64, limited bool) {
	if !ip.IsGlobalUnicast() || ip.IsPrivate() {
		return 0, false
	}
	raw := ip.As16()
	if ip.Is4() {
		return binary.BigEndian.Uint64(raw[8:]), true // 0:ffff::/32 is never assigned
	}
	return binary.BigEndian.Uint64(raw[:]), true
}

// dueHeap orders swarms by when they are due; ties fall as the history of calls
// has it, which is repeatable.
type dueHeap []*swarm

func (h *dueHeap) push(s *swarm) {
	s.place = len(*h)
	*h = append(*h, s)
	h.up(s.place)
}

func (h *dueHeap) remove(s *swarm) {
	last := len(*h) - 1
	moved := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	if moved != s {
		(*h)[s.place], moved.place = moved, s.place
		h.fix(moved)
	}
}

// fix restores the order after s.due has changed.
func (h dueHeap) fix(s *swarm) {
	if !h.up(s.place) {
		h.down(s.place)
	}
}

func (h dueHeap) up(i int) (moved bool) {
	for i > 0 && h[i].due < h[(i-1)/2].due {
		h.swap(i, (i-1)/2)
		i = (i - 1) / 2
		moved = true
	}
	return moved
}

func (h dueHeap) down(i int) {
	for {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(h); child++ {
			if h[child].due < h[least].due {
				least = child
			}
		}
		if least == i {
			return
		}
		h.swap(i, least)
		i = least
	}
}

func (h dueHeap) swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].place, h[j].place = i, j
}
