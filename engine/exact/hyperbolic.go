package exact

import "math"

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

// large is the limit above which e^-x does not count beside e^x.
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
