package exact

import (
	"math"
	"math/big"
	"sync"
)

// The functions of this file give the same bits on every machine, and the number nearest to the true result but for
// about one in 2^40; see doubleDouble. Special cases are those of C99, and of package math.

// Constants to about 160 bits: the first two parts are those of a doubleDouble.
var (
	ln2        = doubleDouble{0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56}
	ln10       = doubleDouble{0x1.26bb1bbb55516p+1, -0x1.f48ad494ea3e9p-53}
	halfPi     = doubleDouble{0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54}
	halfPiRest = -0x1.f1976b7ed8fbcp-110
	pi         = doubleDouble{0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53}
)

var (
	expTerms  = reciprocals(12, func(i int) float64 { return float64(i) })                  // 1/n!
	sinTerms  = reciprocals(15, func(i int) float64 { return -float64(2 * i * (2*i + 1)) }) // (-1)^n / (2n+1)!
	cosTerms  = reciprocals(16, func(i int) float64 { return -float64(2 * i * (2*i - 1)) }) // (-1)^n / (2n)!
	logTerms  = oddReciprocals(22, 1)
	atanTerms = oddReciprocals(12, -1)
	atanTable = atanSixteenths()
)

// exp is e^x as a doubleDouble between 0.7 and 1.5, to be multiplied by 2^k.
func (x doubleDouble) exp() (y doubleDouble, k int) {
	n := math.Floor(float64(x.hi/ln2.hi) + 0.5)
	x = x.add(ln2.times(n).neg())
	const halvings = 6
	x = x.scale(-halvings)
	y = x.mul(x.series(expTerms[1:], 6)) // e^x - 1, whose digits a 1 would push out
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

// logarithm is that of a positive number.
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

// parity says whether y is whole, and whether it is odd.
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

// tiny is below which sin x, tan x and their like are x: what follows is x^3.
const tiny = 1.0 / (1 << 27)

// sinCos returns both, of x in a quarter turn around 0.
func (x doubleDouble) sinCos() (sin, cos doubleDouble) {
	square := x.mul(x)
	return x.mul(square.series(sinTerms, 8)), square.series(cosTerms, 9)
}

// turned returns the sine and the cosine of any finite x.
func turned(x float64) (sin, cos doubleDouble) {
	quarters, rest := reduce(x)
	sin, cos = rest.sinCos()
	switch quarters {
	case 1:
		return cos, sin.neg()
	case 2:
		return sin.neg(), cos.neg()
	case 3:
		return cos.neg(), sin
	}
	return sin, cos
}

// reduce takes whole quarter turns off an angle, 0 to 3 in the end, so that at most half of one remains on either side.
func reduce(x float64) (quarters int, rest doubleDouble) {
	const near = 1e5 // up to here, three parts of pi are enough
	switch a := math.Abs(x); {
	case a <= math.Pi/4:
		return 0, doubleDouble{x, 0}
	case a > near:
		return reduceFar(x)
	}
	n := math.Floor(float64(x/halfPi.hi) + 0.5)
	p := twoProduct(n, halfPi.hi)
	rest = twoSum(x-p.hi, -p.lo).add(twoProduct(n, halfPi.lo).neg())
	rest = rest.add(doubleDouble{-float64(n * halfPiRest), 0})
	return int(int64(n) & 3), rest
}

// turnBits is how many binary digits of 2/pi it takes to reduce the largest number.
const turnBits = 1216

// twoOverPi is 2/pi in units of 2^-turnBits, by Machin's formula.
var twoOverPi = sync.OnceValue(func() *big.Int {
	const guard = 64
	one := new(big.Int).Lsh(big.NewInt(1), turnBits+guard)
	arccot := func(n int64) *big.Int {
		sum, power := new(big.Int), new(big.Int).Quo(one, big.NewInt(n))
		for i := int64(1); power.Sign() > 0; i += 2 {
			term := new(big.Int).Quo(power, big.NewInt(i))
			if i&2 != 0 {
				term.Neg(term)
			}
			sum.Add(sum, term)
			power.Quo(power, big.NewInt(n*n))
		}
		return sum
	}
	quarterPi := arccot(5)
	quarterPi.Lsh(quarterPi, 2).Sub(quarterPi, arccot(239))
	one.Lsh(one, turnBits-1) // 2/pi is 1/2 over a quarter of pi
	return one.Quo(one, quarterPi)
})

// reduceFar is reduce for large angles: those of 10^5 and more.
func reduceFar(x float64) (quarters int, rest doubleDouble) {
	m, k := math.Frexp(math.Abs(x))
	turns := big.NewInt(int64(m * (1 << 53)))
	turns.Mul(turns, twoOverPi())
	point := uint(turnBits + 53 - k) // binary places after the point
	whole := new(big.Int).Rsh(turns, point)
	turns.Sub(turns, new(big.Int).Lsh(whole, point))
	quarters = int(whole.Bits()[0] & 3)
	if turns.Bit(int(point)-1) == 1 {
		quarters = (quarters + 1) & 3
		turns.Sub(turns, new(big.Int).Lsh(big.NewInt(1), point))
	}
	part := new(big.Float).SetInt(turns)
	part.SetMantExp(part, -int(point))
	hi, _ := part.Float64()
	lo, _ := part.Sub(part, big.NewFloat(hi)).Float64()
	rest = doubleDouble{hi, lo}.mul(halfPi)
	if x < 0 {
		return -quarters & 3, rest.neg()
	}
	return quarters, rest
}

// Sin returns the sine of the angle x, in radians.
func Sin(x float64) float64 {
	switch {
	case math.Abs(x) < tiny:
		return x
	case x-x != 0: // infinite, or none
		return math.NaN()
	}
	s, _ := turned(x)
	return s.hi
}

// Cos returns the cosine of the angle x, in radians.
func Cos(x float64) float64 {
	if x-x != 0 {
		return math.NaN()
	}
	_, c := turned(x)
	return c.hi
}

// Tan returns the tangent of the angle x, in radians.
func Tan(x float64) float64 {
	switch {
	case math.Abs(x) < tiny:
		return x
	case x-x != 0:
		return math.NaN()
	}
	s, c := turned(x)
	return s.div(c).hi
}

// atanSixteenths are the angles whose tangents are 0, 1/16 ... 1.
func atanSixteenths() (table [17]doubleDouble) {
	terms := oddReciprocals(20, -1)
	for i := 1; i < len(table); i++ {
		// From one to the next it is the angle whose tangent is (1/16) / (1 + i(i-1)/256).
		step := doubleDouble{16, 0}.div(doubleDouble{float64(256 + i*(i-1)), 0})
		table[i] = table[i-1].add(step.mul(step.mul(step).series(terms, len(terms)-1)))
	}
	return table
}

// angle is that of the point x, y; neither is negative, and not both are 0.
func angle(y, x doubleDouble) doubleDouble {
	if y.hi > x.hi {
		return halfPi.add(angle(x, y).neg())
	}
	t := y.div(x)
	i := math.Floor(float64(t.hi*16) + 0.5)
	c := doubleDouble{i / 16, 0}
	if i > 0 {
		t = t.add(c.neg()).div(t.mul(c).add(doubleDouble{1, 0}))
	}
	return atanTable[int(i)].add(t.mul(t.mul(t).series(atanTerms, 6)))
}

// Atan returns the angle, in radians, whose tangent is x.
func Atan(x float64) float64 {
	switch a := math.Abs(x); {
	case x != x, a < tiny:
		return x
	case a > 1<<60:
		return math.Copysign(halfPi.hi, x)
	default:
		return math.Copysign(angle(doubleDouble{a, 0}, doubleDouble{1, 0}).hi, x)
	}
}

// Atan2 returns the angle of the point x, y, in radians.
func Atan2(y, x float64) float64 {
	if x != x || y != y {
		return math.NaN()
	}
	a := quadrantAngle(math.Abs(y), math.Abs(x))
	if math.Signbit(x) {
		a = pi.add(a.neg())
	}
	return math.Copysign(a.hi, y)
}

// quadrantAngle is atan2 where neither is negative.
func quadrantAngle(y, x float64) doubleDouble {
	switch {
	case y == 0:
		return doubleDouble{}
	case x == 0, math.IsInf(y, 0) && !math.IsInf(x, 0):
		return halfPi
	case math.IsInf(y, 0):
		return halfPi.scale(-1)
	case math.IsInf(x, 0):
		return doubleDouble{}
	}
	ym, yk := math.Frexp(y)
	xm, xk := math.Frexp(x)
	switch k := yk - xk; {
	case k > 110:
		return halfPi
	case k < -110: // the tangent itself; it may be too small to have a second part
		return doubleDouble{math.Ldexp(doubleDouble{ym, 0}.div(doubleDouble{xm, 0}).hi, k), 0}
	default:
		return angle(doubleDouble{ym, 0}.scale(k), doubleDouble{xm, 0})
	}
}

// leg is the square root of 1 - x^2.
func leg(x float64) doubleDouble { return twoSum(1, -x).mul(twoSum(1, x)).sqrt() }

// Asin returns the angle, in radians, whose sine is x.
func Asin(x float64) float64 {
	switch a := math.Abs(x); {
	case !(a <= 1):
		return math.NaN()
	case a < tiny:
		return x
	default:
		return math.Copysign(angle(doubleDouble{a, 0}, leg(a)).hi, x)
	}
}

// Acos returns the angle, in radians, whose cosine is x.
func Acos(x float64) float64 {
	a := math.Abs(x)
	if !(a <= 1) {
		return math.NaN()
	}
	y := angle(leg(a), doubleDouble{a, 0})
	if x < 0 {
		y = pi.add(y.neg())
	}
	return y.hi
}

// hyperbolic returns sinh x and cosh x of an x that is not negative and below 40.
func hyperbolic(x float64) (sinh, cosh doubleDouble) {
	if x < 0.3 { // where a difference of exponentials would lose digits
		square := twoProduct(x, x).neg() // the series are those of the circle, with the sign of the square changed
		return square.series(sinTerms, 8).times(x), square.series(cosTerms, 9)
	}
	y, k := doubleDouble{x, 0}.exp()
	y = y.scale(k - 1)
	z := doubleDouble{0.25, 0}.div(y)
	return y.add(z.neg()), y.add(z)
}

// large is from where on e^-x does not count beside e^x.
const large = 40

// halfExp is e^x / 2 for a large x.
func halfExp(x float64) float64 {
	if x > 711 {
		return math.Inf(1)
	}
	y, k := doubleDouble{x, 0}.exp()
	return math.Ldexp(y.hi, k-1)
}

// Sinh returns the hyperbolic sine of x.
func Sinh(x float64) float64 {
	switch a := math.Abs(x); {
	case x != x, a < tiny:
		return x
	case a >= large:
		return math.Copysign(halfExp(a), x)
	default:
		s, _ := hyperbolic(a)
		return math.Copysign(s.hi, x)
	}
}

// Cosh returns the hyperbolic cosine of x.
func Cosh(x float64) float64 {
	switch a := math.Abs(x); {
	case x != x:
		return x
	case a >= large:
		return halfExp(a)
	default:
		_, c := hyperbolic(a)
		return c.hi
	}
}

// Tanh returns the hyperbolic tangent of x.
func Tanh(x float64) float64 {
	switch a := math.Abs(x); {
	case x != x, a < tiny:
		return x
	case a >= large:
		return math.Copysign(1, x)
	default:
		s, c := hyperbolic(a)
		return math.Copysign(s.div(c).hi, x)
	}
}
