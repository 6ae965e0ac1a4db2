package table

import (
	"net/netip"

	"github.com/lightdht/lightdht/dht/krpc"
)

// claims bounds the contacts known only from a query with their id and address: anybody can send a
// million of them. They are forgotten in the order they came.
type claims struct {
	limit  int
	n      int
	oldest uint32 // no record before it is a claim
}

// maxNamed is how many of the contacts that one address named are offered to one search: as many as
// an honest answer has.
const maxNamed = krpc.DefaultK

// settle notes that a record is no longer a claim.
func (l *claims) settle(r *record) {
	if r.marks&claimed != 0 {
		r.marks &^= claimed
		l.n--
	}
}

// namerTag is a hash of the address that named a contact: an IPv4 address or an IPv6 /64. It is
// never 0.
func namerTag(ip netip.Addr) uint16 {
	raw := ip.As16()
	from, to := 12, 16
	if ip.Is6() {
		from, to = 0, 8
	}
	sum := uint32(2166136261) // FNV-1a
	for _, b := range raw[from:to] {
		sum = (sum ^ uint32(b)) * 16777619
	}
	return max(uint16(sum^sum>>16), 1)
}
