package engine

import (
	"runtime"
	"sync"
	"sync/atomic"

	lua "github.com/yuin/gopher-lua"
)

// baton decides who may touch Lua values. Exactly one goroutine holds it: a task's, or that of the host program while
// no task runs. A task that has to wait picks its successor and hands the baton over directly; tasks run in the order
// in which they were woken, not in the order in which their goroutines happen to be scheduled.
type baton struct {
	holder     *Task // nil while the host, a timer or a posted function runs
	ready      ring
	live       []*Task     // every task that has not ended
	foreground int         // of these, the ones that Run waits for
	joining    int         // of these, the ones parked until another task ends
	holds      int         // event sources that may still bring work; see Hold
	picks      uint        // counts pick, to look at the wall clock now and then
	halting    error       // why all tasks are being killed, or nil
	ending     atomic.Bool // halting is set; for those who do not hold the baton
	back       chan struct{}

	inbox struct {
		sync.Mutex
		posted  []func()
		waiting atomic.Bool // something is in posted; spares pick the lock
		closed  bool
		wake    chan struct{}
	}
}

// Wait is one pending wait of one task, started by Begin. It stays valid for ever, and harmless once the task has moved on.
type Wait struct {
	task   *Task
	number uint64
}

// Begin starts a wait of the task that holds the baton and names what it waits for, as in "dht.get_peers". Follow it
// with Park. Outside of any task it returns a Wait that cannot be parked on.
func (e *Engine) Begin(what string) Wait {
	t := e.holder
	if t == nil {
		return Wait{}
	}
	t.waits++
	t.woken = false
	t.what = what
	return Wait{t, t.waits}
}

// Wake ends the wait; the task goes on after those that were woken before it. Call it on the baton. A wait that is over
// already, because it was woken or its task was cancelled, stays as it is.
func (w Wait) Wake() {
	if w.task != nil && w.number == w.task.waits {
		w.task.wake()
	}
}

// Park blocks the Lua function that was called with L until wait is woken. Meanwhile other tasks run; when none can,
// the clock is stepped. No Lua value may be touched in between by the caller's other goroutines. It returns nil, or
// ErrCancelled the first time that the task's cancellation meets a blocking call. When a cancelled task blocks again,
// or when nothing can ever wake it, Park raises a Lua error; to a task that was killed it does not return.
func (e *Engine) Park(L *lua.LState, w Wait) error {
	return e.park(L, w, waitsForEvent)
}

func (e *Engine) park(L *lua.LState, w Wait, reason reason) error {
	t := w.task
	if t == nil || t != e.holder || w.number != t.waits && !t.woken {
		L.RaiseError("this function cannot wait here")
	}
	t.thread = L
	if t.cancel != notCancelled {
		t.waits++ // whoever would have woken us is too late
		return t.refuse(L)
	}
	if t.woken {
		e.ready.push(t)
	} else {
		t.park(reason)
	}
	e.yield(t)
	L.G.CurrentThread = L // L may be a coroutine of the task
	return t.outcome(L)
}

// yield gives the baton away and returns when it came back.
func (e *Engine) yield(t *Task) {
	e.leaveBaton()
	if next := e.pick(); next != t { // picking steps the clock while nobody is ready
		e.handTo(next)
		<-t.turn
	}
	e.holder = t
	e.hook.blocked()
	if e.halting != nil || t.killed {
		runtime.Goexit() // runs the defers of every protected call, and none of them can catch it
	}
}

// leaveBaton notes that no task has the baton.
func (e *Engine) leaveBaton() {
	e.holder = nil
	e.hook.held.Store(false)
}

// pick returns the task to run next; nil gives the baton back to the host program.
func (e *Engine) pick() *Task {
	for {
		e.drain()
		e.catchUp()
		if t := e.ready.pop(); t != nil {
			if e.halting != nil && !t.started { // there may be a hundred thousand
				t.leave()
				continue
			}
			return t
		}
		if e.foreground == 0 && !e.serving || e.halting != nil {
			return nil
		}
		if e.stuck() || !e.pass() {
			e.drain()
			if e.ready.n == 0 {
				e.failAll()
			}
		}
	}
}

// pass lets time pass while no task is ready. False: nothing can ever happen again.
func (e *Engine) pass() bool {
	if e.serving {
		return e.linger()
	}
	return e.clock.Step(e.inbox.wake)
}

// catchUp fires what is due on the wall clock even though some task is always ready. Virtual time passes only when all wait.
func (e *Engine) catchUp() {
	e.picks++
	if e.picks%64 != 0 || e.ready.n == 0 {
		return
	}
	if w, ok := e.clock.(*wall); ok {
		w.fire()
	}
}

// stuck says whether every task waits for another one and no event source can start a new one. It may only be asked
// while none is ready, so that all of them are parked.
func (e *Engine) stuck() bool {
	return e.holds == 0 && e.joining == len(e.live) && e.joining > 0
}

// failAll ends every wait with the same deadlock.
func (e *Engine) failAll() {
	d := &Deadlock{Waiting: e.waiting()}
	for _, t := range e.byAge() {
		if t.parked {
			t.deadlock = d
			t.wake()
		}
	}
}

// halt kills every task: each runs once more, only to unwind. The first reason counts; nobody can park after it.
func (e *Engine) halt(reason error) {
	if e.halting != nil {
		return
	}
	e.halting = reason
	e.ending.Store(true)
	for _, t := range e.byAge() {
		if t.parked {
			t.wake()
		}
	}
}

// handTo gives the baton away; nil is the host program. The caller must not touch anything of the engine afterwards.
func (e *Engine) handTo(t *Task) {
	switch {
	case t == nil:
		e.back <- struct{}{}
	case !t.started:
		t.started = true
		e.goroutines.Add(1)
		go t.run() // ends with the task; Close kills it and waits for it
	default:
		t.turn <- struct{}{}
	}
}

// Hold says that an event source exists (a subscription, a timer of a module) which may start new work, so that "every
// task waits for another one" is no deadlock until release is called. Call both on the baton; release is idempotent.
func (e *Engine) Hold(what string) (release func()) {
	e.holds++
	held := true
	return func() {
		if held {
			held = false
			e.holds--
		}
	}
}

// Post makes f run soon on the baton. It may be called from any goroutine and never blocks. What is posted while Run is
// not running waits for the next Run; after Close it is dropped.
func (e *Engine) Post(f func()) {
	in := &e.inbox
	in.Lock()
	if !in.closed {
		in.posted = append(in.posted, f)
		in.waiting.Store(true)
	}
	in.Unlock()
	select {
	case in.wake <- struct{}{}:
	default:
	}
}

// drain runs what was posted, in order.
func (e *Engine) drain() {
	in := &e.inbox
	for in.waiting.Load() {
		in.Lock()
		posted := in.posted
		in.posted = nil
		in.waiting.Store(false)
		in.Unlock()
		for _, f := range posted {
			f()
		}
	}
}

// ring is the queue of tasks that were woken, first come first served.
type ring struct {
	slots   []*Task
	head, n int
}

func (r *ring) push(t *Task) {
	if r.n == len(r.slots) {
		bigger := make([]*Task, max(16, 2*r.n))
		for i := range r.n {
			bigger[i] = r.slots[(r.head+i)%len(r.slots)]
		}
		r.slots, r.head = bigger, 0
	}
	r.slots[(r.head+r.n)%len(r.slots)] = t
	r.n++
}

func (r *ring) pop() *Task {
	if r.n == 0 {
		return nil
	}
	t := r.slots[r.head]
	r.slots[r.head] = nil
	r.head = (r.head + 1) % len(r.slots)
	r.n--
	return t
}
