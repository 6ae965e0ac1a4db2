package engine

import (
	"math"
	"strconv"

	"github.com/lightdht/lightdht/engine/lua51"
)

// FormatNumber is a number as tostring shows it, and wherever else Lua makes a string of one: C's "%.14g".
func FormatNumber(f float64) string { return lua51.FormatNumber(f) }

// ParseNumber reads a number as Lua does wherever a string stands for one.
func ParseNumber(s string) (float64, bool) { return lua51.ParseNumber(s) }

// ExactNumber writes a number as data, not as Lua text: a whole number with all of its digits, as long as each of them
// counts.
func ExactNumber(f float64) string {
	const exact = 1 << 53
	if f == math.Trunc(f) && math.Abs(f) <= exact {
		return strconv.FormatInt(int64(f), 10)
	}
	return lua51.FormatNumber(f)
}
