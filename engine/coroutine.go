package engine

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
)

// maxCoroutines is how many coroutines may have resumed one another. Each level takes Go stack, and a Go stack of 1 GB
// ends the process.
const maxCoroutines = 100

// coroutineSize is about what a coroutine takes before it calls anything, in bytes.
const coroutineSize = 4 << 10

// coroutines repairs gopher-lua's library: there, two coroutines that resume each other recurse until the process dies,
// a coroutine that is blocked in one task can be resumed by another, an error leaves the wrong thread marked as the
// running one, and a yield across pcall is taken for a return.
type coroutines struct {
	busy      map[*lua.LState]bool // resumed, and not yet back
	returning map[*lua.LState]bool // suspended in the last call of their body
	resume    lua.LGFunction       // gopher-lua's
	wrap      lua.LGFunction
	enter     *lua.LFunction // resume with errors raised
}

func (e *Engine) openCoroutines() {
	lib := e.library("coroutine")
	c := &e.coroutines
	c.busy, c.returning = map[*lua.LState]bool{}, map[*lua.LState]bool{}
	c.resume = lib.RawGetString("resume").(*lua.LFunction).GFunction
	c.wrap = lib.RawGetString("wrap").(*lua.LFunction).GFunction
	c.enter = e.lua.NewFunction(e.coroutineEnter)
	e.define(lib,
		function{"create", func(L *lua.LState) int {
			L.Push(e.newCoroutine(L))
			return 1
		}},
		function{"resume", e.coroutineResume},
		function{"running", coroutineRunning},
		function{"status", e.coroutineStatus},
		function{"wrap", e.coroutineWrap},
		function{"yield", e.coroutineYield},
	)
}

// newCoroutine makes a coroutine of the function at 1. They are all made as gopher-lua's wrap makes them: errors then
// leave through the Panic of whoever resumed them, where the stack that led to them can still be read.
func (e *Engine) newCoroutine(L *lua.LState) *lua.LState {
	if fn, ok := L.Get(1).(*lua.LFunction); !ok || fn.IsG {
		argError(L, 1, "Lua function expected")
	}
	e.Room(coroutineSize)
	options := L.Options
	L.Options = coroutineOptions // the new state copies them
	L.RemoveContext()            // or it would get a child context of its own
	e.coroutines.wrap(L)
	L.SetContext(e.hook)
	L.Options = options
	th := L.Get(-1).(*lua.LFunction).Upvalues[0].Value().(*lua.LState)
	L.Pop(1)
	th.SetContext(e.hook)
	return th
}

// coroutineEnter resumes the coroutine at 1 with the other arguments; its error is raised.
func (e *Engine) coroutineEnter(L *lua.LState) int {
	th := checkCoroutine(L)
	busy := e.coroutines.busy
	if status := e.statusOf(L, th); status != "suspended" {
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
	if e.coroutines.returning[th] { // its last call was yield: it returns what that returns
		delete(e.coroutines.returning, th)
		L.Remove(1)
		return L.GetTop()
	}
	if n := lua51.Wanted(th); n >= 0 {
		L.SetTop(1 + n)
	}
	n := e.coroutines.resume(L)
	back = true
	return n
}

// depth is how many Lua states have resumed one another to get to L.
func depth(L *lua.LState) (n int) {
	for ; L != nil; L = L.Parent {
		n++
	}
	return n
}

func (e *Engine) coroutineResume(L *lua.LState) int {
	checkCoroutine(L)
	L.Insert(e.coroutines.enter, 1)
	return e.attempt(L)
}

func (e *Engine) coroutineWrap(L *lua.LState) int {
	th := e.newCoroutine(L)
	L.Push(L.NewFunction(func(L *lua.LState) int {
		L.Insert(th, 1)
		defer addPosition(L)
		return e.coroutineEnter(L)
	}))
	return 1
}

// addPosition puts the position of the caller before the message of an error that comes by: Lua 5.1 does so where an
// error leaves a wrapped coroutine, before the position within.
func addPosition(L *lua.LState) {
	r := recover()
	if r == nil {
		return // or the task is being killed
	}
	if err, ok := r.(*lua.ApiError); ok {
		if s, ok := textOf(err.Object); ok {
			err.Object = lua.LString(positionAt(L, 1) + s)
		}
	}
	panic(r)
}

// coroutineRunning is nil in the main function of a task.
func coroutineRunning(L *lua.LState) int {
	if L.Parent == nil {
		L.Push(lua.LNil)
	} else {
		L.Push(L)
	}
	return 1
}

func (e *Engine) coroutineStatus(L *lua.LState) int {
	L.Push(lua.LString(e.statusOf(L, checkCoroutine(L))))
	return 1
}

func (e *Engine) statusOf(L, th *lua.LState) string {
	switch {
	case th == L:
		return "running"
	case th.Dead:
		return "dead"
	case e.coroutines.busy[th]:
		return "normal"
	}
	return "suspended"
}

// checkCoroutine is the coroutine at 1.
func checkCoroutine(L *lua.LState) *lua.LState {
	th, ok := L.Get(1).(*lua.LState)
	if !ok {
		argError(L, 1, "coroutine expected")
	}
	return th
}

// coroutineYield refuses what gopher-lua would silently take for a return: a yield that is not called by a Lua function of
// the coroutine itself, but from within a library function such as pcall, or as a metamethod.
func (e *Engine) coroutineYield(L *lua.LState) int {
	ok, returns := lua51.MayYield(L)
	if L.Parent == nil || !ok || !lua51.OnlyLua(L) {
		L.Error(lua.LString("attempt to yield across metamethod/C-call boundary"), 0)
	}
	if returns {
		e.coroutines.returning[L] = true
	}
	return -1
}
