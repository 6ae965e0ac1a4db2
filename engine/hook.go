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
	used   int64
	limit  int64 // 0: none
	stop   atomic.Bool
	evict  atomic.Pointer[bool] // whoever holds the baton is to end, unless what it points to has become true; see Interrupt
	told   chan struct{}        // closed together with stop; for a holder that waits in Go

	// gopher-luar runs callbacks in Lua states with a cancellable child of this context; they are cancelled from here.
	children struct {
		sync.Mutex
		next int
		end  map[int]func()
	}
}

// slice is how many instructions, some 12 ns each, pass between two looks at the flags.
const slice = 1000

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
	if h.left--; h.left < 0 {
		h.look()
	}
	return never
}

func (h *hook) look() {
	h.refill()
	if h.limit > 0 && h.used > h.limit {
		e := h.engine
		e.halt(&LimitError{Limit: "instructions", Position: e.Position(e.lua.G.CurrentThread, 1)})
	}
	if h.stop.Load() {
		h.engine.halt(h.engine.interrupted())
	}
	if done := h.evict.Swap(nil); done != nil && !*done {
		h.engine.evicted()
	}
	if h.engine.halting != nil {
		runtime.Goexit()
	}
}

// refill starts the next slice, a shorter one if the limit comes first.
func (h *hook) refill() {
	n := int64(slice)
	if h.limit > 0 && h.limit-h.used < n {
		n = max(h.limit-h.used, 0) + 1
	}
	h.left = n - 1
	h.used += n
}

// interrupt may be called from any goroutine. It reaches a busy task here; the caller posts something for parked ones.
func (h *hook) interrupt() {
	h.children.Lock()
	if !h.stop.Swap(true) {
		close(h.told)
	}
	ends := h.children.end
	h.children.end = map[int]func(){}
	h.children.Unlock()
	for _, end := range ends {
		end()
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
func (h *hook) Value(any) any               { return nil }

// reset readies the hook for the next run.
func (h *hook) reset() {
	h.children.Lock()
	defer h.children.Unlock()
	h.stop.Store(false)
	h.evict.Store(nil)
	h.told = make(chan struct{})
	h.used = 0
	h.refill()
}
