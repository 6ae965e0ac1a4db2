package sim

import (
	"time"

	"github.com/lightdht/lightdht/dht"
)

// How long only upkeep must have happened before a world counts as idle (chosen by us).
const (
	// quietTime counts from the caller's last action: four rounds of upkeep, as a node is
	// questionable after 15 minutes (BEP 5).
	quietTime = time.Hour
	// settleTime counts from the last change of the network, or from New if the network did not
	// start as if it had long been running.
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

// idle returns for how long only upkeep will happen, if that is certain: until the next function of
// the caller's, in a calm network that was left alone until nodes remember only their contacts.
// Time is not skipped while the caller waits for an answer, perhaps for hours: it must come at its
// time.
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

// Skipped returns how much time was skipped, all in all, before a node's clock showed t. The times
// that a node reports are earlier by that than on the world's clock. Upkeep of the last hour before
// a skip would have happened in the last hour of the skip, so its times count as later.
func (w *World) Skipped(t dht.Time) (d time.Duration) {
	for _, s := range w.skips {
		if s.at.Add(-quietTime) < t {
			d += s.d
		}
	}
	return d
}
