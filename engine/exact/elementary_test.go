package exact

import (
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
)

var elementary = map[string]func(x float64) float64{
	"acos": Acos, "asin": Asin, "atan": Atan, "cos": Cos, "cosh": Cosh, "exp": Exp, "log": Log, "log10": Log10,
	"sin": Sin, "sinh": Sinh, "tan": Tan, "tanh": Tanh,
}

func bits(t *testing.T, hex string) float64 {
	n, err := strconv.ParseUint(hex, 16, 64)
	if err != nil {
		t.Fatal(err)
	}
	return math.Float64frombits(n)
}

// The numbers nearest to the true values, computed with 100 digits by Python's decimal. Each line
// is a function, its arguments and its value, as bits.
func TestElementary(t *testing.T) {
	text, err := os.ReadFile("testdata/elementary.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		x, want, got := bits(t, words[1]), bits(t, words[len(words)-1]), 0.0
		if words[0] == "pow" {
			got = Pow(x, bits(t, words[2]))
		} else {
			got = elementary[words[0]](x)
		}
		if math.Float64bits(got) != math.Float64bits(want) {
			t.Errorf("%s of %v: %v, want %v", words[0], words[1:len(words)-1], got, want)
		}
	}
}

// Zeros, infinities, what is no number and what lies at the ends of a range are as package math has
// them.
func TestElementarySpecialCases(t *testing.T) {
	special := []float64{
		0, math.Copysign(0, -1), 1, -1, 2, -2, 3, -3, 0.5, -0.5, 1.5, math.Inf(1), math.Inf(-1), math.NaN(), 1e300, -1e300, 5e-324, -5e-324,
		1e-310, math.MaxFloat64, -math.MaxFloat64, 709.7, 709.79, -745.2, -745.1, -708.5, 1 << 53, 1<<53 + 2, -(1 << 53), 40, -40, 0.3, 1e5, 1e22,
		math.Pi, math.Pi / 2, -math.Pi / 4, math.SmallestNonzeroFloat64, 2.2250738585072014e-308, 1025, -1075, 64, 65, -64, 1e10,
	}
	reference := map[string]func(x float64) float64{
		"acos": math.Acos, "asin": math.Asin, "atan": math.Atan, "cos": math.Cos, "cosh": math.Cosh, "exp": math.Exp, "log": math.Log,
		"log10": math.Log10, "sin": math.Sin, "sinh": math.Sinh, "tan": math.Tan, "tanh": math.Tanh,
	}
	for name, f := range elementary {
		for _, x := range special {
			if got, want := f(x), reference[name](x); !near(got, want) && !offThere(name, x) {
				t.Errorf("%s(%v): got %v, package math has %v", name, x, got, want)
			}
		}
	}
	for _, x := range special {
		if offThere("log", math.Abs(x)) {
			continue
		}
		for _, y := range special {
			if got, want := Pow(x, y), math.Pow(x, y); !near(got, want) && math.Abs(got/want-1) > 1e-12 { // its powers are off by that much
				t.Errorf("%v ^ %v: got %v, package math has %v", x, y, got, want)
			}
			if got, want := Atan2(x, y), math.Atan2(x, y); !near(got, want) {
				t.Errorf("Atan2(%v, %v): got %v, package math has %v", x, y, got, want)
			}
		}
	}
}

// offThere is where package math is wrong itself on some machines: logarithms of the smallest
// numbers, exponentials of the largest, angles of many turns. The file of true values has such
// arguments.
func offThere(name string, x float64) bool {
	switch name {
	case "log", "log10":
		return x > 0 && x < 0x1p-1022
	case "sin", "cos", "tan":
		return math.Abs(x) > 1e300
	}
	return math.Abs(x) > 709 && math.Abs(x) < 710 || x < -745
}

// near reports whether two numbers are the same, the sign of zero included, but for what package
// math may be off.
func near(a, b float64) bool {
	if a != a || b != b || a == 0 || b == 0 || math.IsInf(a, 0) || math.IsInf(b, 0) {
		return a != a && b != b || a == b && math.Signbit(a) == math.Signbit(b)
	}
	return math.Abs(a-b) <= max(math.Abs(b)*2e-15, 1e-323)
}

// Nothing is far off in between, either.
func TestElementaryRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		x, y := math.Ldexp(2*r.Float64()-1, r.IntN(20)-10), math.Ldexp(2*r.Float64()-1, r.IntN(12)-6)
		for _, c := range []struct {
			name      string
			got, want float64
		}{
			{"exp", Exp(x), math.Exp(x)}, {"log", Log(math.Abs(x)), math.Log(math.Abs(x))}, {"atan", Atan(x), math.Atan(x)},
			{"atan2", Atan2(y, x), math.Atan2(y, x)}, {"pow", Pow(math.Abs(x), y), math.Pow(math.Abs(x), y)},
			{"sinh", Sinh(x), math.Sinh(x)}, {"tanh", Tanh(x), math.Tanh(x)}, {"asin", Asin(x / 1024), math.Asin(x / 1024)},
		} {
			if !near(c.got, c.want) {
				t.Fatalf("%s of %v, %v: got %v, package math has %v", c.name, x, y, c.got, c.want)
			}
		}
	}
}
