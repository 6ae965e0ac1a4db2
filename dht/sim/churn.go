package sim

import "time"

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
