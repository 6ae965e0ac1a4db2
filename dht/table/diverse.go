package table

import (
	"net/netip"

	"github.com/lightdht/lightdht/dht/krpc"
)

// The rules of Config.Diverse.

// crowded reports whether somebody known, and not bad, has the very address of c, or is a
// member of its bucket and in its network: what spread will say once c has answered. To
// ping one who would be refused then would be to ping it after each of its queries.
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

// rival returns the place of a member, not bad, that keeps one at ip from bucket i; else
// -1.
func (r *roster) rival(ip netip.Addr, i int) int {
	for j := range r.members.slots {
		if s := &r.members.slots[j]; s.streak() < BadAfter && r.rivals(j, ip, i) {
			return j
		}
	}
	return -1
}

// rivals reports whether member j has the address ip, or is in bucket i and of its network.
func (r *roster) rivals(j int, ip netip.Addr, i int) bool {
	other := r.ip(&r.members.slots[j])
	return other == ip || r.inBucket(i, j) && network(other) == network(ip)
}

// spread makes the room that n needs among the members: bad ones of its address
// or, in its bucket, of its network lose their place. It reports false if others
// have a better right to it.
func (b *Buckets) makeDiverse(n *slot) bool {
	ip := b.ip(n)
	if !global(ip) {
		return true
	}
	i := b.bucket(&n.id)
	if b.rival(ip, i) >= 0 {
		return false
	}
	for j := b.members.len() - 1; j >= 0; j-- {
		if b.rivals(j, ip, i) {
			b.forget(b.removeMember(j))
		}
	}
	return true
}

func global(ip netip.Addr) bool { return krpc.ClassOf(ip) == krpc.Public }

// network is the /24 or /64 that an address is in.
func network(ip netip.Addr) netip.Prefix {
	bits := 24
	if ip.Is6() {
		bits = 64
	}
	p, _ := ip.Prefix(bits) // fails only for more bits than there are
	return p
}
