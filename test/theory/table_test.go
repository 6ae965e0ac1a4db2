package theory

import (
	"math"
	"testing"

	"github.com/lightdht/lightdht/dht"
)

// A complete table of BEP 5 has min(8, members) nodes for each range of the key
// space; ranges halve, so a table in a network of N has
// sum over i of E min(8, Binomial(N-1, 2^-i)) nodes: 62.6, 89.1 and 115.7.
//
// A table's size follows from the ids there are, but for who is asked, and everybody is:
// what is left to chance is the ids. The mean size in one of 1,000 random networks of N
// had a standard deviation of 2.3/sqrt(N), so the standard errors are 0.016, 0.016 and
// 0.007 nodes. The usual approximation, 8 log2(N/8) + 8, is off by one node.
func TestEntriesOfACompleteTable(t *testing.T) {
	sizes(t, func(t *testing.T, n int) {
		worlds := settled(t, n)
		var entries float64
		tables := n * len(worlds)
		for _, w := range worlds {
			for i := range n {
				host, _ := w.Host(i)
				host.Do(func(_ dht.Time, node *dht.Node) { entries += float64(node.Table().Len()) / float64(tables) })
			}
		}
		near(t, "entries", entries, complete(8, n), deviation(2.3, tables))
	})
}

// complete is how many nodes a complete table has, in a network of n.
func complete(k, n int) (entries float64) {
	for depth := 1; depth < 64; depth++ {
		p := math.Ldexp(1, -depth)
		some := math.Exp(float64(n-1) * math.Log1p(-p)) // the probability of j members in the range, from j = 0 on
		for j := range min(k, n) {
			entries -= float64(k-j) * some
			some *= float64(n-1-j) / float64(j+1) * p / (1 - p)
		}
		entries += float64(k)
	}
	return entries
}
