package engine

import (
	"cmp"
	"runtime"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
)

// Task is one thread of a script: a goroutine with a Lua state of its own, which runs only while it holds the baton.
// All methods are for the baton holder.
type Task struct {
	engine  *Engine
	number  uint64 // in the order of spawning
	title   string // what it is
	what    string // what it waits for; before it starts, what it is
	fn      *lua.LFunction
	args    []lua.LValue
	options lua.Options

	turn       chan struct{} // the baton is handed over here
	started    bool
	main       bool
	background bool // Run does not wait for it
	killed     bool // it ends, uncatchably, when it next has the baton
	place      int  // in engine.live

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

// maxRefusals is how often a cancelled task may catch the error of a blocking call and try another one before it is
// ended without further questions. Enough for any clean-up; the point is that no loop survives on pcall.
const maxRefusals = 100

// Options of Lua states, chosen for memory: gopher-lua's defaults cost 105 KB a state, these about 5. The products of
// coroutine depth and call depth keep the Go stack far below the 1 GB at which Go gives up the process.
var (
	mainOptions = lua.Options{RegistrySize: 1024, RegistryMaxSize: 1 << 19, RegistryGrowStep: 8192, CallStackSize: 16000, MinimizeStackMemory: true}
	taskOptions = lua.Options{RegistrySize: 128, RegistryMaxSize: 1 << 17, RegistryGrowStep: 1024, CallStackSize: 2000, MinimizeStackMemory: true}
)

// Spawned is the title of the tasks that a script spawns.
const Spawned = "spawn"

// Spawn makes a task that runs fn(args...) when its turn comes. Run waits for it, unless the task that spawns it is an
// event handler's.
func (e *Engine) Spawn(fn *lua.LFunction, args ...lua.LValue) *Task {
	return e.spawn(fn, args, nil)
}

func (e *Engine) spawn(fn *lua.LFunction, args []lua.LValue, done func([]lua.LValue, error)) *Task {
	if e.maxTasks > 0 && len(e.live) >= e.maxTasks {
		e.Exceed("tasks", itoa(e.maxTasks)+" tasks")
	}
	t := e.newTask(Spawned, fn, args)
	t.background = e.serving || e.holder != nil && e.holder.background
	t.done = done
	e.enlist(t)
	return t
}

// Go runs fn as a task that the script did not spawn, an event handler. done, if not nil, is called on the baton with
// its results or its error, a *ScriptError or ErrCancelled; without it an error is written to Stderr. Run does not wait
// for such tasks.
func (e *Engine) Go(what string, fn *lua.LFunction, args []lua.LValue, done func([]lua.LValue, error)) *Task {
	t := e.newTask(what, fn, args)
	t.background = true
	t.done = done
	e.enlist(t)
	return t
}

func (e *Engine) newTask(what string, fn *lua.LFunction, args []lua.LValue) *Task {
	e.spawned++
	return &Task{engine: e, number: e.spawned, title: what, what: what, fn: fn, args: args, options: taskOptions, turn: make(chan struct{}, 1)}
}

func (e *Engine) enlist(t *Task) {
	t.place = len(e.live)
	e.live = append(e.live, t)
	if !t.background {
		e.foreground++
	}
	e.ready.push(t)
}

// run is the task's goroutine, from its first turn to its end.
func (t *Task) run() {
	defer t.engine.goroutines.Done()
	defer t.end()
	t.engine.holder = t
	t.engine.hook.blocked()
	if t.engine.halting == nil && !t.killed {
		t.call()
	}
}

// call runs the function. The recover is for what escapes from gopher-lua's own protected call, as when the value
// raised finds no room on a full stack.
func (t *Task) call() {
	e := t.engine
	t.state = cancelled // stays if the task is killed
	defer func() {
		if r := recover(); r != nil {
			t.fail(fault{value: lua.LString(lua51.PanicText(r))})
		}
	}()
	L := e.newThread(t.options)
	t.thread = L
	L.G.CurrentThread = L
	L.Push(t.fn)
	for _, a := range t.args {
		L.Push(a)
	}
	t.args = nil
	if trace, err := e.runtime.Run(L, L.GetTop()-1); err != nil {
		t.fail(newFault(L, err, trace))
		return
	}
	t.state = finished
	for i := 1; i <= L.GetTop(); i++ {
		t.results = append(t.results, L.Get(i))
	}
}

// newThread makes a Lua state that shares the script's globals and obeys the instruction hook.
func (e *Engine) newThread(o lua.Options) *lua.LState {
	e.lua.Options = o // NewThread copies them
	L, _ := e.lua.NewThread()
	L.SetContext(e.hook)
	return L
}

func (t *Task) fail(f fault) {
	t.fault = f
	t.state = failed
	if t.cancel == cancelAccepted { // whatever came of it, it is what the canceller asked for
		t.state = cancelled
	}
}

// end runs on the task's goroutine after its body returned, failed or was killed, and passes the baton on for good.
func (t *Task) end() {
	e := t.engine
	if e.hook.stop.Load() && e.halting == nil {
		e.halt(e.interrupted())
	}
	e.leaveBaton()
	t.leave()
	if t.main && t.state == failed { // nobody should have to wait for the others to learn of it
		e.halt(t.err())
	}
	t.fn, t.thread = nil, nil
	e.handTo(e.pick())
}

// leave takes the task off the list of the living and tells those who wait for it.
func (t *Task) leave() {
	e := t.engine
	if t.state == alive {
		t.state = cancelled
	}
	last := e.live[len(e.live)-1]
	e.live[t.place], last.place = last, t.place
	e.live[len(e.live)-1] = nil
	e.live = e.live[:len(e.live)-1]
	if !t.background {
		e.foreground--
	}
	t.announce()
}

// announce tells those who wait for the task, or, of a failure that nobody waits for, the user.
func (t *Task) announce() {
	if len(t.joins) > 0 {
		t.claimed = true
	}
	for _, w := range t.joins {
		w.Wake()
	}
	t.joins = nil
	switch {
	case t.engine.halting != nil:
	case t.done != nil:
		t.done(t.results, t.err())
	case t.state == failed && !t.main && !t.claimed:
		t.engine.unclaimed(t)
	}
}

// err is how the task ended, as a Go error.
func (t *Task) err() error {
	switch t.state {
	case failed:
		return t.fault.scriptError(t.engine)
	case cancelled:
		return ErrCancelled
	}
	return nil
}

// park marks the task as waiting.
func (t *Task) park(r reason) {
	t.parked = true
	t.reason = r
	if r == waitsForTask {
		t.engine.joining++
	}
}

// wake makes the task ready, or spares it the wait that it has begun.
func (t *Task) wake() {
	t.waits++ // further wake-ups of the same wait are stale
	if !t.parked {
		t.woken = true
		return
	}
	t.parked = false
	if t.reason == waitsForTask {
		t.engine.joining--
	}
	t.engine.ready.push(t)
}

// outcome is what a task that has just been woken learns of its wait.
func (t *Task) outcome(L *lua.LState) error {
	if d := t.deadlock; d != nil {
		t.deadlock = nil
		t.countRefusal()
		t.engine.Raise(L, d)
	}
	if t.cancel == cancelAsked {
		return t.refuse(L)
	}
	return nil
}

// refuse fails a blocking call of a cancelled task: with an error the first time, with a Lua error from then on.
func (t *Task) refuse(L *lua.LState) error {
	if t.cancel == cancelAsked {
		t.cancel = cancelAccepted
		return ErrCancelled
	}
	t.countRefusal()
	t.engine.Raise(L, ErrCancelled)
	return ErrCancelled
}

// countRefusal ends a task that has caught its end too often.
func (t *Task) countRefusal() {
	if t.refusals++; t.refusals > maxRefusals {
		t.cancel = cancelAccepted
		runtime.Goexit()
	}
}

// Wait blocks the Lua function that was called with L until the task has ended, and returns its results. The error is a
// *ScriptError if it failed, ErrCancelled if it was cancelled or if the waiting task was.
func (t *Task) Wait(L *lua.LState) ([]lua.LValue, error) {
	if err := t.join(L, "task:wait"); err != nil {
		return nil, err
	}
	return t.results, t.err()
}

// join waits for the end of the task, whatever it is; the error is the waiting task's own.
func (t *Task) join(L *lua.LState, what string) error {
	return t.joinFor(L, what, waitsForTask)
}

// joinFor is join with a reason: waitsForEvent if a timer will end the wait whatever the task does.
func (t *Task) joinFor(L *lua.LState, what string, r reason) error {
	e := t.engine
	if t == e.holder {
		L.RaiseError("a task cannot wait for itself")
	}
	t.claimed = true
	if !t.running() {
		return nil
	}
	w := e.Begin(what)
	t.joins = append(t.joins, w)
	return e.park(L, w, r)
}

// running says whether the task is still on the list of the living; state is set a little before the end.
func (t *Task) running() bool {
	return t.place < len(t.engine.live) && t.engine.live[t.place] == t
}

// Cancel makes the task's pending blocking call fail, or else its next one, and raises a Lua error from every later
// one. Cancelling a task that has ended does nothing.
func (t *Task) Cancel() {
	if t.cancel != notCancelled || !t.running() {
		return
	}
	t.cancel = cancelAsked
	if t.parked {
		t.wake()
	}
}

// Status is "running", "waiting", "done", "failed" or "cancelled". A task that has not had its first turn yet, or is
// about to have the next one, is running.
func (t *Task) Status() string {
	switch {
	case t.parked:
		return "waiting"
	case t.running():
		return "running"
	}
	return [...]string{alive: "running", finished: "done", failed: "failed", cancelled: "cancelled"}[t.state]
}

// byAge lists the living in the order in which they were spawned.
func (e *Engine) byAge() []*Task {
	tasks := slices.Clone(e.live)
	slices.SortFunc(tasks, func(a, b *Task) int { return cmp.Compare(a.number, b.number) })
	return tasks
}

// waiting lists what the tasks that have begun wait for, or have just waited for if their next turn is still to come;
// the main task first. The one that holds the baton is not among them.
func (e *Engine) waiting() []Waiting {
	var list []Waiting
	for _, t := range e.byAge() {
		if t.thread != nil && t != e.holder {
			w := Waiting{Position: lua51.Position(t.thread, 1), What: t.what, Main: t.main}
			if t.main {
				list = slices.Insert(list, 0, w)
			} else {
				list = append(list, w)
			}
		}
	}
	return list
}
