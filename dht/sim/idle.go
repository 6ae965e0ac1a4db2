package sim

import (
	"time"

	"github.com/lightdht/lightdht/dht"
)

// rest is how long nothing but upkeep has to have happened for a world to be idle, at least; ours:
// upkeep goes round four times in it, as a node is questionable after 15 minutes (BEP 5).
const rest = time.Hour

// skip is time that passed for the caller, and not for the nodes.
type skip struct {
	at dht.Time // on their clocks
	d  time.Duration
}

// calm reports whether a network is made in which upkeep changes nothing: everybody is there
// from the beginning, knows whom upkeep would find, and does as it should.
func (w *World) calm() bool {
	return !w.cfg.Cold && w.cfg.Dead == 0 && w.cfg.Partition == 0 && !w.behaviors.mixed &&
		w.churn == nil && w.traffic == nil && w.clocks == nil && w.link.loss == 0 && !w.link.limited
}

// idle returns how long nothing will happen but upkeep, if it is known to: until a function is to
// be called, in a network that was made calm and has been left alone for so long that nodes know
// nothing but each other.
func (w *World) idle() (d time.Duration, ok bool) {
	if w.cfg.SimulateIdle || w.disturbed || w.now.Sub(w.active) < rest {
		return 0, false
	}
	until, some := w.nextCall()
	if !some || w.watched() || w.remembered() {
		w.active = w.now // look again after another rest
		return 0, false
	}
	return until.Sub(w.now), true
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

// remembered reports whether a node keeps something for a time only.
func (w *World) remembered() bool {
	for number := range uint32(w.members) {
		if w.member(number).node.Remembers(w.now) {
			return true
		}
	}
	for _, o := range w.opened {
		if o.node != nil && o.node.Remembers(w.now) {
			return true
		}
	}
	return false
}

// watched reports whether somebody wants to be told what nodes are asked or hear of.
func (w *World) watched() bool {
	for _, o := range w.opened {
		if o.node != nil && o.node.Watched() {
			return true
		}
	}
	for number := range uint32(w.members) {
		if w.taken.has(number) && w.member(number).node.Watched() {
			return true
		}
	}
	return false
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
// node tells of its times is so much earlier than on the clock of the world.
func (w *World) Skipped(t dht.Time) (d time.Duration) {
	for _, s := range w.skips {
		if s.at < t {
			d += s.d
		}
	}
	return d
}
