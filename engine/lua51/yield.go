package lua51

import lua "github.com/yuin/gopher-lua"

// gopher-lua suspends a coroutine by leaving its machine, and goes on behind the call of yield. Three things go wrong: what
// resume passes is not made as many values as the call wants; a yield that the body of the coroutine calls last leaves
// nothing to go on with; and a yield as a metamethod or an iterator ends the coroutine as if it had returned.

// MayYield reports whether the Go function that runs in L was called by a Lua function, with the instruction for that and
// not in the course of another one. returns says that it is the last call of the coroutine's body: what it is resumed
// with is what the coroutine returns.
func MayYield(L *lua.LState) (ok, returns bool) {
	callee, ok := Innermost(L)
	if !ok {
		return false, false
	}
	caller, ok := callee.Caller()
	if !ok || caller.Function().IsG {
		return false, false
	}
	switch caller.instruction().op() {
	case lua.OP_CALL:
		return true, false
	case lua.OP_TAILCALL:
		_, called := caller.Caller()
		return true, !called
	}
	return false, false
}

// Wanted is how many values the call wants in which the coroutine L is suspended: all if it is negative, as before L has
// begun.
func Wanted(L *lua.LState) int {
	f, ok := Innermost(L)
	if !ok || f.Function().IsG || f.PC() < 0 {
		return -1
	}
	return f.instruction().c() - 1
}

// OnlyLua reports whether all functions below the innermost one of L are Lua functions.
func OnlyLua(L *lua.LState) bool {
	f, ok := Innermost(L)
	for ok {
		if f, ok = f.Caller(); ok && f.Function().IsG {
			return false
		}
	}
	return true
}
