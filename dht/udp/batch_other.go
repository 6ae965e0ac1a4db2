//go:build !linux

package udp

import "net/netip"

// canSharePort is false: elsewhere the kernel does not spread remote addresses
// over the sockets of a port. The receivers take turns at one.
const canSharePort = false

func sharePort(uintptr) {}

// inbox is where one receiver has the kernel put datagrams: one at a time.
type inbox struct {
	from  netip.AddrPort
	bytes []byte
	count int
}

func newInbox() *inbox {
	// Room for the longest there is: some systems report an error, and not a
	// cut datagram, for one that does not fit.
	return &inbox{bytes: make([]byte, 1<<16)}
}

// receive blocks until there is a datagram and returns 1; it is good until the
// next call.
func (in *inbox) receive(s *socket) (int, error) {
	n, from, err := s.conn.ReadFromUDPAddrPort(in.bytes)
	if err != nil {
		return 0, err
	}
	in.from = netip.AddrPortFrom(from.Addr().Unmap().WithZone(""), from.Port())
	in.count = n
	return 1, nil
}

// at returns the datagram; whole is false if it was longer than maxDatagram.
func (in *inbox) at(int) (from netip.AddrPort, packet []byte, whole bool) {
	return in.from, in.bytes[:in.count], in.count <= maxDatagram
}

// sender sends datagrams one by one.
type sender struct{}

// send sends datagrams; one that the kernel refuses is dropped.
func (sender) send(s *socket, bytes []byte, spans []span) {
	for _, l := range spans {
		s.conn.WriteToUDPAddrPort(bytes[l.start:l.end], l.to)
	}
}
