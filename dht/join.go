package dht

import (
	"net/netip"
	"time"

	"github.com/lightdht/lightdht/dht/lookup"
)

// JoinTime is how long [Node.Bootstrap] tries to be answered.
const JoinTime = 15 * time.Second

// Backoff of the queries to the entry nodes until one of them answers (chosen by simulation).
// Where half of all datagrams are lost, three of four tries fail: some forty in the time
// of a join leave one in a hundred thousand. On the public DHT they are no more than two a
// second to one address.
const (
	joinFirst       = 250 * time.Millisecond
	joinFirstPublic = 500 * time.Millisecond
	joinLast        = 30 * time.Second
	joinSlower      = 50 // each pause is longer by the 50th part
)

// joining is what a search that enters a network has besides: those whose ids it does not
// know yet are asked again and again until anybody has answered.
type joining struct {
	until Time // 0: for ever
	pause time.Duration
}

// JoinConfig says how to enter a network. The zero value of a field means its default.
type JoinConfig struct {
	// Through are addresses to begin at. Default: those of the last time.
	Through []netip.AddrPort
	// For is how long they are asked again if nobody answers, or only with an error; below
	// 0: for ever. Default [JoinTime].
	For time.Duration
	// Alpha is how many queries are in flight at once. Default Config.Alpha.
	Alpha int
	// OnReply is told of each answer and failure as it comes; Message is valid
	// during the call only. May be nil.
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

// newJoining returns how to try; nil: once.
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

// next is how long to wait for an answer before asking once more.
func (j *joining) next() time.Duration {
	wait := j.pause
	j.pause = min(j.pause+j.pause/joinSlower, joinLast)
	return wait
}

// knocks reports whether a query is one of those that are sent again.
func (q *query) knocks() bool {
	return q.search != nil && q.search.join != nil && q.to.ID.IsZero()
}

// knock asks the receiver of a query once more, if nobody has answered yet, and ends the
// search when its time is over. Once somebody has answered, nobody waits for the receiver.
func (s *Search) knock(now Time, q *query) {
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

// rest has a receiver that answered a knock with an error, or with nonsense, asked once
// more when it would have been, had it been silent: rTorrent answers with an error while it
// knows nobody. A receiver that was asked again meanwhile is left alone.
func (s *Search) rest(q *query) {
	if !q.knocks() || s.result.Trace.Replies > 0 || q.wake >= q.deadline {
		return
	}
	mark := s.n.cfg.Scratch.takeQuery()
	*mark = query{tx: q.tx, to: q.to, search: s, wake: q.wake, deadline: q.wake, phase: resting}
	s.n.pending.add(mark)
	s.inFlight = append(s.inFlight, mark)
}

// rested asks once more, unless the search is over.
func (n *Node) rested(now Time, mark *query) {
	if s := mark.search; s != nil {
		s.settled(mark)
		s.knock(now, mark)
	}
	n.cfg.Scratch.giveQuery(mark)
}
