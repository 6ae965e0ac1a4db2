package engine

import (
	"strconv"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
)

// Options of Lua states, chosen for memory: with gopher-lua's own a state takes 105 KB, with these
// about 5. The product of coroutine depth and call depth keeps the Go stack far below the 1 GB at
// which Go ends the process.
var (
	mainOptions = lua.Options{RegistrySize: 1024, RegistryMaxSize: 1 << 19, RegistryGrowStep: 8192, CallStackSize: 16000, MinimizeStackMemory: true}
	taskOptions = lua.Options{RegistrySize: 128, RegistryMaxSize: 1 << 17, RegistryGrowStep: 1024, CallStackSize: 2000, MinimizeStackMemory: true}
)

// Spawned is the title of the tasks that a script spawns.
const Spawned = "spawn"

// Spawn makes a task that runs fn(args...) when its turn comes. Run waits for it, unless the task
// that spawns it is an event handler's.
func (s *scheduler) Spawn(fn *lua.LFunction, args ...lua.LValue) *Task {
	return s.spawn(fn, args, nil)
}

func (s *scheduler) spawn(fn *lua.LFunction, args []lua.LValue, done func([]lua.LValue, error)) *Task {
	if s.maxTasks > 0 && len(s.live) >= s.maxTasks {
		s.Exceed("tasks", strconv.Itoa(s.maxTasks)+" tasks")
	}
	t := s.newTask(Spawned, fn, args)
	t.background = s.serving || s.holder != nil && s.holder.background
	t.done = done
	s.enlist(t)
	return t
}

// Go runs fn as a task that the script did not spawn, an event handler. done, if not nil, is called
// on the baton with its results or its error, a *ScriptError or ErrCancelled; without it an error
// is written to Stderr. Run does not wait for such tasks.
func (s *scheduler) Go(what string, fn *lua.LFunction, args []lua.LValue, done func([]lua.LValue, error)) *Task {
	t := s.newTask(what, fn, args)
	t.background = true
	t.done = done
	s.enlist(t)
	return t
}

// Start runs fn as a task that a person waits for. done is called on the baton with its results or
// its error, a *ScriptError or ErrCancelled. It is for functions that are posted while Serve runs;
// tasks that the task spawns are background tasks.
func (s *scheduler) Start(title string, fn *lua.LFunction, done func([]lua.LValue, error)) *Task {
	t := s.newTask(title, fn, nil)
	t.options = mainOptions
	t.done = done
	s.enlist(t)
	return t
}

func (s *scheduler) newTask(what string, fn *lua.LFunction, args []lua.LValue) *Task {
	s.spawned++
	return &Task{scheduler: s, number: s.spawned, title: what, what: what, fn: fn, args: args, options: taskOptions, turn: make(chan struct{}, 1)}
}

func (s *scheduler) enlist(t *Task) {
	t.place = len(s.live)
	s.live = append(s.live, t)
	if !t.background {
		s.foreground++
	}
	s.ready.push(t)
}

// newThread makes a Lua state that shares the script's globals and obeys the instruction hook.
func (s *scheduler) newThread(o lua.Options) *lua.LState {
	s.lua.Options = o // NewThread copies them
	L, _ := s.lua.NewThread()
	L.SetContext(s.hook)
	return L
}

// run is the task's goroutine, from its first turn to its end.
func (t *Task) run() {
	s := t.scheduler
	defer s.goroutines.Done()
	defer t.end()
	s.holder = t
	s.hook.blocked()
	if s.halting == nil && !t.killed {
		t.call()
	}
}

// call runs the function. The recover is for panics that escape from gopher-lua's own protected
// call, as when the value raised finds no room on a full stack.
func (t *Task) call() {
	s := t.scheduler
	t.state = cancelled // stays if the task is killed
	defer func() {
		if r := recover(); r != nil {
			t.fail(fault{value: lua.LString(lua51.PanicText(r))})
		}
	}()
	L := s.newThread(t.options)
	t.thread = L
	L.G.CurrentThread = L
	L.Push(t.fn)
	for _, a := range t.args {
		L.Push(a)
	}
	t.args = nil
	if trace, err := s.runtime.Run(L, L.GetTop()-1); err != nil {
		t.fail(newFault(L, err, trace))
		return
	}
	t.state = finished
	for i := 1; i <= L.GetTop(); i++ {
		t.results = append(t.results, L.Get(i))
	}
}

func (t *Task) fail(f fault) {
	t.fault = f
	t.state = failed
	if t.cancel == cancelAccepted { // the failure is the end that was asked for
		t.state = cancelled
	}
}

// end runs on the task's goroutine after its body returned, failed or was killed, and passes the
// baton on for good.
func (t *Task) end() {
	s := t.scheduler
	if s.hook.stop.Load() && s.halting == nil {
		s.halt(s.interrupted())
	}
	s.leaveBaton()
	t.leave()
	if t.main && t.state == failed { // the run ends now, whatever other tasks do
		s.halt(t.err())
	}
	t.fn, t.thread = nil, nil
	s.handTo(s.pick())
}

// leave takes the task off the list of live tasks and tells those who wait for it.
func (t *Task) leave() {
	s := t.scheduler
	if t.state == alive {
		t.state = cancelled
	}
	last := s.live[len(s.live)-1]
	s.live[t.place], last.place = last, t.place
	s.live[len(s.live)-1] = nil
	s.live = s.live[:len(s.live)-1]
	if !t.background {
		s.foreground--
	}
	t.announce()
}

// announce tells those who wait for the task; or the user, of a failure that no task waits for.
func (t *Task) announce() {
	if len(t.joins) > 0 {
		t.claimed = true
	}
	for _, w := range t.joins {
		w.Wake()
	}
	t.joins = nil
	switch {
	case t.scheduler.halting != nil:
	case t.done != nil:
		t.done(t.results, t.err())
	case t.state == failed && !t.main && !t.claimed:
		t.scheduler.unclaimed(t)
	}
}
