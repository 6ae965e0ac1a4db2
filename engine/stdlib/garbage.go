package stdlib

import (
	"math"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
)

// pretended is the constant memory use that a script is told, in KiB (chosen by us). The real one
// is that of the whole process and differs from run to run.
const pretended = 256

// openGarbage makes collectgarbage, which checks its arguments as in Lua 5.1 and collects nothing,
// for the collector belongs to the whole process.
func openGarbage(L *lua.LState, g *lua.LTable) {
	pause, stepmul := 200, 200 // the defaults of Lua 5.1
	set := func(L *lua.LState, setting *int) lua.LValue {
		old := *setting
		*setting = min(max(lua51.OptInteger(L, 2, 0), math.MinInt32), math.MaxInt32)
		return lua.LNumber(old)
	}
	define(L, g,
		function{"collectgarbage", func(L *lua.LState) int {
			option := lua51.OptText(L, 1, "collect")
			if !slices.Contains([]string{"stop", "restart", "collect", "count", "step", "setpause", "setstepmul"}, option) {
				lua51.ArgError(L, 1, "invalid option '"+option+"'")
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
