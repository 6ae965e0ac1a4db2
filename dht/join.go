package dht

import (
	"net/netip"
	"time"

	"github.com/lightdht/lightdht/dht/lookup"
)

// JoinTime is how long [Node.Bootstrap] tries to be answered.
const JoinTime = 15 * time.Second

// JoinConfig says how to enter a network. The zero value of a field means its default.
type JoinConfig struct {
	// Through are addresses to begin at. Default: those of the last time.
	Through []netip.AddrPort
	// For is how long they are asked again if none answers, or only with an error; below 0: for
	// ever. Default [JoinTime].
	For time.Duration
	// Alpha is how many queries are in flight at once. Default Config.Alpha.
	Alpha int
	// OnReply is called for each answer and failure as it comes; Message is valid during the call
	// only. May be nil.
	OnReply func(now Time, r Reply)
}

// Join is [Node.Bootstrap] with a choice of how to enter.
func (n *Node) Join(now Time, cfg JoinConfig, done func(now Time, r *Result)) *Search {
	if cfg.For == 0 {
		cfg.For = JoinTime
	}
	if n.far() == nil {
		n.home.upkeep.join(now, cfg.Through)
		return n.enter(now, &n.home, cfg, done)
	}
	return n.inBoth(now, n.cfg.ID, done, func(w *network, done func(Time, *Result)) *Search {
		w.upkeep.join(now, cfg.Through)
		return n.enter(now, w, cfg, done)
	})
}

// newJoining returns the retry state; nil: each address is asked once.
func (n *Node) newJoining(now Time, limit time.Duration) *joining {
	j := &joining{pause: joinFirst}
	if n.cfg.Public {
		j.pause = joinFirstPublic
	}
	switch {
	case limit == 0:
		return nil
	case limit > 0:
		j.until = now.Add(limit)
	}
	return j
}

// askAgain asks the receiver of a query once more, if no node has answered yet, and ends the search
// when its time is over. Once any node has answered, the receiver is no longer awaited.
func (s *Search) askAgain(now Time, q *query) {
	kind := lookup.Silence
	switch j := s.join; {
	case s.over || s.result.Err != nil:
		return
	case s.result.Trace.Replies == 0 && j.until != 0 && now >= j.until:
		s.finish(now)
		return
	case s.result.Trace.Replies == 0:
		s.ask(now, q.to)
		kind = lookup.Slow
	}
	s.step(now, lookup.Event{Kind: kind, From: q.to})
	s.check(now)
}

// askAgainLater plans to ask once more a receiver that answered with an error, or with a malformed
// answer, at the time at which it would have been asked again after silence: rTorrent answers with
// an error while its table is empty. A receiver that was asked again meanwhile is left alone.
func (s *Search) askAgainLater(q *query) {
	if !q.ofJoin() || s.result.Trace.Replies > 0 || q.wake >= q.deadline {
		return
	}
	mark := s.n.cfg.Scratch.takeQuery()
	*mark = query{tx: q.tx, to: q.to, search: s, wake: q.wake, deadline: q.wake, phase: retryMark}
	s.n.pending.add(mark)
	s.inFlight = append(s.inFlight, mark)
}

// retryDue asks once more, unless the search is over.
func (n *asker) retryDue(now Time, mark *query) {
	if s := mark.search; s != nil {
		s.settled(mark)
		s.askAgain(now, mark)
	}
	n.cfg.Scratch.giveQuery(mark)
}

// enter looks for our own id in one network. A node of both networks also asks for nodes of the
// other, whose entry addresses may have been useless (BEP 32).
func (n *Node) enter(now Time, w *network, cfg JoinConfig, done func(now Time, r *Result)) *Search {
	s := n.newSearch(now, w, "find_node", n.cfg.ID, SearchConfig{Alpha: cfg.Alpha, OnReply: cfg.OnReply}, nil, done)
	s.join = n.newJoining(now, cfg.For)
	s.run(now, func(now Time) {
		s.offerAddrs(now, w.upkeep.entry)
		s.offerAddrs(now, n.cfg.Bootstrap)
		s.offerTable(now)
	})
	return s
}

// Bootstrap joins the network, or both: it looks for our own id, beginning at addrs (those of the
// last call, if there are none now), at the configured bootstrap addresses, and at the nodes of the
// table. Until one of them answers, those addresses are asked again, for [JoinTime]. From then on
// the node joins again by itself while it has too few others to hand out. done is called once.
func (n *Node) Bootstrap(now Time, addrs []netip.AddrPort, done func(now Time, r *Result)) *Search {
	return n.Join(now, JoinConfig{Through: addrs}, done)
}
