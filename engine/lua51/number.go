package lua51

import (
	"math"
	"strconv"
	"strings"

	"github.com/lightdht/lightdht/engine/syntax"
)

// ParseNumber reads a number as Lua 5.1 does where it converts a string: in arithmetic, in
// tonumber, as an argument of a library function. The rule is that of numbers in source code,
// syntax.ParseNumber. gopher-lua uses Go's rule (upstream issue 478).
func ParseNumber(s string) (float64, bool) { return syntax.ParseNumber(s) }

// FormatNumber writes a number as Lua 5.1 does: C's "%.14g". A NaN is "nan" without its sign, which
// depends on the machine. gopher-lua uses Go's format (upstream issue 468).
func FormatNumber(f float64) string {
	const exact = 1e14 // below, "%.14g" writes whole numbers with all their digits
	if f == math.Trunc(f) && math.Abs(f) < exact {
		if f == 0 && math.Signbit(f) {
			return "-0"
		}
		return strconv.FormatInt(int64(f), 10)
	}
	switch {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	}
	return FormatG(f, 14, false)
}

// AppendNumber appends FormatNumber(f); a whole number takes no allocation.
func AppendNumber(b []byte, f float64) []byte {
	const exact = 1e14
	if f == math.Trunc(f) && math.Abs(f) < exact && (f != 0 || !math.Signbit(f)) {
		return strconv.AppendInt(b, int64(f), 10)
	}
	return append(b, FormatNumber(f)...)
}

// FormatG is C's "%.*g" of a finite number. Its rule for choosing between two notations is not that
// of package strconv. With alt it is "%#.*g": zeros at the end and a decimal point stay.
func FormatG(x float64, precision int, alt bool) string {
	if precision == 0 {
		precision = 1
	}
	scientific := strconv.FormatFloat(x, 'e', precision-1, 64)
	at := strings.LastIndexByte(scientific, 'e')
	exponent, _ := strconv.Atoi(scientific[at+1:])
	if exponent < -4 || exponent >= precision {
		if alt {
			return PointBeforeExponent(scientific)
		}
		return trimZeros(scientific[:at]) + scientific[at:]
	}
	text := strconv.FormatFloat(x, 'f', precision-1-exponent, 64)
	if alt {
		return PointBeforeExponent(text)
	}
	return trimZeros(text)
}

func trimZeros(s string) string {
	if !strings.Contains(s, ".") {
		return s
	}
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}

// PointBeforeExponent is C's "#" flag: a decimal point even if no digit follows.
func PointBeforeExponent(s string) string {
	if strings.Contains(s, ".") {
		return s
	}
	if at := strings.IndexAny(s, "eE"); at >= 0 {
		return s[:at] + "." + s[at:]
	}
	return s + "."
}
