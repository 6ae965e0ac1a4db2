package lookup_test

import (
	"fmt"
	"net/netip"

	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/lookup"
)

// Sixteen nodes form a ring; each knows the two before it. The walk finds the two nearest to zero
// from the far end.
func Example() {
	contact := func(i byte) krpc.Contact {
		return krpc.Contact{
			ID:   krpc.ID{i + 1},
			Addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, i}), 6881),
		}
	}
	w := lookup.New(lookup.Config{Target: krpc.ID{}, K: 2, Width: 1})
	asks := w.Step(lookup.Event{Kind: lookup.Start, Found: []krpc.Contact{contact(15)}}, nil)
	for !w.Done() {
		to := asks[0] // send it a find_node; suppose it answers
		i := to.Addr.Addr().As4()[3]
		answer := lookup.Event{Kind: lookup.Answer, From: to}
		if i >= 2 {
			answer.Found = []krpc.Contact{contact(i - 1), contact(i - 2)}
		}
		asks = w.Step(answer, asks[:0])
	}
	for _, c := range w.Closest(nil) {
		fmt.Println(c.Addr, "at hop", w.Hop(c.Addr))
	}
	fmt.Println(w.Asked(), "asked")
	// Output:
	// 10.0.0.0:6881 at hop 8
	// 10.0.0.1:6881 at hop 7
	// 10 asked
}
