package dht

import (
	"net/netip"
	"time"
)

// How often a node that has few others to name tries to join again. The first
// attempts come soon, since those who entered a young network through the same
// node are known there only once that one has pinged them; ours.
const (
	rejoinFirst = 2 * time.Second
	rejoinLast  = 30 * time.Minute
	rejoinLook  = time.Minute // between two looks while there are enough
	maxJobs     = 64          // jobs of the table in one go; the rest waits for the next Advance
)

// upkeep is what happens because time passes.
type upkeep struct {
	entry   []netip.AddrPort // where the network was entered
	rejoin  Time             // when to look whether there are enough others; 0: never
	pause   time.Duration    // what to wait after the next attempt
	waiting bool             // more jobs are due than one Advance does
}

// join notes where the network was entered.
func (u *upkeep) join(now Time, addrs []netip.AddrPort) {
	if len(addrs) > 0 {
		u.entry = append([]netip.AddrPort(nil), addrs...)
	}
	if u.rejoin == 0 {
		u.pause = rejoinFirst
		u.rejoin = now.Add(u.pause)
	}
}

// next returns when maintain has work.
func (u *upkeep) next(n *Node) (Time, bool) {
	if u.waiting {
		return 0, true
	}
	next, ok := n.table.Next()
	if t, some := n.peers.Next(); some && (!ok || t < next) {
		next, ok = t, true
	}
	if u.rejoin != 0 && (!ok || u.rejoin < next) {
		next, ok = u.rejoin, true
	}
	return next, ok
}

// maintain keeps the table alive and the store small.
func (n *Node) maintain(now Time) {
	if t, ok := n.peers.Next(); ok && t <= now {
		n.peers.Expire(now)
	}
	u := &n.upkeep
	if u.rejoin != 0 && u.rejoin <= now {
		n.tryRejoin(now)
	}
	u.waiting = false
	for i := 0; ; i++ {
		if t, ok := n.table.Next(); !ok || t > now {
			return
		}
		if i == maxJobs {
			u.waiting = true
			return
		}
		job, ok := n.table.Due(now, n.src)
		if !ok {
			return
		}
		if job.Refresh.IsZero() {
			q := n.cfg.Scratch.takeQuery()
			q.spare = true
			n.ask(now, q, job.Ping, &Call{Method: "ping"})
		} else {
			n.search(now, "find_node", job.Refresh, SearchConfig{}, nil, nil)
		}
	}
}

// tryRejoin enters the network again while there are fewer good nodes than an
// answer should name.
func (n *Node) tryRejoin(now Time) {
	u := &n.upkeep
	s := n.cfg.Scratch
	s.contacts = n.table.Serve(now, n.cfg.ID, int(n.cfg.k), s.contacts[:0])
	if len(s.contacts) >= int(n.cfg.k) {
		u.pause = rejoinFirst
		u.rejoin = now.Add(rejoinLook)
		return
	}
	u.pause = min(2*u.pause, rejoinLast)
	u.rejoin = now.Add(u.pause)
	n.Bootstrap(now, nil, func(Time, *Result) {})
}
