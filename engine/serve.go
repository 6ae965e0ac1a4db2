package engine

import (
	"context"
	"io"
	"runtime"
	"strconv"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
)

// Serve lets tasks run as they come, for a person who hands in one chunk after the other: it is to a console what Run
// is to a script. Everything happens through Post: what is posted may Start chunks. It returns when ctx ends or the
// engine is closed, with an *Interrupted or ErrClosed, after every task has ended.
//
// Time passes as a person would have it. On the wall clock that is no question. Virtual time runs at full speed while a
// chunk runs that somebody waits for; second by second while only background tasks wait, or while an event source is
// held; and not at all while there is neither.
func (e *Engine) Serve(ctx context.Context) error {
	e.running.Lock()
	defer e.running.Unlock()
	if e.closed {
		return ErrClosed
	}
	if ctx.Err() != nil {
		return &Interrupted{Cause: context.Cause(ctx)}
	}
	e.serving = true
	e.turnUntil(ctx)
	e.serving = false
	halting := e.halting
	e.revive()
	return halting
}

// Start runs fn as a task that a person waits for. done is called on the baton with its results or its error, a
// *ScriptError or ErrCancelled. It is for what is posted while Serve runs; what the task spawns is background.
func (e *Engine) Start(title string, fn *lua.LFunction, done func([]lua.LValue, error)) *Task {
	t := e.newTask(title, fn, nil)
	t.options = mainOptions
	t.done = done
	e.enlist(t)
	return t
}

// Function makes a Lua function of a Go one. Call it on the baton.
func (e *Engine) Function(f lua.LGFunction) *lua.LFunction { return e.lua.NewFunction(f) }

// Global is the value of a global variable, read without running any code of a script. Call it on the baton.
func (e *Engine) Global(name string) lua.LValue { return e.lua.G.Global.RawGetString(name) }

// SetGlobal sets a global variable. Call it on the baton.
func (e *Engine) SetGlobal(name string, v lua.LValue) { e.lua.G.Global.RawSetString(name, v) }

// ToString is what tostring says of a value; it may run code of the script, so L is that of a running function.
func (e *Engine) ToString(L *lua.LState, v lua.LValue) string { return e.library.ToString(L, v) }

// Detach makes a started task a background task.
func (t *Task) Detach() {
	if t.running() && !t.background {
		t.background = true
		t.engine.foreground--
	}
}

// Kill ends the task without its consent: no pcall catches it. A task that waits or is about to run ends before Kill's
// caller gives the baton away for good; the one that holds the baton, at its next blocking call.
func (t *Task) Kill() {
	if !t.running() {
		return
	}
	t.killed = true
	if t.parked {
		t.wake()
	}
}

// patience is how long Interrupt waits for the baton before it has its holder removed.
const patience = 100 * time.Millisecond

// Interrupt ends a task, from any goroutine: one that waits is cancelled, and so may clean up; one that was cancelled
// before, or is busy, is killed. A task that keeps the baton from everybody for 0.1 s is killed in any case, whichever
// it is; to do only that, pass nil. What runs inside one library function cannot be interrupted, and Interrupt does not
// wait for it.
func (e *Engine) Interrupt(t *Task) {
	served, done := make(chan struct{}), new(bool) // done belongs to the baton
	e.Post(func() {
		*done = true
		close(served)
		switch {
		case t == nil:
		case t.parked && t.cancel == notCancelled:
			t.Cancel()
		default:
			t.Kill()
		}
	})
	go func() { // ends soon: when what was posted has run, or after ten holders in a row were told to go
		for range 10 {
			select {
			case <-served:
				return
			case <-time.After(patience):
				e.hook.evictHolder(&eviction{done: done})
			}
		}
	}()
}

// evicted ends the task that holds the baton. The user is told of a limit, and of a task that nobody waits for.
func (e *Engine) evicted(ev *eviction) {
	t := e.holder
	if t == nil {
		return
	}
	t.killed = true
	if why := "it kept all others from running"; t.background || ev.why != nil {
		if ev.why != nil {
			why = e.placed(ev.why).Error()
		}
		io.WriteString(e.stderr, "task "+strconv.FormatUint(t.number, 10)+" was stopped: "+why+"\n")
	}
	runtime.Goexit()
}

// TaskInfo describes a task to a person.
type TaskInfo struct {
	Task   *Task
	Number uint64 // in the order of spawning
	Title  string // what was passed to Start or Go; Spawned for a script's own
	Status string // see Task.Status
	Waiting
}

// Tasks lists the tasks that have not ended, in the order in which they were spawned. Call it on the baton.
func (e *Engine) Tasks() []TaskInfo {
	var list []TaskInfo
	for _, t := range e.byAge() {
		list = append(list, t.Info())
	}
	return list
}

// Info describes the task. Call it on the baton.
func (t *Task) Info() TaskInfo {
	i := TaskInfo{Task: t, Number: t.number, Title: t.title, Status: t.Status()}
	if t.parked {
		i.What = t.what
	}
	if t.thread != nil {
		i.Position = lua51.Position(t.thread, 1)
	}
	return i
}

// Failures is how many tasks have failed with nobody waiting for them; Stderr was told of each. Call it on the baton.
func (e *Engine) Failures() int { return e.failures }

// linger lets time pass, or stand still, while serving.
func (e *Engine) linger() bool {
	if _, wallTime := e.clock.(*wall); wallTime {
		return e.clock.Step(e.inbox.wake)
	}
	if e.foreground == 0 && (len(e.live) > 0 || e.holds > 0) {
		return e.pace.step(e.clock, e.inbox.wake)
	}
	e.pace.begun = false
	if e.foreground > 0 {
		return e.clock.Step(e.inbox.wake)
	}
	<-e.inbox.wake
	return true
}

// pace keeps virtual time from running ahead of the wall clock.
type pace struct {
	begun   bool
	at      time.Time     // when it began,
	virtual time.Duration // on either clock
	ticking bool
}

const (
	// tick is how closely virtual time follows.
	tick = 20 * time.Millisecond
	// maxLag is how far virtual time may fall behind, when the world takes long to compute, before it gives up catching up.
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
