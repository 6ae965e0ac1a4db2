package engine

import lua "github.com/yuin/gopher-lua"

// Task is one thread of a script: a goroutine with a Lua state of its own, which runs only while it
// holds the baton. All methods are for the baton holder.
type Task struct {
	scheduler *scheduler
	number    uint64 // in the order of spawning
	title     string // as given to Start or Go
	what      string // what it waits for; the title before its first turn
	fn        *lua.LFunction
	args      []lua.LValue
	options   lua.Options

	turn       chan struct{} // the baton is handed over here
	started    bool
	main       bool
	background bool // Run does not wait for it
	killed     bool // it ends, uncatchably, when it next has the baton
	place      int  // in scheduler.live

	state    state
	thread   *lua.LState // where it last parked: its own state, or a coroutine inside it
	waits    uint64      // number of the current wait; wake-ups of older ones are stale
	parked   bool
	reason   reason
	woken    bool // before it came to park
	cancel   cancelState
	refusals int // blocking calls that failed since it was cancelled
	deadlock *Deadlock

	results []lua.LValue
	fault   fault
	claimed bool // somebody has looked, or will look, at how it ended
	joins   []Wait
	done    func([]lua.LValue, error)
}

type state uint8

const (
	alive state = iota
	finished
	failed
	cancelled
)

// reason is what a parked task needs to go on; it decides what counts as a deadlock.
type reason uint8

const (
	waitsForEvent reason = iota
	waitsForTask
)

type cancelState uint8

const (
	notCancelled   cancelState = iota
	cancelAsked                // the next or pending blocking call has yet to be told
	cancelAccepted             // it was told; every further blocking call raises
)

// Wait is one pending wait of one task, started by Begin. Once the task has moved on, waking it
// does nothing.
type Wait struct {
	task   *Task
	number uint64
}

// Wake ends the wait; the task goes on after those that were woken before it. Call it on the baton.
// A wait that is over already, because it was woken or its task was cancelled, stays as it is.
func (w Wait) Wake() {
	if w.task != nil && w.number == w.task.waits {
		w.task.wake()
	}
}

// park marks the task as waiting.
func (t *Task) park(r reason) {
	t.parked = true
	t.reason = r
	if r == waitsForTask {
		t.scheduler.joining++
	}
}

// wake makes the task ready. A task that has begun its wait and not parked yet does not park.
func (t *Task) wake() {
	t.waits++ // further wake-ups of the same wait are stale
	if !t.parked {
		t.woken = true
		return
	}
	t.parked = false
	if t.reason == waitsForTask {
		t.scheduler.joining--
	}
	t.scheduler.ready.push(t)
}

// running says whether the task is still on the list of live tasks; state is set a little before
// the end.
func (t *Task) running() bool {
	return t.place < len(t.scheduler.live) && t.scheduler.live[t.place] == t
}

// Cancel makes the task's pending blocking call fail, or else its next one, and raises a Lua error
// from every later one. Cancelling a task that has ended does nothing.
func (t *Task) Cancel() {
	if t.cancel != notCancelled || !t.running() {
		return
	}
	t.cancel = cancelAsked
	if t.parked {
		t.wake()
	}
}

// Kill ends the task without its consent: no pcall catches it. A task that waits or is about to run
// ends before Kill's caller gives the baton away for good; the one that holds the baton, at its
// next blocking call.
func (t *Task) Kill() {
	if !t.running() {
		return
	}
	t.killed = true
	if t.parked {
		t.wake()
	}
}

// Detach makes a started task a background task.
func (t *Task) Detach() {
	if t.running() && !t.background {
		t.background = true
		t.scheduler.foreground--
	}
}

// Status is "running", "waiting", "done", "failed" or "cancelled". A task that has not had its
// first turn yet, or is about to have the next one, is running.
func (t *Task) Status() string {
	switch {
	case t.parked:
		return "waiting"
	case t.running():
		return "running"
	}
	return [...]string{alive: "running", finished: "done", failed: "failed", cancelled: "cancelled"}[t.state]
}

// err is how the task ended, as a Go error.
func (t *Task) err() error {
	switch t.state {
	case failed:
		return t.fault.scriptError(t.scheduler.chunks)
	case cancelled:
		return ErrCancelled
	}
	return nil
}

// ring is the queue of the tasks that are ready, first come first served.
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
