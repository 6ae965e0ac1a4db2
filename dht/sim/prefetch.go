package sim

import (
	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/prefetch"
)

// In a large world the memory of a node was last used a hundred thousand events ago when its turn
// comes, so half of the time would go by waiting for memory. But the queue knows the next events:
// what they need is loaded into the cache beforehand, one step along the pointers at a time. That
// changes nothing but the speed: in a world of 100,000 an event takes a third less.

// At which place among the next events, as the queue lists them, each step is taken. The last step
// is taken when an event's turn has come, as what it loads is needed late.
const (
	aheadEvent   = ahead - 1
	aheadStation = ahead - 2
	aheadNode    = ahead - 3
	aheadCommon  = ahead - 4
	aheadTable   = ahead - 5
	aheadSearch  = ahead - 6
	aheadBuffer  = ahead - 7
)

// prefetchArrivals takes one step for each of the next datagrams, and the last one for that of ref,
// which arrives now.
func (sh *shard) prefetchArrivals(ref uint32) {
	w, next := sh.world, &sh.queue.arrivals
	if next.soon < ahead || w.members < minPrefetchNodes {
		return
	}
	all := sh.flights.all
	prefetch.Value(prefetch.Load, &all[next.coming(aheadEvent).ref])
	f := &all[next.coming(aheadStation).ref]
	w.station(f.to).prefetch()
	if s := w.station(f.from); s != nil { // of the sender, only the id is read
		prefetch.Value(prefetch.Load, &s.id)
	}
	prefetch.Slice(prefetch.Load, f.packet)
	w.station(all[next.coming(aheadNode).ref].to).prefetchNode()
	if n := w.nodeOf(all[next.coming(aheadCommon).ref].to); n != nil {
		n.Prefetch(dht.PrefetchCommon, dht.Upcoming{})
	}
	w.prefetchTable(&all[next.coming(aheadTable).ref])
	w.prefetchSearch(dht.PrefetchSearch, &all[next.coming(aheadSearch).ref])
	w.prefetchSearch(dht.PrefetchBuffer, &all[next.coming(aheadBuffer).ref])
	w.prefetchSearch(dht.PrefetchWalk, &all[ref])
}

// prefetchTable takes the step that needs the id of the sender.
func (d *directory) prefetchTable(f *flight) {
	if n, from := d.nodeOf(f.to), d.station(f.from); n != nil && from != nil {
		n.Prefetch(dht.PrefetchTable, dht.Upcoming{Packet: f.packet, From: &from.id})
	}
}

// prefetchSearch takes a step that only answers need.
func (d *directory) prefetchSearch(stage dht.PrefetchStage, f *flight) {
	if n := d.nodeOf(f.to); n != nil {
		n.Prefetch(stage, dht.Upcoming{Packet: f.packet})
	}
}

// prefetchAlarms takes one step for each of the next alarms.
func (sh *shard) prefetchAlarms() {
	next := &sh.queue.alarms
	if next.soon < ahead || sh.world.members < minPrefetchNodes {
		return
	}
	owner := func(i uint8) *station { return sh.alarms[next.coming(i).ref].station }
	prefetch.Value(prefetch.Load, &sh.alarms[next.coming(aheadEvent).ref])
	owner(aheadStation).prefetch()
	owner(aheadNode).prefetchNode()
	if s := owner(aheadCommon); s != nil && s.node != nil {
		s.node.Prefetch(dht.PrefetchCommon, dht.Upcoming{})
	}
	if s := owner(aheadTable); s != nil && s.node != nil {
		s.node.Prefetch(dht.PrefetchTable, dht.Upcoming{})
	}
}

// prefetch loads a station; s may be nil.
func (s *station) prefetch() {
	if s != nil {
		prefetch.Value(prefetch.Load, s)
	}
}

// prefetchNode loads a station's node and the place of its alarm; s may be nil.
func (s *station) prefetchNode() {
	if s == nil || s.node == nil {
		return
	}
	s.node.Prefetch(dht.PrefetchNode, dht.Upcoming{})
	alarms := &s.shard.queue.alarms
	if i := alarms.at[s.alarm]; i >= 0 {
		prefetch.Value(prefetch.Load, &alarms.events[i])
	}
}
