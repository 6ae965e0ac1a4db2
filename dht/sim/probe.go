package sim

import "time"

// modeProbe finds out which of two modes is faster at the moment: all shards on one goroutine, or
// each on its own. The latter is slower while other programs need the processors. Only the speed of
// a run depends on it.
type modeProbe struct {
	turn uint32
	cost [2]float64 // recent average in ns an event, of serial and parallel turns; 0: not known
}

// Of probeEvery turns, the first probes use the mode that seemed slower. The first of those is not
// measured, as it wakes the workers. Chosen by us: probing costs a few percent at most.
const (
	probeEvery = 512
	probes     = 8
)

// parallel reports whether the next turn is to be parallel.
func (p *modeProbe) parallel() bool {
	p.turn++
	better := p.cost[1] <= p.cost[0]
	return better != (p.turn%probeEvery < probes)
}

// record notes how long a turn with a number of events took.
func (p *modeProbe) record(parallel bool, d time.Duration, events uint64) {
	if p.turn%probeEvery == 0 || events == 0 {
		return
	}
	mode, other := 0, 1
	if parallel {
		mode, other = 1, 0
	}
	cost := float64(d) / float64(events)
	if p.cost[other] > 0 {
		cost = min(cost, 3*p.cost[other]) // an interruption says little about the next turn
	}
	if p.cost[mode] == 0 {
		p.cost[mode] = cost
	}
	const weight = 1.0 / 8
	p.cost[mode] += weight * (cost - p.cost[mode])
}
