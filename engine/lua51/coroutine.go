package lua51

import lua "github.com/yuin/gopher-lua"

// maxCoroutines limits how many coroutines may have resumed one another (chosen by us). Each level
// takes Go stack, and a Go stack of 1 GB ends the process.
const maxCoroutines = 100

// coroutineSize is about the memory of a coroutine before it calls anything, in bytes (measured).
const coroutineSize = 4 << 10

// coroutineOptions are chosen for memory: with gopher-lua's own a state takes 105 KB, with these
// about 5. The product of the depths of coroutines and of calls keeps the Go stack far below the 1
// GB at which Go ends the process.
var coroutineOptions = lua.Options{
	RegistrySize: 128, RegistryMaxSize: 1 << 16, RegistryGrowStep: 1024, CallStackSize: 1000, MinimizeStackMemory: true,
}

// coroutines repairs gopher-lua's library. There, two coroutines that resume each other recurse
// until the process dies, a coroutine that is blocked in one task can be resumed by another, an
// error leaves the wrong thread marked as the running one (none of these reported upstream), and a
// yield across pcall is taken for a return (upstream issue 45).
type coroutines struct {
	busy      map[*lua.LState]bool // resumed, and neither suspended nor dead
	returning map[*lua.LState]bool // suspended in the last call of their body
	resume    lua.LGFunction       // gopher-lua's
	wrap      lua.LGFunction
	enter     *lua.LFunction // resume with errors raised
}

// newCoroutines takes resume and wrap from gopher-lua's library, and removes the library from the
// globals again.
func (r *Runtime) newCoroutines(L *lua.LState) coroutines {
	L.Push(L.NewFunction(lua.OpenCoroutine))
	L.Push(lua.LString(lua.CoroutineLibName))
	L.Call(1, 0)
	lib := L.G.Global.RawGetString(lua.CoroutineLibName).(*lua.LTable)
	L.G.Global.RawSetString(lua.CoroutineLibName, lua.LNil)
	return coroutines{
		busy: map[*lua.LState]bool{}, returning: map[*lua.LState]bool{},
		resume: lib.RawGetString("resume").(*lua.LFunction).GFunction,
		wrap:   lib.RawGetString("wrap").(*lua.LFunction).GFunction,
		enter:  L.NewFunction(r.enterCoroutine),
	}
}

// CoCreate is coroutine.create(f).
func (r *Runtime) CoCreate(L *lua.LState) int {
	L.Push(r.newCoroutine(L))
	return 1
}

// newCoroutine makes a coroutine of the function at 1. All are made as gopher-lua's wrap makes
// them: an error then leaves through the Panic of the state that resumed them, while its stack can
// still be read.
func (r *Runtime) newCoroutine(L *lua.LState) *lua.LState {
	if fn, ok := L.Get(1).(*lua.LFunction); !ok || fn.IsG {
		ArgError(L, 1, "Lua function expected")
	}
	r.host.Charge(coroutineSize, 0)
	options := L.Options
	L.Options = coroutineOptions // the new state copies them
	L.RemoveContext()            // or it would get a child context of its own
	r.coroutines.wrap(L)
	L.SetContext(r.host.Context)
	L.Options = options
	th := L.Get(-1).(*lua.LFunction).Upvalues[0].Value().(*lua.LState)
	L.Pop(1)
	th.SetContext(r.host.Context)
	return th
}

// enterCoroutine resumes the coroutine at 1 with the other arguments. It raises the error of the
// coroutine.
func (r *Runtime) enterCoroutine(L *lua.LState) int {
	th := checkCoroutine(L)
	busy := r.coroutines.busy
	if status := r.statusOf(L, th); status != "suspended" {
		L.Error(lua.LString("cannot resume "+status+" coroutine"), 0)
	}
	if depth(L) > maxCoroutines {
		L.Error(lua.LString("too many nested coroutines"), 0)
	}
	busy[th] = true
	back := false
	defer func() {
		delete(busy, th)
		if !back { // it failed, or its task was killed
			th.Dead = true
			th.Parent = nil
			L.G.CurrentThread = L
		}
	}()
	if r.coroutines.returning[th] { // its last call was yield: it returns the results of that
		delete(r.coroutines.returning, th)
		L.Remove(1)
		return L.GetTop()
	}
	if n := Wanted(th); n >= 0 {
		L.SetTop(1 + n)
	}
	n := r.coroutines.resume(L)
	back = true
	return n
}

// depth is the number of Lua states that have resumed one another, up to L.
func depth(L *lua.LState) (n int) {
	for ; L != nil; L = L.Parent {
		n++
	}
	return n
}

// CoResume is coroutine.resume(co, ...).
func (r *Runtime) CoResume(L *lua.LState) int {
	checkCoroutine(L)
	L.Insert(r.coroutines.enter, 1)
	return r.attempt(L)
}

// CoWrap is coroutine.wrap(f).
func (r *Runtime) CoWrap(L *lua.LState) int {
	th := r.newCoroutine(L)
	L.Push(L.NewFunction(func(L *lua.LState) int {
		L.Insert(th, 1)
		defer addPosition(L)
		return r.enterCoroutine(L)
	}))
	return 1
}

// addPosition is deferred where an error can leave a wrapped coroutine. As Lua 5.1 does, it puts
// the position of the caller before the message, before the position within the coroutine.
func addPosition(L *lua.LState) {
	r := recover()
	if r == nil {
		return // or the task is being killed
	}
	if err, ok := r.(*lua.ApiError); ok {
		if s, ok := TextOf(err.Object); ok {
			err.Object = lua.LString(PositionAt(L, 1) + s)
		}
	}
	panic(r)
}

// CoRunning is coroutine.running(): the coroutine, or nil in the main function of a task.
func CoRunning(L *lua.LState) int {
	if L.Parent == nil {
		L.Push(lua.LNil)
	} else {
		L.Push(L)
	}
	return 1
}

// CoStatus is coroutine.status(co).
func (r *Runtime) CoStatus(L *lua.LState) int {
	L.Push(lua.LString(r.statusOf(L, checkCoroutine(L))))
	return 1
}

func (r *Runtime) statusOf(L, th *lua.LState) string {
	switch {
	case th == L:
		return "running"
	case th.Dead:
		return "dead"
	case r.coroutines.busy[th]:
		return "normal"
	}
	return "suspended"
}

// checkCoroutine is the coroutine at 1.
func checkCoroutine(L *lua.LState) *lua.LState {
	th, ok := L.Get(1).(*lua.LState)
	if !ok {
		ArgError(L, 1, "coroutine expected")
	}
	return th
}

// CoYield is coroutine.yield(...). It refuses a yield that gopher-lua silently takes for a return:
// one that is not called by a Lua function of the coroutine itself, but within a library function
// such as pcall, or as a metamethod.
func (r *Runtime) CoYield(L *lua.LState) int {
	ok, returns := MayYield(L)
	if L.Parent == nil || !ok || !OnlyLua(L) {
		L.Error(lua.LString("attempt to yield across metamethod/C-call boundary"), 0)
	}
	if returns {
		r.coroutines.returning[L] = true
	}
	return -1
}
