package theory

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/sim"
)

// Ids are spread evenly, so the k-th nearest of N to a random point is k/(N+1) of
// the key space away, on average. (k-1)/d_k estimates N without bias, with a
// relative standard deviation of sqrt((N-k+1)/(N(k-2))), which is 1/sqrt(k-2) for
// all but small N. These are facts of the order statistics of uniform draws: d_k
// has a Beta(k, N+1-k) law.
//
// Points in one network see the same ids, so to look from more of them is of use only
// up to a limit. The networks of 1,000 and of 10,000 have 60,000 ids in all; that many,
// and 40,000 points, leave standard errors of 0.23 % of the distance, 0.25 % of the size
// and 1.2 % of the spread. So 1/sqrt(k-2) = 0.408 is told from 1/sqrt(k-1) = 0.378, 6
// standard errors away.
func TestDistanceOfTheClosest(t *testing.T) {
	const k, points = 8, 40_000
	sizes(t, func(t *testing.T, n int) {
		ids := max(n, 60_000)
		var distance, estimate, square, looks float64
		networks := ids / n
		for seed := range networks {
			w, src := scattered(t, n, seed), rand.NewPCG(1, uint64(seed))
			for range points / networks {
				target := krpc.RandomID(src)
				d := fraction(w.Closest(target, k)[k-1].ID.Xor(target))
				e := (k - 1) / d
				distance, estimate, square = distance+d, estimate+e, square+e*e
				looks++
			}
		}
		distance, estimate, square = distance/looks, estimate/looks, square/looks
		size := float64(n)
		near(t, "distance of the 8th nearest", distance, k/(size+1), ofBoth(1.0/k, points, 1.0/k, ids)*k/size)
		near(t, "estimated size", estimate, size, ofBoth(1.0/(k-2), points, 1.0/k, ids)*size)
		spread, want := math.Sqrt(square-estimate*estimate)/estimate, math.Sqrt((size-k+1)/(size*(k-2)))
		near(t, "spread of one estimate", spread, want, ofBoth(2.7, points, 4.8, ids)*want)
	})
}

// ofBoth is the relative standard error of a mean over random points in networks that
// are random as well: one is the variance of what one point sees, other what the ids
// have to do with it. The first follows from the law of d_k; a standard deviation
// estimated from m draws has (kurtosis-1)/4m, and the kurtosis of 1/d_8 is 11.7. The
// second was fitted to 40 other sets of networks.
func ofBoth(one float64, points int, other float64, ids int) float64 {
	return math.Sqrt(one/float64(points) + other/float64(ids))
}

// scattered is a network to look at the ids of, not at the tables, which have one
// member for each range.
func scattered(t *testing.T, n, seed int) *sim.World {
	t.Helper()
	if n == 100_000 {
		return settled(t, n)[0]
	}
	return world(t, sim.Config{Nodes: n, Seed: uint64(1000 + seed), K: 1})
}

// fraction is a distance as a share of the key space.
func fraction(d krpc.ID) float64 {
	return float64(binary.BigEndian.Uint64(d[:])) / (1 << 64)
}
