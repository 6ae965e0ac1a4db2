package engine

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
)

// gopher-lua 1.1.2, when an error is raised, closes the open upvalues of every function that is running in a Lua state,
// not only of those that the error leaves. A closure that shares a local with a function which goes on after a pcall
// then has a copy of it, and the two drift apart without a word:
//
//	local x = 1
//	local function set(v) x = v end
//	pcall(error)
//	set(2)
//	print(x) -- 1
//
// What it closes is what is in the state's list of open upvalues, so that list is put aside during a protected call. The
// functions below the call do not run meanwhile, so they neither add to their upvalues nor look for them in the list;
// the functions above it begin a list of their own. There is no exported way to the list.

// setAsideUpvalues starts a new list of open upvalues; restore brings back the old one.
func setAsideUpvalues(L *lua.LState) (restore func()) {
	list := lua51.OpenUpvalues(L)
	old := *list
	*list = nil
	return func() { *list = old }
}
