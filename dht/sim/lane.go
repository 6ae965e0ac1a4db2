package sim

import (
	"net/netip"
	"time"

	"github.com/lightdht/lightdht/dht"
)

// lane is a share of the nodes and all that is going to happen to them. What happens in
// one lane touches no other, but for the datagrams that it sends there; and those take
// time. So lanes can go on at once, each on a core, for as long as the fastest
// datagram takes; see [World.Step].
//
// The first lane is the caller's: nodes that were opened, members that a caller has
// given something to do, functions to be called, members that come and go.
type lane struct {
	world   *World
	place   int // among World.lanes
	now     dht.Time
	queue   queue
	alarms  []alarm // by their numbers in the queue
	flights flights
	scratch dht.Scratch
	forger  forger
	nat     nat
	digest  digest
	stats   Stats
	mail    []mailbox // for the other lanes, by their places
	latest  dht.Time  // when the last datagram arrives, of all that were queued so far
}

// laneBits: so many neighbours in number share a lane, and with it lines of the cache.
const laneBits = 5

// layLanes makes the caller's lane, and another for each core; but a small world has too little
// to do at a time for more than one.
func (w *World) layLanes() {
	n := 1
	if w.cfg.Nodes >= foresight {
		n = min(w.cfg.Cores, maxCores)
	}
	for place := range 1 + n {
		w.lanes = append(w.lanes, &lane{world: w, place: place, now: w.now, mail: make([]mailbox, 1+n)})
	}
	if n > 1 {
		w.team = newTeam(n)
	}
}

// home is the lane of a node as long as no caller has taken it.
func (w *World) home(number uint32) *lane {
	if number >= maxMembers {
		return w.lanes[0]
	}
	return w.lanes[1+(number>>laneBits)%uint32(len(w.lanes)-1)]
}

// laneOf is the lane of a node. It does without the station, which may be far from the
// cache.
func (w *World) laneOf(number uint32) *lane {
	if number < maxMembers && w.taken.has(number) {
		return w.lanes[0]
	}
	return w.home(number)
}

// take makes a member the caller's: from now on what happens to it may call functions of
// the caller's, which may do anything to anybody.
func (w *World) take(s *station) {
	was := s.lane
	if was == w.lanes[0] {
		return
	}
	s.lane = w.lanes[0]
	w.taken.add(s.number)
	s.alarm = was.handOver(s.alarm)
	if w.traffic != nil {
		if st := ofNumber(&w.traffic.next, s.number); st.alarm != noAlarm {
			st.alarm = was.handOver(st.alarm)
		}
	}
	for _, l := range w.lanes {
		w.strays = max(w.strays, l.latest)
	}
}

// handOver moves an alarm to the caller's lane and returns its number there.
func (l *lane) handOver(number uint32) uint32 {
	a := l.alarms[number]
	at, set := l.queue.when(number)
	l.freeAlarm(number)
	front := l.world.lanes[0]
	moved := front.newAlarm(a)
	if set {
		front.set(moved, at)
	}
	return moved
}

// alarm is what to do when one goes off.
type alarm struct {
	station *station
	call    func()
	key     uint64 // its rank among those that go off at the same time
	turn    uint32 // how often this number was given back
	what    occasion
}

// occasion is what an alarm is for.
type occasion uint8

const (
	wakes    occasion = iota // a node has something to do
	turns                    // a member comes or goes
	searches                 // a client searches
	calls                    // a function, once
)

// afterNodes is the rank of the first function that was to be called: they follow the alarms
// of all nodes, in the order in which they were asked for.
const afterNodes = uint64(ghosts) << 2

func (l *lane) newAlarm(a alarm) uint32 {
	number := l.queue.newAlarm()
	if int(number) == len(l.alarms) {
		l.alarms = append(l.alarms, alarm{})
	}
	if a.what != calls {
		a.key = uint64(a.station.number)<<2 | uint64(a.what)
	}
	a.turn = l.alarms[number].turn
	l.alarms[number] = a
	return number
}

func (l *lane) freeAlarm(number uint32) {
	l.alarms[number] = alarm{turn: l.alarms[number].turn + 1}
	l.queue.freeAlarm(number)
}

// set moves an alarm to another time, or sets it.
func (l *lane) set(number uint32, at dht.Time) { l.queue.set(number, at, l.alarms[number].key) }

// step takes the first event, which there must be; the clock shows its time already.
func (l *lane) step() {
	e, isAlarm := l.queue.next()
	l.stats.Events++
	if isAlarm {
		l.foreseeAlarm()
		l.ring(e.ref)
	} else {
		l.foreseeArrival(e.ref)
		l.deliver(e)
	}
}

// run takes all events before a time.
func (l *lane) run(until dht.Time) {
	for {
		m, ok := l.queue.first()
		if !ok || m.at >= until {
			return
		}
		l.now = m.at
		l.step()
	}
}

// ring does what an alarm is for.
func (l *lane) ring(number uint32) {
	a := l.alarms[number]
	switch a.what {
	case wakes:
		a.station.node.Advance(a.station.time())
		// A node that asks for this very instant again gets one that is a
		// little later, so that time goes on whatever nodes do.
		a.station.rearm(l.now.Add(time.Millisecond))
	case turns:
		l.world.turn(a.station)
	case searches:
		l.search(a.station)
	case calls:
		l.freeAlarm(number)
		a.call()
	}
}

// send puts a datagram of s on its way, or not, as the link decides; it arrives later
// than usual by late.
func (l *lane) send(s *station, to netip.AddrPort, packet []byte, late dht.Time) {
	w, from := l.world, s.number
	l.stats.Sent++
	s.sent++
	rank := uint64(from)<<32 | uint64(s.sent)
	number, known := w.lookup(to)
	six := to.Addr().Is6()
	pieces := 1
	if len(packet) > w.link.whole || six {
		pieces = w.link.pieces(len(packet), six)
	}
	lost := w.link.loss > 0 && w.link.loses(rank, pieces)
	if w.cfg.Digest {
		l.digest.add(l.now, w.addrOf(from, six), to, packet, lost)
	}
	if pieces > 1 {
		l.stats.Fragmented++
	}
	switch {
	case lost:
		l.stats.Lost++
	case pieces == 0:
		l.stats.TooLong++
	case !known, six && !w.dual(from):
		l.stats.Unreachable++
	case w.split != nil && w.split.separates(from, number):
		l.stats.Cut++
	default:
		at := l.now + late + w.link.delay(from, number)
		l.dispatch(letter{at: at, rank: rank, from: from, to: number, six: six}, packet)
	}
	if known && w.link.behindNAT(from) {
		w.home(from).nat.opened(l.now, from, number)
	}
}

// dispatch hands a datagram to the lane of its receiver: at once, if that does not go on at
// the same time.
func (l *lane) dispatch(m letter, packet []byte) {
	to := l.world.laneOf(m.to)
	if l != to && l.world.apart {
		l.mail[to.place].post(m, packet)
		return
	}
	to.accept(m, packet)
}

// accept queues the arrival of a datagram.
func (l *lane) accept(m letter, packet []byte) {
	l.queue.arrive(m.at, m.rank, l.flights.start(m.from, m.to, m.six, packet))
	l.latest = max(l.latest, m.at)
}

// deliver hands a datagram to whoever is there by now.
func (l *lane) deliver(e event) {
	w, f := l.world, l.flights.all[e.ref]
	s := w.station(f.to)
	switch {
	case s == nil, !s.online,
		w.link.behindNAT(f.to) && !w.home(f.to).nat.admits(l.now, f.from, f.to):
		l.stats.Unreachable++
	case w.link.limited && !f.through && f.to < maxMembers:
		if at, ok := w.lines.queue(l.now, w.link.Inbound, f.to, len(f.packet)+headersOf(f.six)); ok {
			l.flights.all[e.ref].through = true
			l.queue.arrive(at, e.key, e.ref)
			l.latest = max(l.latest, at)
			if s.lane != l {
				w.strays = max(w.strays, at)
			}
			return
		}
		l.stats.Dropped++
	default:
		l.stats.Delivered++
		if s.behavior.overhears() {
			s.lane.forger.overhear(f.packet)
		}
		s.node.Receive(s.time(), w.addrOf(f.from, f.six), f.packet)
		s.rearm(l.now)
	}
	l.flights.end(e.ref)
}
