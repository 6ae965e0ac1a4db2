package sim

import "math"

// The results of these functions decide what happens in a run, so they must be the same on every
// machine. The functions use IEEE 754 operations only, each rounded by an explicit conversion, as a
// compiler may otherwise fuse a multiplication and an addition. Package math does not promise that.

// normalQuantiles returns the n middle quantiles, at (i + 1/2)/n, of the
// standard normal law, by adding up its density.
func normalQuantiles(n int) []float64 {
	const step, reach = 1.0 / 1024, 6
	sqrt2Pi := math.Sqrt(2 * math.Pi) // square roots are exact by IEEE 754
	quantiles := make([]float64, 0, n)
	below, z := 0.0, -float64(reach)
	for len(quantiles) < n {
		middle := float64(z + step/2)
		slice := float64(float64(exp(float64(float64(-middle*middle)/2))*step) / sqrt2Pi)
		for len(quantiles) < n {
			want := float64(float64(float64(len(quantiles))+0.5) / float64(n))
			if float64(below+slice) < want {
				break
			}
			quantiles = append(quantiles, float64(z+float64(step*float64(float64(want-below)/slice))))
		}
		below, z = float64(below+slice), float64(z+step)
	}
	return quantiles
}

// exp is e^x for x up to 40, to some 11 digits, and 0 below -40: x is halved until its Taylor
// series is short, and the result squared as often.
func exp(x float64) float64 {
	const halvings = 10
	if x < -40 {
		return 0
	}
	x = float64(x / (1 << halvings))
	sum, term := 1.0, 1.0
	for i := 1.0; i < 8; i++ {
		term = float64(float64(term*x) / i)
		sum = float64(sum + term)
	}
	for range halvings {
		sum = float64(sum * sum)
	}
	return sum
}

// log is the natural logarithm of a positive x, to some 15 digits: that of the power of two in it,
// and a series for the rest.
func log(x float64) float64 {
	fraction, power := math.Frexp(x) // exact
	if fraction < math.Sqrt2/2 {
		fraction, power = 2*fraction, power-1
	}
	f := float64(float64(fraction-1) / float64(fraction+1))
	square := float64(f * f)
	sum, odd := 0.0, f
	for i := 1.0; i < 23; i += 2 {
		sum = float64(sum + float64(odd/i))
		odd = float64(odd * square)
	}
	return float64(float64(2*sum) + float64(float64(power)*math.Ln2))
}

// gamma is the gamma function for x of 1 to 12, to some 11 digits, by Stirling's series for a
// larger x.
func gamma(x float64) float64 {
	product := 1.0
	for ; x < 12; x++ {
		product = float64(product * x)
	}
	square := float64(x * x)
	series := float64(1.0/360 - float64(1/float64(1260*square)))
	series = float64(float64(1.0/12-float64(series/square)) / x)
	main := float64(float64(float64(x-0.5)*log(x)) - x)
	const halfLog2Pi = 0.91893853320467274178
	return float64(exp(float64(float64(main+halfLog2Pi)+series)) / product)
}
