package engine

import (
	"math"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
	"github.com/lightdht/lightdht/engine/spell"
)

const (
	taskType = "engine.task"
	// defaultParallel is how many calls task.map runs at a time without a parallel option (chosen
	// by us).
	defaultParallel = 64
)

// taskFunctions are the functions of the task library. Lua 5.1 does not have them, so messages may
// use their own names.
var taskFunctions = []string{"map", "now", "sleep", "spawn", "timeout"}

// taskLibrary is the library of one engine.
type taskLibrary struct{ *Engine }

// openTasks makes the task library, and spawn and sleep as globals too.
func openTasks(e *Engine, L *lua.LState) lua.LValue {
	t := taskLibrary{e}
	lib := L.NewTable()
	for i, f := range []lua.LGFunction{t.runMap, t.now, t.sleep, t.spawnFunction, t.timeout} {
		lib.RawSetString(taskFunctions[i], L.NewFunction(f))
	}
	e.reasons.spawn = lib.RawGetString("spawn").(*lua.LFunction)
	L.G.Global.RawSetString("spawn", e.reasons.spawn)
	L.G.Global.RawSetString("sleep", lib.RawGetString("sleep"))
	t.openMethods(L)
	return lib
}

// openMethods makes the metatable of tasks.
func (e taskLibrary) openMethods(L *lua.LState) {
	methods := L.NewTable()
	methods.RawSetString("cancel", L.NewFunction(func(L *lua.LState) int {
		checkTask(L, "cancel").Cancel()
		return 0
	}))
	methods.RawSetString("status", L.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LString(checkTask(L, "status").Status()))
		return 1
	}))
	methods.RawSetString("wait", L.NewFunction(e.wait))
	mt := L.NewTypeMetatable(taskType)
	mt.RawSetString("__index", L.NewFunction(func(L *lua.LState) int {
		name := L.Get(2).String()
		if v := methods.RawGetString(name); v != lua.LNil {
			L.Push(v)
			return 1
		}
		message := "a task has no '" + name + "'"
		if near := spell.Nearest(name, lua51.FieldNames(methods)); near != "" {
			message += " (did you mean '" + near + "'?)"
		}
		lua51.Raise(L, "%s", message)
		return 0
	}))
	mt.RawSetString("__metatable", lua.LFalse)
}

// checkTask is the object of a method call, which must be a task.
func checkTask(L *lua.LState, method string) *Task {
	if ud, ok := L.Get(1).(*lua.LUserData); ok {
		if t, ok := ud.Value.(*Task); ok {
			return t
		}
	}
	lua51.Raise(L, "bad call of '%s': write t:%s(), with a colon, on a task", method, method)
	return nil
}

// Value is the task as a script sees it, with wait, cancel and status.
func (t *Task) Value(L *lua.LState) lua.LValue {
	ud := L.NewUserData()
	ud.Value = t
	ud.Metatable = L.GetTypeMetatable(taskType)
	return ud
}

// spawnFunction is task.spawn(fn, ...).
func (e taskLibrary) spawnFunction(L *lua.LState) int {
	fn := lua51.Function(L, 1)
	L.Push(e.Spawn(fn, arguments(L, 2)...).Value(L))
	return 1
}

// arguments copies the arguments from the first on.
func arguments(L *lua.LState, first int) []lua.LValue {
	var args []lua.LValue
	for i := first; i <= L.GetTop(); i++ {
		args = append(args, L.Get(i))
	}
	return args
}

// now is task.now(), in seconds.
func (e taskLibrary) now(L *lua.LState) int {
	L.Push(lua.LNumber(e.Now().Seconds()))
	return 1
}

// sleep is task.sleep(seconds).
func (e taskLibrary) sleep(L *lua.LState) int {
	if err := e.Sleep(L, checkSeconds(L, 1)); err != nil {
		e.Raise(L, err)
	}
	return 0
}

// checkSeconds is a duration in seconds; a number beyond the range of time.Duration is the longest
// duration.
func checkSeconds(L *lua.LState, arg int) time.Duration {
	s := lua51.Number(L, arg)
	if math.IsNaN(s) || s < 0 {
		lua51.ArgError(L, arg, "a number of seconds, 0 or more, expected")
	}
	if s >= math.MaxInt64/1e9 {
		return math.MaxInt64
	}
	return time.Duration(s * 1e9)
}

// wait is t:wait(): the function's results, or nil and an error value.
func (e taskLibrary) wait(L *lua.LState) int {
	t := checkTask(L, "wait")
	e.Begun(L)
	if err := t.join(L, "task:wait", waitsForTask); err != nil {
		e.Raise(L, err)
	}
	return e.give(L, t)
}

// give pushes the results of the task, or nil and an error value.
func (e taskLibrary) give(L *lua.LState, t *Task) int {
	switch t.state {
	case failed:
		return e.nothing(L, t, errorValueOf(L, t.fault.value))
	case cancelled:
		return e.nothing(L, t, NewErrorValue(L, "cancelled", ErrCancelled.Error(), nil))
	}
	if len(t.results) > 1 && t.results[0] == lua.LNil && AsErrorValue(t.results[1]) != nil {
		e.Failed(L, t, AsErrorValue(t.results[1]).reason)
	}
	for _, v := range t.results {
		L.Push(v)
	}
	return len(t.results)
}

// nothing pushes nil and the error value.
func (e taskLibrary) nothing(L *lua.LState, t *Task, why lua.LValue) int {
	e.Failed(L, t, func() string {
		if v := AsErrorValue(why); v != nil {
			return v.reason()
		}
		return "the task failed"
	})
	L.Push(lua.LNil)
	L.Push(why)
	return 2
}

// timeout is task.timeout(seconds, fn, ...): the results of fn, or nil and an error of kind
// "timeout". When it returns, the task that ran fn has ended in either case.
func (e taskLibrary) timeout(L *lua.LState) int {
	limit, fn := checkSeconds(L, 1), lua51.Function(L, 2)
	e.Begun(L)
	t := e.Spawn(fn, arguments(L, 3)...)
	late := false
	stop := e.clock.AfterFunc(limit, func() {
		late = t.running()
		t.Cancel()
	})
	err := t.join(L, "task.timeout", waitsForEvent)
	stop()
	switch {
	case err != nil:
		t.Cancel()
		e.Raise(L, err)
	case late && (t.state != finished || t.cancel == cancelAccepted): // also if it returned results after it was cancelled
		return e.nothing(L, t, NewErrorValue(L, "timeout", "no result within "+lua51.FormatNumber(limit.Seconds())+" s", nil))
	case t.state == failed:
		L.Error(t.fault.value, 0)
	}
	return e.give(L, t)
}

// mapping is the state of one call of task.map.
type mapping struct {
	items   []lua.LValue
	results *lua.LTable
	next    int
	workers []*Task
	failure lua.LValue // the error of the first worker that failed
	wait    Wait       // of the caller, until the last worker has ended
}

// runMap is task.map(list, fn [, {parallel = n}]): fn(item, index) for each, n at a time, results
// in the list's order.
func (e taskLibrary) runMap(L *lua.LState) int {
	list, fn := lua51.Table(L, 1), lua51.Function(L, 2)
	parallel := checkParallel(L, 3)
	m := &mapping{results: L.NewTable()}
	n := lua51.Len(list)
	e.RoomForTable(n)
	for i := 1; i <= n; i++ {
		m.items = append(m.items, list.RawGet(lua.LNumber(i)))
	}
	if len(m.items) > 0 {
		m.run(e.Engine, L, fn, parallel)
	}
	if m.failure != nil {
		L.Error(m.failure, 0)
	}
	L.Push(m.results)
	return 1
}

// taskSize is about the memory of a task before it calls anything, in bytes (measured).
const taskSize = 8 << 10

// run starts the workers and waits for them.
func (m *mapping) run(e *Engine, L *lua.LState, fn *lua.LFunction, parallel int) {
	worker := L.NewFunction(func(L *lua.LState) int { return m.work(L, fn) })
	left := min(parallel, len(m.items))
	e.Room(left * taskSize)
	for i := range left {
		m.workers = append(m.workers, e.spawn(worker, nil, func(_ []lua.LValue, err error) {
			if err != nil {
				m.failed(L, m.workers[i])
			}
			if left--; left == 0 {
				m.wait.Wake()
			}
		}))
	}
	m.wait = e.Begin("task.map")
	if err := e.park(L, m.wait, waitsForTask); err != nil {
		m.stop()
		e.Raise(L, err)
	}
}

// failed notes the first failure and ends the other workers.
func (m *mapping) failed(L *lua.LState, w *Task) {
	if m.failure != nil {
		return
	}
	if m.failure = w.fault.value; w.state == cancelled {
		m.failure = NewErrorValue(L, "cancelled", ErrCancelled.Error(), nil)
	}
	m.stop()
}

// checkParallel reads the options of task.map.
func checkParallel(L *lua.LState, arg int) int {
	parallel := defaultParallel
	if L.Get(arg) == lua.LNil {
		return parallel
	}
	options := lua51.Table(L, arg)
	for k, v := options.Next(lua.LNil); k != lua.LNil; k, v = options.Next(k) {
		if k != lua.LString("parallel") {
			message := "unknown option '" + keyText(k) + "'"
			if near := spell.Nearest(keyText(k), []string{"parallel"}); near != "" {
				message += " (did you mean '" + near + "'?)"
			}
			lua51.ArgError(L, arg, message)
		}
		n, ok := lua51.NumberOf(v)
		if !ok || !(n >= 1) {
			lua51.ArgError(L, arg, "parallel: a number, 1 or more, expected")
		}
		parallel = int(min(n, 1<<20))
	}
	return parallel
}

// work is the body of a worker, which takes one item after the other.
func (m *mapping) work(L *lua.LState, fn *lua.LFunction) int {
	for m.next < len(m.items) {
		i := m.next
		m.next++
		L.Push(fn)
		L.Push(m.items[i])
		L.Push(lua.LNumber(i + 1))
		L.Call(2, 1)
		m.results.RawSetInt(i+1, L.Get(-1))
		L.Pop(1)
	}
	return 0
}

// stop begins no further item and cancels the running workers.
func (m *mapping) stop() {
	m.next = len(m.items)
	for _, w := range m.workers {
		w.Cancel()
	}
}
