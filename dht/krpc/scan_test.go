package krpc

import (
	"errors"
	"strings"
	"testing"
)

func nested(open, middle string, n int) string {
	return strings.Repeat(open, n) + middle + strings.Repeat("e", n)
}

// The scanner is strict. An empty complaint means: accepted.
func TestScannerStrictness(t *testing.T) {
	for _, c := range []struct{ in, complaint string }{
		{"0:", ""},
		{"3:abc", ""},
		{"10:0123456789", ""},
		{"i0e", ""},
		{"i-1e", ""},
		{"i9223372036854775807e", ""},
		{"i99999999999999999999999999e", ""}, // well-formed, but no int64
		{"le", ""},
		{"de", ""},
		{"d1:b0:1:a0:e", ""}, // order is Canonical's business
		{"d1:a0:1:a0:e", ""},
		{nested("l", "", 32), ""},
		{nested("d0:", "i1e", 32), ""},

		{"", "ends too early"},
		{"i", "ends too early"},
		{"i-", "ends too early"},
		{"i1", "ends too early"},
		{"1", "ends too early"},
		{"l", "ends too early"},
		{"d", "ends too early"},
		{"d1:a", "ends too early"},
		{"li1e", "ends too early"},
		{"ie", "malformed number"},
		{"i-e", "malformed number"},
		{"i-0e", "malformed number"},
		{"i00e", "malformed number"},
		{"i01e", "malformed number"},
		{"i-01e", "malformed number"},
		{"i+1e", "malformed number"},
		{"i1.5e", "malformed number"},
		{"i 1e", "malformed number"},
		{"i--1e", "malformed number"},
		{"i1-e", "malformed number"},
		{"00:", "malformed length"},
		{"01:a", "malformed length"},
		{"1a:b", "malformed length"},
		{"1 :a", "malformed length"},
		{"1:", "beyond the end"},
		{"4:abc", "beyond the end"},
		{"2147483647:", "beyond the end"},
		{"9223372036854775807:", "beyond the end"},
		{"18446744073709551617:a", "beyond the end"}, // 1 if it overflowed
		{"-1:", "no value starts here"},
		{":", "no value starts here"},
		{"e", "no value starts here"},
		{"x", "no value starts here"},
		{"lxe", "no value starts here"},
		{"d1:ae", "no value starts here"},
		{"di1e0:e", "not a string"},
		{"dle0:e", "not a string"},
		{"i1ei2e", "trailing bytes"},
		{"0:x", "trailing bytes"},
		{"dee", "trailing bytes"},
		{nested("l", "", 33), "too deep"},
		{nested("d0:", "i1e", 33), "too deep"},
		{strings.Repeat("l", 1<<16), "too deep"},
		{strings.Repeat("d0:", 1<<16), "too deep"},
	} {
		err := CheckBencode([]byte(c.in))
		short := c.in[:min(len(c.in), 40)]
		switch {
		case c.complaint == "" && err != nil:
			t.Errorf("%q: %v", short, err)
		case c.complaint != "" && err == nil:
			t.Errorf("%q: accepted", short)
		case c.complaint != "" && (!strings.Contains(err.Error(), c.complaint) || !errors.Is(err, ErrBencode)):
			t.Errorf("%q: %v; want %q", short, err, c.complaint)
		}
	}
}

func TestCanonical(t *testing.T) {
	for in, want := range map[string]bool{
		"i1e":                         true,
		"de":                          true,
		"d0:i1e1:ai1ee":               true,
		"d1:ai1e2:aai1e1:bi1ee":       true,
		"d1:bi1e1:ai1ee":              false,
		"d1:ai1e1:ai1ee":              false,
		"d0:i1e0:i1ee":                false,
		"d2:aai1e1:ai1ee":             false,
		"ld1:bi1e1:ai1eee":            false,
		"d1:ad1:bi1e1:ai1eee":         false,
		"d1:ad1:zi1ee1:bd1:ai1eee":    true,
		"d1:\x7fi1e1:\x80i1ee":        true, // bytes, not letters
		"d1:ai1ee3:abc":               false,
		nested("l", "d1:b0:1:a0:", 8): false,
	} {
		if got := Canonical([]byte(in)); got != want {
			t.Errorf("%q: got %v", in, got)
		}
	}
}

// Integers at the edges of int64.
func TestIntegers(t *testing.T) {
	for in, want := range map[string]struct {
		v    int64
		fits bool
	}{
		"i0e":                    {0, true},
		"i-1e":                   {-1, true},
		"i9223372036854775807e":  {9223372036854775807, true},
		"i9223372036854775808e":  {0, false},
		"i-9223372036854775808e": {-9223372036854775808, true},
		"i-9223372036854775809e": {0, false},
		"i18446744073709551616e": {0, false},
		"i92233720368547758070e": {0, false},
	} {
		s := scanner{b: []byte(in)}
		v, fits := s.num()
		if s.fault != nil || s.i != len(in) || fits != want.fits || fits && v != want.v {
			t.Errorf("%s: got %d, %v", in, v, fits)
		}
	}
}

// Refused input costs no memory, neither for its claimed length nor for its depth.
func TestCheckingDoesNotAllocate(t *testing.T) {
	for _, in := range []string{
		"2147483647:", "l2147483647:", "d2147483647:", "d1:a9999999999:e",
		strings.Repeat("l", 1<<16), strings.Repeat("d0:", 1<<16),
	} {
		b := []byte(in)
		allocs := testing.AllocsPerRun(20, func() {
			if Canonical(b) {
				t.Errorf("%.20q accepted", in)
			}
		})
		if allocs != 0 {
			t.Errorf("%.20q: %v allocations", in, allocs)
		}
	}
}
