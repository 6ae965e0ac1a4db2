package theory

import (
	"math"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht/sim"
)

// A node that is met at a random moment is in the midst of a session, and more likely of a
// long one. If sessions follow a Weibull law of shape 1/2 and scale s, which has a mean
// of 2s, it is still there after t with the probability
// (1/2s) * integral from t of exp(-sqrt(x/s)) dx = (1 + sqrt(t/s)) exp(-sqrt(t/s)).
// Of sessions just begun a share of exp(-sqrt(t/s)) lasts so long.
//
// Members stay and leave each on its own, so the standard error is sqrt(p(1-p)/n). Of
// 60,000 members, in as many networks as that takes, and of those of one of 100,000,
// one of 13 is online and met: some 4,600 and 7,700, which gives 0.9 and 0.7 % after an
// hour, when p is 0.736, and would be 0.368 for sessions just begun. Nobody knows
// anybody here, and nothing is heard: it is about who is there.
func TestSurvivalOfWhoeverIsMet(t *testing.T) {
	const scale = time.Hour
	churn := sim.Churn{
		Session:  sim.Law{Dist: sim.Weibull, Shape: 0.5, Scale: scale},
		Downtime: sim.Law{Dist: sim.Constant, Mean: 24 * time.Hour},
	}
	sizes(t, func(t *testing.T, n int) {
		const members = 60_000
		later := []time.Duration{10 * time.Minute, time.Hour}
		met, still := 0, make([]int, len(later))
		for seed := range max(1, members/n) {
			w := world(t, sim.Config{Nodes: n, Seed: uint64(seed), Link: sim.Link{Loss: 1, NAT: 1}, Churn: churn})
			before := w.All()
			for i, after := range later {
				pass(w, after-w.Now().Sub(w.Epoch()))
				for j, now := range w.All() {
					if before[j].Online && now.Online && now.Since == before[j].Since {
						still[i]++
					}
				}
			}
			for _, m := range before {
				if m.Online {
					met++
				}
			}
		}
		for i, after := range later {
			root := math.Sqrt(float64(after) / float64(scale))
			p := (1 + root) * math.Exp(-root)
			near(t, "still there after "+after.String(), float64(still[i])/float64(met), p, deviation(math.Sqrt(p*(1-p)), met))
		}
	})
}
