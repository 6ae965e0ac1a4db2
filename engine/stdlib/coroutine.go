package stdlib

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
)

func (l *Library) openCoroutine(L *lua.LState) lua.LValue {
	lib := L.NewTable()
	define(L, lib,
		function{"create", l.runtime.CoCreate},
		function{"resume", l.runtime.CoResume},
		function{"running", lua51.CoRunning},
		function{"status", l.runtime.CoStatus},
		function{"wrap", l.runtime.CoWrap},
		function{"yield", l.runtime.CoYield},
	)
	return lib
}
