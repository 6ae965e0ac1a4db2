package engine

import (
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	lua "github.com/yuin/gopher-lua"
	luar "layeh.com/gopher-luar"

	"github.com/lightdht/lightdht/engine/lua51"
	"github.com/lightdht/lightdht/engine/stdlib"
)

// Engine runs one script, or several one after the other with the same globals. Run, Set and Close
// are for the host program and may be called from any goroutine, but not from functions that a
// script calls.
type Engine struct {
	*scheduler
	memory   memoryBudget
	output   outputMeter
	outside  outside
	compiler compiler
	reasons  reasons
	modules  loader
	library  *stdlib.Library

	stdout io.Writer
	stderr io.Writer
	random Source
	log    *slog.Logger
	start  time.Time
	files  *Files
	absent map[string]string // why globals are unset that a host might have set

	running  sync.Mutex // held by Run, Serve, Set and Close
	orphans  []*Task    // failed while no task waited for them; until the end of the run
	failures int        // number of such tasks so far
	onClose  []func()
	closed   bool
}

// maxOrphans bounds how many failed tasks are remembered until the end of the run (chosen by us).
const maxOrphans = 100

// orphan tells the user of a task that failed while no task waited for it.
func (e *Engine) orphan(t *Task) {
	err := t.fault.scriptError(e.chunks)
	e.Room(4 * len(err.Message)) // the text is built and then copied
	text := "task failed: " + err.Error() + "\n"
	if err.Traceback != "" {
		text += "  " + strings.ReplaceAll(err.Traceback, "\n", "\n  ") + "\n"
	}
	io.WriteString(e.stderr, text)
	e.failures++
	if t.background || len(e.orphans) == maxOrphans {
		return
	}
	e.orphans = append(e.orphans, t)
}

// Set gives the script a Go value as a global, converted by gopher-luar: numbers, strings and
// booleans by value, structs, maps, slices and functions by reference. Every exported method can be
// called by the script. A function called that way holds the baton: while it blocks, no task runs.
func (e *Engine) Set(name string, v any) (err error) {
	e.running.Lock()
	defer e.running.Unlock()
	if e.closed {
		return ErrClosed
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("engine: cannot give %q to the script: %v", name, r)
		}
	}()
	e.lua.G.Global.RawSetString(name, luar.New(e.lua, v))
	return nil
}

// Close ends a run that is going on, kills every task, waits until their goroutines are gone and
// then calls the functions that were given to OnClose, last first. Calling it again does nothing.
func (e *Engine) Close() error {
	if e.hook != nil {
		e.interrupt()
	}
	e.running.Lock()
	defer e.running.Unlock()
	if e.closed {
		return nil
	}
	e.closed = true
	e.inbox.Lock()
	e.inbox.closed = true
	e.inbox.Unlock()
	e.halt(ErrClosed)
	e.turn()
	e.goroutines.Wait()
	for _, f := range slices.Backward(e.onClose) {
		f()
	}
	return e.files.Close()
}

// OnClose arranges for f to be called by Close, when no task is left.
func (e *Engine) OnClose(f func()) { e.onClose = append(e.onClose, f) }

// Now is the time since the run began.
func (e *Engine) Now() time.Duration { return e.clock.Now() }

// Clock returns the clock.
func (e *Engine) Clock() Clock { return e.clock }

// Random returns the source of randomness.
func (e *Engine) Random() Source { return e.random }

// Files returns access to files within the grants.
func (e *Engine) Files() *Files { return e.files }

// Date is the date and time of day that scripts see. Call it on the baton.
func (e *Engine) Date() time.Time { return e.start.Add(e.Now()) }

// Position is the position of the Lua function at a level, as in "script.lua:12": 1 is the
// innermost that is running in L, as a rule the caller of the Go function that asks; 2 is the
// caller of that. It is "" if there are fewer levels.
func (e *Engine) Position(L *lua.LState, level int) string { return lua51.Position(L, level) }

// Stdout is the writer of print.
func (e *Engine) Stdout() io.Writer { return e.stdout }

// Stderr is the writer for failures of tasks that no task waits for.
func (e *Engine) Stderr() io.Writer { return e.stderr }

// Log returns the host's log; never nil.
func (e *Engine) Log() *slog.Logger { return e.log }

// Raise raises err as a Lua error, with an error value of kind "cancelled", "deadlock" or "failed".
// If no function catches it, it is the Cause of Run's error.
func (e *Engine) Raise(L *lua.LState, err error) { raise(L, err) }

// Room asks whether bytes more may be allocated, and ends the run with a *LimitError if they would
// take the script over its limit of memory; a console's task is stopped. It is for modules, before
// they allocate a size that a script decides. Call it on the baton. The time that it takes to fill
// the bytes counts as instructions.
func (e *Engine) Room(bytes int) { e.memory.ask(bytes) }

// RoomForTable is Room for n entries of a table.
func (e *Engine) RoomForTable(n int) { e.memory.ask(n * tableEntry) }

// Metered is a writer whose bytes count as output of the script. It is for files that modules
// write; call its Write on the baton.
func (e *Engine) Metered(w io.Writer) io.Writer { return e.output.on(w) }

// Wrote counts bytes as output of the script that something else has written, such as results. Call
// it on the baton.
func (e *Engine) Wrote(bytes int64) { e.output.take(int(bytes)) }

// Failed is for a Go function that is about to return nil because something failed; why says so in
// words that can stand in a message about the nil. owner is the Go value of the object that the
// function belongs to, or nil. A function that calls Failed calls Begun whenever it is called.
func (e *Engine) Failed(L *lua.LState, owner any, why func() string) { e.reasons.failed(L, owner, why) }

// Begun forgets the result of earlier calls at the place from which the Go function that runs in L
// was called.
func (e *Engine) Begun(L *lua.LState) { e.reasons.begun(L) }

// Function makes a Lua function of a Go one. Call it on the baton.
func (e *Engine) Function(f lua.LGFunction) *lua.LFunction { return e.lua.NewFunction(f) }

// Global is the value of a global variable, read without running any code of a script. Call it on
// the baton.
func (e *Engine) Global(name string) lua.LValue { return e.lua.G.Global.RawGetString(name) }

// SetGlobal sets a global variable. Call it on the baton.
func (e *Engine) SetGlobal(name string, v lua.LValue) { e.lua.G.Global.RawSetString(name, v) }

// ToString is tostring(v); it may run code of the script, so L is that of a running function.
func (e *Engine) ToString(L *lua.LState, v lua.LValue) string { return e.library.ToString(L, v) }

// Failures is the number of tasks that have failed while no task waited for them; Stderr was told
// of each. Call it on the baton.
func (e *Engine) Failures() int { return e.failures }

// Charge is Room and Work for functions that know the engine by the Lua state only. A state of no
// engine is free.
func Charge(L *lua.LState, bytes, instructions int) {
	if L.Context() == nil {
		return
	}
	if e, ok := L.Context().Value(engineKey{}).(*Engine); ok {
		e.Room(bytes)
		e.Work(instructions)
	}
}
