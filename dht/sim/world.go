package sim

import (
	"errors"
	"math/rand/v2"
	"net/netip"
	"time"

	"github.com/lightdht/lightdht/dht"
)

// World is a network of nodes and its time. It belongs to one goroutine:
// whoever calls Step, which may start others that end by themselves. Callbacks of nodes and of
// After run within Step, on the same goroutine; they may
// call everything but Step, Close and [Host.Wait].
type World struct {
	cfg      Config
	now      dht.Time // of the nodes
	link     *link
	lines    lines
	crowding crowding
	six      uint64    // a draw of 53 bits below it has an IPv6 address too
	draws    *rand.PCG // the world's own: who leaves, who is asked first

	lanes    []*lane  // the caller's, and the others
	taken    numbers  // members in the caller's lane
	strays   dht.Time // until when datagrams for such members arrive in other lanes
	apart    bool     // the lanes are going on at once
	team     *team    // nil: one core has to do
	trial    trial
	eventful bool   // the last stretch was
	asked    uint64 // how many functions were to be called

	active    dht.Time // when the caller last did something
	disturbed dht.Time // when the network was last changed
	skips     []skip
	skipped   time.Duration // all of them

	blocks  [][]station // the members, 2^blockBits to a block, so that none ever moves
	members int
	online  []uint32 // numbers of the members online, in no order
	order   order    // the members by id

	behaviors behaviors
	churn     *churn   // nil: nobody comes or goes
	traffic   *traffic // nil: nobody wants anything
	split     *split   // nil: the network is whole
	clocks    *clocks  // nil: all are right
	settings  uint64   // how often churn or traffic was set while running

	opened []*opened
	named  map[netip.AddrPort]uint32 // opened nodes at addresses of the script's choice

	epoch  dht.Time // when New returned
	closed bool
}

// Stats counts what has happened in a world since it began. Every datagram sent
// ends up as one of delivered, lost, unreachable, cut, too long and dropped, or
// is still under way.
type Stats struct {
	Now         time.Duration // virtual time since New returned
	Skipped     time.Duration // of it; see the package comment
	Online      int           // members
	Sent        uint64        // datagrams
	Delivered   uint64
	Lost        uint64
	Unreachable uint64 // nobody was online at the address, or its NAT let nobody in
	Cut         uint64 // sent from one side of a partition to the other
	TooLong     uint64 // for the MTU, or for UDP
	Dropped     uint64 // by the receiver's line
	Fragmented  uint64 // sent in pieces; they are among the others too
	Joins       uint64 // of members, once New has returned: new ones, and those that came back
	Leaves      uint64 // likewise
	Searches    uint64 // begun by the background traffic
	Events      uint64 // arrivals, and alarms of nodes, of the models and of callers
}

// New makes a world. It returns when the network is ready for use: for a cold
// start, when every member has joined.
func New(cfg Config) (*World, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	w := &World{
		cfg:   cfg,
		now:   start,
		link:  newLink(cfg.Link, cfg.Seed),
		draws: rand.NewPCG(mix(cfg.Seed, saltWorld), mix(cfg.Seed^saltWorld, 0)),
	}
	w.six = threshold(cfg.V6)
	w.crowding = cfg.crowding()
	w.layLanes()
	w.behaviors = newBehaviors(cfg.Mix)
	w.churn = newChurn(cfg.Churn, cfg.Seed, 0)
	w.traffic = newTraffic(cfg.Traffic, cfg.Seed, 0)
	w.clocks = newClocks(cfg.Skew, cfg.Seed, w.now)
	build := w.startWarm
	if cfg.Cold {
		build = w.startCold
	}
	if err := build(); err != nil {
		return nil, err
	}
	w.epoch, w.active = w.now, w.now
	w.lanes[0].stats.Joins, w.lanes[0].stats.Leaves = 0, 0
	err := w.Partition(cfg.Partition)
	if w.calm() && !cfg.Cold && cfg.Dead == 0 {
		w.disturbed = w.now.Add(-convalescence)
	}
	return w, err
}

// Now is the virtual time, which stands still but for Step. The clocks of nodes show the same, but
// for [Skew] and what was skipped ([World.Skipped]).
func (w *World) Now() dht.Time { return w.now.Add(w.skipped) }

// Epoch is the time at which New returned. What happened before, in the past
// that a warm start pretends or while a cold one settled, is earlier.
func (w *World) Epoch() dht.Time { return w.epoch }

// Stats returns the counters of this moment.
func (w *World) Stats() Stats {
	s := Stats{Now: w.Now().Sub(w.epoch), Skipped: w.skipped, Online: len(w.online)}
	for _, l := range w.lanes {
		s.add(&l.stats)
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

// SetLink changes what the network does to datagrams from now on. Those under
// way are not affected.
func (w *World) SetLink(l Link) error {
	if err := l.validate(); err != nil {
		return err
	}
	w.link = newLink(l, w.cfg.Seed)
	w.layLines()
	w.disturb()
	return nil
}

// After calls f, from Step, when d has passed; at once, but from Step, if d is
// not positive. stop takes it back, if it is not too late; it may be called
// more than once, and leaves nothing behind.
func (w *World) After(d time.Duration, f func()) (stop func()) {
	if w.closed {
		return func() {}
	}
	front := w.lanes[0]
	w.asked++
	w.active = w.now
	number := front.newAlarm(alarm{call: f, what: calls, key: afterNodes + w.asked})
	turn := front.alarms[number].turn
	front.set(number, w.now.Add(max(d, 0)))
	return func() {
		if !w.closed && front.alarms[number].turn == turn {
			front.freeAlarm(number)
		}
	}
}

// ErrClosed is returned by what would add to a world that was closed.
var ErrClosed = errors.New("sim: the world is closed")

// Close gives the memory back. Afterwards nothing happens any more: Step
// returns false, and there are no members.
func (w *World) Close() {
	for _, l := range w.lanes { // which hosts may still know
		*l = lane{world: w, place: l.place, now: l.now, stats: l.stats, digest: l.digest}
	}
	*w = World{cfg: w.cfg, now: w.now, epoch: w.epoch, link: w.link, draws: w.draws, lanes: w.lanes, skips: w.skips, skipped: w.skipped, closed: true}
}

// station returns that of a node by its number; nil if there never was one or
// its owner has closed it.
func (w *World) station(number uint32) *station {
	if number < maxMembers {
		return w.member(number)
	}
	if i := int(number - maxMembers); i < len(w.opened) && w.opened[i] != nil {
		return &w.opened[i].station
	}
	return nil
}

// lookup finds the number of whoever has, or had, an address.
func (w *World) lookup(addr netip.AddrPort) (number uint32, ok bool) {
	if len(w.named) > 0 {
		if number, ok = w.named[addr]; ok {
			return number, true
		}
	}
	number, ok = w.numberOf(addr)
	return number, ok && w.station(number) != nil
}

// addrOf returns the IPv4 or IPv6 address of a node by its number.
func (w *World) addrOf(number uint32, six bool) netip.AddrPort {
	opened := int(number) - maxMembers
	known := opened >= 0 && opened < len(w.opened) && w.opened[opened] != nil
	switch {
	case known && six:
		return w.opened[opened].addr6
	case known:
		return w.opened[opened].addr
	}
	return w.crowding.at(number, six)
}
