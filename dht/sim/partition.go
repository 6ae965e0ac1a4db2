package sim

import (
	"fmt"
	"net/netip"
)

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

// Partition cuts a share of the members off the others, 0 to 1: from now on no datagram is
// delivered from one side to the other, except those under way. Which members are cut off follows
// from the seed and the member's number; a larger share only adds some. Nodes opened by the caller
// stay with the others. Share 0 is [World.Heal].
func (w *World) Partition(share float64) error {
	if err := probability("partition", share); err != nil {
		return err
	}
	w.split = nil
	w.disturb()
	if share > 0 {
		w.split = &split{seed: w.cfg.Seed ^ saltSplit, share: threshold(share)}
	}
	return nil
}

// PartitionOff cuts the nodes at some addresses off all others, as Partition does. Each must be the
// address of a member or of a node that was opened.
func (w *World) PartitionOff(addrs []netip.AddrPort) error {
	apart := make(map[uint32]bool, len(addrs))
	for _, addr := range addrs {
		number, ok := w.lookup(addr)
		if !ok {
			return fmt.Errorf("sim: partition: there is no node at %v", addr)
		}
		apart[number] = true
	}
	w.split = &split{apart: apart}
	w.disturb()
	return nil
}

// Heal ends a partition. Nodes find the other side again by themselves.
func (w *World) Heal() {
	w.split = nil
	w.disturb()
}

// CutOff reports whether the node at an address is cut off by a partition.
func (w *World) CutOff(addr netip.AddrPort) bool {
	number, ok := w.lookup(addr)
	return ok && w.split != nil && w.split.cutOff(number)
}
