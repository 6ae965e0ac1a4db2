package sim

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"slices"
	"testing"
	"time"
)

func TestLogNormalLatency(t *testing.T) {
	for _, law := range []Latency{{}, {Median: 40 * time.Millisecond, Sigma: 1.2}} {
		l := newLink(Link{Latency: law}, 7)
		var trips []float64
		for a := range uint32(200) {
			for b := range a {
				trips = append(trips, float64(2*l.delay(a, b)))
			}
		}
		slices.Sort(trips)
		median := trips[len(trips)/2]
		var squares float64
		for _, trip := range trips {
			squares += math.Pow(math.Log(trip/median), 2)
		}
		sigma := math.Sqrt(squares / float64(len(trips)))
		want := l.Latency
		if e := median/float64(want.Median) - 1; math.Abs(e) > 0.03 {
			t.Errorf("%+v: median %v", want, time.Duration(median))
		}
		if math.Abs(sigma/want.Sigma-1) > 0.03 {
			t.Errorf("%+v: sigma %.3f", want, sigma)
		}
	}
}

func TestLatencyIsThePairs(t *testing.T) {
	l, same, other := newLink(Link{}, 1), newLink(Link{Loss: 0.5}, 1), newLink(Link{}, 2)
	differ := 0
	for a := range uint32(50) {
		for b := range uint32(50) {
			d := l.delay(a, b)
			if d != l.delay(b, a) || d != same.delay(a, b) || d < 1 {
				t.Errorf("%d to %d: %v, back %v, same seed %v", a, b, d, l.delay(b, a), same.delay(a, b))
			}
			if d != other.delay(a, b) {
				differ++
			}
		}
	}
	if differ < 2400 {
		t.Errorf("only %d of 2500 pairs differ under another seed", differ)
	}
}

func TestConstantLatency(t *testing.T) {
	for _, law := range []Latency{{Constant: 80 * time.Millisecond}, {Median: 80 * time.Millisecond}} {
		if d := newLink(Link{Latency: law}, 1).delay(3, 9); time.Duration(d) != 40*time.Millisecond {
			t.Errorf("%+v: one way takes %v", law, d)
		}
	}
	if d := newLink(Link{Latency: Latency{Constant: 1}}, 1).delay(3, 9); d != 1 {
		t.Errorf("time stands still: %v", d)
	}
}

// A seed stands for its delays: the table must be the same on every machine and in every version.
func TestDelaysAreTheSameEverywhere(t *testing.T) {
	hash := sha256.New()
	for _, law := range []Latency{Link{}.withDefaults().Latency, {Median: time.Second, Sigma: 2.5}} {
		for _, d := range law.delays() {
			hash.Write(binary.BigEndian.AppendUint64(nil, uint64(d)))
		}
	}
	const want = "fbae1c25954c8dadb71c0566c296767956395446dad720c546355b39e63c3482"
	if got := hex.EncodeToString(hash.Sum(nil)); got != want {
		t.Errorf("the delays have changed: %s", got)
	}
}

func TestLinkNamesWhatItRefuses(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		link Link
		want string
	}{
		{Link{Loss: 1.5}, "sim: loss is a probability, 0 to 1, got 1.5"},
		{Link{Loss: nan}, "sim: loss is a probability, 0 to 1, got NaN"},
		{Link{NAT: -0.1}, "sim: nat is a probability, 0 to 1, got -0.1"},
		{Link{Latency: Latency{Constant: -time.Second}}, "sim: latency must be between 0 and 1h0m0s, got -1s"},
		{Link{Latency: Latency{Median: 2 * time.Hour}}, "sim: median latency must be between 0 and 1h0m0s, got 2h0m0s"},
		{Link{Latency: Latency{Sigma: 0.5}}, "sim: latency has sigma 0.5 but no median"},
		{Link{Latency: Latency{Median: 1, Sigma: nan}}, "sim: sigma of the latency must be between 0 and 3, got NaN"},
		{Link{Latency: Latency{Constant: 1, Median: 1}}, "sim: latency is either constant or has a median and sigma, got both"},
	} {
		w := world(t, Config{Nodes: 1})
		before := w.Link()
		if err := w.SetLink(c.link); err == nil || err.Error() != c.want {
			t.Errorf("%+v: got %v, want %s", c.link, err, c.want)
		}
		if w.Link() != before {
			t.Error("a link that was refused is in force")
		}
	}
}

// Whether a member is behind NAT follows from its number; a larger share only adds members.
func TestNATShare(t *testing.T) {
	few, more := newLink(Link{NAT: 0.3}, 1), newLink(Link{NAT: 0.6}, 1)
	behind := 0
	for number := range uint32(10_000) {
		if few.behindNAT(number) {
			behind++
			if !more.behindNAT(number) {
				t.Fatalf("number %d got out by more NAT", number)
			}
		}
	}
	if behind < 2850 || behind > 3150 {
		t.Errorf("%d of 10,000 are behind NAT, want 3000", behind)
	}
	if few.behindNAT(maxMembers + 1) {
		t.Error("a script's node is behind NAT")
	}
}
