package engine

import (
	"container/heap"
	"math"
	"time"
)

// Clock is the time of scripts, and the event loop that runs while all tasks wait. The goroutine
// that holds the baton calls its methods, so an implementation needs no lock.
type Clock interface {
	// Now is the time since the run began.
	Now() time.Duration
	// AfterFunc arranges for f to run on the baton, from within Step, once d has passed. Calling
	// stop more than once, or after f ran, does nothing.
	AfterFunc(d time.Duration, f func()) (stop func())
	// Step lets time pass until something has happened: an event of a simulated world, a timer that
	// was due. It returns early, also true, when wake is signalled. False says that nothing can
	// ever happen again.
	Step(wake <-chan struct{}) bool
}

// NewWall returns a clock that shows wall time, counted from the call. Its Step never returns
// false: while no timer is set, it waits for wake.
func NewWall() Clock {
	return &wall{start: time.Now()}
}

// NewVirtual returns a clock that stands still while a task runs and jumps from one timer to the
// next when all wait. It does not wait for functions that another goroutine may still post.
func NewVirtual() Clock {
	return &virtual{}
}

type wall struct {
	start  time.Time
	timers timers
	alarm  *time.Timer // reused by each Step that has to wait
}

func (w *wall) Now() time.Duration { return time.Since(w.start) }

func (w *wall) AfterFunc(d time.Duration, f func()) func() {
	return w.timers.add(later(w.Now(), d), f)
}

func (w *wall) Step(wake <-chan struct{}) bool {
	if w.fire() {
		return true
	}
	if len(w.timers.queue) == 0 {
		<-wake
		return true
	}
	d := w.timers.queue[0].at - w.Now()
	if w.alarm == nil {
		w.alarm = time.NewTimer(d)
	} else {
		w.alarm.Reset(d)
	}
	select {
	case <-w.alarm.C:
		w.fire()
	case <-wake:
		w.alarm.Stop()
	}
	return true
}

// fire runs the first timer if it is due.
func (w *wall) fire() bool {
	if len(w.timers.queue) == 0 || w.timers.queue[0].at > w.Now() {
		return false
	}
	w.timers.pop().f()
	return true
}

type virtual struct {
	now    time.Duration
	timers timers
}

func (v *virtual) Now() time.Duration { return v.now }

func (v *virtual) AfterFunc(d time.Duration, f func()) func() {
	return v.timers.add(later(v.now, d), f)
}

func (v *virtual) Step(wake <-chan struct{}) bool {
	select {
	case <-wake:
		return true
	default:
	}
	if len(v.timers.queue) == 0 {
		return false
	}
	t := v.timers.pop()
	v.now = t.at
	t.f()
	return true
}

// later is now plus d; at least now, and the largest duration in place of an overflow.
func later(now, d time.Duration) time.Duration {
	if d < 0 {
		return now
	}
	if d > math.MaxInt64-now {
		return math.MaxInt64
	}
	return now + d
}

// timers are ordered by (time, number): timers of the same time fire in the order in which they
// were set.
type timers struct {
	queue timerQueue
	count uint64
}

type timer struct {
	at     time.Duration
	number uint64
	f      func()
	place  int // index in the queue; -1 after it has left
}

func (ts *timers) add(at time.Duration, f func()) (stop func()) {
	ts.count++
	t := &timer{at: at, number: ts.count, f: f}
	heap.Push(&ts.queue, t)
	return func() {
		if t.place >= 0 {
			heap.Remove(&ts.queue, t.place)
		}
	}
}

func (ts *timers) pop() *timer { return heap.Pop(&ts.queue).(*timer) }

type timerQueue []*timer

func (q timerQueue) Len() int { return len(q) }

func (q timerQueue) Less(i, j int) bool {
	if q[i].at != q[j].at {
		return q[i].at < q[j].at
	}
	return q[i].number < q[j].number
}

func (q timerQueue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].place, q[j].place = i, j
}

func (q *timerQueue) Push(x any) {
	t := x.(*timer)
	t.place = len(*q)
	*q = append(*q, t)
}

func (q *timerQueue) Pop() any {
	old := *q
	t := old[len(old)-1]
	old[len(old)-1] = nil
	*q = old[:len(old)-1]
	t.place = -1
	return t
}

// pace keeps virtual time from running ahead of the wall clock.
type pace struct {
	begun   bool
	at      time.Time     // wall time at the beginning
	virtual time.Duration // virtual time at the beginning
	ticking bool
}

const (
	// tick is the longest step of virtual time (chosen by us).
	tick = 20 * time.Millisecond
	// maxLag is how far virtual time may fall behind the wall clock, when a simulated world takes
	// long to compute, before the difference is dropped (chosen by us).
	maxLag = time.Second
)

func (p *pace) step(c Clock, wake <-chan struct{}) bool {
	if lag := time.Since(p.at) - (c.Now() - p.virtual); !p.begun || lag > maxLag {
		p.begun, p.at, p.virtual = true, time.Now(), c.Now()
	}
	if !p.ticking { // no single step is longer than a tick
		p.ticking = true
		c.AfterFunc(tick, func() { p.ticking = false })
	}
	ahead := (c.Now() - p.virtual) - time.Since(p.at)
	if ahead <= 0 {
		return c.Step(wake)
	}
	select {
	case <-time.After(ahead):
	case <-wake:
	}
	return true
}
