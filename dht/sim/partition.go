package sim

// split is a partition of the network: no datagram gets from one side to the other. A nil split is
// a whole network.
type split struct {
	seed  uint64
	share uint64          // a draw of 53 bits below it is a member cut off
	apart map[uint32]bool // the nodes that are cut off, instead of a share; never ranged over
}

// cutOff reports whether a node is cut off.
func (p *split) cutOff(number uint32) bool {
	if p.apart != nil {
		return p.apart[number]
	}
	return number < maxMembers && mix(p.seed, uint64(number))>>11 < p.share
}

// separates reports whether two nodes are on different sides.
func (p *split) separates(a, b uint32) bool { return p.cutOff(a) != p.cutOff(b) }
