package sim

import (
	"math/bits"
	"time"

	"github.com/lightdht/lightdht/dht"
)

// Skew says how wrong the clocks of members are. Each clock is off by an offset drawn evenly from
// -Offset to Offset, and runs fast or slow by a rate drawn evenly from -Drift to Drift; both follow
// from the seed and the member's number. A node only compares and subtracts its own times, so an
// offset shows only in the times that it reports, and a drift only in how soon it acts. The zero
// value: all clocks are right. Those of nodes opened by the caller always are.
type Skew struct {
	// Offset is at most 10 hours.
	Offset time.Duration
	// Drift is in parts per million, at most 100,000. Clocks of computers are
	// rated for some 50 to 100; NTP gives up beyond 500 (RFC 5905).
	Drift float64
}

func (s Skew) validate() error {
	switch {
	case s.Offset < 0 || s.Offset > 10*time.Hour:
		return problem("skew: offset must be between 0 and %v, got %v", 10*time.Hour, s.Offset)
	case !(s.Drift >= 0 && s.Drift <= 100_000): // refuses NaN too
		return problem("skew: drift must be 0 to 100000 parts per million, got %v", s.Drift)
	}
	return nil
}

// clocks are those of the members. nil clocks are right.
type clocks struct {
	Skew
	seed  uint64
	drift int64    // parts per billion
	set   dht.Time // when they were set: drift counts from there
}

// of returns by how much a member's clock is off, and its drift in parts per billion.
func (c *clocks) of(number uint32) (offset time.Duration, drift int64) {
	if number >= maxMembers {
		return 0, 0
	}
	draw := mix(c.seed, uint64(number))
	return spread(draw, c.Offset), spread(finalize(draw), c.drift)
}

// spread scales a draw to -most to most.
func spread[T time.Duration | int64](draw uint64, most T) T {
	hi, _ := bits.Mul64(draw, uint64(2*most+1))
	return T(hi) - most
}

// read is the time that a member's clock shows.
func (c *clocks) read(number uint32, now dht.Time) dht.Time {
	offset, drift := c.of(number)
	return now.Add(offset + scale(now.Sub(c.set), drift))
}

// when is the time, to a nanosecond or two, at which a member's clock shows shown: never before it
// does.
func (c *clocks) when(number uint32, shown dht.Time) dht.Time {
	offset, drift := c.of(number)
	passed := shown.Add(-offset).Sub(c.set)
	d := passed    // to become the one with d + d*drift = passed
	for range 24 { // a drift of 10 % takes 19 rounds for a nanosecond in a century
		before := d
		if d = passed - scale(d, drift); d == before {
			break
		}
	}
	t := c.set.Add(d)
	for c.read(number, t) < shown {
		t++
	}
	return t
}

// scale is drift parts per billion of d, without overflow.
func scale(d time.Duration, drift int64) time.Duration {
	const billion = 1_000_000_000
	return time.Duration(int64(d)/billion*drift + int64(d)%billion*drift/billion)
}

func newClocks(s Skew, seed uint64, now dht.Time) *clocks {
	if s == (Skew{}) {
		return nil
	}
	return &clocks{Skew: s, seed: seed ^ saltSkew, drift: int64(float64(s.Drift * 1000)), set: now}
}
