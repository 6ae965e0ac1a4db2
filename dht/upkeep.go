package dht

import (
	"net/netip"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/table"
)

// How often a node with too few good contacts tries to join again (chosen by us); see rejoinFirst.
const (
	rejoinLast = 30 * time.Minute
	rejoinLook = time.Minute // between two looks while there are enough contacts
	maxJobs    = 64          // jobs of the table in one Advance; the rest waits for the next
)

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

// Fill fills the node's table with nodes, all of one family, that it is supposed to have met in the
// past; see Fill of [table.Buckets], which its tables must be.
func (n *Node) Fill(met []Entry, room *Arena) {
	if len(met) == 0 {
		return
	}
	n.tableOf(met[0].Addr).(*table.Buckets).Fill(met, room)
	w := n.networkOf(met[0].Addr.Addr())
	for i := range met {
		w.upkeep.rtt.sample(met[i].RTT)
	}
}

// tidy expires items, and republishes.
func (n *Node) tidy(now Time) {
	x := n.optional
	if x == nil {
		return
	}
	if full := n.hooks().TableFull; full != nil && !x.full && n.turnedAway() > 0 {
		x.full = true
		full(now, n.Table().Len())
	}
	if t, ok := x.items.Next(); ok && t <= now {
		x.items.Expire(now)
	}
	n.renew(now)
}

// vote notes our address as an answer reports it.
func (n *Node) vote(now Time, from netip.AddrPort, m *krpc.Message) {
	if n.optional == nil || n.optional.ballot == nil {
		return
	}
	b := n.optional.ballot
	seen, ok := m.ExternalAddr()
	if !ok || seen.Addr().Is4() != from.Addr().Is4() || seen.Addr().Is4() != n.home.is4() {
		return
	}
	b.cast(vote{n.hostOf(from).Addr(), seen})
	if !b.moved {
		n.adoptSecureID(now, b)
	}
}

// adoptSecureID changes the id, once, if it does not suit the address that a quorum of the last
// hosts saw (BEP 42).
func (n *Node) adoptSecureID(now Time, b *ballot) {
	if len(b.votes) < quorum {
		return
	}
	addr, count := b.winner(sameIP)
	if count < quorum || krpc.IsSecure(n.cfg.ID, addr.Addr()) {
		return
	}
	b.moved = true
	old := n.cfg.ID
	n.cfg.ID = krpc.SecureID(addr.Addr(), n.src)
	n.optional.items.SetOwn(n.cfg.ID)
	for _, w := range n.networks() {
		w.table.Move(now, n.cfg.ID)
		if w.upkeep.rejoin != 0 {
			n.enter(now, w, JoinConfig{}, func(Time, *Result) {})
		}
	}
	if renamed := n.hooks().Renamed; renamed != nil {
		renamed(now, old, n.cfg.ID)
	}
}
