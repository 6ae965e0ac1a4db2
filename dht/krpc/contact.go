package krpc

import (
	"encoding/binary"
	"net/netip"
)

// Contact is a node as others name it: an id and the address it is said to have. Both are
// comparable; addresses are never v4-mapped.
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

// EachContact calls f for every usable entry of a compact node list: raw is the value of "nodes"
// (v6 false) or of "nodes6" (v6 true). Entries with port 0 are skipped. If the length is not a
// multiple of the size of an entry, f is not called, since the start of the entries is a guess;
// whole is then false.
//
// There is one exception: shiyanhui/dht writes 38 bytes a contact into "nodes", the IPv4 address
// wrapped in IPv6. A list of such contacts only is read as it is meant.
func EachContact(raw []byte, v6 bool, f func(Contact)) (whole bool) {
	l := layout4(raw)
	if v6 {
		l = layout{compactContact6, IDLen}
	}
	if len(raw)%l.size != 0 {
		return false
	}
	for ; len(raw) > 0; raw = raw[l.size:] {
		if addr, ok := ParseAddr(raw[l.at:l.size]); ok {
			f(Contact{ID: ID(raw[:IDLen]), Addr: addr})
		}
	}
	return true
}

// appendContacts4 appends to dst the usable entries of "nodes", as EachContact
// passes them on.
func appendContacts4(dst []Contact, raw []byte) (contacts []Contact, whole bool) {
	l := layout4(raw)
	if len(raw)%l.size != 0 {
		return dst, false
	}
	for ; len(raw) >= l.size; raw = raw[l.size:] {
		if port := binary.BigEndian.Uint16(raw[l.at+4:]); port != 0 {
			addr := netip.AddrFrom4([4]byte(raw[l.at : l.at+4]))
			dst = append(dst, Contact{ID: ID(raw[:IDLen]), Addr: netip.AddrPortFrom(addr, port)})
		}
	}
	return dst, true
}

// layout is how the entries of a list of nodes are written.
type layout struct {
	size int // of one entry
	at   int // where its address begins
}

// layout4 is the layout of "nodes".
func layout4(raw []byte) layout {
	if wrapped(raw) {
		return layout{compactContact6, IDLen + len(wrapping)}
	}
	return layout{compactContact4, IDLen}
}

// wrapping is what stands before an IPv4 address that is wrapped in IPv6.
const wrapping = "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff"

// wrapped reports whether a list of nodes has IPv4 addresses wrapped in IPv6, all of
// them.
func wrapped(raw []byte) bool {
	if len(raw) == 0 || len(raw)%compactContact6 != 0 {
		return false
	}
	for ; len(raw) > 0; raw = raw[compactContact6:] {
		if string(raw[IDLen:IDLen+len(wrapping)]) != wrapping {
			return false
		}
	}
	return true
}
