package lua51

import lua "github.com/yuin/gopher-lua"

// gopher-lua suspends a coroutine by leaving its virtual machine, and resumes it after the call of
// yield. Three things go wrong. The values that resume passes are not adjusted to the number that
// the call wants (not reported upstream). A yield that is the last call of the coroutine's body
// leaves nothing to resume (upstream issue 306). A yield as a metamethod or an iterator ends the
// coroutine as if it had returned (upstream issue 45).

// MayYield reports whether a Lua function called the running Go function with a CALL or TAILCALL
// instruction, and not in the course of another instruction. returns says that it is the last call
// of the coroutine's body: the coroutine returns the values with which it is resumed.
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

// Wanted is the number of values that the call wants in which the coroutine L is suspended. It is
// negative if it wants all, as before L has begun.
func Wanted(L *lua.LState) int {
	f, ok := Innermost(L)
	if !ok || f.Function().IsG || f.PC() < 0 {
		return -1
	}
	return f.instruction().c() - 1
}

// OnlyLua reports whether all functions below the innermost of L on the stack are Lua functions.
func OnlyLua(L *lua.LState) bool {
	f, ok := Innermost(L)
	for ok {
		if f, ok = f.Caller(); ok && f.Function().IsG {
			return false
		}
	}
	return true
}
