package udp

import (
	"encoding/binary"
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Raw system calls rather than the ReadBatch and WriteBatch of x/net, which are
// as fast but allocate an address for each datagram.

// canSharePort: each receiver has a socket of its own (SO_REUSEPORT).
const canSharePort = true

// sharePort lets other sockets of this user be bound to the same port.
func sharePort(fd uintptr) {
	// A failure shows when the next socket is bound.
	unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
}

// header is struct mmsghdr of recvmmsg(2): one datagram of a batch.
type header struct {
	unix.Msghdr
	len uint32
}

// sockaddr is a struct sockaddr_in or sockaddr_in6. Both begin with the family
// in the machine's byte order and the port in the network's.
type sockaddr [unix.SizeofSockaddrInet6]byte

// set returns the length of the address in bytes.
func (sa *sockaddr) set(addr netip.AddrPort) uint32 {
	binary.BigEndian.PutUint16(sa[2:], addr.Port())
	if addr.Addr().Is4() {
		binary.NativeEndian.PutUint16(sa[:], unix.AF_INET)
		ip := addr.Addr().As4()
		copy(sa[4:], ip[:])
		return unix.SizeofSockaddrInet4
	}
	binary.NativeEndian.PutUint16(sa[:], unix.AF_INET6)
	clear(sa[4:8]) // flow label
	ip := addr.Addr().As16()
	copy(sa[8:], ip[:])
	clear(sa[24:]) // scope: a contact on the wire has none either
	return unix.SizeofSockaddrInet6
}

func (sa *sockaddr) get() netip.AddrPort {
	port := binary.BigEndian.Uint16(sa[2:])
	if binary.NativeEndian.Uint16(sa[:]) == unix.AF_INET {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(sa[4:8])), port)
	}
	return netip.AddrPortFrom(netip.AddrFrom16([16]byte(sa[8:24])).Unmap(), port)
}

// inbox is where one receiver has the kernel put datagrams.
type inbox struct {
	headers []header
	vectors []unix.Iovec
	names   []sockaddr
	bytes   []byte
	call    func(fd uintptr) bool // made once, since it is allocated
	count   int
	errno   unix.Errno
}

func newInbox() *inbox {
	in := &inbox{
		headers: make([]header, batchSize),
		vectors: make([]unix.Iovec, batchSize),
		names:   make([]sockaddr, batchSize),
		bytes:   make([]byte, batchSize*maxDatagram),
	}
	for i := range in.headers {
		in.vectors[i].Base = &in.bytes[i*maxDatagram]
		in.vectors[i].SetLen(maxDatagram)
		in.headers[i].Name = &in.names[i][0]
		in.headers[i].Iov = &in.vectors[i]
		in.headers[i].SetIovlen(1)
	}
	in.call = in.recvmmsg
	return in
}

// receive blocks until there is at least one datagram and returns how many
// there are; they are good until the next call.
func (in *inbox) receive(s *socket) (int, error) {
	for i := range in.headers {
		in.headers[i].Namelen = unix.SizeofSockaddrInet6
	}
	if err := s.raw.Read(in.call); err != nil {
		return 0, err
	}
	if in.errno != 0 {
		return 0, in.errno
	}
	return in.count, nil
}

// recvmmsg returns false if there is nothing to receive yet.
func (in *inbox) recvmmsg(fd uintptr) bool {
	n, _, errno := unix.Syscall6(unix.SYS_RECVMMSG, fd, uintptr(unsafe.Pointer(&in.headers[0])),
		batchSize, unix.MSG_DONTWAIT, 0, 0)
	in.count, in.errno = int(n), errno
	return errno != unix.EAGAIN
}

// at returns datagram i of the last batch; whole is false if it was longer than
// maxDatagram, and cut.
func (in *inbox) at(i int) (from netip.AddrPort, packet []byte, whole bool) {
	h := &in.headers[i]
	start := i * maxDatagram
	return in.names[i].get(), in.bytes[start : start+int(h.len)], h.Flags&unix.MSG_TRUNC == 0
}

// sender is the memory for sendmmsg(2). The zero value is ready.
type sender struct {
	headers []header
	vectors []unix.Iovec
	names   []sockaddr
	call    func(fd uintptr) bool
	pending []header
}

func (o *sender) prepare() {
	o.headers = make([]header, batchSize)
	o.vectors = make([]unix.Iovec, batchSize)
	o.names = make([]sockaddr, batchSize)
	for i := range o.headers {
		o.headers[i].Name = &o.names[i][0]
		o.headers[i].Iov = &o.vectors[i]
		o.headers[i].SetIovlen(1)
	}
	o.call = o.sendmmsg
}

// send sends up to batchSize datagrams. When the socket's buffer is full it waits for room. A
// datagram that the kernel refuses is dropped.
func (o *sender) send(s *socket, bytes []byte, spans []span) {
	if o.call == nil {
		o.prepare()
	}
	for i, l := range spans {
		o.headers[i].Namelen = o.names[i].set(l.to)
		o.vectors[i].Base = unsafe.SliceData(bytes[l.start:])
		o.vectors[i].SetLen(l.end - l.start)
	}
	o.pending = o.headers[:len(spans)]
	for len(o.pending) > 0 {
		if s.raw.Write(o.call) != nil {
			return // closed
		}
	}
}

// sendmmsg returns false if there is no room for any of the pending.
func (o *sender) sendmmsg(fd uintptr) bool {
	n, _, errno := unix.Syscall6(unix.SYS_SENDMMSG, fd, uintptr(unsafe.Pointer(&o.pending[0])),
		uintptr(len(o.pending)), unix.MSG_DONTWAIT, 0, 0)
	switch errno {
	case 0:
		o.pending = o.pending[n:]
	case unix.EAGAIN:
		return false
	default:
		o.pending = o.pending[1:] // the first one was refused
	}
	return true
}
