package sim

import (
	"errors"
	"math/rand/v2"
	"net/netip"
	"time"

	"github.com/lightdht/lightdht/dht"
)

// World is a network of nodes and its time. It belongs to one goroutine:
// whoever calls Step. Callbacks of nodes and of After run within Step; they may
// call everything but Step, Close and [Host.Wait].
type World struct {
	cfg   Config
	now   dht.Time
	link  *link
	nat   nat
	lines lines
	six   uint64    // a draw of 53 bits below it has an IPv6 address too
	draws *rand.PCG // the world's own: who is lost, who leaves, who is asked first

	queue   queue
	alarms  []alarm // by their numbers in the queue
	flights flights
	scratch dht.Scratch

	blocks  [][]station // the members, 2^blockBits to a block, so that none ever moves
	members int
	online  []uint32 // numbers of the members online, in no order
	order   order    // the members by id

	behaviors behaviors
	forger    forger
	churn     *churn   // nil: nobody comes or goes
	traffic   *traffic // nil: nobody wants anything
	split     *split   // nil: the network is whole
	clocks    *clocks  // nil: all are right
	settings  uint64   // how often churn or traffic was set while running

	opened []*opened
	named  map[netip.AddrPort]uint32 // opened nodes at addresses of the script's choice

	digest *digest
	stats  Stats
	epoch  dht.Time // when New returned
	closed bool
}

// alarm is what to do when one goes off.
type alarm struct {
	station *station
	call    func()
	turn    uint32 // how often this number was given back
	what    occasion
}

// occasion is what an alarm is for.
type occasion uint8

const (
	calls    occasion = iota // a function, once
	wakes                    // a node has something to do
	turns                    // a member comes or goes
	searches                 // a client searches
)

// Stats counts what has happened in a world since it began. Every datagram sent
// ends up as one of delivered, lost, unreachable, cut, too long and dropped, or
// is still under way.
type Stats struct {
	Now         time.Duration // virtual time since New returned
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
	w.behaviors = newBehaviors(cfg.Mix)
	w.churn = newChurn(cfg.Churn, cfg.Seed, 0)
	w.traffic = newTraffic(cfg.Traffic, cfg.Seed, 0)
	w.clocks = newClocks(cfg.Skew, cfg.Seed, w.now)
	if cfg.Digest {
		w.digest = newDigest()
	}
	build := w.startWarm
	if cfg.Cold {
		build = w.startCold
	}
	if err := build(); err != nil {
		return nil, err
	}
	w.epoch = w.now
	w.stats.Joins, w.stats.Leaves = 0, 0
	return w, w.Partition(cfg.Partition)
}

// Now is the virtual time. It stands still but for Step.
func (w *World) Now() dht.Time { return w.now }

// Epoch is the time at which New returned. What happened before, in the past
// that a warm start pretends or while a cold one settled, is earlier.
func (w *World) Epoch() dht.Time { return w.epoch }

// Stats returns the counters of this moment.
func (w *World) Stats() Stats {
	s := w.stats
	s.Now, s.Online = w.now.Sub(w.epoch), len(w.online)
	return s
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
	return nil
}

// Step lets time pass until the next event has happened. It returns false if
// nothing will ever happen again. It must not be called from a callback.
func (w *World) Step() bool {
	e, isAlarm, ok := w.queue.next()
	if !ok {
		return false
	}
	w.now = e.at
	w.stats.Events++
	if isAlarm {
		w.foreseeAlarm()
		w.ring(e.ref)
	} else {
		w.foreseeArrival(e.ref)
		w.deliver(e.ref)
	}
	return true
}

// Next is the time of the event that Step will take; false if there is none.
func (w *World) Next() (dht.Time, bool) { return w.queue.first() }

// After calls f, from Step, when d has passed; at once, but from Step, if d is
// not positive. stop takes it back, if it is not too late; it may be called
// more than once, and leaves nothing behind.
func (w *World) After(d time.Duration, f func()) (stop func()) {
	if w.closed {
		return func() {}
	}
	number := w.newAlarm(alarm{call: f})
	turn := w.alarms[number].turn
	w.queue.set(number, w.now.Add(max(d, 0)))
	return func() {
		if !w.closed && w.alarms[number].turn == turn {
			w.freeAlarm(number)
		}
	}
}

// ErrClosed is returned by what would add to a world that was closed.
var ErrClosed = errors.New("sim: the world is closed")

// Close gives the memory back. Afterwards nothing happens any more: Step
// returns false, and there are no members.
func (w *World) Close() {
	*w = World{cfg: w.cfg, now: w.now, epoch: w.epoch, link: w.link, draws: w.draws, digest: w.digest, stats: w.stats, closed: true}
}

func (w *World) newAlarm(a alarm) uint32 {
	number := w.queue.newAlarm()
	if int(number) == len(w.alarms) {
		w.alarms = append(w.alarms, alarm{})
	}
	a.turn = w.alarms[number].turn
	w.alarms[number] = a
	return number
}

func (w *World) freeAlarm(number uint32) {
	w.alarms[number] = alarm{turn: w.alarms[number].turn + 1}
	w.queue.freeAlarm(number)
}

// ring does what an alarm is for.
func (w *World) ring(number uint32) {
	a := w.alarms[number]
	switch a.what {
	case wakes:
		a.station.node.Advance(a.station.time())
		// A node that asks for this very instant again gets one that is a
		// little later, so that time goes on whatever nodes do.
		a.station.rearm(w.now.Add(time.Millisecond))
	case turns:
		w.turn(a.station)
	case searches:
		w.search(a.station)
	case calls:
		w.freeAlarm(number)
		a.call()
	}
}

// send puts a datagram on its way, or not, as the link decides; it arrives later
// than usual by late.
func (w *World) send(from uint32, to netip.AddrPort, packet []byte, late dht.Time) {
	w.stats.Sent++
	number, known := w.lookup(to)
	six := to.Addr().Is6()
	pieces := 1
	if len(packet) > w.link.whole || six {
		pieces = w.link.pieces(len(packet), six)
	}
	lost := w.link.loss > 0 && w.loses(pieces)
	if w.digest != nil {
		w.digest.add(w.now, w.addrOf(from, six), to, packet, lost)
	}
	if pieces > 1 {
		w.stats.Fragmented++
	}
	switch {
	case lost:
		w.stats.Lost++
	case pieces == 0:
		w.stats.TooLong++
	case !known, six && !w.dual(from):
		w.stats.Unreachable++
	case w.split != nil && w.split.separates(from, number):
		w.stats.Cut++
	default:
		ref := w.flights.start(from, number, six, packet)
		w.queue.arrive(w.now+late+w.link.delay(from, number), ref)
	}
	if known && w.link.behindNAT(from) {
		w.nat.opened(w.now, from, number)
	}
}

// loses reports whether any of so many packets is lost.
func (w *World) loses(pieces int) (lost bool) {
	for range pieces {
		lost = w.link.lost(w.draws.Uint64()) || lost
	}
	return lost
}

// deliver hands a datagram to whoever is there by now.
func (w *World) deliver(ref uint32) {
	f := w.flights.all[ref]
	s := w.station(f.to)
	switch {
	case s == nil, !s.online,
		w.link.behindNAT(f.to) && !w.nat.admits(w.now, f.from, f.to):
		w.stats.Unreachable++
	case w.link.limited && !f.through && f.to < maxMembers:
		if at, ok := w.lines.queue(w.now, w.link.Inbound, f.to, len(f.packet)+headersOf(f.six)); ok {
			w.flights.all[ref].through = true
			w.queue.arrive(at, ref)
			return
		}
		w.stats.Dropped++
	default:
		w.stats.Delivered++
		if s.behavior.overhears() {
			w.forger.overhear(f.packet)
		}
		s.node.Receive(s.time(), w.addrOf(f.from, f.six), f.packet)
		s.rearm(w.now)
	}
	w.flights.end(ref)
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
	case six:
		return addressOf6(number)
	}
	return addressOf(number)
}
