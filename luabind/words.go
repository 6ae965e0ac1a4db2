package luabind

import (
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/luabind/declare"
)

const maxExact = declare.MaxExact

func toNumber(v lua.LValue) (float64, bool)        { return declare.ToNumber(v) }
func toSeconds(v lua.LValue) (time.Duration, bool) { return declare.ToSeconds(v) }
func show(v lua.LValue) string                     { return declare.Show(v) }
func quoteName(key lua.LValue) string              { return declare.QuoteName(key) }
func clip(s string) string                         { return declare.Clip(s) }
func numberText(f float64) string                  { return declare.NumberText(f) }
func nearest(word string, names []string) string   { return declare.Nearest(word, names) }
func suggest(near string) string                   { return declare.Suggest(near) }
