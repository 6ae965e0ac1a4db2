package sim

// maxPacket is the largest payload of a UDP datagram over IPv4 (RFC 768 and
// 791: 65,535 bytes less 20 and 8 of headers).
const maxPacket = 65507

// sizes of the buffers of datagrams, in bytes. Queries have some 100 bytes, answers with eight
// nodes some 300, answers with peers or values up to the MTU; longer ones are rare.
var sizes = [...]int{128, 384, 1536, maxPacket}

// flight is one datagram under way.
type flight struct {
	from, to uint32
	class    uint8 // of its buffer: an index of sizes
	through  bool  // it has passed its receiver's line
	six      bool  // over IPv6
	packet   []byte
}

// flights holds the datagrams under way. A free list for each size of buffer makes them reusable,
// so a world allocates nothing once it has reached its usual load. It keeps the memory of its
// busiest moment.
type flights struct {
	all    []flight
	unused [len(sizes)][]uint32
}

// start copies packet, of at most maxPacket bytes, and returns its reference.
func (f *flights) start(from, to uint32, six bool, packet []byte) uint32 {
	class := 0
	for len(packet) > sizes[class] {
		class++
	}
	ref := f.take(class)
	flight := &f.all[ref]
	flight.from, flight.to, flight.six, flight.through = from, to, six, false
	flight.packet = append(flight.packet[:0], packet...)
	return ref
}

func (f *flights) take(class int) uint32 {
	unused := f.unused[class]
	if n := len(unused); n > 0 {
		f.unused[class] = unused[:n-1]
		return unused[n-1]
	}
	f.all = append(f.all, flight{class: uint8(class), packet: make([]byte, 0, sizes[class])})
	return uint32(len(f.all) - 1)
}

// end gives the buffer of a datagram back; its bytes are no longer valid.
func (f *flights) end(ref uint32) {
	class := f.all[ref].class
	f.unused[class] = append(f.unused[class], ref)
}
