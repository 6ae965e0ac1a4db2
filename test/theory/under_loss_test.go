package theory

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/sim"
)

// Of eight announces, each lost with probability l on its way and its answer
// likewise, 8(1-l) are stored and 8(1-l)^2 acknowledged.
//
// Each datagram is lost on its own, so both are binomial, and the standard error of
// the mean of n is sqrt(8p(1-p)/n). At l = 0.05, where the two are nearest to each
// other, they are 10 standard errors apart for 500 announces, and 8 for 300; at
// l = 0.4, the standard errors are 1.3 and 2.1 %, or 1.7 and 2.7 %.
func TestAnnouncesUnderLoss(t *testing.T) {
	sizes(t, func(t *testing.T, n int) {
		announces := 500
		if n == 100_000 {
			announces = 300
		}
		w := settled(t, n)[0]
		defer delete(made, n) // nobody else should see a network whose nodes have not heard of each other for a while
		for round, loss := range []float64{0.05, 0.2, 0.4} {
			t.Run(fmt.Sprint(loss), func(t *testing.T) {
				link := w.Link()
				link.Loss = loss
				if err := w.SetLink(link); err != nil {
					t.Fatal(err)
				}
				stored, acknowledged := announced(t, w, announces, rand.NewPCG(5, uint64(round)))
				through := 1 - loss
				near(t, "stored", stored, 8*through, binomial(8, through, announces))
				near(t, "acknowledged", acknowledged, 8*through*through, binomial(8, through*through, announces))
			})
		}
	})
}

// binomial is the standard error of the mean of n draws of how many of k happen, each
// with probability p.
func binomial(k, p float64, n int) float64 { return deviation(math.Sqrt(k*p*(1-p)), n) }

// announced is how many of the nearest nodes store an announce, and say so, on average.
func announced(t *testing.T, w *sim.World, count int, src krpc.Source) (stored, acknowledged float64) {
	t.Helper()
	together(t, w, count, func(host *sim.Host, done func(dht.Time, *dht.Result)) {
		torrent := krpc.RandomID(src)
		host.Do(func(now dht.Time, node *dht.Node) {
			node.AnnouncePeer(now, torrent, 6881, dht.SearchConfig{}, func(now dht.Time, r *dht.Result) {
				stored += float64(kept(w, r, torrent)) / float64(count)
				acknowledged += float64(r.Stored) / float64(count)
				done(now, r)
			})
		})
	})
	return stored, acknowledged
}

// kept counts the nodes a search ended at that store a peer of the torrent.
func kept(w *sim.World, r *dht.Result, torrent krpc.ID) (n int) {
	for _, c := range r.Closest {
		m, _ := w.Find(c.Addr)
		host, _ := w.Host(m.Index)
		host.Do(func(_ dht.Time, node *dht.Node) { n += node.Peers().Count(torrent) })
	}
	return n
}
