package sim

import (
	"net/netip"

	"github.com/lightdht/lightdht/dht"
)

// directory holds all nodes of a world by their numbers, and finds the number of an address.
type directory struct {
	seed     uint64
	crowding crowding
	six      uint64      // a draw of 53 bits below it has an IPv6 address too
	blocks   [][]station // the members, 2^blockBits to a block, so that none ever moves
	members  int
	opened   []*opened
	named    map[netip.AddrPort]uint32 // opened nodes at addresses that the caller chose
}

const blockBits = 10 // a block is some 100 KB

// opened is a node that the caller opened.
type opened struct {
	station
	addr, addr6 netip.AddrPort // the latter is not valid in an IPv4 network
}

// member returns the station of a member; nil if there has been no member of that number.
func (d *directory) member(number uint32) *station {
	if int(number) >= d.members {
		return nil
	}
	return &d.blocks[number>>blockBits][number&(1<<blockBits-1)]
}

// nextMember returns the station for the next new member. Its number is members, which the caller
// counts up once the node has started.
func (d *directory) nextMember() *station {
	number := uint32(d.members)
	if number>>blockBits == uint32(len(d.blocks)) {
		d.blocks = append(d.blocks, make([]station, 1<<blockBits))
	}
	return &d.blocks[number>>blockBits][number&(1<<blockBits-1)]
}

// station returns that of a node by its number; nil if there never was one.
func (d *directory) station(number uint32) *station {
	if number < maxMembers {
		return d.member(number)
	}
	if i := int(number - maxMembers); i < len(d.opened) && d.opened[i] != nil {
		return &d.opened[i].station
	}
	return nil
}

// nodeOf returns a node by its number; nil if there is no such node.
func (d *directory) nodeOf(number uint32) *dht.Node {
	if s := d.station(number); s != nil {
		return s.node
	}
	return nil
}

// eachOnline calls f for all nodes online until it returns true, and reports whether it did.
func (d *directory) eachOnline(f func(s *station) bool) bool {
	for number := range uint32(d.members) {
		if s := d.member(number); s.online && f(s) {
			return true
		}
	}
	for _, o := range d.opened {
		if o.online && f(&o.station) {
			return true
		}
	}
	return false
}

// dual reports whether the node of that number is a member of the IPv6 network too. Each node that
// the caller opened is, if there is one.
func (d *directory) dual(number uint32) bool {
	if d.six == 0 {
		return false
	}
	opened := number >= maxMembers && number < ghosts
	return opened || mix(d.seed^saltSix, uint64(number))>>11 < d.six
}

// addr6Of returns a member's IPv6 address; not valid if it has none.
func (d *directory) addr6Of(number uint32) netip.AddrPort {
	if !d.dual(number) {
		return netip.AddrPort{}
	}
	return d.crowding.at(number, true)
}

// addrOf returns the IPv4 or IPv6 address of a node by its number.
func (d *directory) addrOf(number uint32, six bool) netip.AddrPort {
	opened := int(number) - maxMembers
	known := opened >= 0 && opened < len(d.opened) && d.opened[opened] != nil
	switch {
	case known && six:
		return d.opened[opened].addr6
	case known:
		return d.opened[opened].addr
	}
	return d.crowding.at(number, six)
}

// numberOf returns the number to which an address belongs, whether or not there is such a node; ok
// is false if it belongs to no number.
func (d *directory) numberOf(addr netip.AddrPort) (number uint32, ok bool) {
	number, ok = d.crowding.numberOf(addr)
	return number, ok && (addr.Addr().Is4() || d.dual(number))
}

// lookup returns the number of the node that has, or had, an address.
func (d *directory) lookup(addr netip.AddrPort) (number uint32, ok bool) {
	if len(d.named) > 0 {
		if number, ok = d.named[addr]; ok {
			return number, true
		}
	}
	number, ok = d.numberOf(addr)
	return number, ok && d.station(number) != nil
}

// locate fills in the addresses of the node of that number, or checks those that were chosen.
func (d *directory) locate(number uint32, cfg *dht.Config) error {
	if !cfg.Addr.IsValid() {
		cfg.Addr = d.crowding.at(number, false)
	} else if err := d.free(cfg.Addr, false); err != nil {
		return err
	}
	if cfg.Addr6.IsValid() {
		return d.free(cfg.Addr6, true)
	}
	if d.dual(number) {
		cfg.Addr6 = d.crowding.at(number, true)
	}
	return nil
}

// add lists a node that was opened, and those of its addresses that do not follow from its number.
func (d *directory) add(o *opened) {
	d.opened = append(d.opened, o)
	for _, addr := range [...]netip.AddrPort{o.addr, o.addr6} {
		if number, ok := d.numberOf(addr); addr.IsValid() && !(ok && number == o.number) {
			if d.named == nil {
				d.named = make(map[netip.AddrPort]uint32)
			}
			d.named[addr] = o.number
		}
	}
}

// forget frees the addresses of a node that was closed.
func (d *directory) forget(o *opened) {
	for _, addr := range [...]netip.AddrPort{o.addr, o.addr6} {
		if d.named[addr] == o.number {
			delete(d.named, addr)
		}
	}
}

// free returns an error if no node can be opened at addr: it must be the address neither of a node
// nor of any that the world may yet make.
func (d *directory) free(addr netip.AddrPort, six bool) error {
	switch {
	case six && d.six == 0:
		return problem("the simulated network is IPv4 only, as the share v6 of its members is 0; got %v", addr)
	case six && (!addr.Addr().Is6() || addr.Addr().Is4In6() || addr.Addr().Zone() != "" || addr.Port() == 0):
		return problem("an IPv6 address is like [2001:db8::1]:6881, got %v", addr)
	case !six && (!addr.Addr().Is4() || addr.Port() == 0):
		return problem("each simulated node has an IPv4 address, which is like 192.0.2.1:6881, got %v", addr)
	}
	taken := problem("address %v is in use", addr)
	if _, ok := d.named[addr]; ok {
		return taken
	}
	if number, ok := d.numberOf(addr); ok { // one that was opened and closed is free again
		if s := d.station(number); number < maxMembers || s == nil || s.online {
			return taken
		}
	}
	return nil
}
