package krpc

import (
	"encoding/binary"
	"net/netip"
)

// Contact is a node as others speak of it: an id and the address it is said to
// have. Both are comparable; addresses are never v4-mapped.
type Contact struct {
	ID   ID
	Addr netip.AddrPort
}

// String returns "addr id" for logs and test scripts.
func (c Contact) String() string { return c.Addr.String() + " " + c.ID.String() }

// Lengths of the compact forms (BEP 5; BEP 32 for IPv6).
const (
	compactAddr4    = 6
	compactAddr6    = 18
	compactContact4 = IDLen + compactAddr4
	compactContact6 = IDLen + compactAddr6
)

// AppendAddr appends the compact form of addr: 6 bytes for IPv4, 18 for IPv6.
func AppendAddr(b []byte, addr netip.AddrPort) []byte {
	if addr.Addr().Is4() {
		ip := addr.Addr().As4()
		b = append(b, ip[:]...)
	} else {
		ip := addr.Addr().As16()
		b = append(b, ip[:]...)
	}
	return append(b, byte(addr.Port()>>8), byte(addr.Port()))
}

// ParseAddr reads a compact address of 6 or 18 bytes. It refuses any other
// length, port 0, and IPv4 wrapped in IPv6 (BEP 32: not to be sent).
func ParseAddr(raw []byte) (netip.AddrPort, bool) {
	switch len(raw) {
	case compactAddr4:
		ip := netip.AddrFrom4([4]byte(raw[:4]))
		return withPort(ip, raw[4:])
	case compactAddr6:
		ip := netip.AddrFrom16([16]byte(raw[:16]))
		if ip.Is4In6() {
			return netip.AddrPort{}, false
		}
		return withPort(ip, raw[16:])
	}
	return netip.AddrPort{}, false
}

func withPort(ip netip.Addr, raw []byte) (netip.AddrPort, bool) {
	port := uint16(raw[0])<<8 | uint16(raw[1])
	return netip.AddrPortFrom(ip, port), port != 0
}

// AppendContact appends the compact form of c: 26 bytes for IPv4, 38 for IPv6.
func AppendContact(b []byte, c Contact) []byte {
	return AppendAddr(append(b, c.ID[:]...), c.Addr)
}

// EachContact calls f for every usable entry of a compact node list: raw is the
// value of "nodes" (v6 false) or of "nodes6" (v6 true). Entries with port 0 are
// skipped and an incomplete one at the end is ignored; whole is false if there
// was one.
func EachContact(raw []byte, v6 bool, f func(Contact)) (whole bool) {
	size := compactContact4
	if v6 {
		size = compactContact6
	}
	for len(raw) >= size {
		if addr, ok := ParseAddr(raw[IDLen:size]); ok {
			f(Contact{ID: ID(raw[:IDLen]), Addr: addr})
		}
		raw = raw[size:]
	}
	return len(raw) == 0
}

// appendContacts4 appends to dst the usable entries of a compact IPv4 list, as EachContact
// passes them on.
func appendContacts4(dst []Contact, raw []byte) (contacts []Contact, whole bool) {
	for ; len(raw) >= compactContact4; raw = raw[compactContact4:] {
		if port := binary.BigEndian.Uint16(raw[IDLen+4:]); port != 0 {
			addr := netip.AddrFrom4([4]byte(raw[IDLen : IDLen+4]))
			dst = append(dst, Contact{ID: ID(raw[:IDLen]), Addr: netip.AddrPortFrom(addr, port)})
		}
	}
	return dst, len(raw) == 0
}
