package engine

import (
	"math"
	"slices"

	lua "github.com/yuin/gopher-lua"
)

// pretended is how many KiB a script seems to use: it shares its memory with the host, and what that takes differs from
// run to run.
const pretended = 256

// openGarbage brings collectgarbage, which checks its arguments as Lua's does and collects nothing: a script shares its
// collector with the host.
func (e *Engine) openGarbage(g *lua.LTable) {
	pause, stepmul := 200, 200 // Lua's own settings
	set := func(L *lua.LState, setting *int) lua.LValue {
		old := *setting
		*setting = min(max(optInteger(L, 2, 0), math.MinInt32), math.MaxInt32)
		return lua.LNumber(old)
	}
	e.define(g,
		function{"collectgarbage", func(L *lua.LState) int {
			option := optText(L, 1, "collect")
			if !slices.Contains([]string{"stop", "restart", "collect", "count", "step", "setpause", "setstepmul"}, option) {
				argError(L, 1, "invalid option '"+option+"'")
			}
			var result lua.LValue = lua.LNumber(0)
			switch option {
			case "count":
				result = lua.LNumber(pretended)
			case "step":
				result = lua.LTrue
			case "setpause":
				result = set(L, &pause)
			case "setstepmul":
				result = set(L, &stepmul)
			}
			L.Push(result)
			return 1
		}},
		function{"gcinfo", func(L *lua.LState) int {
			L.Push(lua.LNumber(pretended))
			return 1
		}},
	)
}
