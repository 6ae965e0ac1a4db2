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
	bits [2]uint16 // those that a Bloom filter has for ip
}

func (e *entry) addr() netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom16(e.ip).Unmap(), e.port)
}

// addTo is [krpc.Bloom.Add] of ip, without hashing it once more: that would make an
// answer to a scrape (BEP 33) twenty times as expensive as any other.
func (e *entry) addTo(filter *krpc.Bloom) {
	for _, bit := range e.bits {
		filter[bit/8] |= 1 << (bit % 8)
	}
}

// bloomBits returns which bits of a Bloom filter stand for ip: two, or one twice.
func bloomBits(ip netip.Addr) (found [2]uint16) {
	var filter krpc.Bloom
	filter.Add(ip)
	first := true
	for i, b := range filter {
		for ; b != 0; b &= b - 1 {
			bit := uint16(8*i + bits.TrailingZeros8(b))
			if found[1] = bit; first {
				found[0], first = bit, false
			}
		}
	}
	return found
}

// swarm is the peers stored for one info-hash, in no particular order.
type swarm struct {
	infoHash  krpc.ID
	place     int       // in the heap
	due       krpc.Time // no peer of it expires earlier
	four, six []entry
}

// before puts the swarm that is due first on top of its heap.
func (s *swarm) before(other *swarm) bool { return s.due < other.due }

func (s *swarm) seat() *int { return &s.place }

// list returns the peers of ip's family.
func (s *swarm) list(ip netip.Addr) *[]entry {
	if ip.Is4() {
		return &s.four
	}
	return &s.six
}

// find returns the entry of ip and port, any port if that is 0, or nil; also if s is
// nil.
func (s *swarm) find(ip netip.Addr, port uint16) *entry {
	if s == nil {
		return nil
	}
	list, raw := *s.list(ip), ip.As16()
	for i := range list {
		if list[i].ip == raw && (port == 0 || list[i].port == port) {
			return &list[i]
		}
	}
	return nil
}

// add appends an entry for ip.
func (s *swarm) add(ip netip.Addr) *entry {
	list := s.list(ip)
	*list = append(*list, entry{ip: ip.As16(), bits: bloomBits(ip)})
	return &(*list)[len(*list)-1]
}

// trim returns list, in less memory if most of it is unused.
func trim(list []entry) []entry {
	if cap(list) <= 4*len(list) {
		return list
	}
	return append([]entry(nil), list...)
}

// sample appends to dst a uniformly random choice of limit entries of list, or all
// of them.
func sample(list []entry, limit int, src krpc.Source, dst []netip.AddrPort) []netip.AddrPort {
	if limit < len(list) {
		shuffle(list, limit, src)
		list = list[:max(limit, 0)]
	}
	for i := range list {
		dst = append(dst, list[i].addr())
	}
	return dst
}

// seedsLast moves the seeds in list behind all others, and returns how many these
// are.
func seedsLast(list []entry) (others int) {
	for i := range list {
		if !list[i].seed {
			list[i], list[others] = list[others], list[i]
			others++
		}
	}
	return others
}

// shuffle moves a uniformly random choice of n entries to the front of list.
func shuffle(list []entry, n int, src krpc.Source) {
	for i := range n {
		j := i + below(len(list)-i, src)
		list[i], list[j] = list[j], list[i]
	}
}

// below draws a number from 0 to n-1. The high half of a product maps 64 random
// bits onto a range; what it lacks in evenness is below one part in 2^40 for any
// n that occurs here.
func below(n int, src krpc.Source) int {
	high, _ := bits.Mul64(src.Uint64(), uint64(n))
	return int(high)
}

// hostOf returns the key of ip's host in limits: an IPv4 address, or an IPv6 /64. Addresses that
// are not global are not limited: they are those of a test network, or of the owner.
func hostOf(ip netip.Addr) (host uint64, limited bool) {
	if krpc.ClassOf(ip) != krpc.Public {
		return 0, false
	}
	raw := ip.As16()
	if ip.Is4() {
		return binary.BigEndian.Uint64(raw[8:]), true // 0:ffff::/32 is never assigned
	}
	return binary.BigEndian.Uint64(raw[:]), true
}
