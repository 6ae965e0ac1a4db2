package lua51

import (
	"math"
	"testing"
)

// The expected values are what lua5.1 (PUC-Rio 5.1.5, Debian) prints for tonumber(text).
func TestParseNumber(t *testing.T) {
	for text, want := range map[string]float64{
		"10": 10, "010": 10, " 12\t": 12, "+5": 5, "-5": -5, ".5": 0.5, "5.": 5, "1e2": 100, "1E+2": 100, "1e-2": 0.01,
		"0x10": 16, "0X1F": 31, "-0x10": -16, "0xffffffffffffffffff": 4.722366482869645e21, "0x1.8": 1.5, "0x1p4": 16,
		"0x.8p1": 1, "inf": math.Inf(1), "-Infinity": math.Inf(-1), "1e999": math.Inf(1), "1e-999": 0, "7\x00x": 7,
	} {
		if got, ok := ParseNumber(text); !ok || got != want {
			t.Errorf("ParseNumber(%q) = %v, %v; Lua 5.1 says %v", text, got, ok, want)
		}
	}
	if got, ok := ParseNumber("nan"); !ok || !math.IsNaN(got) {
		t.Errorf(`ParseNumber("nan") = %v, %v`, got, ok)
	}
	for _, text := range []string{"", " ", ".", "+", "0x", "0x.", "0xg", "1e", "1e+", "1_0", "0b11", "0o7", "1 2", "1..2",
		"--1", "+-1", "0x1p", "1f", "in", "infi", "- 1", "0x 1", "e5", "\x005"} {
		if got, ok := ParseNumber(text); ok {
			t.Errorf("ParseNumber(%q) = %v; Lua 5.1 says nil", text, got)
		}
	}
}

// The expected texts are what lua5.1 prints for tostring(number), but for the sign of a NaN.
func TestFormatNumber(t *testing.T) {
	for number, want := range map[float64]string{
		0: "0", 1: "1", -1: "-1", 0.1: "0.1", 0.1 + 0.2: "0.3", 1.0 / 3: "0.33333333333333", 1e13: "10000000000000",
		99999999999999: "99999999999999", 1e14: "1e+14", 123456789012345: "1.2345678901234e+14", 1e15: "1e+15",
		1 << 53: "9.007199254741e+15", 1e100: "1e+100", 1e-5: "1e-05", 0.0001: "0.0001", 1e-300: "1e-300",
		math.Inf(1): "inf", math.Inf(-1): "-inf", 2.5: "2.5", 100.5: "100.5",
	} {
		if got := FormatNumber(number); got != want {
			t.Errorf("FormatNumber(%v) = %q; Lua 5.1 says %q", number, got, want)
		}
	}
	if got := FormatNumber(math.Copysign(0, -1)); got != "-0" {
		t.Errorf("FormatNumber(-0) = %q", got)
	}
	if got := FormatNumber(math.NaN()); got != "nan" {
		t.Errorf("FormatNumber(NaN) = %q", got)
	}
}

func FuzzParseNumber(f *testing.F) {
	for _, text := range []string{"0x1p4", " -1.5e-3 ", "inf", "1__0"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		number, ok := ParseNumber(text)
		if !ok || math.IsNaN(number) {
			return
		}
		again, ok := ParseNumber(FormatNumber(number))
		if !ok || math.Abs(again-number) > math.Abs(number)*1e-13 {
			t.Errorf("%q reads as %v, which is written as %q and then read as %v, %v", text, number, FormatNumber(number), again, ok)
		}
	})
}
