package sim

import "net/netip"

// dual reports whether the node of that number is a member of the IPv6 network too.
// Each node that a script opened is, if there is one.
func (w *World) dual(number uint32) bool {
	if w.six == 0 {
		return false
	}
	opened := number >= maxMembers && number < ghosts
	return opened || mix(w.cfg.Seed^saltSix, uint64(number))>>11 < w.six
}

// addr6Of returns a member's IPv6 address; not valid if it has none.
func (w *World) addr6Of(number uint32) netip.AddrPort {
	if !w.dual(number) {
		return netip.AddrPort{}
	}
	return w.crowding.at(number, true)
}

// numberOf returns the number to which an address belongs, whether or not there is
// such a node; ok is false if it belongs to none.
func (w *World) numberOf(addr netip.AddrPort) (number uint32, ok bool) {
	number, ok = w.crowding.numberOf(addr)
	return number, ok && (addr.Addr().Is4() || w.dual(number))
}
