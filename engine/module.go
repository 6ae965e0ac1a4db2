package engine

import (
	"math"
	"strconv"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
	"github.com/lightdht/lightdht/engine/spell"
)

// Module is a value that Go offers to scripts as a global.
type Module struct {
	Name string // the global's name, as in "dht"
	// Open makes the value. It is called once, on the baton, before the first script; nil or
	// lua.LNil leaves the global unset. L owns the globals: make tables and functions with it, but
	// do not keep it, since a function is called with the Lua state of its caller.
	Open func(e *Engine, L *lua.LState) lua.LValue
	// Absent says why the global is unset, for the error of a script that uses it nevertheless:
	// "simulated networks only have it". It may be empty, and has no effect if Open makes
	// something.
	Absent string
}

// Nearest returns the name that word is most likely a misspelling of, or "", for the messages of
// modules; see [spell.Nearest].
func Nearest(word string, names []string) string { return spell.Nearest(word, names) }

// FormatNumber writes a number as tostring does: C's "%.14g".
func FormatNumber(f float64) string { return lua51.FormatNumber(f) }

// ParseNumber reads a number as Lua does where it converts a string.
func ParseNumber(s string) (float64, bool) { return lua51.ParseNumber(s) }

// ExactNumber writes a number as data, not as Lua text: a whole number up to 2^53 with all of its
// digits.
func ExactNumber(f float64) string {
	const exact = 1 << 53
	if f == math.Trunc(f) && math.Abs(f) <= exact {
		return strconv.FormatInt(int64(f), 10)
	}
	return lua51.FormatNumber(f)
}
