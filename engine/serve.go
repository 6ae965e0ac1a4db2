package engine

import (
	"context"

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

// TaskInfo describes a task to a person.
type TaskInfo struct {
	Task   *Task
	Number uint64 // in the order of spawning
	Title  string // what was passed to Start or Go; Spawned for a script's own
	Status string // see Task.Status
	Waiting
}

// Tasks lists the tasks that have not ended, in the order in which they were spawned. Call it on the baton.
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
