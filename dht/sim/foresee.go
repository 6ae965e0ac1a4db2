package sim

import (
	"bytes"
	"unsafe"

	"github.com/lightdht/lightdht/dht/krpc"
)

// What a node has was last used a hundred thousand events ago when its turn comes
// in a large world, so half of the time would go by waiting for memory. But the
// queue knows whose turn is next: what they will need is fetched beforehand, one
// step along the pointers at a time. That has no effect but on speed: in a world of
// 100,000 an event takes a quarter less.

// foresight is from how many members on it pays; ours. What fewer have is in the
// cache most of the time.
const foresight = 4096

// How many events before its own each step is taken, of those listed by the queue.
const (
	foreseeEvent   = ahead - 1
	foreseeStation = ahead - 2
	foreseeNode    = ahead - 3
	foreseeTable   = ahead - 5
	foreseeBucket  = ahead - 7
)

// fetcher is the fetch of package table.
type fetcher = func(p unsafe.Pointer, bytes uintptr)

// foreseer is what the tables of members are besides: see Foresee of package table.
type foreseer interface {
	Foresee(fetch fetcher)
	ForeseeAny(fetch fetcher)
	ForeseeID(fetch fetcher, id *krpc.ID)
	ForeseeNear(fetch fetcher, id *krpc.ID)
	ForeseeUpkeep(fetch fetcher)
}

// foreseeArrival takes one step for each of some datagrams that come next.
func (w *World) foreseeArrival() {
	next := &w.queue.arrivals
	if next.soon < ahead || w.members < foresight {
		return
	}
	all := w.flights.all
	fetch(unsafe.Pointer(&all[next.coming(foreseeEvent).ref]), unsafe.Sizeof(all[0]))
	w.station(all[next.coming(foreseeStation).ref].to).fetch()
	f := &all[next.coming(foreseeNode).ref]
	w.station(f.to).fetchNode()
	w.station(f.from).fetch() // for its id
	if t := w.station(all[next.coming(foreseeTable).ref].to).foreseer(); t != nil {
		t.Foresee(fetch)
		t.ForeseeAny(fetch)
	}
	f = &all[next.coming(foreseeBucket).ref]
	if t := w.station(f.to).foreseer(); t != nil {
		if from := w.station(f.from); from != nil {
			t.ForeseeID(fetch, &from.id)
		}
		if target := targetOf(f.packet); target != nil {
			t.ForeseeNear(fetch, target)
		}
	}
}

// foreseeAlarm takes one step for each of some alarms that go off next.
func (w *World) foreseeAlarm() {
	next := &w.queue.alarms
	if next.soon < ahead || w.members < foresight {
		return
	}
	owner := func(i uint8) *station { return w.alarms[next.coming(i).ref].station }
	fetch(unsafe.Pointer(&w.alarms[next.coming(foreseeEvent).ref]), unsafe.Sizeof(alarm{}))
	owner(foreseeStation).fetch()
	owner(foreseeNode).fetchNode()
	if t := owner(foreseeTable).foreseer(); t != nil {
		t.Foresee(fetch)
		t.ForeseeAny(fetch)
	}
	if t := owner(foreseeBucket).foreseer(); t != nil {
		t.ForeseeUpkeep(fetch)
	}
}

// targetOf returns what a find_node is for, if its sender writes as our nodes do;
// else nil.
func targetOf(packet []byte) *krpc.ID {
	const before, target = "d1:ad2:id20:--------------------", "6:target20:"
	if len(packet) < len(before+target)+krpc.IDLen || !bytes.HasPrefix(packet[len(before):], []byte(target)) {
		return nil
	}
	return (*krpc.ID)(packet[len(before+target):])
}

// fetch fetches a station; s may be nil.
func (s *station) fetch() {
	if s != nil {
		fetch(unsafe.Pointer(s), unsafe.Sizeof(*s))
	}
}

// fetchNode fetches a station's node and the place of its alarm; s may be nil.
func (s *station) fetchNode() {
	if s == nil || s.node == nil {
		return
	}
	fetch(unsafe.Pointer(s.node), unsafe.Sizeof(*s.node))
	alarms := &s.world.queue.alarms
	if i := alarms.at[s.alarm]; i >= 0 {
		fetch(unsafe.Pointer(&alarms.events[i]), unsafe.Sizeof(event{}))
	}
}

// foreseer returns the table of a station's node, if it is one; s may be nil.
func (s *station) foreseer() foreseer {
	if s == nil || s.node == nil {
		return nil
	}
	t, _ := s.node.Table().(foreseer)
	return t
}
