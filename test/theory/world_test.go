package theory

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/sim"
)

const roundTrip = 100 * time.Millisecond

// sizes calls test for networks of 1,000, 10,000 and 100,000 nodes. The large one is
// left out where it would take minutes: with -short, and under the race detector.
func sizes(t *testing.T, test func(t *testing.T, n int)) {
	for _, n := range []int{1000, 10_000, 100_000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			if n > 10_000 && (testing.Short() || underRace) {
				t.Skip("takes minutes under the race detector; run without -race and -short")
			}
			test(t, n)
		})
	}
}

// settled are the networks of each size that several tests look at, made once: no
// test changes one in a way that another can see. All pairs are at the same distance
// in time. The small networks are several, each of a seed of its own, as one network
// has few neighbourhoods to look at.
func settled(t *testing.T, n int) []*sim.World {
	t.Helper()
	for seed := len(made[n]) + 1; seed <= map[int]int{1000: 20, 10_000: 2, 100_000: 1}[n]; seed++ {
		made[n] = append(made[n], world(t, sim.Config{Nodes: n, Seed: uint64(seed)}))
	}
	return made[n]
}

var made = map[int][]*sim.World{}

func world(t *testing.T, cfg sim.Config) *sim.World {
	t.Helper()
	cfg.Link.Latency = sim.Latency{Constant: roundTrip}
	w, err := sim.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// together begins count searches at once, each at a random member, and lets time
// pass until all are over. One after the other they would take a thousand times
// as long, in which every member of the network keeps its table.
func together(t *testing.T, w *sim.World, count int, begin func(h *sim.Host, done func(dht.Time, *dht.Result))) {
	t.Helper()
	src, over := rand.NewPCG(2, 2), 0
	for range count {
		host, ok := w.Host(int(src.Uint64() % uint64(w.Size())))
		if !ok {
			t.Fatal("a member is missing")
		}
		begin(host, func(_ dht.Time, r *dht.Result) {
			if over++; r.Err != nil {
				t.Error(r.Err)
			}
		})
	}
	for over < count {
		w.Step()
	}
}

// sigmas is how many standard errors a measurement may be from theory. Some sixty
// figures are measured; that one of them is off by chance, after a change that draws
// anew, has a probability of 0.4 %.
const sigmas = 4

// near fails the test if got is too far from want; deviation is the standard error of
// got.
func near(t *testing.T, what string, got, want, deviation float64) {
	t.Helper()
	apart := math.Abs(got-want) / deviation
	t.Logf("%s: %.5g, theory says %.5g; standard error %.2g %%, %.1f of them apart", what, got, want, 100*deviation/want, apart)
	if !(apart <= sigmas) {
		t.Errorf("%s: %.5g is %.1f standard errors from %.5g, and may be %d", what, got, apart, want, sigmas)
	}
}

// deviation is that of a mean of n draws, each of which has deviation one.
func deviation(one float64, n int) float64 { return one / math.Sqrt(float64(n)) }

// sample is some draws of one quantity.
type sample struct{ n, sum, squares float64 }

func (s *sample) add(x float64) { s.n, s.sum, s.squares = s.n+1, s.sum+x, s.squares+x*x }

func (s *sample) mean() float64 { return s.sum / s.n }

// apart is the standard error of the difference between the means of s and o.
func (s *sample) apart(o sample) float64 {
	return math.Sqrt(s.variance()/s.n + o.variance()/o.n)
}

func (s *sample) variance() float64 { return s.squares/s.n - s.mean()*s.mean() }
