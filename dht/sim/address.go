package sim

import (
	"encoding/binary"
	"net/netip"
)

const (
	// maxMembers is how many members a world may have in all its life. Their numbers are 0 to
	// maxMembers-1; nodes that the caller opens are numbered from there on.
	maxMembers = 1 << 24
	// maxOpened is how many nodes the caller may open in all the world's life.
	maxOpened = 1 << 24
	// ghosts is the first number of contacts without a node: those that are dead from the
	// beginning, or invented. No node has their addresses.
	ghosts = maxMembers + maxOpened
	// port is the one every simulated node listens on: BitTorrent's first.
	port = 6881
)

// firstOctets of the simulated addresses: all of 1 to 223 but those under which
// some range is reserved (RFC 6890: 10, 100.64, 127, 169.254, 172.16, 192.*,
// 198.18 and 198.51.100, 203.0.113). So every address is global unicast.
var firstOctets = func() (octets []byte) {
	for o := byte(1); o < 224; o++ {
		switch o {
		case 10, 100, 127, 169, 172, 192, 198, 203:
		default:
			octets = append(octets, o)
		}
	}
	return octets
}()

// octetIndex inverts firstOctets; -1 for the octets left out.
var octetIndex = func() (index [256]int16) {
	for i := range index {
		index[i] = -1
	}
	for i, o := range firstOctets {
		index[o] = int16(i)
	}
	return index
}()

// addressOf returns the address of a node by its number. No two numbers share one. It is a fixed
// scramble, so nodes with consecutive numbers have unrelated addresses, and two nodes share a /24
// about as often as hosts picked at random.
func addressOf(number uint32) netip.AddrPort {
	v := scramble(number)
	for int(v>>24) >= len(firstOctets) { // walk the cycle back into the range
		v = scramble(v)
	}
	ip := [4]byte{firstOctets[v>>24], byte(v >> 16), byte(v >> 8), byte(v)}
	return netip.AddrPortFrom(netip.AddrFrom4(ip), port)
}

// addressOf6 returns the IPv6 address of a node by its number, if it has one. Each is in a /64 of
// its own under 2a00::/16, which is global unicast (RIPE's).
func addressOf6(number uint32) netip.AddrPort {
	ip := [16]byte{0x2a, 15: 1}
	binary.BigEndian.PutUint32(ip[2:], scramble(number))
	return netip.AddrPortFrom(netip.AddrFrom16(ip), port)
}

// numberOf inverts addressOf and addressOf6. ok is false for addresses that belong to no number.
func numberOf(addr netip.AddrPort) (number uint32, ok bool) {
	if addr.Addr().Is6() {
		ip := addr.Addr().As16()
		number = unscramble(binary.BigEndian.Uint32(ip[2:]))
		return number, number < ghosts && addr == addressOf6(number)
	}
	if addr.Port() != port || !addr.Addr().Is4() {
		return 0, false
	}
	ip := addr.Addr().As4()
	first := octetIndex[ip[0]]
	if first < 0 {
		return 0, false
	}
	v := unscramble(uint32(first)<<24 | uint32(ip[1])<<16 | uint32(ip[2])<<8 | uint32(ip[3]))
	for int(v>>24) >= len(firstOctets) {
		v = unscramble(v)
	}
	return v, v < ghosts
}

// scramble is a bijection of the 32-bit numbers: lowbias32 of C. Wellons' hash prospector, shifted
// so that 0 does not stay 0.
func scramble(x uint32) uint32 {
	x += 0x9e3779b9
	x ^= x >> 16
	x *= 0x7feb352d
	x ^= x >> 15
	x *= 0x846ca68b
	return x ^ x>>16
}

func unscramble(x uint32) uint32 {
	x ^= x >> 16
	x *= 0x43021123 // inverse of 0x846ca68b modulo 2^32
	x ^= x>>15 ^ x>>30
	x *= 0x1d69e2a5 // inverse of 0x7feb352d modulo 2^32
	x ^= x >> 16
	return x - 0x9e3779b9
}

// mix turns seed and number into 64 bits that look random: two rounds of SplitMix64's finalizer
// (Steele, Lea, Flood 2014). Choices that must not depend on the order of events are derived with
// it: which nodes are behind NAT, the latency of a pair, the seed of a node's own source.
func mix(seed, number uint64) uint64 {
	return finalize(finalize(seed+0x9e3779b97f4a7c15) ^ number)
}

func finalize(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// crowding is how addresses are assigned: scattered, or so that hosts share prefixes and nodes
// share hosts.
type crowding struct {
	hosts uint32 // hosts in one /24, or /64; 0: scattered
	ports uint32 // nodes on one host; 0: one
}

// crowdedOpened is the first place of opened nodes, after the places of members.
const crowdedOpened = 1 << 23

// at returns the address of a node by its number. Ghosts are always scattered.
func (c crowding) at(number uint32, six bool) netip.AddrPort {
	if c == (crowding{}) || number >= ghosts {
		if six {
			return addressOf6(number)
		}
		return addressOf(number)
	}
	seat := number
	if number >= maxMembers {
		seat = number - maxMembers + crowdedOpened
	}
	ports, hosts := max(c.ports, 1), max(c.hosts, 1)
	host, at := seat/ports, uint16(port+seat%ports)
	if six {
		ip := [16]byte{0x2a, 15: byte(1 + host%hosts)}
		binary.BigEndian.PutUint32(ip[2:], scramble(host/hosts))
		return netip.AddrPortFrom(netip.AddrFrom16(ip), at)
	}
	v := scramble24(host / hosts)
	for int(v>>16) >= len(firstOctets) {
		v = scramble24(v)
	}
	ip := [4]byte{firstOctets[v>>16], byte(v >> 8), byte(v), byte(1 + host%hosts)}
	return netip.AddrPortFrom(netip.AddrFrom4(ip), at)
}

// numberOf inverts at. ok is false for addresses that belong to no number.
func (c crowding) numberOf(addr netip.AddrPort) (number uint32, ok bool) {
	if c == (crowding{}) {
		return numberOf(addr)
	}
	var prefix, host uint32
	switch ip := addr.Addr(); {
	case ip.Is6():
		raw := ip.As16()
		prefix, host = unscramble(binary.BigEndian.Uint32(raw[2:])), uint32(raw[15])-1
	case ip.Is4() && octetIndex[ip.As4()[0]] >= 0:
		raw := ip.As4()
		prefix = unscramble24(uint32(octetIndex[raw[0]])<<16 | uint32(raw[1])<<8 | uint32(raw[2]))
		for int(prefix>>16) >= len(firstOctets) {
			prefix = unscramble24(prefix)
		}
		host = uint32(raw[3]) - 1
	default:
		return 0, false
	}
	ports, hosts := max(c.ports, 1), max(c.hosts, 1)
	seat := (prefix*hosts+host)*ports + uint32(addr.Port()) - port
	if number = seat; seat >= crowdedOpened {
		number = seat - crowdedOpened + maxMembers
	}
	if number < ghosts && c.at(number, addr.Addr().Is6()) == addr {
		return number, true
	}
	number, ok = numberOf(addr)
	return number, ok && number >= ghosts
}

const (
	mask24    = 1<<24 - 1
	factor24  = 0x2c1b3d
	inverse24 = 0x551415 // of factor24 modulo 2^24
)

// scramble24 is a bijection of the 24-bit numbers.
func scramble24(x uint32) uint32 {
	x = (x + 0x9e3779) & mask24
	x ^= x >> 12
	x = x * factor24 & mask24
	return x ^ x>>12
}

func unscramble24(x uint32) uint32 {
	x ^= x >> 12
	x = x * inverse24 & mask24
	x ^= x >> 12
	return (x - 0x9e3779) & mask24
}
