package dht

import (
	"time"

	"github.com/lightdht/lightdht/dht/table"
)

// patience follows how long answers take, as RFC 6298 has TCP do: a smoothed mean, and
// how far from it they are. Both are in units of a quarter of a millisecond. TCP takes
// the first sample as it is; here each is of another path, so that the first ones only
// make [firstRTO] fade.
type rttEstimator struct {
	mean, deviation uint16 // mean 0: none yet
	peak            uint16 // the longest lately
}

const (
	rttUnit = time.Millisecond / 4

	// firstRTO is for those who have seen no answer yet (RFC 6298).
	firstRTO = time.Second
	// leastRTO is ours: RFC 6298 has a second, as TCP repeats what it sent when it
	// is over. A search merely asks somebody else.
	leastRTO = 200 * time.Millisecond
	// peakDecay is how many answers it takes for the longest to be forgotten, roughly; ours.
	peakDecay = 64
)

// seen takes note that an answer took so long.
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

// prompt is how long nearly every answer takes at most (RFC 6298), but no more than a
// quarter of most: to ask somebody else meanwhile costs little.
func (p *rttEstimator) slowAfter(most time.Duration) time.Duration {
	return min(p.rto(), most/4)
}

// ever is how long it takes at most until an answer comes that ever will: all of most
// while none was seen. Those of different nodes have a longer tail than those of one, for
// which RFC 6298 was made: of a log-normal law as wide as was measured, one in two hundred
// thousand takes twelve times the mean, which itself is not well known. On a fast network
// half as long again as usual is enough.
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

// Fill has the node have met others, all of one family, in the past; see Fill of
// [table.Buckets], which its tables must be.
func (n *Node) Fill(met []Entry, room *Arena) {
	if len(met) == 0 {
		return
	}
	n.tableOf(met[0].Addr).(*table.Buckets).Fill(met, room)
	w := n.networkOf(met[0].Addr.Addr())
	for i := range met {
		w.upkeep.rtt.sample(met[i].RTT)
	}
}
