package sim

import "github.com/lightdht/lightdht/dht/krpc"

// event is something that will happen: ref says what, seq is the number under
// which it was queued and breaks ties, so no two events are equal.
type event struct {
	at  krpc.Time
	seq uint64
	ref uint32
}

func (e event) before(o event) bool {
	return e.at < o.at || e.at == o.at && e.seq < o.seq
}

// heap is a 4-ary heap of events: half as deep as a binary one, and the four
// children that are compared lie side by side in memory.
type heap struct {
	events []event
	// at[ref] is where the event of ref lies, or -1, so that it can be moved
	// and taken back. nil: not kept, refs may repeat.
	at []int32
}

const children = 4

func (h *heap) len() int { return len(h.events) }

func (h *heap) push(e event) {
	h.events = append(h.events, e)
	h.up(len(h.events)-1, e)
}

// pop removes and returns the first event. The heap must not be empty.
func (h *heap) pop() event {
	first := h.events[0]
	h.remove(0)
	return first
}

// remove takes out the event at index i.
func (h *heap) remove(i int) {
	if h.at != nil {
		h.at[h.events[i].ref] = -1
	}
	last := len(h.events) - 1
	e := h.events[last]
	h.events = h.events[:last]
	if i < last {
		h.fix(i, e)
	}
}

// fix puts e, which may belong elsewhere, in the place of the event at i.
func (h *heap) fix(i int, e event) {
	if i > 0 && e.before(h.events[(i-1)/children]) {
		h.up(i, e)
	} else {
		h.down(i, e)
	}
}

func (h *heap) up(i int, e event) {
	for i > 0 {
		parent := (i - 1) / children
		if !e.before(h.events[parent]) {
			break
		}
		h.place(i, h.events[parent])
		i = parent
	}
	h.place(i, e)
}

func (h *heap) down(i int, e event) {
	n := len(h.events)
	for {
		child := i*children + 1
		if child >= n {
			break
		}
		least := child
		for c := child + 1; c < min(child+children, n); c++ {
			if h.events[c].before(h.events[least]) {
				least = c
			}
		}
		if !h.events[least].before(e) {
			break
		}
		h.place(i, h.events[least])
		i = least
	}
	h.place(i, e)
}

func (h *heap) place(i int, e event) {
	h.events[i] = e
	if h.at != nil {
		h.at[e.ref] = int32(i)
	}
}

// queue holds everything that will happen, in the order of time and, at the
// same time, of queueing. There are two kinds of events: arrivals are many,
// short-lived and never taken back; alarms have a number, of which each stands
// in the queue at most once and can be moved or cleared without a trace.
type queue struct {
	seq      uint64
	arrivals heap
	alarms   heap
	unused   []uint32 // alarm numbers given back
}

// newAlarm returns the number of an alarm that is not set.
func (q *queue) newAlarm() uint32 {
	if n := len(q.unused); n > 0 {
		number := q.unused[n-1]
		q.unused = q.unused[:n-1]
		return number
	}
	q.alarms.at = append(q.alarms.at, -1)
	return uint32(len(q.alarms.at) - 1)
}

// freeAlarm clears an alarm and gives its number back.
func (q *queue) freeAlarm(number uint32) {
	q.clear(number)
	q.unused = append(q.unused, number)
}

// arrive queues the arrival of ref.
func (q *queue) arrive(at krpc.Time, ref uint32) {
	q.arrivals.push(q.event(at, ref))
}

// set moves an alarm to another time, or sets it. An alarm that is set to the
// time it has keeps its turn.
func (q *queue) set(number uint32, at krpc.Time) {
	switch i := q.alarms.at[number]; {
	case i < 0:
		q.alarms.push(q.event(at, number))
	case q.alarms.events[i].at != at:
		q.alarms.fix(int(i), q.event(at, number))
	}
}

// when returns the time an alarm is set to; false if it is not.
func (q *queue) when(number uint32) (at krpc.Time, ok bool) {
	i := q.alarms.at[number]
	if i < 0 {
		return 0, false
	}
	return q.alarms.events[i].at, true
}

// clear takes an alarm back; it keeps its number.
func (q *queue) clear(number uint32) {
	if i := q.alarms.at[number]; i >= 0 {
		q.alarms.remove(int(i))
	}
}

// next removes the first event. alarm says of which kind it is; ok is false if
// nothing is queued.
func (q *queue) next() (e event, alarm, ok bool) {
	switch {
	case q.alarms.len() == 0 && q.arrivals.len() == 0:
		return event{}, false, false
	case q.arrivals.len() == 0,
		q.alarms.len() > 0 && q.alarms.events[0].before(q.arrivals.events[0]):
		return q.alarms.pop(), true, true
	}
	return q.arrivals.pop(), false, true
}

// first is the time of the first event; ok is false if nothing is queued.
func (q *queue) first() (at krpc.Time, ok bool) {
	for _, h := range [...]*heap{&q.alarms, &q.arrivals} {
		if h.len() > 0 && (!ok || h.events[0].at < at) {
			at, ok = h.events[0].at, true
		}
	}
	return at, ok
}

func (q *queue) event(at krpc.Time, ref uint32) event {
	q.seq++
	return event{at: at, seq: q.seq, ref: ref}
}
