package krpc

import "net/netip"

// EachValue calls f for every usable peer of a response: entries with port 0 are skipped, families
// may be mixed. A single string is read as a run of IPv4 peers. whole is false if the length of
// that is not a multiple of 6 (then f is not called), or if an entry of the list is not an address
// (then f is not called for it).
func (m *Message) EachValue(f func(netip.AddrPort)) (whole bool) {
	s := scanner{b: m.Values}
	switch s.peek() {
	case 'l':
	case 0:
		return true
	default:
		return eachAddr4(s.str(), f)
	}
	whole = true
	for s.open(); s.more(); {
		c := s.peek()
		if c < '0' || c > '9' {
			s.skip()
			whole = false
			continue
		}
		raw := s.str()
		whole = whole && (len(raw) == compactAddr4 || len(raw) == compactAddr6)
		if addr, ok := ParseAddr(raw); ok {
			f(addr)
		}
	}
	return whole
}

// eachAddr4 calls f for every usable address in a run of IPv4 addresses.
func eachAddr4(run []byte, f func(netip.AddrPort)) (whole bool) {
	if len(run)%compactAddr4 != 0 {
		return false
	}
	for ; len(run) > 0; run = run[compactAddr4:] {
		if addr, ok := ParseAddr(run[:compactAddr4]); ok {
			f(addr)
		}
	}
	return true
}

// EachNode calls f for every usable contact of `nodes` and then of `nodes6`. A list whose length is
// not a whole number of contacts is skipped; whole is then false.
func (m *Message) EachNode(f func(Contact)) (whole bool) {
	whole4 := EachContact(m.Nodes, false, f)
	return EachContact(m.Nodes6, true, f) && whole4
}

// AppendNodes appends to dst the contacts that EachNode would pass to its function.
func (m *Message) AppendNodes(dst []Contact) (nodes []Contact, whole bool) {
	nodes, whole4 := appendContacts4(dst, m.Nodes)
	whole6 := EachContact(m.Nodes6, true, func(c Contact) { nodes = append(nodes, c) })
	return nodes, whole4 && whole6
}

// EachSample calls f for every info-hash of `samples` (BEP 51). A string whose length is not a
// multiple of 20 holds none; whole is then false.
func (m *Message) EachSample(f func(ID)) (whole bool) {
	if len(m.Samples)%IDLen != 0 {
		return false
	}
	for raw := m.Samples; len(raw) > 0; raw = raw[IDLen:] {
		f(ID(raw[:IDLen]))
	}
	return true
}
