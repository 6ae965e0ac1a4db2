package engine

import (
	"runtime"
	"sync/atomic"
	"time"

	"github.com/lightdht/lightdht/engine/lua51"
)

// outside is what the watch knows of the host program.
type outside struct {
	onStuck func(*LimitError)
	excused func() bool
	reading atomic.Bool // a task holds the baton while it waits for standard input
}

// watch enforces the limits that are not counted by instructions: memory, and the time for which a
// task keeps the baton. It is a goroutine beside the run. It ends a task between two instructions;
// if that has no effect, because a library function does not come to an end, it tells the host
// program.
type watch struct {
	scheduler *scheduler
	memory    *memoryBudget
	outside   *outside
	maxBusy   time.Duration
	serves    bool
	every     time.Duration

	allowed   uint64 // limit of memory in use, in bytes
	threshold uint64 // memory in use at which to collect garbage and look again
	kept      int    // ticks for which the baton has been kept
	looks     uint64 // of the hook, when kept was 0
	turns     uint64 // of the hook, when kept was 0
	answer    *atomic.Bool
	over      *LimitError // the limit that was exceeded; the run is about to end
	overdue   int         // ticks since
	told      bool        // the host
}

// All chosen by us.
const (
	// watchTick is the time between two looks. In that time a script can take some 10 MB.
	watchTick = 5 * time.Millisecond
	// reserve is the part of the limit that is kept for tables that grow between two looks: one
	// store into a large table can move the list of its keys to a longer one.
	reserve = 16
	// grace is how long a run may take to end, once it was told to, before the host hears of it.
	grace = time.Second
	// evictPause is how long memory may stay over the limit, in a console, before the next task is
	// stopped for it.
	evictPause = time.Second
)

// newWatch makes the watch of a run; nil if there is nothing to watch.
func newWatch(s *scheduler, m *memoryBudget, o *outside) *watch {
	maxBusy := s.hook.maxBusy
	if m.limit == 0 && (maxBusy == 0 || s.serving) {
		return nil
	}
	w := &watch{scheduler: s, memory: m, outside: o, maxBusy: maxBusy, serves: s.serving, every: watchTick, answer: new(atomic.Bool)}
	if maxBusy > 0 && maxBusy < 8*w.every {
		w.every = max(maxBusy/8, time.Millisecond)
	}
	w.allowed = memoryInUse() + uint64(m.limit-m.limit/reserve) + uint64(m.host)
	w.threshold = w.allowed
	if m.limit > 0 {
		m.allowed.Store(w.allowed)
	}
	w.answer.Store(true)
	return w
}

// start begins to look, and returns a function that ends it.
func (w *watch) start() (stop func()) {
	if w == nil {
		return func() {}
	}
	end, ended := make(chan struct{}), make(chan struct{})
	go func() { // ends with the run
		defer close(ended)
		tick := time.NewTicker(w.every)
		defer tick.Stop()
		for {
			select {
			case <-end:
				return
			case <-tick.C:
				w.look()
			}
		}
	}()
	return func() {
		close(end)
		<-ended
		w.memory.allowed.Store(0)
	}
}

// look is one tick. Ticks are counted, not read off a clock: while the whole process was stopped
// there were none.
func (w *watch) look() {
	o := w.outside
	excused := o.reading.Load() || o.excused != nil && o.excused()
	if w.over != nil {
		if !excused {
			w.press()
		}
		return
	}
	if w.maxBusy > 0 && !w.serves && !excused && w.busy() {
		w.exceed(busyError(w.maxBusy))
		return
	}
	if w.memory.limit > 0 && memoryInUse() > w.threshold && w.full() {
		w.exceed(memoryError(w.memory.limit))
	}
}

// Under a virtual clock a busy task is ended by its instructions. Some of them take far longer than
// usual, such as the comparison of long strings, and library functions may have work that they do
// not count. So a task is also ended if it has gone on without a blocking call for stuckFactor
// times MaxBusy, in wall time, at less than a ten-thousandth of the usual speed. No load of a
// machine makes a task that slow.
const (
	stuckFactor = 20
	slowest     = usualSpeed / slice / 10_000 // looks in a second
)

// stands says whether a task has made too few instructions for too long. Time in which no task has
// the baton does not count: a simulated world may compute as long as it takes.
func (w *watch) stands() bool {
	h := w.scheduler.hook
	longest := stuckFactor * w.maxBusy
	looks, turns := h.looks.Load(), h.turns.Load()
	if !h.held.Load() || turns != w.turns || looks-w.looks > uint64(longest.Seconds()*slowest) {
		w.looks, w.turns, w.kept = looks, turns, 0
		return false
	}
	w.kept++
	return time.Duration(w.kept)*w.every >= longest
}

// busy posts a question to the baton, and says whether it has been without an answer for too long.
func (w *watch) busy() bool {
	if w.scheduler.hook.busyLimit > 0 {
		return w.stands()
	}
	w.kept++
	if w.answer.Load() {
		if w.kept < 4 { // four ticks apart are often enough
			return false
		}
		w.kept = 0
		answer := new(atomic.Bool)
		w.answer = answer
		w.scheduler.Post(func() { answer.Store(true) })
	}
	return time.Duration(w.kept)*w.every >= w.maxBusy
}

// full says whether memory is over the limit after a garbage collection. A collection takes time,
// so the next one comes when memory has grown by a sixteenth of the limit. The script waits for it,
// or it could double its memory meanwhile.
func (w *watch) full() bool {
	release := w.scheduler.hook.stall()
	defer release()
	runtime.GC()
	live, limit := memoryInUse(), uint64(w.memory.limit)
	w.threshold = max(w.allowed, live+limit/16)
	return live > w.allowed
}

// exceed ends the run, or in a console the task that has the baton.
func (w *watch) exceed(over *LimitError) {
	if w.serves {
		w.scheduler.hook.evictHolder(&eviction{why: over})
	} else {
		w.scheduler.hook.over.Store(over)
		w.scheduler.interrupt()
		w.scheduler.hook.urgent.Store(true)
	}
	w.over = over
}

// press is a tick after a limit was exceeded.
func (w *watch) press() {
	w.overdue++
	late := time.Duration(w.overdue) * w.every
	if w.serves {
		if late >= evictPause {
			w.over, w.overdue = nil, 0
		}
		return
	}
	if tell := w.outside.onStuck; late >= grace && !w.told && !w.scheduler.ending.Load() && tell != nil {
		w.told = true
		over := *w.over
		over.Position = stuckAt(w.scheduler)
		tell(&over)
	}
}

// stuckAt is the line on which a library function was called that does not come to an end. It is
// read without the baton, while that function runs: the function has kept the baton for a second at
// least, and nothing else changes the calls of a Lua state. It is "" if the state was changing
// after all.
func stuckAt(s *scheduler) (position string) {
	defer func() {
		if recover() != nil {
			position = ""
		}
	}()
	return lua51.Position(s.lua.G.CurrentThread, 1)
}
