package exact

import "math"

// doubleDouble is the sum of two numbers, the second at most half of the last place of the first: a
// number of about 106 bits.
//
// The elementary functions of a script are computed with such sums, for two reasons. What math.Exp
// and the others return depends on the machine: some have an assembler version, and where there is
// an instruction that multiplies and adds at once, Go's compiler uses it, which rounds differently.
// And with twice the digits, the one rounding at the end gives the nearest number in all but very
// few cases. Everything below is made of single additions, products that are rounded on purpose
// (the conversions to float64, which the language says prevent fusing), and math.FMA, which is
// exact everywhere; so its results are the same bits everywhere.
type doubleDouble struct{ hi, lo float64 }

// twoSum is a + b, exactly.
func twoSum(a, b float64) doubleDouble {
	s := a + b
	t := s - a
	return doubleDouble{s, (a - (s - t)) + (b - t)}
}

// quickSum is twoSum for a b that is not larger than a.
func quickSum(a, b float64) doubleDouble {
	s := a + b
	return doubleDouble{s, b - (s - a)}
}

// twoProduct is a * b, exactly unless the product is too small.
func twoProduct(a, b float64) doubleDouble {
	p := float64(a * b)
	return doubleDouble{p, math.FMA(a, b, -p)}
}

func (x doubleDouble) add(y doubleDouble) doubleDouble {
	s, t := twoSum(x.hi, y.hi), twoSum(x.lo, y.lo)
	s = quickSum(s.hi, s.lo+t.hi)
	return quickSum(s.hi, s.lo+t.lo)
}

func (x doubleDouble) neg() doubleDouble { return doubleDouble{-x.hi, -x.lo} }

func (x doubleDouble) mul(y doubleDouble) doubleDouble {
	p := twoProduct(x.hi, y.hi)
	return quickSum(p.hi, p.lo+(float64(x.hi*y.lo)+float64(x.lo*y.hi)))
}

func (x doubleDouble) times(f float64) doubleDouble {
	p := twoProduct(x.hi, f)
	return quickSum(p.hi, p.lo+float64(x.lo*f))
}

func (x doubleDouble) div(y doubleDouble) doubleDouble {
	q := x.hi / y.hi
	x = x.add(y.times(q).neg())
	r := x.hi / y.hi
	x = x.add(y.times(r).neg())
	return quickSum(q, r).add(doubleDouble{x.hi / y.hi, 0})
}

func (x doubleDouble) sqrt() doubleDouble {
	if x.hi <= 0 {
		return doubleDouble{}
	}
	s := math.Sqrt(x.hi) // exact by IEEE 754
	rest := x.add(twoProduct(s, s).neg())
	return quickSum(s, rest.hi/(2*s))
}

// scale is x times 2^k.
func (x doubleDouble) scale(k int) doubleDouble {
	return doubleDouble{math.Ldexp(x.hi, k), math.Ldexp(x.lo, k)}
}

// series is the sum of x^n times the n-th coefficient. From coefficient number plain on, the digits
// beyond double precision do not matter.
func (x doubleDouble) series(coefficients []doubleDouble, plain int) doubleDouble {
	n := len(coefficients) - 1
	small := coefficients[n].hi
	for n--; n >= plain; n-- {
		small = float64(small*x.hi) + coefficients[n].hi
	}
	sum := doubleDouble{small, 0}
	for ; n >= 0; n-- {
		sum = sum.mul(x).add(coefficients[n])
	}
	return sum
}

// reciprocals are n numbers: 1 over the product of what step gives for 1, 2, ... up to the index;
// the first is 1.
func reciprocals(n int, step func(i int) float64) []doubleDouble {
	list := []doubleDouble{{1, 0}}
	for i := 1; i < n; i++ {
		list = append(list, list[i-1].div(doubleDouble{step(i), 0}))
	}
	return list
}

// oddReciprocals are n numbers: 1, 1/3, 1/5 ..., each times the sign to the power of its index.
func oddReciprocals(n int, sign float64) []doubleDouble {
	var list []doubleDouble
	factor := 1.0
	for i := range n {
		list = append(list, doubleDouble{factor, 0}.div(doubleDouble{float64(2*i + 1), 0}))
		factor *= sign
	}
	return list
}
