package dht

import "time"

// rttEstimator estimates how long answers take, as RFC 6298 does for TCP: a smoothed mean and the
// mean deviation from it, in units of a quarter of a millisecond. TCP takes the first sample as it
// is; here each sample is of another path, so the first ones only move the estimate away from
// [firstRTO].
type rttEstimator struct {
	mean, deviation uint16 // mean 0: none yet
	peak            uint16 // the longest recent one
}

const (
	rttUnit = time.Millisecond / 4

	// firstRTO is used before the first answer (RFC 6298).
	firstRTO = time.Second
	// leastRTO is chosen by us: RFC 6298 has a second, as TCP retransmits after it. A search merely
	// asks another node.
	leastRTO = 200 * time.Millisecond
	// peakDecay is roughly how many answers it takes until the peak is forgotten (chosen by us).
	peakDecay = 64
)

// sample notes the round-trip time of an answer.
func (p *rttEstimator) sample(took time.Duration) {
	sample := int(min(max(took/rttUnit, 1), 1<<16-1))
	if p.mean == 0 {
		p.mean = uint16(sample)
		p.deviation = uint16(max(sample/2, int(firstRTO/rttUnit)/4))
	}
	mean, deviation := int(p.mean), int(p.deviation)
	p.peak = uint16(max(sample, int(p.peak)-int(p.peak)/peakDecay))
	off := max(sample-mean, mean-sample)
	p.deviation = uint16(deviation + (off-deviation)/4)
	p.mean = uint16(max(mean+(sample-mean)/8, 1))
}

// slowAfter is how long nearly every answer takes at most (RFC 6298), but no more than a quarter of
// most: to ask another node meanwhile costs little.
func (p *rttEstimator) slowAfter(most time.Duration) time.Duration {
	return min(p.rto(), most/4)
}

// lostAfter is how long an answer takes at most if it comes at all: all of most before the first
// answer. The times of different nodes have a longer tail than those of one, for which RFC 6298 was
// made: of a log-normal law as wide as was measured, one in two hundred thousand takes twelve times
// the mean, which itself is not well known. On a fast network one and a half times the RTO is
// enough.
func (p *rttEstimator) lostAfter(most time.Duration) time.Duration {
	if p.mean == 0 {
		return most
	}
	return min(max(p.rto()*3/2, 2*time.Duration(p.peak)*rttUnit, 12*time.Duration(p.mean)*rttUnit), most)
}

func (p *rttEstimator) rto() time.Duration {
	if p.mean == 0 {
		return firstRTO
	}
	return max((time.Duration(p.mean)+4*time.Duration(p.deviation))*rttUnit, leastRTO)
}
