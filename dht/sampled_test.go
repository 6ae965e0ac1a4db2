package dht

import (
	"net/netip"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

// The next time for samples is remembered of a million nodes (chosen by us); of further nodes only
// once the time of others has passed.
func TestSampledNodesAreBounded(t *testing.T) {
	n, err := New(Config{Addr: numberedAddr(0)}, nil, ones{})
	if err != nil {
		t.Fatal(err)
	}
	m := krpc.Message{Has: krpc.HasInterval, Interval: 1 << 40} // which counts as six hours
	for i := range 2 * maxSampled {
		n.noteInterval(0, numberedAddr(i), &m)
	}
	long := 6 * time.Hour
	for i, want := range map[int]Time{0: Time(long), maxSampled - 1: Time(long), maxSampled: 0, 2*maxSampled - 1: 0} {
		if until := n.sampledUntil(numberedAddr(i)); until != want {
			t.Errorf("node %d: until %v, want %v", i, time.Duration(until), time.Duration(want))
		}
	}
	n.noteInterval(Time(long), numberedAddr(maxSampled), &m)
	if got := len(n.optional.sampled); got != 1 {
		t.Errorf("after their interval %d are remembered, want the newcomer", got)
	}
}

func numberedAddr(i int) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 6881)
}

// ones is a source of little chance.
type ones struct{}

func (ones) Uint64() uint64 { return 1 }

// The buffer of a search that liars made long is not reused.
func TestLongSearchesLeaveNoMemory(t *testing.T) {
	var s Scratch
	s.giveBuffer(&searchBuffer{path: make([]Step, maxSparePath+1)})
	if len(s.buffers) != 0 {
		t.Error("the searchBuffer of a long search is kept")
	}
	s.giveBuffer(&searchBuffer{path: make([]Step, maxSparePath), inFlight: []*query{{}}})
	if len(s.buffers) != 1 || len(s.buffers[0].path) != 0 || s.buffers[0].inFlight[:1][0] != nil {
		t.Error("the searchBuffer of a short search is not kept, or not cleared")
	}
}
