package syntax

import (
	"math"
	"strconv"
	"strings"
)

// ParseNumber reads a number as Lua 5.1 does, in source code and where it converts a string. The
// rules are those of C's strtod, between white space: decimal and hexadecimal numbers with fraction
// and exponent, "inf", "infinity" and "nan". A byte 0 ends the text, as in C.
func ParseNumber(s string) (float64, bool) {
	s, _, _ = strings.Cut(s, "\x00")
	s = strings.Trim(s, " \t\n\v\f\r")
	sign, digits := "", s
	if s != "" && (s[0] == '+' || s[0] == '-') {
		sign, digits = s[:1], s[1:]
	}
	switch {
	case len(digits) > 2 && digits[0] == '0' && digits[1]|0x20 == 'x':
		mantissa, exponent := splitNumeral(digits[2:], 'p', isHexDigit)
		if mantissa == "" {
			return 0, false
		}
		if exponent == "" {
			exponent = "p0" // Go requires one
		}
		return parseFloat(sign + "0x" + mantissa + exponent)
	case digits != "" && (isDigit(digits[0]) || digits[0] == '.'):
		if mantissa, _ := splitNumeral(digits, 'e', isDigit); mantissa == "" {
			return 0, false
		}
		return parseFloat(s)
	}
	switch strings.ToLower(digits) {
	case "inf", "infinity":
		if sign == "-" {
			return math.Inf(-1), true
		}
		return math.Inf(1), true
	case "nan":
		return math.NaN(), true
	}
	return 0, false
}

// parseFloat converts a text whose form was checked. A number too large is infinite, one too small
// is 0, as in C.
func parseFloat(s string) (float64, bool) {
	f, err := strconv.ParseFloat(s, 64)
	if e, ok := err.(*strconv.NumError); ok && e.Err != strconv.ErrRange {
		return 0, false
	}
	return f, true
}

// splitNumeral splits "12.5e-3" into "12.5" and "e-3". Both are empty if s is anything else.
func splitNumeral(s string, mark byte, digit func(byte) bool) (mantissa, exponent string) {
	i, count, point := 0, 0, false
	for i < len(s) && (digit(s[i]) || s[i] == '.' && !point) {
		if s[i] == '.' {
			point = true
		} else {
			count++
		}
		i++
	}
	if count == 0 || !isExponent(s[i:], mark) {
		return "", ""
	}
	return s[:i], s[i:]
}

// isExponent reports whether s is empty, or mark with an integer after it.
func isExponent(s string, mark byte) bool {
	if s == "" {
		return true
	}
	if s[0]|0x20 != mark {
		return false
	}
	s = s[1:]
	if s != "" && (s[0] == '+' || s[0] == '-') {
		s = s[1:]
	}
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

func isHexDigit(c byte) bool { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }
