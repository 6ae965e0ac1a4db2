package sim

import (
	"time"

	"github.com/lightdht/lightdht/dht"
)

// Step lets time pass until something has happened: the next event, if it is the caller's, or else
// all that happens among the members from the next event on for as long as the fastest
// datagram takes, but only before the caller's next event. How far it goes does not
// depend on the number of cores. It returns false if nothing will ever happen again. It must
// not be called from a callback.
func (w *World) Step() bool {
	if d, ok := w.idle(); ok {
		w.skip(d)
	}
	next, at := w.first()
	if next == nil {
		return false
	}
	until := at + min(w.link.fastest, longest)
	if m, ok := w.lanes[0].queue.first(); ok {
		until = min(until, m.at)
	}
	if next.place == 0 || at <= w.strays || at == until {
		w.turnClocks(at)
		next.step()
	} else {
		w.stretch(until)
	}
	return true
}

// longest is how far a step goes at most, however slow the network is, so that who counts on getting
// the world back soon does: of a million nodes at rest, in some 100 ms. Ours.
const longest = dht.Time(100 * time.Millisecond)

// Next is the time of the first event that Step will take; false if there is none.
func (w *World) Next() (dht.Time, bool) {
	if d, ok := w.idle(); ok {
		return w.Now().Add(d), true
	}
	first, at := w.first()
	return at.Add(w.skipped), first != nil
}

// first returns the lane of the next event, and its time; nil if there is none.
func (w *World) first() (lane *lane, at dht.Time) {
	var next moment
	for _, l := range w.lanes {
		if m, ok := l.queue.first(); ok && (lane == nil || m.before(next)) {
			lane, next = l, m
		}
	}
	return lane, next.at
}

// turnClocks sets all clocks.
func (w *World) turnClocks(now dht.Time) {
	w.now = now
	for _, l := range w.lanes {
		l.now = now
	}
}

// manyEvents is how many a stretch has to have for it to be worth the while to call the team;
// ours: some 50 us of work, and calling takes some.
const manyEvents = 16

// stretch lets the members go on until some time. No datagram that they send meanwhile arrives before,
// so what happens in one lane cannot matter to another: it is all the same in which order
// they go on, or whether they do so at once.
func (w *World) stretch(until dht.Time) {
	before := w.events()
	if w.team == nil || !w.eventful {
		w.alone(until)
	} else {
		together, began := w.trial.together(), time.Now()
		if together {
			w.together(until)
		} else {
			w.alone(until)
		}
		w.trial.took(together, time.Since(began), w.events()-before)
	}
	w.eventful = w.events()-before >= manyEvents
	now := w.now
	for _, l := range w.lanes {
		now = max(now, l.now)
	}
	w.turnClocks(now)
}

// alone takes one lane after the other.
func (w *World) alone(until dht.Time) {
	for _, l := range w.lanes[1:] {
		l.run(until)
	}
}

// together takes all lanes at once.
func (w *World) together(until dht.Time) {
	lanes := w.lanes[1:]
	w.apart = true
	w.team.do(func(i int) { lanes[i].run(until) })
	w.team.do(func(i int) { lanes[i].collect() })
	w.lanes[0].collect()
	w.apart = false
}

// events returns how many there have been in all lanes.
func (w *World) events() (n uint64) {
	for _, l := range w.lanes {
		n += l.stats.Events
	}
	return n
}
