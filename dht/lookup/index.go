package lookup

import (
	"encoding/binary"
	"net/netip"

	"github.com/lightdht/lightdht/dht/krpc"
)

// at returns the number of the candidate in a place, or -1.
func (w *Walk) at(spot netip.AddrPort) int32 {
	for i := w.index[slotOf(spot)]; i > 0; i = w.nodes[i-1].next {
		if place(w.nodes[i-1].Addr) == spot {
			return int32(i) - 1
		}
	}
	return -1
}

// number returns the number of the candidate at addr, or -1.
func (w *Walk) number(addr netip.AddrPort) int32 {
	if i := w.at(place(addr)); i >= 0 && w.nodes[i].Addr == addr {
		return i
	}
	return -1
}

// enlist enters candidate i, whose place must be free, in the index.
func (w *Walk) enlist(i int32, spot netip.AddrPort) {
	first := &w.index[slotOf(spot)]
	w.nodes[i].next = *first
	*first = uint16(i) + 1
}

// strike removes candidate i from the index.
func (w *Walk) strike(i int32) {
	at := &w.index[slotOf(place(w.nodes[i].Addr))]
	for *at != uint16(i)+1 {
		at = &w.nodes[*at-1].next
	}
	*at = w.nodes[i].next
}

// place is what only one candidate may occupy: the address itself, or for a global one its host, an
// IPv4 address or an IPv6 /64.
func place(addr netip.AddrPort) netip.AddrPort {
	ip := addr.Addr()
	if krpc.ClassOf(ip) != krpc.Public {
		return addr
	}
	if ip.Is4() {
		return netip.AddrPortFrom(ip, 0)
	}
	raw := ip.As16()
	clear(raw[8:])
	return netip.AddrPortFrom(netip.AddrFrom16(raw), 0)
}

// slotOf returns the number of an index entry; equal places have the same.
func slotOf(spot netip.AddrPort) uint8 {
	if ip := spot.Addr(); ip.Is4() {
		raw := ip.As4()
		return mix(uint64(binary.BigEndian.Uint32(raw[:])) | uint64(spot.Port())<<32)
	}
	raw := spot.Addr().As16()
	return mix((binary.BigEndian.Uint64(raw[:])+uint64(spot.Port()))*golden ^ binary.BigEndian.Uint64(raw[8:]))
}

const golden = 0x9e3779b97f4a7c15 // 2^64 divided by the golden ratio, as in Fibonacci hashing

func mix(x uint64) uint8 { return uint8(x * golden >> 56) }
