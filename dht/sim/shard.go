package sim

import (
	"net/netip"
	"time"

	"github.com/lightdht/lightdht/dht"
)

// shard is a part of the nodes and the queue of their events. An event in one shard changes nothing
// in another; only datagrams go from one to the other, and they take time. So shards can run at
// once, each on a core, for one lookahead window; see [World.Step].
//
// The first shard is the caller's: nodes that were opened, members that the caller has given
// something to do, functions to be called, members that come and go.
type shard struct {
	world     *World
	place     int // among World.shards
	now       dht.Time
	queue     queue
	alarms    []alarm // by their numbers in the queue
	flights   flights
	scratch   dht.Scratch
	forger    forger
	nat       nat
	digest    digest
	stats     Stats
	mailboxes []mailbox // for the other shards, by their places
	latest    dht.Time  // the latest arrival of a datagram that was queued so far
}

// alarm is something that a shard does at a time.
type alarm struct {
	station    *station
	call       func()
	key        uint64 // its rank among those that go off at the same time
	generation uint32 // how often this number was given back
	kind       alarmKind
}

// alarmKind is what an alarm is for.
type alarmKind uint8

const (
	wakeNode     alarmKind = iota // a node has something to do
	changeOnline                  // a member comes or goes
	beginSearch                   // a client searches
	callFunction                  // a function of the caller's, once
)

// afterNodes is the rank of the first function that was to be called: functions follow the alarms
// of all nodes, in the order in which they were asked for.
const afterNodes = uint64(ghosts) << 2

func (sh *shard) newAlarm(a alarm) uint32 {
	number := sh.queue.newAlarm()
	if int(number) == len(sh.alarms) {
		sh.alarms = append(sh.alarms, alarm{})
	}
	if a.kind != callFunction {
		a.key = uint64(a.station.number)<<2 | uint64(a.kind)
	}
	a.generation = sh.alarms[number].generation
	sh.alarms[number] = a
	return number
}

func (sh *shard) freeAlarm(number uint32) {
	sh.alarms[number] = alarm{generation: sh.alarms[number].generation + 1}
	sh.queue.freeAlarm(number)
}

// set moves an alarm to another time, or sets it.
func (sh *shard) set(number uint32, at dht.Time) { sh.queue.set(number, at, sh.alarms[number].key) }

// moveAlarm moves an alarm to another shard and returns its number there.
func (sh *shard) moveAlarm(number uint32, to *shard) uint32 {
	a := sh.alarms[number]
	at, set := sh.queue.when(number)
	sh.freeAlarm(number)
	moved := to.newAlarm(a)
	if set {
		to.set(moved, at)
	}
	return moved
}

// nextCall is when the next function of the caller's is to be called; false if none is set.
func (sh *shard) nextCall() (at dht.Time, ok bool) {
	for number := range sh.alarms {
		if sh.alarms[number].kind != callFunction {
			continue
		}
		if t, set := sh.queue.when(uint32(number)); set && (!ok || t < at) {
			at, ok = t, true
		}
	}
	return at, ok
}

// step handles the next event; the queue must not be empty, and the clock must show the time of the
// event.
func (sh *shard) step() {
	e, isAlarm := sh.queue.next()
	sh.stats.Events++
	if isAlarm {
		sh.prefetchAlarms()
		sh.ring(e.ref)
	} else {
		sh.prefetchArrivals(e.ref)
		sh.deliver(e)
	}
}

// run handles all events before a time.
func (sh *shard) run(until dht.Time) {
	for {
		m, ok := sh.queue.first()
		if !ok || m.at >= until {
			return
		}
		sh.now = m.at
		sh.step()
	}
}

// ring does what an alarm is for.
func (sh *shard) ring(number uint32) {
	a := sh.alarms[number]
	switch a.kind {
	case wakeNode:
		a.station.node.Advance(a.station.time())
		// A node that asks for this very instant again gets one that is a
		// little later, so that time goes on whatever nodes do.
		a.station.rearm(sh.now.Add(time.Millisecond))
	case changeOnline:
		sh.world.churn.change(sh.world, a.station)
	case beginSearch:
		sh.search(a.station)
	case callFunction:
		sh.freeAlarm(number)
		a.call()
	}
}

// send puts a datagram of s on its way, or drops it, as the link decides. It arrives later than
// usual by late.
func (sh *shard) send(s *station, to netip.AddrPort, packet []byte, late dht.Time) {
	w, from := sh.world, s.number
	sh.stats.Sent++
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
		sh.digest.add(sh.now, w.addrOf(from, six), to, packet, lost)
	}
	if pieces > 1 {
		sh.stats.Fragmented++
	}
	switch {
	case lost:
		sh.stats.Lost++
	case pieces == 0:
		sh.stats.TooLong++
	case !known, six && !w.dual(from):
		sh.stats.Unreachable++
	case w.split != nil && w.split.separates(from, number):
		sh.stats.Cut++
	default:
		at := sh.now + late + w.link.delay(from, number)
		sh.dispatch(message{at: at, rank: rank, from: from, to: number, six: six}, packet)
	}
	if known && w.link.behindNAT(from) {
		w.home(from).nat.opened(sh.now, from, number)
	}
}

// dispatch hands a datagram to the shard of its receiver: through the mailbox if that shard runs at
// the same time.
func (sh *shard) dispatch(m message, packet []byte) {
	to := sh.world.shardOf(m.to)
	if sh != to && sh.world.parallel {
		sh.mailboxes[to.place].post(m, packet)
		return
	}
	to.accept(m, packet)
}

// accept queues the arrival of a datagram.
func (sh *shard) accept(m message, packet []byte) {
	sh.queue.arrive(m.at, m.rank, sh.flights.start(m.from, m.to, m.six, packet))
	sh.latest = max(sh.latest, m.at)
}

// deliver hands a datagram to the node that is at its address by now.
func (sh *shard) deliver(e event) {
	w, f := sh.world, sh.flights.all[e.ref]
	s := w.station(f.to)
	switch {
	case s == nil, !s.online,
		w.link.behindNAT(f.to) && !w.home(f.to).nat.admits(sh.now, f.from, f.to):
		sh.stats.Unreachable++
	case w.link.limited && !f.through && f.to < maxMembers:
		if at, ok := w.busyUntil.queue(sh.now, w.link.Inbound, f.to, len(f.packet)+headersOf(f.six)); ok {
			sh.flights.all[e.ref].through = true
			sh.queue.arrive(at, e.key, e.ref)
			sh.latest = max(sh.latest, at)
			if s.shard != sh {
				w.strayUntil = max(w.strayUntil, at)
			}
			return
		}
		sh.stats.Dropped++
	default:
		sh.stats.Delivered++
		if s.behavior.overhears() {
			s.shard.forger.overhear(f.packet)
		}
		s.node.Receive(s.time(), w.addrOf(f.from, f.six), f.packet)
		s.rearm(sh.now)
	}
	sh.flights.end(e.ref)
}

// schedule sets when a member's timer goes off, and what is to be done then.
func (sh *shard) schedule(s *station, t *timer, kind alarmKind, in time.Duration) {
	if t.alarm == noAlarm {
		t.alarm = sh.newAlarm(alarm{kind: kind, station: s})
	}
	sh.set(t.alarm, sh.now.Add(in))
}

func (sh *shard) unschedule(t *timer) {
	if t.alarm != noAlarm {
		sh.freeAlarm(t.alarm)
		t.alarm = noAlarm
	}
}

// next returns when a member comes or goes next; 0 if it does not by itself.
func (c *churn) next(front *shard, number uint32) dht.Time {
	if c == nil || int(number) >= len(c.timers) || c.timers[number].alarm == noAlarm {
		return 0
	}
	at, _ := front.queue.when(c.timers[number].alarm)
	return at
}
