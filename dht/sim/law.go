package sim

import (
	"math/bits"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

// Dist is the kind of a [Law].
type Dist uint8

// The kinds of laws.
const (
	Exponential Dist = iota + 1 // memoryless: a long stay says nothing about the time left
	Weibull                     // with a shape below 1, a long stay promises a longer one
	Constant                    // always the same
)

var distNames = [...]string{"none", "exponential", "weibull", "constant"}

// String returns "exponential", "weibull" or "constant".
func (d Dist) String() string {
	if int(d) < len(distNames) {
		return distNames[d]
	}
	return "invalid"
}

// ParseDist returns the kind of that name.
func ParseDist(name string) (Dist, error) {
	for d := Exponential; d <= Constant; d++ {
		if name == d.String() {
			return d, nil
		}
	}
	return 0, problem("unknown distribution %q: there are exponential, weibull and constant", name)
}

// Law is the distribution of a duration. The zero value is no law.
type Law struct {
	Dist Dist
	// Mean of an exponential or constant law, 1 s to 10 years.
	Mean time.Duration
	// Shape, 0.1 to 20, and Scale, 1 s to 10 years, of a Weibull law. If both
	// are 0, they are DefaultShape and DefaultScale.
	Shape float64
	Scale time.Duration
}

// Defaults of a Weibull law: half of all sessions end within 200 minutes, and
// 3 % last more than 9,000. These two figures the University of Helsinki gives
// for Mainline DHT, the network of BEP 5 (measured by Wang and Kangasharju, whose
// method is described in "Measuring large-scale distributed systems: case of
// BitTorrent Mainline DHT", IEEE P2P 2013); there is one Weibull law with both,
// and these are its parameters, rounded. That session times follow Weibull laws
// with shapes of 0.34 to 0.59 Stutzbach and Rejaie found in three swarms of
// BitTorrent ("Understanding churn in peer-to-peer networks", IMC 2006).
const (
	DefaultShape = 0.43
	DefaultScale = 473 * time.Minute
)

const (
	minLaw = time.Second
	maxLaw = 10 * 365 * 24 * time.Hour
	// Draws are no shorter, so that time goes on, and no longer, so that it does not overflow.
	minDraw = time.Millisecond
	maxDraw = 5 * maxLaw
)

// withDefaults fills in the defaults of a Weibull law.
func (l Law) withDefaults() Law {
	if l.Dist == Weibull && l.Shape == 0 && l.Scale == 0 {
		l.Shape, l.Scale = DefaultShape, DefaultScale
	}
	return l
}

// validate names what the law is of in its errors.
func (l Law) validate(what string) error {
	switch l = l.withDefaults(); {
	case l.Dist > Constant:
		return problem("%s: there is no distribution of number %d", what, l.Dist)
	case l.Dist == 0 && l != Law{}:
		return problem("%s: the distribution is missing", what)
	case l.Dist == Weibull && l.Mean != 0:
		return problem("%s: a weibull law has a shape and a scale, no mean, got %v", what, l.Mean)
	case l.Dist == Weibull && !(l.Shape > 0): // refuses NaN too
		return problem("%s: weibull shape must be above 0, got %v", what, l.Shape)
	case l.Dist == Weibull && !(l.Shape >= 0.1 && l.Shape <= 20):
		return problem("%s: weibull shape must be 0.1 to 20, got %v", what, l.Shape)
	case l.Dist == Weibull && (l.Scale < minLaw || l.Scale > maxLaw):
		return problem("%s: weibull scale must be %v to %v, got %v", what, minLaw, maxLaw, l.Scale)
	case l.Dist != Weibull && (l.Shape != 0 || l.Scale != 0):
		return problem("%s: a law that is %v has a mean, no shape and no scale", what, l.Dist)
	case l.Dist != 0 && l.Dist != Weibull && (l.Mean < minLaw || l.Mean > maxLaw):
		return problem("%s: %v mean must be %v to %v, got %v", what, l.Dist, minLaw, maxLaw, l.Mean)
	}
	return nil
}

// mean is that of the law, in ns.
func (l Law) mean() float64 {
	if l.Dist == Weibull {
		return float64(float64(l.Scale) * gamma(float64(1+float64(1/l.Shape))))
	}
	return float64(l.Mean)
}

// draw returns a duration that begins now.
func (l Law) draw(src krpc.Source) time.Duration {
	switch l.Dist {
	case Constant:
		return l.Mean
	case Weibull:
		return bounded(float64(float64(l.Scale) * root(waiting(src), l.Shape)))
	}
	return bounded(float64(float64(l.Mean) * waiting(src)))
}

// underWay returns the age of a duration that is met at a random moment, and the rest of it. Long
// ones are met more often, in proportion to their length, and the moment lies anywhere within. For
// a Weibull law, such a length over the scale, to the power of the shape, follows a gamma law of
// order 1 + 1/shape.
func (l Law) underWay(src krpc.Source) (age, rest time.Duration) {
	length := l.Mean
	switch l.Dist {
	case Weibull:
		length = bounded(float64(float64(l.Scale) * root(waitings(src, float64(1+float64(1/l.Shape))), l.Shape)))
	case Exponential:
		length = bounded(float64(float64(l.Mean) * waitings(src, 2)))
	}
	age = below(src, length)
	return age, max(length-age, minDraw)
}

func bounded(ns float64) time.Duration {
	if ns > float64(maxDraw) {
		return maxDraw
	}
	return max(time.Duration(ns), minDraw)
}

// root is the shape-th root of a positive x.
func root(x, shape float64) float64 { return exp(float64(log(x) / shape)) }

// unit draws a number between 0 and 1, exclusively.
func unit(src krpc.Source) float64 {
	return float64(float64(float64(src.Uint64()>>12)+0.5) / (1 << 52))
}

// waiting draws from the exponential law of mean 1.
func waiting(src krpc.Source) float64 { return -log(unit(src)) }

// waitings draws from the gamma law of order n, at least 1: the sum of n draws of waiting. If n is
// not a whole number, the last of them counts in part (M. D. Johnk's method for an order below 1,
// 1964).
func waitings(src krpc.Source, n float64) (sum float64) {
	for ; n >= 1; n-- {
		sum = float64(sum + waiting(src))
	}
	if n < 1e-6 {
		return sum
	}
	for {
		x := root(unit(src), n)
		y := root(unit(src), float64(1-n))
		if both := float64(x + y); both > 0 && both <= 1 {
			return float64(sum + float64(float64(waiting(src)*x)/both))
		}
	}
}

// stream is a random source for one matter of one node, so that its draws depend on nothing else:
// SplitMix64 (Steele, Lea, Flood 2014).
type stream uint64

// newStream returns the source for the turn-th draw of a matter for a node.
func newStream(seed uint64, number, turn uint32) stream {
	return stream(mix(seed, uint64(number)<<32|uint64(turn)))
}

// Uint64 draws 64 bits.
func (s *stream) Uint64() uint64 {
	*s += 0x9e3779b97f4a7c15
	return finalize(uint64(*s))
}

// below draws a number from 0 to n-1; the bias is below n/2^64.
func below[T int | time.Duration](src krpc.Source, n T) T {
	hi, _ := bits.Mul64(src.Uint64(), uint64(n))
	return T(hi)
}

// probability returns an error that names a number which is not a probability.
func probability(name string, p float64) error {
	if !(p >= 0 && p <= 1) { // refuses NaN too
		return problem("%s is a probability, 0 to 1, got %v", name, p)
	}
	return nil
}
