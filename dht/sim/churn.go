package sim

import (
	"time"

	"github.com/lightdht/lightdht/dht"
)

// Churn says how members come and go. The zero value: they stay until they are told to leave.
//
// It starts in the stationary state of the law, that of a network which has followed the law for
// long: of the members that come and go, the share session / (session + downtime) is online (in
// means), and sessions and downtimes are under way already, long ones more often than short ones.
type Churn struct {
	// Session is how long a member stays online. No law: no churn.
	Session Law
	// Downtime is how long it then stays away. Default: the law of sessions,
	// so that half of the members that come and go are online.
	Downtime Law
	// Core is the share of members that never leave, 0 to 1. Whether a member is one follows from
	// the seed and the member's number. The others are the fringe.
	Core float64
}

func (c Churn) validate() error {
	if err := c.Session.validate("churn: session"); err != nil {
		return err
	}
	if err := c.Downtime.validate("churn: downtime"); err != nil {
		return err
	}
	return probability("churn: core", c.Core)
}

func (c Churn) withDefaults() Churn {
	if c.Downtime.Dist == 0 {
		c.Downtime = c.Session
	}
	c.Session, c.Downtime = c.Session.withDefaults(), c.Downtime.withDefaults()
	return c
}

// churn is a Churn ready for use.
type churn struct {
	Churn
	seed   uint64 // of the choice of the core
	draws  uint64 // of everything else: different for each setting
	core   uint64 // a draw of 53 bits below it is a member of the core
	online uint64 // a draw of 53 bits below it is a member that is online at the start
	timers timers
}

// timer ends what a member does: being online, being away, waiting for its next search.
type timer struct {
	alarm uint32 // noAlarm: it is not set
	turn  uint32 // how often something was drawn for it
}

const noAlarm = ^uint32(0)

// timers are those of members, by their numbers.
type timers []timer

// of returns the timer of a member. The list grows as needed.
func (l *timers) of(number uint32) *timer {
	for int(number) >= len(*l) {
		*l = append(*l, timer{alarm: noAlarm})
	}
	return &(*l)[number]
}

// newChurn returns nil if members stay.
func newChurn(c Churn, seed, setting uint64) *churn {
	if c.Session.Dist == 0 {
		return nil
	}
	c = c.withDefaults()
	session, downtime := c.Session.mean(), c.Downtime.mean()
	return &churn{
		Churn: c, seed: seed ^ saltChurn, draws: mix(seed^saltChurn, setting), core: threshold(c.Core),
		online: threshold(float64(session / float64(session+downtime))),
	}
}

// start draws where a member is in its session or downtime, in the stationary state.
func (c *churn) start(number uint32) (online bool, age, rest time.Duration) {
	src := newStream(c.draws, number, 0)
	online = src.Uint64()>>11 < c.online
	law := c.Downtime
	if online {
		law = c.Session
	}
	age, rest = law.underWay(&src)
	return online, age, rest
}

// stable reports whether a member never leaves by itself.
func (c *churn) stable(s *station) bool {
	return s.settled || mix(c.seed, uint64(s.number))>>11 < c.core
}

// Churn returns the settings in force, defaults filled in; the zero value if there is no churn.
func (w *World) Churn() Churn {
	if w.churn == nil {
		return Churn{}
	}
	return w.churn.Churn
}

// SetChurn lets members come and go by another law from now on, or, with the zero value, no longer:
// those that are away then stay away. The network is put into the stationary state of the law at
// once, so some members leave now and some come back. Members that were told to leave do not come
// back.
func (w *World) SetChurn(c Churn) error {
	if err := c.validate(); err != nil {
		return err
	}
	if w.churn != nil {
		for number := range w.churn.timers {
			w.front().unschedule(&w.churn.timers[number])
		}
	}
	w.settings++
	w.disturb()
	w.churn = newChurn(c, w.cfg.Seed, w.settings)
	if w.churn != nil {
		for number := range uint32(w.members) {
			w.churn.enter(w, w.member(number))
		}
	}
	return nil
}

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

// schedule sets when a member's timer goes off, and what is to be done then.
func (sh *shard) schedule(s *station, t *timer, kind alarmKind, in time.Duration) {
	if t.alarm == noAlarm {
		t.alarm = sh.newAlarm(alarm{kind: kind, station: s})
	}
	sh.set(t.alarm, sh.now.Add(in))
}

func (sh *shard) unschedule(t *timer) {
	if t.alarm != noAlarm {
		sh.freeAlarm(t.alarm)
		t.alarm = noAlarm
	}
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

// next returns when a member comes or goes next; 0 if it does not by itself.
func (c *churn) next(front *shard, number uint32) dht.Time {
	if c == nil || int(number) >= len(c.timers) || c.timers[number].alarm == noAlarm {
		return 0
	}
	at, _ := front.queue.when(c.timers[number].alarm)
	return at
}
