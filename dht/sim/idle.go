package sim

import (
	"time"

	"github.com/lightdht/lightdht/dht"
)

// How long nothing but upkeep has to have happened for a world to be idle, at least; ours.
const (
	// rest is since the caller last did something: upkeep goes round four times in it, as a
	// node is questionable after 15 minutes (BEP 5).
	rest = time.Hour
	// convalescence is since the network was last changed, or was made in a state that is not
	// that of one long running.
	convalescence = 24 * time.Hour
)

// skip is time that passed for the caller, and not for the nodes.
type skip struct {
	at dht.Time // on their clocks
	d  time.Duration
}

// disturb notes that the network was changed.
func (w *World) disturb() { w.disturbed = w.now }

// calm reports whether nothing happens in the network by itself but upkeep.
func (w *World) calm() bool {
	return w.churn == nil && w.traffic == nil && w.clocks == nil && w.split == nil && w.link.loss == 0 && !w.link.limited
}

// idle returns how long nothing will happen but upkeep, if it is known to: until a function is to
// be called, in a calm network that has been left alone for so long that nodes know nothing but
// each other. An answer for which the caller waits, perhaps for hours, is to come at its time.
func (w *World) idle() (d time.Duration, ok bool) {
	if w.cfg.SimulateIdle || w.now.Sub(w.active) < rest || w.now.Sub(w.disturbed) < convalescence || !w.calm() {
		return 0, false
	}
	until, some := w.nextCall()
	if !some || w.eachNode(func(s *station) bool {
		return s.behavior != Normal || s.node.Remembers(w.now) || s.node.Awaited() || s.lane == w.lanes[0] && s.node.Watched()
	}) {
		w.active = w.now // look again after another rest
		return 0, false
	}
	return until.Sub(w.now), true
}

// eachNode calls f for all nodes online until it returns true, and reports whether it did.
func (w *World) eachNode(f func(s *station) bool) bool {
	for number := range uint32(w.members) {
		if s := w.member(number); s.online && f(s) {
			return true
		}
	}
	for _, o := range w.opened {
		if o.online && f(&o.station) {
			return true
		}
	}
	return false
}

// nextCall is when a function is to be called next; false if none is.
func (w *World) nextCall() (at dht.Time, some bool) {
	front := w.lanes[0]
	for number := range front.alarms {
		if front.alarms[number].what != calls {
			continue
		}
		if t, set := front.queue.when(uint32(number)); set && (!some || t < at) {
			at, some = t, true
		}
	}
	return at, some
}

// skip lets time pass for the caller only.
func (w *World) skip(d time.Duration) {
	front := w.lanes[0]
	for number := range uint32(len(front.alarms)) {
		if at, set := front.queue.when(number); set && front.alarms[number].what == calls {
			front.set(number, at.Add(-d))
		}
	}
	w.skips = append(w.skips, skip{w.now, d})
	w.skipped += d
	w.active = w.now
}

// Skipped returns how much time was skipped, all in all, before a node's clock showed t. What a
// node tells of its times is so much earlier than on the clock of the world. What upkeep did in the last
// hour before a skip it would have done in the last hour of it, so that counts as later.
func (w *World) Skipped(t dht.Time) (d time.Duration) {
	for _, s := range w.skips {
		if s.at.Add(-rest) < t {
			d += s.d
		}
	}
	return d
}
