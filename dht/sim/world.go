package sim

import (
	"errors"
	"math/rand/v2"
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

// Stats counts the events of a world since it began. Every datagram sent ends up as one of
// delivered, lost, unreachable, cut, too long and dropped, or is still under way.
type Stats struct {
	Now         time.Duration // virtual time since New returned
	Skipped     time.Duration // of it; see the package comment
	Online      int           // members
	Sent        uint64        // datagrams
	Delivered   uint64
	Lost        uint64
	Unreachable uint64 // no node was online at the address, or its NAT let no datagram in
	Cut         uint64 // sent from one side of a partition to the other
	TooLong     uint64 // for the MTU, or for UDP
	Dropped     uint64 // by the receiver's line
	Fragmented  uint64 // sent in pieces; they are counted above too
	Joins       uint64 // of members, once New has returned: new ones, and those that came back
	Leaves      uint64 // of members, once New has returned
	Searches    uint64 // begun by the background traffic
	Events      uint64 // arrivals, and alarms of nodes, of the models and of callers
}

// New makes a world. It returns when the network is ready for use: for a cold
// start, when every member has joined.
func New(cfg Config) (*World, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	w := &World{cfg: cfg, link: newLink(cfg.Link, cfg.Seed)}
	w.now = start
	w.draws = rand.NewPCG(mix(cfg.Seed, saltWorld), mix(cfg.Seed^saltWorld, 0))
	w.directory = directory{seed: cfg.Seed, six: threshold(cfg.V6), crowding: cfg.crowding()}
	w.makeShards(w, cfg.shards())
	w.behaviors = newBehaviors(cfg.Mix, cfg.Seed)
	w.churn = newChurn(cfg.Churn, cfg.Seed, 0)
	w.traffic = newTraffic(cfg.Traffic, cfg.Seed, 0)
	w.clocks = newClocks(cfg.Skew, cfg.Seed, w.now)
	if err := (builder{w}).build(); err != nil {
		return nil, err
	}
	w.epoch, w.active = w.now, w.now
	w.front().stats.Joins, w.front().stats.Leaves = 0, 0
	err := w.Partition(cfg.Partition)
	if w.calm() && !cfg.Cold && cfg.Dead == 0 {
		w.disturbed = w.now.Add(-settleTime)
	}
	return w, err
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

func (s *Stats) add(o *Stats) {
	s.Sent += o.Sent
	s.Delivered += o.Delivered
	s.Lost += o.Lost
	s.Unreachable += o.Unreachable
	s.Cut += o.Cut
	s.TooLong += o.TooLong
	s.Dropped += o.Dropped
	s.Fragmented += o.Fragmented
	s.Joins += o.Joins
	s.Leaves += o.Leaves
	s.Searches += o.Searches
	s.Events += o.Events
}

// Link returns the settings in force, defaults filled in.
func (w *World) Link() Link { return w.link.Link }

// SetLink changes how the network treats datagrams from now on. Those under way are not affected.
func (w *World) SetLink(l Link) error {
	if err := l.validate(); err != nil {
		return err
	}
	w.link = newLink(l, w.cfg.Seed)
	w.busyUntil.grow(w.link, w.members)
	w.disturb()
	return nil
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
var ErrClosed = errors.New("sim: the world is closed")

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
