package sim

import (
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

// natMemory is how long a NAT lets answers in after the last datagram went out: the shortest time
// that RFC 4787 (REQ-5) allows, and the value of many home routers.
const natMemory = 2 * time.Minute

// nat remembers to which nodes members behind NAT have sent. It keeps two generations and drops the
// older one, so it forgets without looking at each entry, and holds only datagrams of the last 2
// natMemory.
type nat struct {
	young, old map[uint64]krpc.Time // (from, to) -> time of the last datagram
	born       krpc.Time            // when young began
}

// opened notes that from, which is behind NAT, sends to to.
func (n *nat) opened(now krpc.Time, from, to uint32) {
	if n.young == nil || now.Sub(n.born) > natMemory {
		n.young, n.old = n.old, n.young
		n.born = now
		if n.young == nil {
			n.young = make(map[uint64]krpc.Time)
		}
		clear(n.young)
	}
	n.young[uint64(from)<<32|uint64(to)] = now
}

// admits reports whether a datagram gets through to to, which is behind NAT: if to sent to from
// within natMemory.
func (n *nat) admits(now krpc.Time, from, to uint32) bool {
	pair := uint64(to)<<32 | uint64(from)
	sent, ok := n.young[pair]
	if !ok {
		sent, ok = n.old[pair]
	}
	return ok && now.Sub(sent) <= natMemory
}
