package engine

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// hook is the context of all Lua states of an engine. gopher-lua calls Done of the context before
// each instruction, on the goroutine that runs the state, so the hook counts instructions and ends
// tasks. It ends them with runtime.Goexit, which no pcall can catch, unlike the error of a
// cancelled context.
type hook struct {
	check func() // ends what has to end, between two slices
	owner any    // the *Engine, for library functions that know the Lua state only
	left  int64  // instructions until the next look
	given int64  // left after the latest look
	used  int64  // instructions until the latest look
	limit int64  // 0: none

	busyLimit int64         // instructions between two blocking calls; 0: no limit
	maxBusy   time.Duration // for which busyLimit stands
	since     int64         // instructions that had been used at the latest blocking call
	looks     atomic.Uint64 // number of calls of look; the watch sees from it that a task goes on
	turns     atomic.Uint64 // how often a task was given the baton
	held      atomic.Bool   // a task has the baton

	stop   atomic.Bool
	over   atomic.Pointer[LimitError]    // why stop is set, if it is for a limit
	evict  atomic.Pointer[eviction]      // the holder of the baton is to end
	pause  atomic.Pointer[chan struct{}] // the holder of the baton is to wait until this is closed
	urgent atomic.Bool                   // one of the above has just been set: look before the next instruction
	told   chan struct{}                 // closed together with stop; for a holder that waits in Go

	// gopher-luar runs callbacks in Lua states with a cancellable child of this context; they are
	// cancelled from here.
	children struct {
		sync.Mutex
		next int
		end  map[int]func()
	}
}

// eviction ends the task that holds the baton.
type eviction struct {
	done *bool       // belongs to the baton; it comes too late if this has become true. nil: it never does
	why  *LimitError // nil: it keeps all others from running; see Interrupt
}

// usualSpeed is the number of instructions in a second on a machine of the usual speed (measured,
// rounded).
const usualSpeed = 80e6

// slice is the number of instructions, some 12 ns each, between two looks at the flags (chosen by
// us).
const slice = 1000

// promptly is how long an interrupt waits for the end of a slice (chosen by us). As a rule that
// takes microseconds, but each instruction may be on a string of megabytes.
const promptly = 50 * time.Millisecond

// never is a channel that is never closed. It is not nil, because a child of a context whose Done
// is nil is never told of a cancellation.
var never = make(chan struct{})

func newHook(limit int64) *hook {
	h := &hook{limit: limit}
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

// work counts the work of a library function as n instructions. It may end the task.
func (h *hook) work(n int64) {
	if h.left -= n; h.left < 0 || h.urgent.Load() {
		h.look()
	}
}

// look ends the slice, and has the scheduler end what has to end.
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
	h.check()
}

// exceeded is the limit of instructions that has been exceeded; nil if none. There is no limit on
// busy tasks while serving.
func (h *hook) exceeded(serving bool) *LimitError {
	switch {
	case h.busyLimit > 0 && h.used-h.since > h.busyLimit && !serving:
		return busyError(h.maxBusy)
	case h.limit > 0 && h.used > h.limit:
		return &LimitError{Limit: "instructions", Text: strconv.FormatInt(h.limit, 10) + " instructions"}
	}
	return nil
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

// interrupt may be called from any goroutine. It reaches a busy task here; the caller posts
// something for parked ones.
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

// stall keeps the task that holds the baton from its next instruction until release is called. It
// may be called from any goroutine, and by one at a time.
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
		return h.owner
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

// engineKey is the key under which the context of a Lua state has its engine.
type engineKey struct{}
