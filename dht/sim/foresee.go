package sim

import (
	"bytes"
	"encoding/binary"
	"unsafe"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// What a node has was last used a hundred thousand events ago when its turn comes
// in a large world, so half of the time would go by waiting for memory. But the
// queue knows whose turn is next: what they will need is fetched beforehand, one
// step along the pointers at a time. That has no effect but on speed: in a world of
// 100,000 an event takes a third less.

// foresight is from how many members on it pays; ours. What fewer have is in the
// cache most of the time.
const foresight = 4096

// How many events before its own each step is taken, of those listed by the queue;
// the last one is taken when an event's turn has come, as what it fetches is needed late.
const (
	foreseeEvent   = ahead - 1
	foreseeStation = ahead - 2
	foreseeNode    = ahead - 3
	foreseeAny     = ahead - 4
	foreseeThird   = ahead - 5
	foreseeSearch  = ahead - 6
	foreseeDesk    = ahead - 7
)

// foreseeArrival takes one step for each of some datagrams that come next, and for
// the one of ref, which comes now.
func (l *lane) foreseeArrival(ref uint32) {
	w, next := l.world, &l.queue.arrivals
	if next.soon < ahead || w.members < foresight {
		return
	}
	all := l.flights.all
	fetch(unsafe.Pointer(&all[next.coming(foreseeEvent).ref]), unsafe.Sizeof(all[0]))
	f := &all[next.coming(foreseeStation).ref]
	w.station(f.to).fetch()
	if s := w.station(f.from); s != nil { // nothing else of whoever sent it
		fetch(unsafe.Pointer(&s.id), unsafe.Sizeof(s.id))
	}
	fetch(unsafe.Pointer(unsafe.SliceData(f.packet)), uintptr(len(f.packet)))
	w.station(all[next.coming(foreseeNode).ref].to).fetchNode()
	if n := w.nodeOf(all[next.coming(foreseeAny).ref].to); n != nil {
		n.ForeseeAny(fetch)
	}
	w.foreseeThird(&all[next.coming(foreseeThird).ref])
	if n, tx := w.answered(&all[next.coming(foreseeSearch).ref]); n != nil {
		n.ForeseeSearch(fetch, tx)
	}
	if n, tx := w.answered(&all[next.coming(foreseeDesk).ref]); n != nil {
		n.ForeseeDesk(fetch, tx)
	}
	if n, tx := w.answered(&all[ref]); n != nil {
		n.ForeseeWalk(fetch, tx)
	}
}

// foreseeThird takes the step that differs between questions and answers.
func (w *World) foreseeThird(f *flight) {
	n, from := w.nodeOf(f.to), w.station(f.from)
	if n == nil || from == nil {
		return
	}
	if target := targetOf(f.packet); target != nil {
		n.ForeseeQuery(fetch, &from.id, target)
	} else {
		n.ForeseeAnswer(fetch, &from.id)
	}
}

// answered returns the node to which f brings an answer, and the answer's transaction
// id; nil if it is none.
func (w *World) answered(f *flight) (*dht.Node, uint32) {
	if tx, ok := txOf(f.packet); ok {
		return w.nodeOf(f.to), tx
	}
	return nil, 0
}

// nodeOf returns a node by its number; nil if there is none.
func (w *World) nodeOf(number uint32) *dht.Node {
	if s := w.station(number); s != nil {
		return s.node
	}
	return nil
}

// foreseeAlarm takes one step for each of some alarms that go off next.
func (l *lane) foreseeAlarm() {
	next := &l.queue.alarms
	if next.soon < ahead || l.world.members < foresight {
		return
	}
	owner := func(i uint8) *station { return l.alarms[next.coming(i).ref].station }
	fetch(unsafe.Pointer(&l.alarms[next.coming(foreseeEvent).ref]), unsafe.Sizeof(alarm{}))
	owner(foreseeStation).fetch()
	owner(foreseeNode).fetchNode()
	if s := owner(foreseeAny); s != nil && s.node != nil {
		s.node.ForeseeAny(fetch)
	}
	if s := owner(foreseeThird); s != nil && s.node != nil {
		s.node.ForeseeUpkeep(fetch)
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

// txOf returns the transaction id of an answer, if its sender writes as our nodes do.
func txOf(packet []byte) (tx uint32, ok bool) {
	const before, after = "1:t4:", "1:v4:----1:y1:re"
	at := len(packet) - len(after) - 4
	if at < len(before) || string(packet[at-len(before):at]) != before || string(packet[at+4+9:]) != after[9:] {
		return 0, false
	}
	return binary.BigEndian.Uint32(packet[at:]), true
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
	s.node.Foresee(fetch)
	alarms := &s.lane.queue.alarms
	if i := alarms.at[s.alarm]; i >= 0 {
		fetch(unsafe.Pointer(&alarms.events[i]), unsafe.Sizeof(event{}))
	}
}
