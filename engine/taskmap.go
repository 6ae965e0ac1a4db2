package engine

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
	"github.com/lightdht/lightdht/engine/spell"
)

// mapping is one call of task.map under way.
type mapping struct {
	items   []lua.LValue
	results *lua.LTable
	next    int
	workers []*Task
	failure lua.LValue // what the first worker to fail raised
	wait    Wait       // of the caller, until the last worker has ended
}

// runMap is task.map(list, fn [, {parallel = n}]): fn(item, index) for each, n at a time, results in the list's order.
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

// taskSize is about what a task takes before it calls anything, in bytes.
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

// failed takes note of the first failure and ends the other workers.
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

// work is the body of a worker: it takes one item after the other.
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

// stop lets no further item begin and cancels those under way.
func (m *mapping) stop() {
	m.next = len(m.items)
	for _, w := range m.workers {
		w.Cancel()
	}
}
