package sim

import (
	"time"

	"github.com/lightdht/lightdht/dht"
)

// How long nothing but upkeep has to have happened for a world to be idle, at least; ours.
const (
	// quietTime is since the caller last did something: upkeep goes round four times in it, as a
	// node is questionable after 15 minutes (BEP 5).
	quietTime = time.Hour
	// settleTime is since the network was last changed, or was made in a state that is not
	// that of one long running.
	settleTime = 24 * time.Hour
)

// idleState is what tells whether a world is idle, and the times that were skipped.
type idleState struct {
	active    dht.Time // when the caller last did something
	disturbed dht.Time // when the network was last changed
	skips     []skip
	skipped   time.Duration // all of them
}

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
	if w.cfg.SimulateIdle || w.now.Sub(w.active) < quietTime || w.now.Sub(w.disturbed) < settleTime || !w.calm() {
		return 0, false
	}
	until, some := w.front().nextCall()
	if !some || w.eachOnline(func(s *station) bool {
		return s.behavior != Normal || s.node.Remembers(w.now) || s.node.Awaited() || s.shard == w.front() && s.node.Watched()
	}) {
		w.active = w.now // look again after another rest
		return 0, false
	}
	return until.Sub(w.now), true
}

// skip lets time pass for the caller only.
func (w *World) skip(d time.Duration) {
	front := w.front()
	for number := range uint32(len(front.alarms)) {
		if at, set := front.queue.when(number); set && front.alarms[number].kind == callFunction {
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
		if s.at.Add(-quietTime) < t {
			d += s.d
		}
	}
	return d
}
