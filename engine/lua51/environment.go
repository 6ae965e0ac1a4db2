package lua51

import lua "github.com/yuin/gopher-lua"

// environmentOwner is the function that the first argument of getfenv and setfenv names: itself, or
// by its level. A missing level is an error if missing is below 0. gopher-lua accepts library
// functions and levels that do not exist (not reported upstream).
func environmentOwner(L *lua.LState, missing int) *lua.LFunction {
	if fn, ok := L.Get(1).(*lua.LFunction); ok {
		return fn
	}
	wanted := missing
	if missing < 0 || L.Get(1) != lua.LNil {
		wanted = Integer(L, 1)
	}
	if wanted < 0 {
		ArgError(L, 1, "level must be non-negative")
	}
	a, ok := ActivationAt(L, wanted)
	if !ok {
		ArgError(L, 1, "invalid level")
	}
	if a.Function == nil {
		Raise(L, "no function environment for tail call at level %d", wanted)
	}
	return a.Function
}

// GetFenv is getfenv([function or level]). All library functions have the environment of the
// running coroutine.
func GetFenv(L *lua.LState) int {
	if fn := environmentOwner(L, 1); fn.IsG {
		L.Push(L.Env)
	} else {
		L.Push(fn.Env)
	}
	return 1
}

// SetFenv is setfenv(function or level, table). Level 0 is the environment of functions that are
// loaded later.
func SetFenv(L *lua.LState) int {
	env := Table(L, 2)
	fn := environmentOwner(L, -1)
	if f, ok := NumberOf(L.Get(1)); ok && f == 0 {
		L.Env = env
		return 0
	}
	if fn.IsG {
		Raise(L, "'setfenv' cannot change environment of given object")
	}
	fn.Env = env
	L.Push(fn)
	return 1
}
