package sim

import "time"

// Stats counts the events of a world since it began. Every datagram sent ends up as one of
// delivered, lost, unreachable, cut, too long and dropped, or is still under way.
type Stats struct {
	Now         time.Duration // virtual time since New returned
	Skipped     time.Duration // of it; see the package comment
	Online      int           // members
	Sent        uint64        // datagrams
	Delivered   uint64
	Lost        uint64
	Unreachable uint64 // no node was online at the address, or its NAT let no datagram in
	Cut         uint64 // sent from one side of a partition to the other
	TooLong     uint64 // for the MTU, or for UDP
	Dropped     uint64 // by the receiver's line
	Fragmented  uint64 // sent in pieces; they are counted above too
	Joins       uint64 // of members, once New has returned: new ones, and those that came back
	Leaves      uint64 // of members, once New has returned
	Searches    uint64 // begun by the background traffic
	Events      uint64 // arrivals, and alarms of nodes, of the models and of callers
}

func (s *Stats) add(o *Stats) {
	s.Sent += o.Sent
	s.Delivered += o.Delivered
	s.Lost += o.Lost
	s.Unreachable += o.Unreachable
	s.Cut += o.Cut
	s.TooLong += o.TooLong
	s.Dropped += o.Dropped
	s.Fragmented += o.Fragmented
	s.Joins += o.Joins
	s.Leaves += o.Leaves
	s.Searches += o.Searches
	s.Events += o.Events
}
