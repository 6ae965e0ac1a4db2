package sim

import (
	"time"

	"github.com/lightdht/lightdht/dht"
)

// enter puts a member where the stationary state has it. It returns for how long the member has
// been in that state.
func (c *churn) enter(w *World, s *station) (age time.Duration) {
	if !s.online && !s.away || c.stable(s) {
		return 0
	}
	t := c.timers.of(s.number)
	online, age, rest := c.start(s.number)
	switch {
	case s.online && !online:
		w.depart(s)
	case s.away && online:
		w.comeBack(s)
	}
	w.front().schedule(s, t, changeOnline, rest)
	return age
}

// change lets a member come or go, and draws for how long.
func (c *churn) change(w *World, s *station) {
	t := c.timers.of(s.number)
	t.turn++
	src := newStream(c.draws, s.number, t.turn)
	if s.online {
		w.depart(s)
		w.front().schedule(s, t, changeOnline, c.Downtime.draw(&src))
		return
	}
	w.comeBack(s)
	w.front().schedule(s, t, changeOnline, c.Session.draw(&src))
}

// depart takes a member off the network that may come back: it keeps its id, its address and its
// table.
func (w *World) depart(s *station) {
	s.away = true
	w.front().stats.Leaves++
	w.delist(s)
	s.leave()
}

// never is a time after all that a store has.
const never = dht.Time(1 << 62)

// comeBack starts the program of a member again. It finds its id and its table where it saved them,
// as BEP 5 asks it to, but not the announces that others had stored at it. It joins through three
// random members besides the contacts of its table.
func (w *World) comeBack(s *station) {
	through := w.Entry(EntryNodes)
	w.front().stats.Joins++
	s.away, s.online, s.since = false, true, w.now
	w.list(s)
	for peers := s.node.Peers(); peers.Hashes() > 0; {
		peers.Expire(never)
	}
	s.node.Bootstrap(s.time(), through, func(dht.Time, *dht.Result) {})
	s.rearm(w.now)
}
