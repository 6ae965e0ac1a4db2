package krpc

import (
	"crypto/sha1"
	"math"
	"math/bits"
	"net/netip"
)

// Bloom is a set of IP addresses as BEP 33 sends it: 2048 bits, two of them for each address. It
// can be united with others, and its size can be estimated: within a few percent up to 3000
// addresses, roughly up to 6000. The zero value is empty.
type Bloom [256]byte

const bloomBits = 8 * len(Bloom{})

// Add puts ip, whose port does not matter, into the set.
func (f *Bloom) Add(ip netip.Addr) {
	i, j := bloomIndexes(ip)
	f[i/8] |= 1 << (i % 8)
	f[j/8] |= 1 << (j % 8)
}

// Has reports whether ip is in the set. It has false positives: one in a hundred when the set has
// 100 addresses.
func (f *Bloom) Has(ip netip.Addr) bool {
	i, j := bloomIndexes(ip)
	return f[i/8]&(1<<(i%8)) != 0 && f[j/8]&(1<<(j%8)) != 0
}

// Union adds all that is in other.
func (f *Bloom) Union(other *Bloom) {
	for i := range f {
		f[i] |= other[i]
	}
}

// Estimate returns how many addresses were added, by the formula of BEP 33, which gives 0.5 for an
// empty set. A full set, whose size is unknown, counts as if one bit were clear: about 7806. The
// result is rounded to a millionth, as the last digits of a logarithm differ between architectures.
func (f *Bloom) Estimate() float64 {
	zeros := float64(min(max(f.zeros(), 1), bloomBits-1))
	return math.Round(1e6*math.Log(zeros/float64(bloomBits))/(2*math.Log(1-1/float64(bloomBits)))) / 1e6
}

// Count is Estimate, but 0 for an empty set.
func (f *Bloom) Count() float64 {
	if f.zeros() == bloomBits {
		return 0
	}
	return f.Estimate()
}

// zeros counts the bits that are clear.
func (f *Bloom) zeros() int {
	n := bloomBits
	for _, b := range f {
		n -= bits.OnesCount8(b)
	}
	return n
}

// bloomIndexes returns the numbers of the two bits of ip, which may be equal.
func bloomIndexes(ip netip.Addr) (i, j int) {
	var h [sha1.Size]byte
	if ip = ip.Unmap(); ip.Is4() {
		raw := ip.As4()
		h = sha1.Sum(raw[:])
	} else {
		raw := ip.As16()
		h = sha1.Sum(raw[:])
	}
	return (int(h[0]) | int(h[1])<<8) % bloomBits, (int(h[2]) | int(h[3])<<8) % bloomBits
}
