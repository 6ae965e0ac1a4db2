package sim

import (
	"time"

	"github.com/lightdht/lightdht/dht"
)

// Step lets time pass until something has happened. If the next event is the caller's, it handles
// that one. Otherwise it handles one lookahead window: all events of members from the next one on,
// for as long as the fastest datagram takes, but only before the caller's next event. The length of
// a window does not depend on the number of cores. Step returns false if nothing will ever happen
// again. It must not be called from a callback.
func (w *World) Step() bool {
	if d, ok := w.idle(); ok {
		w.skip(d)
	}
	next, at := w.first()
	if next == nil {
		return false
	}
	until := at + min(w.link.fastest, maxWindow)
	if m, ok := w.front().queue.first(); ok {
		until = min(until, m.at)
	}
	if next.place == 0 || at <= w.strayUntil || at == until {
		w.setClocks(at)
		next.step()
	} else {
		w.runWindow(until)
	}
	return true
}

// maxWindow bounds a lookahead window, however slow the network is, so that Step returns soon: with
// a million nodes at rest, after some 100 ms of computing (chosen by us).
const maxWindow = dht.Time(100 * time.Millisecond)

// Next is the time of the first event that Step will handle; false if there is no event.
func (w *World) Next() (dht.Time, bool) {
	if d, ok := w.idle(); ok {
		return w.Now().Add(d), true
	}
	first, at := w.first()
	return at.Add(w.skipped), first != nil
}
