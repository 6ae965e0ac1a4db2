package sim

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// Where two of five contacts in every table are dead, a search takes no longer than one and a half
// seconds, half of the time, and finds nine of ten of the nearest. To wait a second for each of the
// dead took it 3.2 s, and it found no more.
func TestDeadContactsCostLittle(t *testing.T) {
	for kind, table := range kinds {
		t.Run(kind, func(t *testing.T) {
			var took []time.Duration
			found, of := 0, 0
			for seed := range uint64(4) {
				w := world(t, Config{Nodes: 1000, Seed: seed, Dead: 0.4})
				h := joined(t, w, dht.Config{Table: table})
				src := rand.NewPCG(seed, 2)
				for range 25 {
					hash := krpc.RandomID(src)
					r := await(t, w, h, getPeers(hash))
					took = append(took, r.Trace.Duration)
					for _, m := range w.Closest(hash, 8) {
						of++
						if slices.ContainsFunc(r.Closest, func(c krpc.Contact) bool { return c.ID == m.ID }) {
							found++
						}
					}
				}
			}
			slices.Sort(took)
			median := took[len(took)/2]
			t.Logf("median %v, worst %v; %d of %d found", median, took[len(took)-1], found, of)
			if median > 1500*time.Millisecond || float64(found) < 0.9*float64(of) {
				t.Errorf("median %v, worst %v; %d of %d found", median, took[len(took)-1], found, of)
			}
		})
	}
}
