package dht

import (
	"math/rand/v2"
	"net/netip"
	"testing"
	"unsafe"

	"github.com/lightdht/lightdht/dht/krpc"
)

type nowhere struct{}

func (nowhere) Send(netip.AddrPort, []byte) {}

// Each step fetches what its name says, and nothing is left to fetch of what is over.
func TestForesee(t *testing.T) {
	n, err := New(Config{Addr: netip.MustParseAddrPort("10.0.0.1:1"), Table: BucketsTable}, nowhere{}, rand.NewPCG(1, 2))
	if err != nil {
		t.Fatal(err)
	}
	known := krpc.Contact{ID: krpc.ID{1}, Addr: netip.MustParseAddrPort("10.0.0.2:1")}
	n.Table().Answered(1, known, 1, nil)
	s := n.FindNode(1, krpc.ID{2}, SearchConfig{}, nil)
	q := n.pending.heap[0]

	covers := func(p unsafe.Pointer, step func(fetch func(unsafe.Pointer, uintptr))) (yes bool) {
		step(func(from unsafe.Pointer, bytes uintptr) {
			yes = yes || uintptr(p) >= uintptr(from) && uintptr(p) < uintptr(from)+bytes
		})
		return yes
	}
	for name, tt := range map[string]struct {
		p    unsafe.Pointer
		step func(fetch func(unsafe.Pointer, uintptr))
	}{
		"node":   {unsafe.Pointer(n), n.Foresee},
		"table":  {unsafe.Pointer(n.buckets()), n.Foresee},
		"any":    {unsafe.Pointer(&n.pending.heap[0]), n.ForeseeAny},
		"answer": {unsafe.Pointer(q), func(fetch func(unsafe.Pointer, uintptr)) { n.ForeseeAnswer(fetch, &known.ID) }},
		"search": {unsafe.Pointer(s), func(fetch func(unsafe.Pointer, uintptr)) { n.ForeseeSearch(fetch, q.tx) }},
		"desk":   {unsafe.Pointer(s.desk), func(fetch func(unsafe.Pointer, uintptr)) { n.ForeseeDesk(fetch, q.tx) }},
		"walk":   {unsafe.Pointer(&s.path[0]), func(fetch func(unsafe.Pointer, uintptr)) { n.ForeseeWalk(fetch, q.tx) }},
	} {
		if !covers(tt.p, tt.step) {
			t.Errorf("%s: what it is about was not fetched", name)
		}
	}

	s.finish(2) // the query goes on, for the table
	n.ForeseeSearch(func(unsafe.Pointer, uintptr) { t.Error("search: it is over") }, q.tx)
	n.ForeseeDesk(func(unsafe.Pointer, uintptr) { t.Error("desk: the search is over") }, q.tx)
	n.ForeseeWalk(func(unsafe.Pointer, uintptr) { t.Error("walk: the search is over") }, q.tx+1)
}
