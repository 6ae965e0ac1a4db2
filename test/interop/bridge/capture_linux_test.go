package bridge

import (
	"encoding/binary"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/lightdht/lightdht/test/interop/netns"
	"golang.org/x/sys/unix"
)

// A packet went over the bridge.
type packet struct {
	at       time.Time
	protocol byte
	from, to netip.AddrPort
	payload  []byte // of a datagram
}

// A capture is every IPv4 packet since it began that entered the bridge, each once: by one of its
// ports, or from this process.
type capture struct {
	socket int

	mu      sync.Mutex
	packets []packet
}

// listen begins a capture.
func listen(t *testing.T) *capture {
	t.Helper()
	// Of one protocol only, the socket would see what the bridge does not pass on.
	socket, err := syscall.Socket(syscall.AF_PACKET, syscall.SOCK_DGRAM, int(networkOrder(syscall.ETH_P_ALL)))
	if err != nil {
		t.Fatalf("a packet socket: %v", err)
	}
	if err := unix.SetsockoptInt(socket, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, 64<<20); err != nil {
		t.Fatal(err)
	}
	c := &capture{socket: socket}
	go c.read()
	return c
}

// read goes on until the process ends.
func (c *capture) read() {
	names := map[int]string{}
	buffer := make([]byte, 1<<16)
	for {
		n, from, err := syscall.Recvfrom(c.socket, buffer, 0)
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return
		}
		link, ok := from.(*syscall.SockaddrLinklayer)
		if !ok || link.Protocol != networkOrder(syscall.ETH_P_IP) ||
			!enters(nameOf(names, link.Ifindex), link.Pkttype == syscall.PACKET_OUTGOING) {
			continue
		}
		if p, ok := parse(buffer[:n]); ok {
			c.mu.Lock()
			c.packets = append(c.packets, p)
			c.mu.Unlock()
		}
	}
}

func networkOrder(n uint16) uint16 { return binary.NativeEndian.Uint16([]byte{byte(n >> 8), byte(n)}) }

// nameOf is the name of an interface; empty if it is gone.
func nameOf(known map[int]string, index int) string {
	name, ok := known[index]
	if !ok {
		if link, err := net.InterfaceByIndex(index); err == nil {
			name = link.Name
		}
		known[index] = name
	}
	return name
}

// enters reports whether a packet that an interface saw was entering the bridge.
func enters(name string, outgoing bool) bool {
	if outgoing {
		return name == netns.BridgeName
	}
	return strings.HasPrefix(name, netns.PortPrefix)
}

// parse reads an IPv4 packet of UDP or TCP.
func parse(data []byte) (packet, bool) {
	if len(data) < 20 || data[0]>>4 != 4 {
		return packet{}, false
	}
	header, protocol := int(data[0]&15)*4, data[9]
	if protocol != syscall.IPPROTO_UDP && protocol != syscall.IPPROTO_TCP || len(data) < header+8 {
		return packet{}, false
	}
	from, to := netip.AddrFrom4([4]byte(data[12:16])), netip.AddrFrom4([4]byte(data[16:20]))
	transport := data[header:]
	p := packet{at: time.Now(), protocol: protocol,
		from: netip.AddrPortFrom(from, binary.BigEndian.Uint16(transport)),
		to:   netip.AddrPortFrom(to, binary.BigEndian.Uint16(transport[2:]))}
	if protocol == syscall.IPPROTO_UDP {
		length := int(binary.BigEndian.Uint16(transport[4:]))
		if length < 8 || length > len(transport) {
			return packet{}, false
		}
		p.payload = slices.Clone(transport[8:length])
	}
	return p, true
}

// all returns what went by so far.
func (c *capture) all() []packet {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clip(c.packets)
}

// lost is how many packets the kernel had no room for.
func (c *capture) lost(t *testing.T) uint32 {
	t.Helper()
	stats, err := unix.GetsockoptTpacketStats(c.socket, unix.SOL_PACKET, unix.PACKET_STATISTICS)
	if err != nil {
		t.Fatal(err)
	}
	return stats.Drops
}

// calls reports whether a host has tried to reach an address, over TCP or UDP.
func (c *capture) calls(from netip.Addr, to netip.AddrPort) bool {
	return slices.ContainsFunc(c.all(), func(p packet) bool { return p.from.Addr() == from && p.to == to })
}
