package exact

import (
	"math"
	"math/big"
	"sync"
)

// Constants to about 160 bits.
var (
	halfPi     = doubleDouble{0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54}
	halfPiRest = -0x1.f1976b7ed8fbcp-110
	pi         = doubleDouble{0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53}
)

var (
	sinTerms  = reciprocals(15, func(i int) float64 { return -float64(2 * i * (2*i + 1)) }) // (-1)^n / (2n+1)!
	cosTerms  = reciprocals(16, func(i int) float64 { return -float64(2 * i * (2*i - 1)) }) // (-1)^n / (2n)!
	atanTerms = oddReciprocals(12, -1)
	atanTable = atanSixteenths()
)

// tiny is the limit below which sin x, tan x and similar functions are x: the next term is x^3.
const tiny = 1.0 / (1 << 27)

// sinCos returns the sine and the cosine of x within a quarter turn around 0.
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

// reduce subtracts quarter turns from an angle, so that the rest is at most half a quarter turn in
// either direction. quarters is their number modulo 4.
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

// turnBits is the number of binary digits of 2/pi for reducing the largest number.
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
	case x-x != 0: // infinite or NaN
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

// angle is the angle of the point x, y; neither is negative, and not both are 0.
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
