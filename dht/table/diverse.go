package table

import (
	"net/netip"

	"github.com/lightdht/lightdht/dht/krpc"
)

// The functions below are the rules of Config.Diverse.

// crowded reports whether a known node that is not bad has the very address of c, or is in its
// bucket and network: makeDiverse would refuse c after its answer. To ping such a node would be to
// ping it after each of its queries.
func (r *roster) crowded(c *krpc.Contact) bool {
	ip := c.Addr.Addr()
	if !global(ip) {
		return false
	}
	for i := range r.replacements.slots {
		if s := &r.replacements.slots[i]; s.streak() < BadAfter && r.ip(s) == ip {
			return true
		}
	}
	return r.rival(ip, r.bucket(&c.ID)) >= 0
}

// rival returns the place of a member, not bad, that keeps a node at ip out of bucket i; else -1.
func (r *roster) rival(ip netip.Addr, i int) int {
	for j := range r.members.slots {
		if s := &r.members.slots[j]; s.streak() < BadAfter && r.rivals(j, ip, i) {
			return j
		}
	}
	return -1
}

// rivals reports whether member j has the address ip, or is in bucket i and in the network of ip.
func (r *roster) rivals(j int, ip netip.Addr, i int) bool {
	other := r.ip(&r.members.slots[j])
	return other == ip || r.inBucket(i, j) && network(other) == network(ip)
}

func global(ip netip.Addr) bool { return krpc.ClassOf(ip) == krpc.Public }

// network is the /24 or /64 of an address.
func network(ip netip.Addr) netip.Prefix {
	bits := 24
	if ip.Is6() {
		bits = 64
	}
	p, _ := ip.Prefix(bits) // fails only for more bits than there are
	return p
}
