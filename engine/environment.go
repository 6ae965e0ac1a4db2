package engine

import (
	lua "github.com/yuin/gopher-lua"
)

// environmentOwner is the function that the first argument of getfenv and setfenv names: itself, or by its level.
func environmentOwner(L *lua.LState, missing int) *lua.LFunction {
	if fn, ok := L.Get(1).(*lua.LFunction); ok {
		return fn
	}
	wanted := missing
	if missing < 0 || L.Get(1) != lua.LNil {
		wanted = integer(L, 1)
	}
	if wanted < 0 {
		argError(L, 1, "level must be non-negative")
	}
	l, ok := levelAt(L, wanted)
	if !ok {
		argError(L, 1, "invalid level")
	}
	if l.fn == nil {
		raise(L, "no function environment for tail call at level %d", wanted)
	}
	return l.fn
}

// getFenv is getfenv([function or level]). All library functions have the environment of the running coroutine.
func getFenv(L *lua.LState) int {
	if fn := environmentOwner(L, 1); fn.IsG {
		L.Push(L.Env)
	} else {
		L.Push(fn.Env)
	}
	return 1
}

// setFenv is setfenv(function or level, table). Level 0 is the environment that functions get which are loaded later.
func setFenv(L *lua.LState) int {
	env := table(L, 2)
	fn := environmentOwner(L, -1)
	if f, ok := numberOf(L.Get(1)); ok && f == 0 {
		L.Env = env
		return 0
	}
	if fn.IsG {
		raise(L, "'setfenv' cannot change environment of given object")
	}
	fn.Env = env
	L.Push(fn)
	return 1
}
