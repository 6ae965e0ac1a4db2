package engine

import (
	"runtime"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// Begin starts a wait of the task that holds the baton and names what it waits for, as in
// "dht.get_peers". Follow it with Park. Outside of any task it returns a Wait that cannot be parked
// on.
func (s *scheduler) Begin(what string) Wait {
	t := s.holder
	if t == nil {
		return Wait{}
	}
	t.waits++
	t.woken = false
	t.what = what
	return Wait{t, t.waits}
}

// Park blocks the Lua function that was called with L until wait is woken. Meanwhile other tasks
// run; when none can, the clock is stepped. No Lua value may be touched in between by the caller's
// other goroutines. It returns nil, or ErrCancelled the first time that the task's cancellation
// meets a blocking call. When a cancelled task blocks again, or when nothing can ever wake it, Park
// raises a Lua error; to a task that was killed it does not return.
func (s *scheduler) Park(L *lua.LState, w Wait) error {
	return s.park(L, w, waitsForEvent)
}

func (s *scheduler) park(L *lua.LState, w Wait, reason reason) error {
	t := w.task
	if t == nil || t != s.holder || w.number != t.waits && !t.woken {
		L.RaiseError("this function cannot wait here")
	}
	t.thread = L
	if t.cancel != notCancelled {
		t.waits++ // a later wake-up is stale
		return t.refuse(L)
	}
	if t.woken {
		s.ready.push(t)
	} else {
		t.park(reason)
	}
	s.yield(t)
	L.G.CurrentThread = L // L may be a coroutine of the task
	return t.outcome(L)
}

// Sleep blocks the Lua function that was called with L for d. It returns ErrCancelled as Park does.
func (s *scheduler) Sleep(L *lua.LState, d time.Duration) error {
	w := s.Begin("sleep")
	stop := s.clock.AfterFunc(d, w.Wake)
	err := s.Park(L, w)
	if err != nil {
		stop()
	}
	return err
}

// outcome is what a task that has just been woken learns of its wait.
func (t *Task) outcome(L *lua.LState) error {
	if d := t.deadlock; d != nil {
		t.deadlock = nil
		t.countRefusal()
		raise(L, d)
	}
	if t.cancel == cancelAsked {
		return t.refuse(L)
	}
	return nil
}

// refuse fails a blocking call of a cancelled task: with an error the first time, with a Lua error
// from then on.
func (t *Task) refuse(L *lua.LState) error {
	if t.cancel == cancelAsked {
		t.cancel = cancelAccepted
		return ErrCancelled
	}
	t.countRefusal()
	raise(L, ErrCancelled)
	return ErrCancelled
}

// maxRefusals is how often a cancelled task may catch the error of a blocking call and try another
// one before it is killed (chosen by us). It is enough for any clean-up, and no loop survives on
// pcall.
const maxRefusals = 100

// countRefusal kills a task that has caught its end too often.
func (t *Task) countRefusal() {
	if t.refusals++; t.refusals > maxRefusals {
		t.cancel = cancelAccepted
		runtime.Goexit()
	}
}

// Wait blocks the Lua function that was called with L until the task has ended, and returns its
// results. The error is a *ScriptError if it failed, ErrCancelled if it was cancelled or if the
// waiting task was.
func (t *Task) Wait(L *lua.LState) ([]lua.LValue, error) {
	if err := t.join(L, "task:wait", waitsForTask); err != nil {
		return nil, err
	}
	return t.results, t.err()
}

// join waits for the end of the task, whatever it is; the error is the waiting task's own. The
// reason is waitsForEvent if a timer will end the wait in any case.
func (t *Task) join(L *lua.LState, what string, r reason) error {
	s := t.scheduler
	if t == s.holder {
		L.RaiseError("a task cannot wait for itself")
	}
	t.claimed = true
	if !t.running() {
		return nil
	}
	w := s.Begin(what)
	t.joins = append(t.joins, w)
	return s.park(L, w, r)
}
