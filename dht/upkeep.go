package dht

import (
	"net/netip"
	"time"
)

// How often a node that has lost everybody tries to join again; ours, far below
// what would be a burden to a bootstrap host.
const (
	rejoinFirst = time.Minute
	rejoinLast  = 30 * time.Minute
	maxJobs     = 64 // jobs of the table in one go; the rest waits for the next Advance
)

// upkeep is what happens because time passes.
type upkeep struct {
	entry   []netip.AddrPort // whom to ask when everybody is gone
	rejoin  Time             // when to look whether that is so; 0: never
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
			n.Query(now, job.Ping, Call{Method: "ping"}, func(Time, Reply) {})
		} else {
			n.FindNode(now, job.Refresh, SearchConfig{}, func(Time, *Result) {})
		}
	}
}

// tryRejoin enters the network again if there is nobody left to hand to others.
func (n *Node) tryRejoin(now Time) {
	u := &n.upkeep
	s := n.cfg.Scratch
	s.contacts = n.table.Serve(now, n.cfg.ID, 1, s.contacts[:0])
	if len(s.contacts) > 0 {
		u.pause = rejoinFirst
		u.rejoin = now.Add(u.pause)
		return
	}
	u.pause = min(2*u.pause, rejoinLast)
	u.rejoin = now.Add(u.pause)
	n.Bootstrap(now, u.entry, func(Time, *Result) {})
}
