package engine

import (
	"context"
	"runtime"
	"slices"
	"strconv"
	"time"

	"github.com/lightdht/lightdht/engine/lua51"
)

// interrupt ends the run from any goroutine: a busy task by the flag, a parked one by what is
// posted.
func (s *scheduler) interrupt() {
	s.hook.interrupt()
	s.Post(func() {
		if s.hook.stop.Load() {
			s.halt(s.interrupted())
		}
	})
}

// interrupted says why the run was stopped and where all tasks were. The task that holds the baton
// is the one that was busy.
func (s *scheduler) interrupted() error {
	if over := s.hook.over.Load(); over != nil {
		return s.placed(over)
	}
	i := &Interrupted{Waiting: s.waiting(), Cause: ErrClosed}
	if s.ctx != nil && s.ctx.Err() != nil {
		i.Cause = context.Cause(s.ctx)
	}
	if t := s.holder; t != nil {
		busy := Waiting{Position: lua51.Position(s.lua.G.CurrentThread, 1), Main: t.main}
		at := len(i.Waiting)
		if t.main {
			at = 0
		}
		i.Waiting = slices.Insert(i.Waiting, at, busy)
	}
	return i
}

// placed names the line that is running, or failing that the one on which the main task waits.
func (s *scheduler) placed(limit *LimitError) *LimitError {
	found := *limit
	if s.holder != nil {
		found.Position = lua51.Position(s.lua.G.CurrentThread, 1)
	} else if w := s.waiting(); len(w) > 0 {
		found.Position = w[0].Position
	}
	return &found
}

// check is called by the hook between two slices of instructions, and ends what has to end.
func (s *scheduler) check() {
	if over := s.hook.exceeded(s.serving); over != nil && s.halting == nil {
		s.halt(s.placed(over))
	}
	if s.hook.stop.Load() {
		s.halt(s.interrupted())
	}
	if ev := s.hook.evict.Swap(nil); ev != nil && (ev.done == nil || !*ev.done) {
		s.evicted(ev)
	}
	if s.halting != nil {
		runtime.Goexit()
	}
}

// Exceed ends the run with a *LimitError: the task that holds the baton does not return from it,
// and no pcall catches it. It is for limits that a module counts itself. Call it on the baton;
// outside of any task it returns, and the run ends as soon as the baton is given away.
func (s *scheduler) Exceed(limit, text string) {
	s.halt(s.placed(&LimitError{Limit: limit, Text: text}))
	if s.holder != nil {
		runtime.Goexit()
	}
}

// Work counts the computing of a module as instructions of the script, some 12 ns each. It may end
// the run, as an instruction may. Call it on the baton; outside of any task nothing is counted.
func (s *scheduler) Work(instructions int) {
	if instructions > 0 && s.holder != nil {
		s.hook.work(int64(instructions))
	}
}

// patience is how long Interrupt waits for the baton before it has its holder removed (chosen by
// us).
const patience = 100 * time.Millisecond

// Interrupt ends a task, from any goroutine: one that waits is cancelled, and so may clean up; one
// that was cancelled before, or is busy, is killed. A task that keeps the baton for 0.1 s is killed
// in any case, even if it is another one; to do only that, pass nil. A library function that runs
// cannot be interrupted, and Interrupt does not wait for it.
func (s *scheduler) Interrupt(t *Task) {
	served, done := make(chan struct{}), new(bool) // done belongs to the baton
	s.Post(func() {
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
	go func() { // ends soon: when the posted function has run, or after ten holders in a row were told to go
		for range 10 {
			select {
			case <-served:
				return
			case <-time.After(patience):
				s.hook.evictHolder(&eviction{done: done})
			}
		}
	}()
}

// evicted ends the task that holds the baton. The user is told of a limit, and of a background
// task.
func (s *scheduler) evicted(ev *eviction) {
	t := s.holder
	if t == nil {
		return
	}
	t.killed = true
	if why := "it kept all others from running"; t.background || ev.why != nil {
		if ev.why != nil {
			why = s.placed(ev.why).Error()
		}
		s.notice("task " + strconv.FormatUint(t.number, 10) + " was stopped: " + why + "\n")
	}
	runtime.Goexit()
}
