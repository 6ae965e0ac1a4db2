package sim

import (
	"time"

	"github.com/lightdht/lightdht/dht"
)

// scheduler says which shard runs next, and how far. It is a conservative parallel simulation: a
// datagram takes at least the least latency (the lookahead), so within a window of that length no
// shard can affect another, and all of them can run at once.
type scheduler struct {
	now        dht.Time    // of the nodes
	shards     []*shard    // the caller's, then the others
	claimed    bitset      // members that belong to the caller's shard
	strayUntil dht.Time    // until then, datagrams for such members arrive in other shards
	parallel   bool        // several shards are running
	pool       *workerPool // nil: everything runs on the caller's goroutine
	probe      modeProbe
	busy       bool // the last window had minPoolEvents or more
}

// shardBlockBits: blocks of 2^shardBlockBits consecutive members share a shard, so that they share
// cache lines.
const shardBlockBits = 5

// makeShards makes the caller's shard and n others.
func (s *scheduler) makeShards(w *World, n int) {
	for place := range 1 + n {
		s.shards = append(s.shards, &shard{world: w, place: place, now: s.now, mailboxes: make([]mailbox, 1+n)})
	}
	if n > 1 {
		s.pool = newPool(n)
	}
}

// front is the caller's shard. It never runs at the same time as another.
func (s *scheduler) front() *shard { return s.shards[0] }

// home is the shard of a node that the caller has not claimed.
func (s *scheduler) home(number uint32) *shard {
	if number >= maxMembers {
		return s.shards[0]
	}
	return s.shards[1+(number>>shardBlockBits)%uint32(len(s.shards)-1)]
}

// shardOf is the shard of a node. It does not read the station, which is probably not in the cache.
func (s *scheduler) shardOf(number uint32) *shard {
	if number < maxMembers && s.claimed.has(number) {
		return s.shards[0]
	}
	return s.home(number)
}

// first returns the shard of the next event, and the time of that event; nil if there is no event.
func (s *scheduler) first() (first *shard, at dht.Time) {
	var next moment
	for _, sh := range s.shards {
		if m, ok := sh.queue.first(); ok && (first == nil || m.before(next)) {
			first, next = sh, m
		}
	}
	return first, next.at
}

// setClocks sets the clocks of all shards.
func (s *scheduler) setClocks(now dht.Time) {
	s.now = now
	for _, sh := range s.shards {
		sh.now = now
	}
}

// minPoolEvents is how many events a window must have for the worker pool to be faster: some 50 us
// of work (chosen by us).
const minPoolEvents = 16

// runWindow handles all events of members before a time. No datagram sent meanwhile arrives before
// it, so the order in which the shards run, or whether they run at once, changes nothing.
func (s *scheduler) runWindow(until dht.Time) {
	before := s.events()
	if s.pool == nil || !s.busy {
		s.runSerial(until)
	} else {
		parallel, began := s.probe.parallel(), time.Now()
		if parallel {
			s.runParallel(until)
		} else {
			s.runSerial(until)
		}
		s.probe.record(parallel, time.Since(began), s.events()-before)
	}
	s.busy = s.events()-before >= minPoolEvents
	now := s.now
	for _, sh := range s.shards {
		now = max(now, sh.now)
	}
	s.setClocks(now)
}

// runSerial runs one shard after the other.
func (s *scheduler) runSerial(until dht.Time) {
	for _, sh := range s.shards[1:] {
		sh.run(until)
	}
}

// runParallel runs all shards at once. The end of a round of the pool is a barrier: no mailbox is
// read before all shards have stopped.
func (s *scheduler) runParallel(until dht.Time) {
	shards := s.shards[1:]
	s.parallel = true
	s.pool.do(func(i int) { shards[i].run(until) })
	s.pool.do(func(i int) { shards[i].collect() })
	s.front().collect()
	s.parallel = false
}

// events returns how many events all shards have handled.
func (s *scheduler) events() (n uint64) {
	for _, sh := range s.shards {
		n += sh.stats.Events
	}
	return n
}

// collect queues what the other shards have sent to this one.
func (sh *shard) collect() {
	for _, from := range sh.world.shards {
		box := &from.mailboxes[sh.place]
		packets := box.packets
		for _, m := range box.messages {
			sh.accept(m, packets[:m.size])
			packets = packets[m.size:]
		}
		box.messages, box.packets = box.messages[:0], box.packets[:0]
	}
}
