package dht

import (
	"hash/maphash"
	"net/netip"
)

// peerSet is a set of addresses, made for many short lists of the same IPv4 peers: these are stored
// as numbers in an open hash table that is at most half full. The zero value is an empty set.
type peerSet struct {
	four  []uint64 // a power of two; 0: empty
	count int      // of both families
	six   map[netip.AddrPort]struct{}
}

// peerSeed keeps attackers from choosing peers that collide in the table. It does not change the
// contents of a set.
var peerSeed = maphash.MakeSeed()

// leastPeers is the initial size of the table (chosen by us).
const leastPeers = 64

// add adds an address; false if it was there.
func (p *peerSet) add(addr netip.AddrPort) bool {
	if addr.Addr().Is4() {
		return p.addFour(addr)
	}
	if _, twice := p.six[addr]; twice {
		return false
	}
	if p.six == nil {
		p.six = make(map[netip.AddrPort]struct{})
	}
	p.six[addr] = struct{}{}
	p.count++
	return true
}

func (p *peerSet) addFour(addr netip.AddrPort) bool {
	if 2*p.count >= len(p.four) {
		p.grow()
	}
	ip := addr.Addr().As4()
	key := 1<<63 | uint64(ip[0])<<40 | uint64(ip[1])<<32 | uint64(ip[2])<<24 | uint64(ip[3])<<16 | uint64(addr.Port())
	at := p.place(key)
	if p.four[at] == key {
		return false
	}
	p.four[at] = key
	p.count++
	return true
}

// place returns where a key is, or would be.
func (p *peerSet) place(key uint64) uint64 {
	last := uint64(len(p.four) - 1)
	at := maphash.Comparable(peerSeed, key) & last
	for p.four[at] != 0 && p.four[at] != key {
		at = (at + 1) & last
	}
	return at
}

func (p *peerSet) grow() {
	old := p.four
	p.four = make([]uint64, max(leastPeers, 2*len(old)))
	for _, key := range old {
		if key != 0 {
			p.four[p.place(key)] = key
		}
	}
}

// clear empties the set, and keeps its memory.
func (p *peerSet) clear() {
	clear(p.four)
	clear(p.six)
	p.count = 0
}
