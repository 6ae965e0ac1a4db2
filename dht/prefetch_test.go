package dht

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"testing"
	"unsafe"

	"github.com/lightdht/lightdht/dht/krpc"
)

type nowhere struct{}

func (nowhere) Send(netip.AddrPort, []byte) {}

// Each stage loads what its name says, and nothing of a search that is over.
func TestPrefetch(t *testing.T) {
	n, err := New(Config{Addr: netip.MustParseAddrPort("10.0.0.1:1"), Table: BucketsTable}, nowhere{}, rand.NewPCG(1, 2))
	if err != nil {
		t.Fatal(err)
	}
	known := krpc.Contact{ID: krpc.ID{1}, Addr: netip.MustParseAddrPort("10.0.0.2:1")}
	n.Table().Answered(1, known, 1, nil)
	s := n.FindNode(1, krpc.ID{2}, SearchConfig{}, nil)
	q := n.pending.heap[0]
	answer := Upcoming{From: &known.ID}
	response := krpc.Response{Tx: binary.BigEndian.AppendUint32(nil, q.tx), ID: known.ID, Version: defaultVersion}
	answer.Packet = response.Append(nil)

	covers := func(p unsafe.Pointer, stage PrefetchStage) (yes bool) {
		n.prefetch(func(from unsafe.Pointer, bytes uintptr) {
			yes = yes || uintptr(p) >= uintptr(from) && uintptr(p) < uintptr(from)+bytes
		}, stage, answer)
		return yes
	}
	for name, tt := range map[string]struct {
		p     unsafe.Pointer
		stage PrefetchStage
	}{
		"node":    {unsafe.Pointer(n), PrefetchNode},
		"table":   {unsafe.Pointer(n.buckets()), PrefetchNode},
		"common":  {unsafe.Pointer(&n.pending.heap[0]), PrefetchCommon},
		"pending": {unsafe.Pointer(q), PrefetchTable},
		"search":  {unsafe.Pointer(s), PrefetchSearch},
		"buffer":  {unsafe.Pointer(s.searchBuffer), PrefetchBuffer},
		"walk":    {unsafe.Pointer(&s.path[0]), PrefetchWalk},
	} {
		if !covers(tt.p, tt.stage) {
			t.Errorf("%s: it was not loaded", name)
		}
		n.Prefetch(tt.stage, answer)
	}

	s.finish(2) // the query goes on, for the table
	for _, stage := range []PrefetchStage{PrefetchSearch, PrefetchBuffer, PrefetchWalk} {
		n.prefetch(func(unsafe.Pointer, uintptr) { t.Errorf("stage %d: the search is over", stage) }, stage, answer)
	}
}
