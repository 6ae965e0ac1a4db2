package dht

import (
	"net/netip"
	"time"
)

// How often a node with too few good contacts tries to join again (chosen by us). The first
// attempts come soon: nodes that enter a young network through the same node are known there only
// once that one has pinged them.
const (
	rejoinFirst = 2 * time.Second
	rejoinLast  = 30 * time.Minute
	rejoinLook  = time.Minute // between two looks while there are enough contacts
	maxJobs     = 64          // jobs of the table in one Advance; the rest waits for the next
)

// upkeep is the part of a network that acts as time passes.
type upkeep struct {
	entry   []netip.AddrPort // where the network was entered
	rejoin  Time             // when to look whether there are enough contacts; 0: never
	pause   time.Duration    // the back-off after the next attempt
	waiting bool             // more jobs are due than one Advance does

	rtt rttEstimator // of those who ask there
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

// due returns when maintain has work.
func (n *Node) due() (Time, bool) {
	next, ok := n.home.due()
	if n.far() != nil {
		if t, some := n.far().due(); some && (!ok || t < next) {
			next, ok = t, true
		}
	}
	if t, some := n.peers.Next(); some && (!ok || t < next) {
		next, ok = t, true
	}
	if t, some := n.optional.next(); some && (!ok || t < next) {
		next, ok = t, true
	}
	return next, ok
}

// due returns when there is work in a network.
func (w *network) due() (Time, bool) {
	if w.upkeep.waiting {
		return 0, true
	}
	next, ok := w.table.Next()
	if at := w.upkeep.rejoin; at != 0 && (!ok || at < next) {
		next, ok = at, true
	}
	return next, ok
}

// maintain runs the upkeep of tables and stores.
func (n *Node) maintain(now Time) {
	if t, ok := n.peers.Next(); ok && t <= now {
		n.peers.Expire(now)
	}
	n.tidy(now)
	n.maintainNetwork(now, &n.home)
	if n.far() != nil {
		n.maintainNetwork(now, n.far())
	}
}

func (n *Node) maintainNetwork(now Time, w *network) {
	u := &w.upkeep
	if u.rejoin != 0 && u.rejoin <= now {
		n.tryRejoin(now, w)
	}
	u.waiting = false
	for i := 0; ; i++ {
		if t, ok := w.table.Next(); !ok || t > now {
			return
		}
		if i == maxJobs {
			u.waiting = true
			return
		}
		job, ok := w.table.Due(now, n.src)
		if !ok {
			return
		}
		if job.Refresh.IsZero() {
			q := n.cfg.Scratch.takeQuery()
			q.spare = true
			n.ask(now, q, job.Ping, &Call{Method: "ping"})
		} else {
			n.searchIn(now, w, "find_node", job.Refresh, SearchConfig{}, nil, nil)
		}
	}
}

// tryRejoin enters the network again while there are fewer good nodes than an answer should name.
func (n *Node) tryRejoin(now Time, w *network) {
	u := &w.upkeep
	s := n.cfg.Scratch
	s.contacts = w.table.Serve(now, n.cfg.ID, int(n.cfg.k), s.contacts[:0])
	if len(s.contacts) >= int(n.cfg.k) {
		u.pause = rejoinFirst
		u.rejoin = now.Add(rejoinLook)
		return
	}
	u.pause = min(2*u.pause, rejoinLast)
	u.rejoin = now.Add(u.pause)
	n.enter(now, w, JoinConfig{}, func(Time, *Result) {})
}
