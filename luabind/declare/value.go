package declare

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine"
)

// MaxExact is the largest number up to which every whole number is exact.
const MaxExact = 1 << 53

// maxSeconds is the longest duration that a script can name: some 31 years.
const maxSeconds = 1e9

// ToNumber reads a number other than NaN, or a string that spells one.
func ToNumber(v lua.LValue) (float64, bool) {
	switch v := v.(type) {
	case lua.LNumber:
		return float64(v), v == v
	case lua.LString:
		f, ok := engine.ParseNumber(string(v))
		return f, ok && f == f
	}
	return 0, false
}

// ToSeconds reads a duration that is not negative.
func ToSeconds(v lua.LValue) (time.Duration, bool) {
	f, ok := ToNumber(v)
	if !ok || f < 0 || f > maxSeconds {
		return 0, false
	}
	return Duration(f), true
}

// Duration is a number of seconds, to the nearest nanosecond.
func Duration(seconds float64) time.Duration {
	return time.Duration(math.Round(seconds * float64(time.Second)))
}

// maxShown is how much of a value a message shows, in bytes.
const maxShown = 48

// Show is a value as a message shows it: "abc", 12, a table.
func Show(v lua.LValue) string {
	switch v := v.(type) {
	case lua.LString:
		return strconv.Quote(Clip(string(v)))
	case lua.LNumber:
		return engine.FormatNumber(float64(v))
	case lua.LBool, *lua.LNilType:
		return v.String()
	}
	return "a " + v.Type().String()
}

// QuoteName is a key as a message names it: 'alpha', or 12.
func QuoteName(key lua.LValue) string {
	if s, ok := key.(lua.LString); ok {
		return "'" + Clip(string(s)) + "'"
	}
	return Show(key)
}

// Clip shortens a text to what a message shows.
func Clip(s string) string {
	if len(s) > maxShown {
		return s[:maxShown] + "..."
	}
	return s
}

// NumberText is a number as print shows it, but whole ones with all their digits.
func NumberText(f float64) string { return engine.ExactNumber(f) }

// RangeText is "integer 1 to 100", or only the kind if there are no bounds.
func RangeText(kind string, least, most float64) string {
	if most <= least {
		return kind
	}
	return fmt.Sprintf("%s %s to %s", kind, NumberText(least), NumberText(most))
}

// Nearest is the name that was probably meant, or "": the nearest in spelling, or
// else the only one that begins with the same two letters.
func Nearest(word string, names []string) string {
	if near := engine.Nearest(word, names); near != "" || len(word) < 2 {
		return near
	}
	near := ""
	for _, name := range names {
		if strings.HasPrefix(name, word[:2]) {
			if near != "" {
				return ""
			}
			near = name
		}
	}
	return near
}

// Suggest is the end of a message about a name that does not exist.
func Suggest(near string) string {
	if near == "" {
		return ""
	}
	return " (did you mean '" + near + "'?)"
}

// limits are bounds and a default in words, either of which may be missing.
func limits(least, most float64, def string) string {
	var words []string
	switch {
	case most >= manyEnough:
		words = append(words, NumberText(least)+" or more")
	case most > least:
		words = append(words, strings.TrimPrefix(RangeText("", least, most), " "))
	}
	if def != "" {
		words = append(words, "default "+def)
	}
	return strings.Join(words, ", ")
}

// manyEnough is a bound so high that it is not worth naming.
const manyEnough = 1 << 30
