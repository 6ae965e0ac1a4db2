package exact

import "math"

// The functions of this package return the same bits on every machine, and the number nearest to
// the true result except in about one of 2^40 cases; see doubleDouble. Special cases are those of
// C99, and of package math.

// Constants to about 160 bits: the first two parts are those of a doubleDouble.
var (
	ln2  = doubleDouble{0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56}
	ln10 = doubleDouble{0x1.26bb1bbb55516p+1, -0x1.f48ad494ea3e9p-53}
)

var (
	expTerms = reciprocals(12, func(i int) float64 { return float64(i) }) // 1/n!
	logTerms = oddReciprocals(22, 1)
)

// exp is e^x as a doubleDouble between 0.7 and 1.5, to be multiplied by 2^k.
func (x doubleDouble) exp() (y doubleDouble, k int) {
	n := math.Floor(float64(x.hi/ln2.hi) + 0.5)
	x = x.add(ln2.times(n).neg())
	const halvings = 6
	x = x.scale(-halvings)
	y = x.mul(x.series(expTerms[1:], 6)) // e^x - 1, which keeps more digits than e^x
	for range halvings {
		y = y.scale(1).add(y.mul(y))
	}
	return y.add(doubleDouble{1, 0}), int(n)
}

// Exp returns e^x.
func Exp(x float64) float64 {
	switch {
	case x != x, x > 710:
		return x * math.Inf(1)
	case x < -746:
		return 0
	}
	y, k := doubleDouble{x, 0}.exp()
	return math.Ldexp(y.hi, k)
}

// logarithm is the natural logarithm of a positive number.
func logarithm(x float64) doubleDouble {
	m, k := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m *= 2
		k--
	}
	s := doubleDouble{m - 1, 0}.div(twoSum(m, 1)) // the logarithm is 2 artanh s
	y := s.scale(1).mul(s.mul(s).series(logTerms, 11))
	return ln2.times(float64(k)).add(y)
}

// Log returns the natural logarithm of x.
func Log(x float64) float64 {
	if y, special := specialLog(x); special {
		return y
	}
	return logarithm(x).hi
}

// Log10 returns the decimal logarithm of x.
func Log10(x float64) float64 {
	if y, special := specialLog(x); special {
		return y
	}
	return logarithm(x).div(ln10).hi
}

func specialLog(x float64) (y float64, special bool) {
	switch {
	case x != x, x < 0:
		return math.NaN(), true
	case x == 0:
		return math.Inf(-1), true
	}
	return x, math.IsInf(x, 1)
}

// Pow returns x^y.
func Pow(x, y float64) float64 {
	switch {
	case y == 2:
		return x * x
	case y == 1:
		return x
	case y == 0, x == 1:
		return 1
	case x != x, y != y:
		return math.NaN()
	}
	whole, odd := parity(y)
	negative := odd && math.Signbit(x)
	a := math.Abs(x)
	switch {
	case x < 0 && !whole && !math.IsInf(x, 0) && !math.IsInf(y, 0):
		return math.NaN()
	case math.IsInf(y, 0) && a == 1:
		return 1
	case a == 0, math.IsInf(a, 0), math.IsInf(y, 0):
		if (a > 1) == (y > 0) {
			a = math.Inf(1)
		} else {
			a = 0
		}
	default:
		a = positivePower(a, y, whole)
	}
	if negative {
		return -a
	}
	return a
}

// parity says whether y is an integer, and whether it is odd.
func parity(y float64) (whole, odd bool) {
	if math.IsInf(y, 0) || math.Floor(y) != y {
		return false, false
	}
	return true, math.Abs(y) < 1<<53 && int64(y)&1 == 1
}

// positivePower is x^y for a positive finite x and a finite y.
func positivePower(x, y float64, whole bool) float64 {
	if m, k := math.Frexp(x); whole && math.Abs(y) <= 64 && max(k, -k) <= 14 {
		if m == 0.5 { // a power of 2
			return math.Ldexp(1, (k-1)*int(y))
		}
		return repeated(x, int(y))
	}
	l := logarithm(x)
	switch e := float64(l.hi * y); {
	case e > 710:
		return math.Inf(1)
	case e < -746:
		return 0
	}
	z, k := l.times(y).exp()
	return math.Ldexp(z.hi, k)
}

// repeated is x^n by multiplication.
func repeated(x float64, n int) float64 {
	y, square := doubleDouble{1, 0}, doubleDouble{x, 0}
	for m := max(n, -n); m > 0; m >>= 1 {
		if m&1 == 1 {
			y = y.mul(square)
		}
		square = square.mul(square)
	}
	if n < 0 {
		y = doubleDouble{1, 0}.div(y)
	}
	return y.hi
}
