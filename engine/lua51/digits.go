package lua51

import (
	"math"
	"math/bits"
	"strings"
)

// ParseDigits reads an integer in a base from 2 to 36 as tonumber(s, base) does, by the rules of
// C's strtoul: white space around it, a sign, and in base 16 an optional "0x". Negative numbers
// wrap around at 2^64, and larger ones become 2^64-1. gopher-lua uses Go's rules (not reported
// upstream).
func ParseDigits(s string, base int) (uint64, bool) {
	const space = " \t\n\v\f\r"
	s, _, _ = strings.Cut(s, "\x00")
	s = strings.TrimLeft(s, space)
	negative := strings.HasPrefix(s, "-")
	if negative || strings.HasPrefix(s, "+") {
		s = s[1:]
	}
	if base == 16 && len(s) > 2 && s[0] == '0' && s[1]|0x20 == 'x' && digit(s[2]) < 16 {
		s = s[2:]
	}
	n, count := digits(s, uint64(base))
	if count == 0 || strings.Trim(s[count:], space) != "" {
		return 0, false
	}
	if negative && n != math.MaxUint64 {
		n = -n
	}
	return n, true
}

// digits reads the longest prefix of digits.
func digits(s string, base uint64) (n uint64, count int) {
	tooLarge := false
	for ; count < len(s); count++ {
		d := digit(s[count])
		if d >= base {
			break
		}
		high, low := bits.Mul64(n, base)
		sum, carry := bits.Add64(low, d, 0)
		tooLarge = tooLarge || high != 0 || carry != 0
		n = sum
	}
	if tooLarge {
		n = math.MaxUint64
	}
	return n, count
}

// digit is the value of a digit; of any other byte it is larger than every base.
func digit(c byte) uint64 {
	switch {
	case c >= '0' && c <= '9':
		return uint64(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'z':
		return uint64(c|0x20-'a') + 10
	}
	return math.MaxUint64
}
