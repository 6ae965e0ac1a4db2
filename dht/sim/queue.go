package sim

import "github.com/lightdht/lightdht/dht/krpc"

// event is something that will happen: ref says what, and key is its rank among the events of its
// kind at the same time. No two of these have the same rank.
type event struct {
	at  krpc.Time
	key uint64
	ref uint32
}

func (e event) before(o event) bool {
	return e.at < o.at || e.at == o.at && e.key < o.key
}

// heap is a priority queue: a short sorted list of the next events, which tells what to prefetch,
// and a 4-ary heap of the others. It is half as deep as a binary heap, and the four children that
// are compared are adjacent in memory. As long as there are others, the list is full.
type heap struct {
	list   [ahead]event // a ring of soon events, from head on
	head   uint8
	soon   uint8
	events []event // the others
	// at[ref] is the place of the event of ref in events, or listed or absent, so that it can be
	// moved and removed. nil: not kept; refs may repeat.
	at []int32
}

const (
	children = 4
	ahead    = 8 // a power of two

	absent = -1
	listed = -2
)

func (h *heap) len() int { return int(h.soon) + len(h.events) }

// coming returns the event at place i of the list, counted from 0.
func (h *heap) coming(i uint8) *event { return &h.list[(h.head+i)%ahead] }

func (h *heap) push(e event) {
	switch {
	case h.soon < ahead:
		h.soon++
		h.enter(h.soon-1, e)
	case e.before(*h.coming(ahead - 1)):
		h.sink(*h.coming(ahead - 1))
		h.enter(ahead-1, e)
	default:
		h.sink(e)
	}
}

// enter puts e into the list, whose place i is free and the last.
func (h *heap) enter(i uint8, e event) {
	for ; i > 0 && e.before(*h.coming(i - 1)); i-- {
		*h.coming(i) = *h.coming(i - 1)
	}
	*h.coming(i) = e
	if h.at != nil {
		h.at[e.ref] = listed
	}
}

// sink puts e among the others.
func (h *heap) sink(e event) {
	h.events = append(h.events, e)
	h.up(len(h.events)-1, e)
}

// pop removes and returns the first event. The heap must not be empty.
func (h *heap) pop() event {
	e := *h.coming(0)
	if h.at != nil {
		h.at[e.ref] = absent
	}
	h.head = (h.head + 1) % ahead
	h.soon--
	h.refill()
	return e
}

// refill fills the place of the list that has become free.
func (h *heap) refill() {
	if len(h.events) > 0 {
		e := h.events[0]
		h.lift(0)
		h.soon++
		h.enter(h.soon-1, e)
	}
}

// remove takes out the event of ref, if there is one.
func (h *heap) remove(ref uint32) {
	switch i := h.at[ref]; i {
	case absent:
		return
	case listed:
		h.delist(ref)
		h.refill()
	default:
		h.lift(int(i))
	}
	h.at[ref] = absent
}

// delist takes the event of ref out of the list.
func (h *heap) delist(ref uint32) {
	i := uint8(0)
	for h.coming(i).ref != ref {
		i++
	}
	for h.soon--; i < h.soon; i++ {
		*h.coming(i) = *h.coming(i + 1)
	}
}

// time returns when the event of ref is; false if there is no such event.
func (h *heap) time(ref uint32) (at krpc.Time, ok bool) {
	switch i := h.at[ref]; i {
	case absent:
		return 0, false
	case listed:
		for i := uint8(0); ; i++ {
			if e := h.coming(i); e.ref == ref {
				return e.at, true
			}
		}
	default:
		return h.events[i].at, true
	}
}

// move moves the event of e's ref to e's time.
func (h *heap) move(e event) {
	if i := h.at[e.ref]; i >= 0 && h.coming(ahead-1).before(e) {
		h.fix(int(i), e)
		return
	}
	h.remove(e.ref)
	h.push(e)
}

// lift takes out the event at index i of the others.
func (h *heap) lift(i int) {
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

// queue holds all future events, in order. There are two kinds. Arrivals are many, short-lived and
// never taken back. Alarms have a number; each stands in the queue at most once, and can be moved
// or cleared without a trace. At the same time, arrivals come first.
type queue struct {
	arrivals heap
	alarms   heap
	unused   []uint32 // alarm numbers given back
}

// moment is the place of an event in the order of all events of a world.
type moment struct {
	at    krpc.Time
	key   uint64
	alarm bool
}

func (m moment) before(o moment) bool {
	switch {
	case m.at != o.at:
		return m.at < o.at
	case m.alarm != o.alarm:
		return o.alarm
	}
	return m.key < o.key
}

// newAlarm returns the number of an alarm that is not set.
func (q *queue) newAlarm() uint32 {
	if n := len(q.unused); n > 0 {
		number := q.unused[n-1]
		q.unused = q.unused[:n-1]
		return number
	}
	q.alarms.at = append(q.alarms.at, absent)
	return uint32(len(q.alarms.at) - 1)
}

// freeAlarm clears an alarm and gives its number back.
func (q *queue) freeAlarm(number uint32) {
	q.clear(number)
	q.unused = append(q.unused, number)
}

// arrive queues the arrival of ref.
func (q *queue) arrive(at krpc.Time, key uint64, ref uint32) {
	q.arrivals.push(event{at, key, ref})
}

// set moves an alarm to another time, or sets it. The key of an alarm must not change.
func (q *queue) set(number uint32, at krpc.Time, key uint64) {
	if was, ok := q.alarms.time(number); !ok {
		q.alarms.push(event{at, key, number})
	} else if was != at {
		q.alarms.move(event{at, key, number})
	}
}

// when returns the time an alarm is set to; false if it is not.
func (q *queue) when(number uint32) (at krpc.Time, ok bool) { return q.alarms.time(number) }

// clear takes an alarm back; it keeps its number.
func (q *queue) clear(number uint32) { q.alarms.remove(number) }

// first returns the place of the first event; false if the queue is empty.
func (q *queue) first() (m moment, ok bool) {
	switch {
	case q.arrivals.soon > 0 && (q.alarms.soon == 0 || q.arrivals.coming(0).at <= q.alarms.coming(0).at):
		e := q.arrivals.coming(0)
		return moment{e.at, e.key, false}, true
	case q.alarms.soon > 0:
		e := q.alarms.coming(0)
		return moment{e.at, e.key, true}, true
	}
	return moment{}, false
}

// next removes the first event; the queue must not be empty. alarm says of which kind it is.
func (q *queue) next() (e event, alarm bool) {
	if m, _ := q.first(); m.alarm {
		return q.alarms.pop(), true
	}
	return q.arrivals.pop(), false
}
