package lua51

import (
	"math"
	"testing"
)

// The values are those of tonumber(text, base) in PUC-Rio Lua 5.1.5.
func TestParseDigits(t *testing.T) {
	for _, test := range []struct {
		text string
		base int
		want uint64
		ok   bool
	}{
		{"10", 2, 2, true}, {"ff", 16, 255, true}, {"FF", 16, 255, true}, {"0xff", 16, 255, true}, {"zz", 36, 1295, true},
		{" \t11\n ", 2, 3, true}, {"+7", 8, 7, true}, {"-1", 16, math.MaxUint64, true}, {"-ff", 16, math.MaxUint64 - 254, true},
		{"1e1", 16, 481, true}, {"ffffffffffffffffff", 16, math.MaxUint64, true}, {"-ffffffffffffffffff", 16, math.MaxUint64, true},
		{"7\x00x", 8, 7, true},
		{"", 16, 0, false}, {"8", 8, 0, false}, {"12", 2, 0, false}, {"0x", 16, 0, false}, {"0xg", 16, 0, false},
		{"0x1", 8, 0, false}, {"- 1", 16, 0, false}, {"--1", 16, 0, false}, {"1 1", 2, 0, false}, {"1.5", 8, 0, false},
	} {
		if got, ok := ParseDigits(test.text, test.base); got != test.want || ok != test.ok {
			t.Errorf("ParseDigits(%q, %d) = %d, %v; Lua 5.1 says %d, %v", test.text, test.base, got, ok, test.want, test.ok)
		}
	}
}
