package sim

import (
	"time"

	"github.com/lightdht/lightdht/dht"
)

// Churn says how members come and go. The zero value: they stay until they are
// told to leave.
//
// It starts in the stationary state of the law, in which a network is that has
// long followed it: of the members that come and go, the share is online that
// mean session and mean downtime make (session / (session + downtime)), and
// both are under way already, long ones more often than short ones.
type Churn struct {
	// Session is how long a member stays online. No law: no churn.
	Session Law
	// Downtime is how long it then stays away. Default: the law of sessions,
	// so that half of the members that come and go are online.
	Downtime Law
	// Core is the share of members who never leave, 0 to 1; who is among them
	// follows from the seed and the member's number. The others are the fringe.
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

// churn is a Churn at work.
type churn struct {
	Churn
	seed   uint64 // of who is in the core
	draws  uint64 // of everything else: another one for each setting
	core   uint64 // a draw of 53 bits below it is a member of the core
	online uint64 // likewise one that is online at the start
	stays  []stay // by the numbers of members
}

// stay is how long a member goes on with what it does: being online, being
// away, wanting nothing.
type stay struct {
	alarm uint32 // of its end; noAlarm: it has none
	turn  uint32 // how often something was drawn for it
}

const noAlarm = ^uint32(0)

// ofNumber returns the stay of a member from a list that grows as needed.
func ofNumber(stays *[]stay, number uint32) *stay {
	for int(number) >= len(*stays) {
		*stays = append(*stays, stay{alarm: noAlarm})
	}
	return &(*stays)[number]
}

// newChurn returns nil for members that stay.
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

// start draws where a member is in its coming and going, in the stationary
// state.
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

// Churn returns the settings in force, defaults filled in; the zero value if
// nobody comes or goes.
func (w *World) Churn() Churn {
	if w.churn == nil {
		return Churn{}
	}
	return w.churn.Churn
}

// SetChurn lets members come and go by another law from now on, or, with the
// zero value, not any more: those who are away then stay away. The network is
// put into the law's stationary state at once, so some leave now and some come
// back; those told to leave do not.
func (w *World) SetChurn(c Churn) error {
	if err := c.validate(); err != nil {
		return err
	}
	if w.churn != nil {
		for number := range w.churn.stays {
			w.lanes[0].unschedule(&w.churn.stays[number])
		}
	}
	w.settings++
	w.disturb()
	w.churn = newChurn(c, w.cfg.Seed, w.settings)
	if w.churn != nil {
		for number := range uint32(w.members) {
			w.enter(w.member(number))
		}
	}
	return nil
}

// enter puts a member where the stationary state has it. It returns for how long
// the member has been there, in that state.
func (w *World) enter(s *station) (age time.Duration) {
	if !s.online && !s.away || w.churn.stable(s) {
		return 0
	}
	st := ofNumber(&w.churn.stays, s.number)
	online, age, rest := w.churn.start(s.number)
	switch {
	case s.online && !online:
		w.depart(s)
	case s.away && online:
		w.comeBack(s)
	}
	w.lanes[0].schedule(s, st, turns, rest)
	return age
}

// schedule sets when a member's stay ends, and what is to be done then.
func (l *lane) schedule(s *station, st *stay, what occasion, in time.Duration) {
	if st.alarm == noAlarm {
		st.alarm = l.newAlarm(alarm{what: what, station: s})
	}
	l.set(st.alarm, l.now.Add(in))
}

func (l *lane) unschedule(st *stay) {
	if st.alarm != noAlarm {
		l.freeAlarm(st.alarm)
		st.alarm = noAlarm
	}
}

// turn lets a member come or go, and draws for how long.
func (w *World) turn(s *station) {
	st := ofNumber(&w.churn.stays, s.number)
	st.turn++
	src := newStream(w.churn.draws, s.number, st.turn)
	if s.online {
		w.depart(s)
		w.lanes[0].schedule(s, st, turns, w.churn.Downtime.draw(&src))
		return
	}
	w.comeBack(s)
	w.lanes[0].schedule(s, st, turns, w.churn.Session.draw(&src))
}

// depart takes a member off the network that may come back: it keeps its id,
// its address and its table.
func (w *World) depart(s *station) {
	s.away = true
	w.lanes[0].stats.Leaves++
	w.delist(s)
	s.leave()
}

// never is a time after everything a store has.
const never = dht.Time(1 << 62)

// comeBack starts the program of a member again. It finds its id and its table
// where it saved them, as BEP 5 asks it to, but not what others had announced
// to it; and it joins through three random members besides those it knows.
func (w *World) comeBack(s *station) {
	through := w.Entry(entryNodes)
	w.lanes[0].stats.Joins++
	s.away, s.online, s.since = false, true, w.now
	w.list(s)
	for peers := s.node.Peers(); peers.Hashes() > 0; {
		peers.Expire(never)
	}
	s.node.Bootstrap(s.time(), through, func(dht.Time, *dht.Result) {})
	s.rearm(w.now)
}

// changes returns when a member comes or goes next; 0 if it is not known to.
func (w *World) changes(number uint32) dht.Time {
	if w.churn == nil || int(number) >= len(w.churn.stays) {
		return 0
	}
	st := w.churn.stays[number]
	if st.alarm == noAlarm {
		return 0
	}
	at, _ := w.lanes[0].queue.when(st.alarm)
	return at
}
