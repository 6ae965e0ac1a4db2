package krpc

import (
	"hash/crc32"
	"net/netip"
)

// castagnoli is never changed. It is the polynomial that BEP 42 asks for.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// What an id depends on of an address (BEP 42): so little that one host has few
// ids to choose from, and a whole network not many more.
var (
	secureMask4 = [4]byte{0x03, 0x0f, 0x3f, 0xff}
	secureMask6 = [8]byte{0x01, 0x03, 0x07, 0x0f, 0x1f, 0x3f, 0x7f, 0xff}
)

// SecureID draws from src one of the ids that BEP 42 allows at ip: 21 bits
// follow from ip and the last byte, all others are random.
func SecureID(ip netip.Addr, src Source) ID { return Secure(ip, RandomID(src)) }

// Secure returns id with its first 21 bits set to what BEP 42 wants at ip. The
// last byte, which it depends on too, is kept, as is the rest.
func Secure(ip netip.Addr, id ID) ID {
	sum := secureSum(ip, id[IDLen-1])
	id[0], id[1] = byte(sum>>24), byte(sum>>16)
	id[2] = byte(sum>>8)&0xf8 | id[2]&0x07
	return id
}

// IsSecure reports whether a node at ip may have this id by BEP 42. At an
// exempt address any will do.
func IsSecure(id ID, ip netip.Addr) bool { return SecureExempt(ip) || Secure(ip, id) == id }

// exempt are private, link-local and loopback addresses, and, as libtorrent has it,
// those of carrier NAT and their kind in IPv6.
const exempt = Classes(1<<Private | 1<<Loopback | 1<<LinkLocal | 1<<CarrierNAT | 1<<SiteLocal)

// SecureExempt reports whether BEP 42 does not apply to ip: private, link-local
// and loopback addresses, and, as libtorrent has it, those of carrier NAT and
// their kind in IPv6.
func SecureExempt(ip netip.Addr) bool { return exempt.Has(ClassOf(ip.Unmap())) }

// secureSum is the checksum whose upper 21 bits are the prefix of an id that
// ends in last.
func secureSum(ip netip.Addr, last byte) uint32 {
	var masked [8]byte
	used := masked[:]
	if ip = ip.Unmap(); ip.Is4() {
		raw := ip.As4()
		used = masked[:len(secureMask4)]
		for i, m := range secureMask4 {
			used[i] = raw[i] & m
		}
	} else {
		raw := ip.As16()
		for i, m := range secureMask6 {
			used[i] = raw[i] & m
		}
	}
	used[0] |= last & 7 << 5
	return crc32.Checksum(used, castagnoli)
}
