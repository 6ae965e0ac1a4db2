package sim

import (
	"crypto/sha256"
	"encoding/binary"
	"time"

	"github.com/lightdht/lightdht/dht"
)

// World is a network of nodes and its time. One goroutine must use it, the one that calls Step;
// Step may start others, which end by themselves. Callbacks of nodes and of After run within Step,
// on the same goroutine. They may call everything but Step, Close and [Host.Wait].
type World struct {
	cfg       Config
	link      *link
	busyUntil busyUntil
	scheduler
	population
	idleState

	behaviors behaviors
	churn     *churn   // nil: members stay
	traffic   *traffic // nil: members search for nothing
	split     *split   // nil: the network is whole
	clocks    *clocks  // nil: all are right
	settings  uint64   // how often churn or traffic was set while running
	functions uint64   // how many functions were to be called

	epoch  dht.Time // when New returned
	closed bool
}

// Now is the virtual time, which changes in Step only. The clocks of nodes show the same, except
// for [Skew] and skipped time ([World.Skipped]).
func (w *World) Now() dht.Time { return w.now.Add(w.skipped) }

// Epoch is the time at which New returned. The past of a warm start and the settling of a cold one
// are earlier.
func (w *World) Epoch() dht.Time { return w.epoch }

// Stats returns the counters of this moment.
func (w *World) Stats() Stats {
	s := Stats{Now: w.Now().Sub(w.epoch), Skipped: w.skipped, Online: len(w.online)}
	for _, sh := range w.shards {
		s.add(&sh.stats)
	}
	return s
}

// After calls f, from Step, when d has passed; if d is not positive, at the next Step. stop cancels
// the call if it is not too late; it may be called more than once.
func (w *World) After(d time.Duration, f func()) (stop func()) {
	if w.closed {
		return func() {}
	}
	front := w.front()
	w.functions++
	w.active = w.now
	number := front.newAlarm(alarm{call: f, kind: callFunction, key: afterNodes + w.functions})
	generation := front.alarms[number].generation
	front.set(number, w.now.Add(max(d, 0)))
	return func() {
		if !w.closed && front.alarms[number].generation == generation {
			front.freeAlarm(number)
		}
	}
}

// ErrClosed is returned by methods that would add to a world that was closed.
var ErrClosed = problem("the world is closed")

// Close frees the memory. Afterwards Step returns false, and there are no members.
func (w *World) Close() {
	for _, sh := range w.shards { // which hosts may still know
		*sh = shard{world: w, place: sh.place, now: sh.now, stats: sh.stats, digest: sh.digest}
	}
	*w = World{
		cfg: w.cfg, epoch: w.epoch, link: w.link, closed: true,
		scheduler:  scheduler{now: w.now, shards: w.shards},
		population: population{draws: w.draws},
		idleState:  idleState{skips: w.skips, skipped: w.skipped},
	}
}

// Digest sums up all datagrams that were sent so far, lost ones too, each with its time, sender and
// receiver: same digest, same run. It is all zero without Config.Digest.
func (w *World) Digest() (sum [sha256.Size]byte) {
	var all digest
	for _, sh := range w.shards {
		all.join(&sh.digest)
	}
	for i, part := range all.sum {
		binary.BigEndian.PutUint64(sum[len(sum)-8*(i+1):], part)
	}
	return sum
}
