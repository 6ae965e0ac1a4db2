package engine

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// hook is called before every instruction of the script: gopher-lua asks the context of a Lua state for Done there, on
// the goroutine that runs the state. So this context counts, and ends what must end. Compared with a cancelled context,
// whose error a pcall can catch, runtime.Goexit is final.
type hook struct {
	engine *Engine
	left   int64 // instructions until the next look
	given  int64 // what left was after the latest one
	used   int64 // instructions until then
	limit  int64 // 0: none

	busyLimit int64         // instructions between two blocking calls; 0: no limit
	since     int64         // instructions that had been used at the latest blocking call
	looks     atomic.Uint64 // how often look was called, for who watches whether anything goes on
	turns     atomic.Uint64 // how often a task was given the baton
	held      atomic.Bool   // a task has the baton

	stop   atomic.Bool
	over   atomic.Pointer[LimitError]    // why stop is set, if it is for a limit
	evict  atomic.Pointer[eviction]      // whoever holds the baton is to end
	pause  atomic.Pointer[chan struct{}] // whoever holds the baton is to wait until this is closed
	urgent atomic.Bool                   // one of the above has just been set: look before the next instruction
	told   chan struct{}                 // closed together with stop; for a holder that waits in Go

	// gopher-luar runs callbacks in Lua states with a cancellable child of this context; they are cancelled from here.
	children struct {
		sync.Mutex
		next int
		end  map[int]func()
	}
}

// eviction is the end of whoever holds the baton.
type eviction struct {
	done *bool       // belongs to the baton; it comes too late if this has become true. nil: it never does
	why  *LimitError // nil: it keeps all others from running; see Interrupt
}

// usualSpeed is how many instructions a machine of the usual speed carries out in a second, more or less.
const usualSpeed = 80e6

// slice is how many instructions, some 12 ns each, pass between two looks at the flags.
const slice = 1000

// promptly is how long an interrupt waits for the end of a slice. As a rule that takes microseconds, but each instruction
// may be on a string of megabytes.
const promptly = 50 * time.Millisecond

// never is open for ever. Not nil, because a child of a context whose Done is nil is never told of a cancellation.
var never = make(chan struct{})

func newHook(e *Engine, limit int64) *hook {
	h := &hook{engine: e, limit: limit}
	h.children.end = map[int]func(){}
	h.reset()
	return h
}

// Done counts one instruction.
func (h *hook) Done() <-chan struct{} {
	if h.left--; h.left < 0 || h.urgent.Load() {
		h.look()
	}
	return never
}

// work counts what a library function does as so many instructions. It may end the task.
func (h *hook) work(n int64) {
	if h.left -= n; h.left < 0 || h.urgent.Load() {
		h.look()
	}
}

func (h *hook) look() {
	h.urgent.Store(false)
	if pause := h.pause.Load(); pause != nil {
		<-*pause
	}
	h.looks.Add(1)
	if h.left < 0 {
		h.used += h.given - h.left
		h.refill()
	}
	if h.busyLimit > 0 && h.used-h.since > h.busyLimit && h.engine.halting == nil && !h.engine.serving {
		e := h.engine
		e.halt(e.placed(&LimitError{Limit: "busy", Text: busyText(e.maxBusy)}))
	}
	if h.limit > 0 && h.used > h.limit {
		e := h.engine
		e.halt(e.placed(&LimitError{Limit: "instructions", Text: instructionsText(h.limit)}))
	}
	if h.stop.Load() {
		h.engine.halt(h.engine.interrupted())
	}
	if ev := h.evict.Swap(nil); ev != nil && (ev.done == nil || !*ev.done) {
		h.engine.evicted(ev)
	}
	if h.engine.halting != nil {
		runtime.Goexit()
	}
}

// blocked notes that the task has made a blocking call, or that another one goes on.
func (h *hook) blocked() {
	h.since = h.used + h.given - h.left
	h.turns.Add(1)
	h.held.Store(true)
}

// refill starts the next slice, a shorter one if the limit comes first.
func (h *hook) refill() {
	h.given = slice
	if h.limit > 0 {
		h.given = min(h.given, max(h.limit-h.used, 0))
	}
	h.left = h.given
}

// interrupt may be called from any goroutine. It reaches a busy task here; the caller posts something for parked ones.
func (h *hook) interrupt() {
	h.children.Lock()
	if !h.stop.Swap(true) {
		close(h.told)
	}
	time.AfterFunc(promptly, func() { h.urgent.Store(true) }) // harmless if it comes too late
	ends := h.children.end
	h.children.end = map[int]func(){}
	h.children.Unlock()
	for _, end := range ends {
		end()
	}
}

// evictHolder may be called from any goroutine.
func (h *hook) evictHolder(ev *eviction) {
	h.evict.Store(ev)
	h.urgent.Store(true)
}

// stall keeps the task that holds the baton from its next instruction until release is called. It may be called from
// any goroutine, and by one at a time.
func (h *hook) stall() (release func()) {
	gate := make(chan struct{})
	h.pause.Store(&gate)
	h.urgent.Store(true)
	return func() {
		h.pause.Store(nil)
		close(gate)
	}
}

// AfterFunc lets package context follow this context without a goroutine of its own.
func (h *hook) AfterFunc(end func()) (stop func() bool) {
	c := &h.children
	c.Lock()
	defer c.Unlock()
	if h.stop.Load() {
		go end() // ends at once; package context forbids calling it here
		return func() bool { return false }
	}
	n := c.next
	c.next++
	c.end[n] = end
	return func() bool {
		c.Lock()
		defer c.Unlock()
		_, pending := c.end[n]
		delete(c.end, n)
		return pending
	}
}

func (h *hook) Err() error {
	if h.stop.Load() {
		return context.Canceled
	}
	return nil
}

func (h *hook) Deadline() (time.Time, bool) { return time.Time{}, false }

// Value tells a library function which engine it belongs to.
func (h *hook) Value(key any) any {
	if key == (engineKey{}) {
		return h.engine
	}
	return nil
}

// reset readies the hook for the next run.
func (h *hook) reset() {
	h.children.Lock()
	defer h.children.Unlock()
	h.stop.Store(false)
	h.over.Store(nil)
	h.evict.Store(nil)
	h.told = make(chan struct{})
	h.used, h.since = 0, 0
	h.refill()
}
