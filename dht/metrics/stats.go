package metrics

import (
	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/udp"
)

// Stats are the counters of a node, and what only its sockets count.
type Stats struct {
	dht.Stats
	Lost uint64 // datagrams that the kernel dropped: no room, or a flood
}

// Of takes a snapshot of a node.
func Of(node *udp.Host) (s Stats) {
	node.Do(func(_ dht.Time, n *dht.Node) { s.Stats = n.Stats() })
	s.Lost = node.Dropped()
	return s
}

// Dropped is how many datagrams came to nothing, for any reason.
func (s *Stats) Dropped() uint64 {
	return s.Junk + s.Martians + s.Reflected + s.Unmatched + s.Unserved + s.RateLimited + s.Lost
}
