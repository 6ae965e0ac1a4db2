package sim

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"strings"
	"testing"
	"time"
)

// laws of every kind, light- and heavy-tailed.
var laws = []Law{
	{Dist: Exponential, Mean: time.Hour},
	{Dist: Constant, Mean: time.Hour},
	Law{Dist: Weibull}.withDefaults(),
	{Dist: Weibull, Shape: 0.7, Scale: time.Hour},
	{Dist: Weibull, Shape: 2, Scale: time.Hour},
}

// survival is the probability that a duration of the law is longer than t.
func (l Law) survival(t float64) float64 {
	switch l.Dist {
	case Constant:
		if t < float64(l.Mean) {
			return 1
		}
		return 0
	case Exponential:
		return math.Exp(-t / float64(l.Mean))
	}
	return math.Exp(-math.Pow(t/float64(l.Scale), l.Shape))
}

// residual is the probability that a duration met at a random moment goes on for longer than t: the
// integral of survival beyond t, over the mean.
func (l Law) residual(t float64) float64 {
	within, last := 0.0, 0.0
	for i := 1; i <= 4000; i++ { // finer where it is steep
		x := t * math.Pow(float64(i)/4000, 3)
		within += (x - last) * l.survival((x+last)/2)
		last = x
	}
	return 1 - within/l.mean()
}

// shareAbove compares the share of lengths above some points with a function.
func shareAbove(t *testing.T, what string, lengths []time.Duration, want func(float64) float64) {
	t.Helper()
	for _, hours := range []float64{0.01, 0.1, 0.5, 0.999, 1.5, 3, 10, 30, 100, 300} {
		at := hours * float64(time.Hour)
		above := 0
		for _, l := range lengths {
			if float64(l) > at {
				above++
			}
		}
		if got := float64(above) / float64(len(lengths)); math.Abs(got-want(at)) > 0.01 {
			t.Errorf("%s: a share of %.3f lasts more than %v h, want %.3f", what, got, hours, want(at))
		}
	}
}

// 20,000 draws of each law: a share is then known to 0.0035, and 0.01 are
// almost three standard deviations.
func TestDrawsFollowTheLaw(t *testing.T) {
	for _, law := range laws {
		var drawn, ages, rests []time.Duration
		for i := range uint32(20_000) {
			src := newStream(1, i, 0)
			drawn = append(drawn, law.draw(&src))
			age, rest := law.underWay(&src)
			ages, rests = append(ages, age), append(rests, rest)
		}
		what := law.Dist.String()
		shareAbove(t, what+" draws", drawn, law.survival)
		shareAbove(t, what+" ages", ages, law.residual)
		shareAbove(t, what+" rests", rests, law.residual)
	}
}

func TestMean(t *testing.T) {
	for _, law := range laws {
		want := float64(law.Mean)
		if law.Dist == Weibull {
			want = float64(law.Scale) * math.Gamma(1+1/law.Shape)
		}
		if e := law.mean()/want - 1; math.Abs(e) > 1e-9 {
			t.Errorf("%+v: mean is off by %g", law, e)
		}
	}
}

// The default law has the two measured quantiles that its comment cites.
func TestDefaultLawIsTheMeasuredOne(t *testing.T) {
	law := Law{Dist: Weibull}.withDefaults()
	if s := law.survival(float64(200 * time.Minute)); math.Abs(s-0.5) > 0.01 {
		t.Errorf("%.3f last longer than 200 minutes, want 0.5", s)
	}
	if s := law.survival(float64(9000 * time.Minute)); math.Abs(s-0.03) > 0.002 {
		t.Errorf("%.4f last longer than 9000 minutes, want 0.03", s)
	}
}

// A seed stands for its draws: they must be the same on every machine and in every version.
func TestDrawsAreTheSameEverywhere(t *testing.T) {
	hash := sha256.New()
	for _, law := range laws {
		for i := range uint32(2000) {
			src := newStream(7, i, 3)
			age, rest := law.underWay(&src)
			for _, d := range []time.Duration{law.draw(&src), age, rest} {
				hash.Write(binary.BigEndian.AppendUint64(nil, uint64(d)))
			}
		}
	}
	const want = "763343fe82413715e0d19ffb925d744cebcfe8d1ce9dd7db7806a111541276eb"
	if got := hex.EncodeToString(hash.Sum(nil)); got != want {
		t.Errorf("the draws have changed: %s", got)
	}
}

func TestExtremeDrawsAreBounded(t *testing.T) {
	for _, law := range []Law{
		{Dist: Weibull, Shape: 0.1, Scale: maxLaw}, {Dist: Weibull, Shape: 20, Scale: minLaw},
		{Dist: Exponential, Mean: maxLaw}, {Dist: Constant, Mean: minLaw},
	} {
		if err := law.validate("test"); err != nil {
			t.Fatal(err)
		}
		for i := range uint32(2000) {
			src := newStream(1, i, 0)
			age, rest := law.underWay(&src)
			if d := law.draw(&src); d < minDraw || d > maxDraw || age < 0 || rest < minDraw || age+rest > maxDraw {
				t.Fatalf("%+v: drew %v, and %v of which %v are left", law, d, age, rest)
			}
		}
	}
}

func TestLawNamesWhatItRefuses(t *testing.T) {
	for _, c := range []struct {
		law  Law
		want string
	}{
		{Law{Dist: Weibull, Shape: -1, Scale: time.Hour}, "weibull shape must be above 0, got -1"},
		{Law{Dist: Weibull, Shape: math.NaN(), Scale: time.Hour}, "weibull shape must be above 0, got NaN"},
		{Law{Dist: Weibull, Shape: 50, Scale: time.Hour}, "weibull shape must be 0.1 to 20, got 50"},
		{Law{Dist: Weibull, Shape: 1}, "weibull scale must be 1s to 87600h0m0s, got 0s"},
		{Law{Dist: Weibull, Mean: time.Hour}, "a weibull law has a shape and a scale, no mean, got 1h0m0s"},
		{Law{Dist: Exponential}, "exponential mean must be 1s to 87600h0m0s, got 0s"},
		{Law{Dist: Constant, Mean: -time.Hour}, "constant mean must be 1s to 87600h0m0s, got -1h0m0s"},
		{Law{Dist: Constant, Mean: time.Hour, Shape: 1}, "a law that is constant has a mean, no shape and no scale"},
		{Law{Mean: time.Hour}, "the distribution is missing"},
		{Law{Dist: 9}, "there is no distribution of number 9"},
	} {
		if err := c.law.validate("churn: session"); err == nil || err.Error() != "sim: churn: session: "+c.want {
			t.Errorf("%+v: got %v, want %s", c.law, err, c.want)
		}
	}
}

func TestParseDist(t *testing.T) {
	for d := Exponential; d <= Constant; d++ {
		if got, err := ParseDist(d.String()); got != d || err != nil {
			t.Errorf("%v is read as %v, %v", d, got, err)
		}
	}
	for _, name := range []string{"", "none", "pareto", "Weibull"} {
		if _, err := ParseDist(name); err == nil || !strings.Contains(err.Error(), "unknown distribution") {
			t.Errorf("%q: %v", name, err)
		}
	}
}
