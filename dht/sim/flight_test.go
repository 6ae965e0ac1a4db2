package sim

import (
	"bytes"
	"testing"
)

func TestFlightsKeepTheirBytes(t *testing.T) {
	var f flights
	for round := range 3 {
		var refs []uint32
		for _, size := range []int{0, 1, 128, 129, 384, 385, 1536, 1537, maxPacket} {
			packet := bytes.Repeat([]byte{byte(size + round)}, size)
			refs = append(refs, f.start(1, uint32(size), false, packet))
			clear(packet) // the caller's again
		}
		for _, ref := range refs {
			flight := f.all[ref]
			want := bytes.Repeat([]byte{byte(int(flight.to) + round)}, int(flight.to))
			if flight.from != 1 || !bytes.Equal(flight.packet, want) {
				t.Errorf("round %d: a datagram of %d bytes has changed", round, flight.to)
			}
			f.end(ref)
		}
	}
	if len(f.all) != 9 {
		t.Errorf("%d buffers for 9 datagrams at a time", len(f.all))
	}
}

func TestFlightsDoNotAllocate(t *testing.T) {
	var f flights
	packet := make([]byte, 300)
	f.end(f.start(1, 2, false, packet))
	if n := testing.AllocsPerRun(100, func() { f.end(f.start(1, 2, false, packet)) }); n != 0 {
		t.Errorf("%v allocations for a datagram", n)
	}
}
