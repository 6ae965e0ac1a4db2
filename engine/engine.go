package engine

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	lua "github.com/yuin/gopher-lua"
	luar "layeh.com/gopher-luar"

	"github.com/lightdht/lightdht/engine/files"
	"github.com/lightdht/lightdht/engine/lua51"
	"github.com/lightdht/lightdht/engine/stdlib"
)

// Options says what a script can see. The zero value is a script that computes.
type Options struct {
	Clock  Clock     // nil: NewWall()
	Stdin  io.Reader // nil: empty
	Stdout io.Writer // what print and io.write write; nil: discarded
	Stderr io.Writer // failures that nobody waits for; nil: discarded

	Args      []string  // the script's arg; Args[0] is its path, arg[0]
	Random    Source    // where math.random draws from; nil: unpredictable
	StartTime time.Time // what os.time says at the start, and in which time zone; zero: the wall clock's
	ScriptDir string    // folder in which require looks and which the script may read; "": none
	Library   fs.FS     // modules that come with the host: require "a.b" opens a/b.lua; nil: none
	Modules   []Module  // globals that Go offers
	Grants    Grants    // what else the script may read and write

	Log *slog.Logger // for modules; nil: discarded

	// Limits; zero is none. A run that goes over one ends with a *LimitError.
	MaxInstructions int64 // per Run, about 12 ns each
	MaxMemory       int64 // bytes that the process may take more than when Run began, a sixteenth of them in reserve; a console's task is stopped
	HostMemory      int64 // of these, bytes that the host's own data may come to take: on top of MaxMemory
	// MaxBusy is for how long a task may run without a blocking call; not in Serve. On the wall clock it is wall time. On a
	// virtual one it is what a machine of the usual speed computes in that time, 80 million instructions a second, so that
	// what a run gives does not depend on how busy the machine is.
	MaxBusy   time.Duration
	MaxTasks  int   // that have not ended, when a script spawns one more
	MaxOutput int64 // bytes written to Stdout, Stderr and files, and what else modules write through Metered
	// OnStuck is called once, from a goroutine of its own, when MaxMemory or MaxBusy was exceeded a second ago and the
	// script is still inside one library function: nothing in this process can end that, so a host that runs one script
	// may want to end itself. nil: Run returns when the function does.
	OnStuck func(*LimitError)
	// Excused reports whether the script is kept waiting by the host program, as by a reader of its output that is slow;
	// such time does not count as busy. It is called from a goroutine of its own. nil: never.
	Excused func() bool
}

// Source is where randomness comes from. A simulation passes one that repeats.
type Source interface{ Uint64() uint64 }

// Grants say which files a run may touch, besides reading its own folder.
type Grants = files.Grants

// Files opens files for a script, within its grants.
type Files = files.Access

// ErrNotGranted is the reason why a path was refused.
var ErrNotGranted = files.ErrNotGranted

// Engine runs one script, or several one after the other with the same globals. Run, Set and Close are for the host
// program and may be called from any goroutine, but not from functions that a script calls.
type Engine struct {
	baton

	clock  Clock
	stdout io.Writer
	stderr io.Writer
	random Source
	log    *slog.Logger
	start  time.Time
	files  *Files

	lua         *lua.LState // owns the globals; runs no script code itself
	runtime     *lua51.Runtime
	library     *stdlib.Library
	hook        *hook
	spawnTask   *lua.LFunction // spawn and task.spawn
	failedCalls failedCalls
	keptNils    map[*lua.Upvalue]func() string // why variables of a console are nil
	chunks      []string                       // names of what was loaded, to recognise positions in messages
	modules     loader
	absent      map[string]string // why globals are unset that a host might have set

	running    sync.Mutex // held by Run, Serve, Set and Close
	serving    bool       // Serve is what runs, not Run
	pace       pace       // of virtual time while serving
	goroutines sync.WaitGroup
	spawned    uint64
	output     meter
	room       room
	maxMemory  int64
	hostMemory int64
	maxBusy    time.Duration
	maxTasks   int
	onStuck    func(*LimitError)
	excused    func() bool
	reading    atomic.Bool     // a task holds the baton while it waits for standard input
	orphans    []*Task         // failed with nobody waiting
	failures   int             // of tasks with nobody waiting
	ctx        context.Context // of the latest run
	onClose    []func()
	closed     bool
}

// New makes an engine and opens its modules. Close it when done. The first call lowers lua.MaxArrayIndex; see FitArrays.
// A program with Lua states of its own calls New before it runs them. New fails if
// the gopher-lua in the program is one whose insides this package does not know.
func New(o Options) (*Engine, error) {
	if err := lua51.Check(); err != nil {
		return nil, fmt.Errorf("engine: %w", err)
	}
	FitArrays(0)
	e := &Engine{
		clock: o.Clock, stdout: o.Stdout, stderr: o.Stderr,
		random: o.Random, log: o.Log, start: o.StartTime,
		maxMemory: o.MaxMemory, hostMemory: o.HostMemory, maxBusy: o.MaxBusy, maxTasks: o.MaxTasks, onStuck: o.OnStuck, excused: o.Excused,
	}
	e.output = meter{engine: e, limit: o.MaxOutput}
	e.back = make(chan struct{}, 1)
	e.inbox.wake = make(chan struct{}, 1)
	if e.clock == nil {
		e.clock = NewWall()
	}
	if e.stdout == nil {
		e.stdout = io.Discard
	}
	if e.stderr == nil {
		e.stderr = io.Discard
	}
	e.stdout, e.stderr = e.output.on(e.stdout), e.output.on(e.stderr)
	if e.random == nil {
		e.random = cryptoSource{}
	}
	if e.log == nil {
		e.log = slog.New(slog.DiscardHandler)
	}
	if e.start.IsZero() {
		e.start = time.Now()
	}
	var err error
	if e.files, err = files.NewAccess(o.ScriptDir, o.Grants); err != nil {
		return nil, err
	}
	e.modules = loader{engine: e, dir: o.ScriptDir, library: o.Library}
	e.absent = map[string]string{}
	if err := e.open(o); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

// open makes the Lua state and fills its globals.
func (e *Engine) open(o Options) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("engine: opening the modules: %v", r)
		}
	}()
	e.lua = newState()
	e.hook = newHook(e, o.MaxInstructions)
	if _, ok := e.clock.(*wall); !ok {
		e.hook.busyLimit = int64(o.MaxBusy.Seconds() * usualSpeed)
	}
	e.runtime = e.newRuntime()
	e.library = e.newLibrary(o)
	e.OnClose(e.library.Close)
	e.openErrors()
	for _, m := range slices.Concat(e.standardModules(), o.Modules) {
		if v := m.Open(e, e.lua); v != nil && v != lua.LNil {
			e.lua.G.Global.RawSetString(m.Name, v)
		} else if m.Absent != "" {
			e.absent[m.Name] = m.Absent
		}
	}
	return nil
}

// Run loads and runs one chunk as the main task, until it and every task it spawned have ended; if it fails, the others
// are killed. It returns what the chunk returned, as plain Go values: nil, bool, float64, string, []any, map[string]any; a Go value that was given to
// the script comes back as it is. The error is a *ScriptError, also if a task failed and nobody waited for it; an
// *Interrupted soon after ctx was cancelled, whatever the script does; a *LimitError; or ErrClosed.
func (e *Engine) Run(ctx context.Context, name, source string) ([]any, error) {
	e.running.Lock()
	defer e.running.Unlock()
	if e.closed {
		return nil, ErrClosed
	}
	fn, err := e.load(name, source)
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

// turnUntil is turn, cut short when ctx ends.
func (e *Engine) turnUntil(ctx context.Context) {
	e.ctx = ctx
	told := make(chan struct{})
	untold := context.AfterFunc(ctx, func() { // ends at once
		defer close(told)
		e.interrupt()
	})
	unwatch := e.watching()
	e.turn()
	unwatch()
	if !untold() {
		<-told // or its flag would hit the next run
	}
}

// turn gives the baton to whoever is ready and returns when it comes back.
func (e *Engine) turn() {
	e.handTo(e.pick())
	<-e.back
}

// conclude says how a run ended, and leaves the engine ready for the next one.
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
			err := t.fault.scriptError(e)
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

// revive makes the engine forget why a run ended.
func (e *Engine) revive() {
	e.halting, e.orphans = nil, nil
	e.ending.Store(false)
	e.reading.Store(false)
	e.hook.reset()
}

// maxOrphans bounds how many failed tasks are remembered until the end of the run.
const maxOrphans = 100

// unclaimed tells the user of a task that failed with nobody waiting for it.
func (e *Engine) unclaimed(t *Task) {
	err := t.fault.scriptError(e)
	e.Room(4 * len(err.Message)) // it is put together and copied where it goes
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

// interrupt ends the run from any goroutine: a busy task by the flag, a parked one by what is posted.
func (e *Engine) interrupt() {
	e.hook.interrupt()
	e.Post(func() {
		if e.hook.stop.Load() {
			e.halt(e.interrupted())
		}
	})
}

// interrupted says why the run was stopped and where everybody was. The task that holds the baton is the one that was
// busy.
func (e *Engine) interrupted() error {
	if over := e.hook.over.Load(); over != nil {
		return e.placed(over)
	}
	i := &Interrupted{Waiting: e.waiting(), Cause: ErrClosed}
	if e.ctx != nil && e.ctx.Err() != nil {
		i.Cause = context.Cause(e.ctx)
	}
	if t := e.holder; t != nil {
		busy := Waiting{Position: lua51.Position(e.lua.G.CurrentThread, 1), Main: t.main}
		at := len(i.Waiting)
		if t.main {
			at = 0
		}
		i.Waiting = slices.Insert(i.Waiting, at, busy)
	}
	return i
}

// Set gives the script a Go value as a global, converted by gopher-luar: numbers, strings and booleans by value,
// structs, maps, slices and functions by reference. Every exported method can be called by the script. A function
// called that way holds the baton: while it blocks, no task runs.
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

// Close ends a run that is going on, kills every task, waits until their goroutines are gone and then calls what OnClose
// was given, last first. Calling it again does nothing.
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

// Sleep blocks the Lua function that was called with L for d. It returns ErrCancelled as Park does.
func (e *Engine) Sleep(L *lua.LState, d time.Duration) error {
	w := e.Begin("sleep")
	stop := e.clock.AfterFunc(d, w.Wake)
	err := e.Park(L, w)
	if err != nil {
		stop()
	}
	return err
}

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

// Position is where the Lua function at a level is, as in "script.lua:12": 1 is the innermost that is running in L, as a
// rule the caller of the Go function that asks; 2 is that one's caller. It is "" if there is none.
func (e *Engine) Position(L *lua.LState, level int) string { return lua51.Position(L, level) }

// Stdout is where print writes.
func (e *Engine) Stdout() io.Writer { return e.stdout }

// Stderr is where failures that nobody waits for are told.
func (e *Engine) Stderr() io.Writer { return e.stderr }

// Log returns the host's log; never nil.
func (e *Engine) Log() *slog.Logger { return e.log }

// cryptoSource cannot be predicted.
type cryptoSource struct{}

func (cryptoSource) Uint64() uint64 {
	var b [8]byte
	rand.Read(b[:]) // never fails
	return binary.LittleEndian.Uint64(b[:])
}
