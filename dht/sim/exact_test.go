package sim

import (
	"math"
	"testing"
)

func TestExp(t *testing.T) {
	for x := -30.0; x <= 30; x += 0.37 {
		if e := exp(x)/math.Exp(x) - 1; math.Abs(e) > 1e-11 {
			t.Errorf("exp(%v) is off by %g", x, e)
		}
	}
}

func TestNormalQuantiles(t *testing.T) {
	const n = 4096
	for i, z := range normalQuantiles(n) {
		below := 0.5 * math.Erfc(-z/math.Sqrt2)
		if want := (float64(i) + 0.5) / n; math.Abs(below-want) > 1e-6 {
			t.Errorf("quantile %d is %v, below which lie %v, want %v", i, z, below, want)
		}
	}
}

func TestLog(t *testing.T) {
	for x := 1e-16; x < 1e16; x *= 1.37 {
		if got, want := log(x), math.Log(x); math.Abs(got-want) > 1e-14*math.Max(1, math.Abs(want)) {
			t.Errorf("the logarithm of %v is %v, want %v", x, got, want)
		}
	}
}

func TestGamma(t *testing.T) {
	for x := 1.0; x <= 12; x += 0.13 {
		if e := gamma(x)/math.Gamma(x) - 1; math.Abs(e) > 1e-9 {
			t.Errorf("gamma(%v) is off by %g", x, e)
		}
	}
}
