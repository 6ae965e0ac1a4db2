package udp

import (
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

const (
	answerWithin = 2 * time.Second // a node answers, or has lost interest
	maxOwed      = 1024            // addresses out of reach that wait for an answer
)

// gate is an egress filter, the last check that no datagram leaves the node's reach, even if the
// node has a fault. It lets datagrams out to addresses within reach, and to others only one for
// each query that came from there lately. It is used alone with the node.
type gate struct {
	reach   *dht.Reach
	owed    [2]map[netip.AddrPort]int // answers, to addresses out of reach; the first are older
	turned  dht.Time                  // when they last became older
	stopped atomic.Uint64             // datagrams
}

// asked notes a datagram. Those from addresses within reach need no note.
func (g *gate) asked(now dht.Time, from netip.AddrPort, m *krpc.Message) {
	if m.Kind != krpc.KindQuery || g.reach.Allows(from) {
		return
	}
	g.age(now)
	if g.owed[1] == nil {
		g.owed[1] = map[netip.AddrPort]int{}
	}
	if n := g.owed[1][from]; n > 0 || len(g.owed[1]) < maxOwed {
		g.owed[1][from] = n + 1
	}
}

// age forgets old queries.
func (g *gate) age(now dht.Time) {
	switch past := now.Sub(g.turned); {
	case past >= 2*answerWithin:
		g.owed, g.turned = [2]map[netip.AddrPort]int{}, now
	case past >= answerWithin:
		g.owed, g.turned = [2]map[netip.AddrPort]int{g.owed[1], nil}, now
	}
}

// lets reports whether a datagram may leave now, and counts those that may not.
func (g *gate) lets(now dht.Time, to netip.AddrPort) bool {
	if g.reach.Allows(to) {
		return true
	}
	g.age(now)
	for _, owed := range g.owed {
		if n := owed[to]; n > 1 {
			owed[to] = n - 1
			return true
		} else if n == 1 {
			delete(owed, to)
			return true
		}
	}
	g.stopped.Add(1)
	return false
}
