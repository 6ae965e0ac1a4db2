package dht

import "time"

// patience follows how long answers take, as RFC 6298 has TCP do: a smoothed mean, and
// how far from it they are. Both are in units of a quarter of a millisecond.
type patience struct {
	mean, deviation uint16 // mean 0: none yet
}

const (
	patienceUnit = time.Millisecond / 4

	// firstPatience is for those who have seen no answer yet (RFC 6298).
	firstPatience = time.Second
	// leastPatience is ours: RFC 6298 has a second, as TCP repeats what it sent when it
	// is over. A search merely asks somebody else.
	leastPatience = 200 * time.Millisecond
)

// seen takes note that an answer took so long.
func (p *patience) seen(took time.Duration) {
	sample := int(min(max(took/patienceUnit, 1), 1<<16-1))
	if p.mean == 0 {
		p.mean, p.deviation = uint16(sample), uint16(sample/2)
		return
	}
	mean, deviation := int(p.mean), int(p.deviation)
	off := max(sample-mean, mean-sample)
	p.deviation = uint16(deviation + (off-deviation)/4)
	p.mean = uint16(max(mean+(sample-mean)/8, 1))
}

// prompt is how long nearly every answer takes at most, and no more than most.
func (p *patience) prompt(most time.Duration) time.Duration {
	if p.mean == 0 {
		return min(firstPatience, most/4)
	}
	usual := time.Duration(p.mean)*patienceUnit + 4*time.Duration(p.deviation)*patienceUnit
	return min(max(usual, leastPatience), most)
}

// ever is how long to wait for an answer that others could stand in for: twice as long
// as for a prompt one, as TCP doubles it; as long as may be while none was seen.
func (p *patience) ever(most time.Duration) time.Duration {
	if p.mean == 0 {
		return most
	}
	return min(2*p.prompt(most), most)
}
