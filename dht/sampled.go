package dht

import (
	"net/netip"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

// Bounds of what is remembered of those who were sampled.
const (
	maxSampled  = 1 << 20 // addresses; ours
	sweepEvery  = time.Minute
	maxInterval = 21600 // seconds (BEP 51)
)

// sampledUntil is when a node may be asked for samples again (BEP 51).
func (n *Node) sampledUntil(addr netip.AddrPort) Time {
	if n.extras == nil {
		return 0
	}
	return n.extras.sampled[addr]
}

// noteInterval remembers when a node is ready to be sampled again.
func (n *Node) noteInterval(now Time, from netip.AddrPort, m *krpc.Message) {
	if m.Has&krpc.HasInterval == 0 || m.Interval == 0 {
		return
	}
	x := n.more()
	if len(x.sampled) >= maxSampled && now >= x.sweep {
		x.sweep = now.Add(sweepEvery)        // or each answer would have to look at a million
		for addr, until := range x.sampled { // any order: all that are past go
			if until <= now {
				delete(x.sampled, addr)
			}
		}
	}
	if len(x.sampled) >= maxSampled {
		return
	}
	if x.sampled == nil {
		x.sampled = make(map[netip.AddrPort]Time)
	}
	x.sampled[from] = now.Add(time.Duration(min(m.Interval, maxInterval)) * time.Second)
}
