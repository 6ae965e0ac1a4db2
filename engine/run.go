package engine

import "context"

// Run loads and runs one chunk as the main task, until it and every task it spawned have ended; if
// it fails, the others are killed. It returns the results of the chunk as plain Go values: nil,
// bool, float64, string, []any, map[string]any; a Go value that was given to the script is returned
// unchanged. The error is a *ScriptError, also if a task failed and no task waited for it; an
// *Interrupted soon after ctx was cancelled; a *LimitError; or ErrClosed.
func (e *Engine) Run(ctx context.Context, name, source string) ([]any, error) {
	e.running.Lock()
	defer e.running.Unlock()
	if e.closed {
		return nil, ErrClosed
	}
	fn, err := e.compiler.load(name, source)
	if err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, &Interrupted{Cause: context.Cause(ctx)}
	}
	main := e.newTask("main", fn, nil)
	main.main = true
	main.options = mainOptions
	e.enlist(main)
	e.turnUntil(ctx)
	return e.conclude(main)
}

// turnUntil is turn, interrupted when ctx ends.
func (e *Engine) turnUntil(ctx context.Context) {
	e.ctx = ctx
	told := make(chan struct{})
	untold := context.AfterFunc(ctx, func() { // ends at once
		defer close(told)
		e.interrupt()
	})
	unwatch := newWatch(e.scheduler, &e.memory, &e.outside).start()
	e.turn()
	unwatch()
	if !untold() {
		<-told // or its flag would hit the next run
	}
}

// conclude returns the result of a run, and leaves the engine ready for the next one.
func (e *Engine) conclude(main *Task) ([]any, error) {
	halting, orphans := e.halting, e.orphans
	e.revive()
	if halting != nil {
		return nil, halting
	}
	if err := main.err(); err != nil {
		return nil, err
	}
	for _, t := range orphans {
		if !t.claimed {
			err := t.fault.scriptError(e.chunks)
			err.Reported = true
			return nil, err
		}
	}
	values := make([]any, len(main.results))
	for i, v := range main.results {
		values[i] = goValue(v)
	}
	return values, nil
}

// revive removes the traces of the end of a run.
func (e *Engine) revive() {
	e.halting, e.orphans = nil, nil
	e.ending.Store(false)
	e.outside.reading.Store(false)
	e.hook.reset()
}
