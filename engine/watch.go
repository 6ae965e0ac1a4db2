package engine

import (
	"runtime"
	"runtime/metrics"
	"sync/atomic"
	"time"

	"github.com/lightdht/lightdht/engine/lua51"
)

// watch looks after the limits that a script cannot be asked about: how much memory it takes, and how long it keeps the
// baton. It is a goroutine beside the run. What it finds reaches the script between two instructions; if it does not,
// because a library function does not come to an end, the host program is told.
type watch struct {
	engine *Engine
	serves bool
	every  time.Duration

	allowed   uint64 // memory in use may come to this
	threshold uint64 // memory in use at which to look closer
	kept      int    // ticks for which the baton has been kept
	looks     uint64 // of the hook, when kept was 0
	turns     uint64 // likewise
	answer    *atomic.Bool
	over      *LimitError // what was exceeded; the run is about to end
	overdue   int         // ticks since
	told      bool        // the host
}

const (
	// watchTick is how often a watch looks. In that time a script can take some 10 MB.
	watchTick = 5 * time.Millisecond
	// reserve is which part of the limit is kept for what grows before anybody can look: the list of the keys of a large
	// table is moved to a longer one by one store.
	reserve = 16
	// grace is how long a run may take to end, once it was told to, before the host hears of it.
	grace = time.Second
	// evictPause is how long memory may stay over the limit, in a console, before the next task is stopped for it.
	evictPause = time.Second
)

// watching starts a watch, if there is anything to watch, and returns what ends it.
func (e *Engine) watching() (stop func()) {
	if e.maxMemory == 0 && (e.maxBusy == 0 || e.serving) {
		return func() {}
	}
	w := &watch{engine: e, serves: e.serving, every: watchTick, answer: new(atomic.Bool)}
	if e.maxBusy > 0 && e.maxBusy < 8*w.every {
		w.every = max(e.maxBusy/8, time.Millisecond)
	}
	w.allowed = memoryInUse() + uint64(e.maxMemory-e.maxMemory/reserve) + uint64(e.hostMemory)
	w.threshold = w.allowed
	if e.maxMemory > 0 {
		e.room.allowed.Store(w.allowed)
	}
	w.answer.Store(true)
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
		e.room.allowed.Store(0)
	}
}

// look is one tick. Ticks are counted, not read off a clock: while the whole process was stopped there were none.
func (w *watch) look() {
	e := w.engine
	excused := e.reading.Load() || e.excused != nil && e.excused()
	if w.over != nil {
		if !excused {
			w.press()
		}
		return
	}
	if e.maxBusy > 0 && !w.serves && !excused && w.busy() {
		w.exceed(&LimitError{Limit: "busy", Text: busyText(e.maxBusy)})
		return
	}
	if e.maxMemory > 0 && memoryInUse() > w.threshold && w.full() {
		w.exceed(&LimitError{Limit: "memory", Text: sizeText(e.maxMemory) + " of memory"})
	}
}

// Where instructions are counted, they end a task that is busy. Some take far longer than usual, such as the comparison of
// long strings, and library functions may have work that they do not count. So a task must not go on without a blocking
// call for stuckFactor times MaxBusy, in wall time, at less than a ten-thousandth of the usual speed. No load of a machine
// makes a task that slow.
const (
	stuckFactor = 20
	slowest     = usualSpeed / slice / 10_000 // looks in a second
)

// stands says whether a task hardly got on for far too long. Time in which no task has the baton does not count: a
// simulated world may compute as long as it takes.
func (w *watch) stands() bool {
	h := w.engine.hook
	longest := stuckFactor * w.engine.maxBusy
	looks, turns := h.looks.Load(), h.turns.Load()
	if !h.held.Load() || turns != w.turns || looks-w.looks > uint64(longest.Seconds()*slowest) {
		w.looks, w.turns, w.kept = looks, turns, 0
		return false
	}
	w.kept++
	return time.Duration(w.kept)*w.every >= longest
}

// busy asks whoever gets the baton next to answer, and says whether nobody did for too long.
func (w *watch) busy() bool {
	if w.engine.hook.busyLimit > 0 {
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
		w.engine.Post(func() { answer.Store(true) })
	}
	return time.Duration(w.kept)*w.every >= w.engine.maxBusy
}

// full says whether memory is over the limit when the garbage is gone. A collection takes time, so the next one comes
// when memory has grown by some part again; and the script waits for it, or it could double its memory meanwhile.
func (w *watch) full() bool {
	release := w.engine.hook.stall()
	defer release()
	runtime.GC()
	live, limit := memoryInUse(), uint64(w.engine.maxMemory)
	w.threshold = max(w.allowed, live+limit/16)
	return live > w.allowed
}

// exceed ends the run, or in a console the task that has the baton.
func (w *watch) exceed(over *LimitError) {
	if w.serves {
		w.engine.hook.evictHolder(&eviction{why: over})
	} else {
		w.engine.hook.over.Store(over)
		w.engine.interrupt()
		w.engine.hook.urgent.Store(true)
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
	if e := w.engine; late >= grace && !w.told && !e.ending.Load() && e.onStuck != nil {
		w.told = true
		over := *w.over
		over.Position = e.stuckAt()
		e.onStuck(&over)
	}
}

// stuckAt is the line on which a library function was called that does not come to an end. It is read while that
// function runs, without the baton, which nobody can be given: the function has kept it for a second at least, and
// nothing else changes a Lua state's calls. "" if the state turns out to be in motion after all.
func (e *Engine) stuckAt() (position string) {
	defer func() {
		if recover() != nil {
			position = ""
		}
	}()
	return lua51.Position(e.lua.G.CurrentThread, 1)
}

// memoryInUse is what Go's heap holds, garbage included that has not been collected yet, and the stacks of goroutines,
// in bytes, of the whole process.
func memoryInUse() uint64 {
	samples := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"}}
	metrics.Read(samples)
	return samples[0].Value.Uint64() + samples[1].Value.Uint64()
}
