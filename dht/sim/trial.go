package sim

import "time"

// trial finds out which of two ways to do the same is faster for the time being: all lanes by one
// goroutine, or each by its own. The latter is of no use while others need the processors. Nothing but
// speed depends on it.
type trial struct {
	turn uint32
	cost [2]float64 // of late, in ns an event: by one, by all; 0: not known
}

// Of each turnsEach, the first tries are made the way that seemed slower; the very first of these only
// serves to wake up the others. Ours: so it costs a few percent at most.
const (
	turnsEach = 512
	tries     = 8
)

// together reports whether the next turn is to be by all.
func (t *trial) together() bool {
	t.turn++
	better := t.cost[1] <= t.cost[0]
	return better != (t.turn%turnsEach < tries)
}

// took notes how long a turn with some events took.
func (t *trial) took(together bool, d time.Duration, events uint64) {
	if t.turn%turnsEach == 0 || events == 0 {
		return
	}
	way, other := 0, 1
	if together {
		way, other = 1, 0
	}
	cost := float64(d) / float64(events)
	if t.cost[other] > 0 {
		cost = min(cost, 3*t.cost[other]) // an interruption says little about the next turn
	}
	if t.cost[way] == 0 {
		t.cost[way] = cost
	}
	const weight = 1.0 / 8
	t.cost[way] += weight * (cost - t.cost[way])
}
