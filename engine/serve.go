package engine

import (
	"context"

	"github.com/lightdht/lightdht/engine/lua51"
)

// Serve runs tasks for a person who enters one chunk after the other: it is to a console as Run is
// to a script. The chunks come through Post: posted functions Start them. It returns when ctx ends
// or the engine is closed, with an *Interrupted or ErrClosed, after every task has ended.
//
// The wall clock goes on as always. Virtual time runs at full speed while a chunk runs that
// somebody waits for, in step with wall time while only background tasks wait or an event source is
// held, and not at all otherwise.
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

// TaskInfo describes a task.
type TaskInfo struct {
	Task   *Task
	Number uint64 // in the order of spawning
	Title  string // as passed to Start or Go; Spawned for a task that a script spawned
	Status string // see Task.Status
	Waiting
}

// Tasks lists the live tasks in the order in which they were spawned. Call it on the baton.
func (s *scheduler) Tasks() []TaskInfo {
	var list []TaskInfo
	for _, t := range s.byAge() {
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
