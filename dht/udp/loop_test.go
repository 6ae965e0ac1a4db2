package udp

import (
	"net"
	"net/netip"
	"os"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
)

const ping = "d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe"

// hostOn returns a host whose socket is conn, closed with the test.
func hostOn(t *testing.T, conn *net.UDPConn) *Host {
	t.Helper()
	s, err := newSocket(conn)
	if err != nil {
		t.Fatal(err)
	}
	h := newHost(Config{}, [families]group{v4: {s}})
	if h.node, err = dht.New(dht.Config{Addr: s.addr}, wire{h}, source(Config{})); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

// bound returns a socket at a port of the loopback interface.
func bound(t *testing.T, addr netip.AddrPort) *net.UDPConn {
	t.Helper()
	conn, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(addr))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	return conn
}

func localAddr(conn *net.UDPConn) netip.AddrPort {
	return conn.LocalAddr().(*net.UDPAddr).AddrPort()
}

// wantReply sends a ping from peer and waits for the answer.
func wantReply(t *testing.T, peer *net.UDPConn, h *Host) {
	t.Helper()
	if _, err := peer.WriteToUDPAddrPort([]byte(ping), h.Addr()); err != nil {
		t.Fatal(err)
	}
	if _, err := peer.Read(make([]byte, 4096)); err != nil {
		t.Fatal("no answer: ", err)
	}
}

var anyPort = netip.MustParseAddrPort("127.0.0.1:0")

// A connected socket is told when nobody listens at the other end: the next read
// fails with ECONNREFUSED. The receiver must live on.
func TestReceiverSurvivesICMP(t *testing.T) {
	gone := bound(t, anyPort)
	there := localAddr(gone)
	gone.Close()
	conn, err := net.DialUDP("udp4", net.UDPAddrFromAddrPort(anyPort), net.UDPAddrFromAddrPort(there))
	if err != nil {
		t.Fatal(err)
	}
	h := hostOn(t, conn)
	h.serve(1)
	for range 3 {
		conn.Write([]byte("anybody there?")) // now and then itself told of the last refusal
	}
	wantReply(t, bound(t, there), h)
}

// A read that fails each time is not tried in a tight loop, and service resumes
// as soon as it works again.
func TestReceiverBacksOff(t *testing.T) {
	conn := bound(t, anyPort)
	h := hostOn(t, conn)
	conn.SetReadDeadline(time.Unix(1, 0)) // from here on each read fails at once
	in := newInbox()
	if _, err := in.receive(h.groups[v4][0]); !os.IsTimeout(err) {
		t.Fatalf("a read past the deadline gave %v", err)
	}
	pause := minPause
	begin := time.Now()
	for range 5 {
		if !h.survive(&pause) {
			t.Fatal("it gave up")
		}
	}
	if took := time.Since(begin); took < 31*minPause || pause != 32*minPause {
		t.Errorf("five failures took %v and the next pause is %v", took, pause)
	}
	h.serve(1)
	conn.SetReadDeadline(time.Time{})
	wantReply(t, bound(t, anyPort), h)
	h.Close()
	if h.survive(&pause) {
		t.Error("it goes on after Close")
	}
}

// Datagrams come and go without allocation, and one that cannot be sent does not hold up the
// others.
func TestBatch(t *testing.T) {
	a, err := newSocket(bound(t, anyPort))
	if err != nil {
		t.Fatal(err)
	}
	b, err := newSocket(bound(t, anyPort))
	if err != nil {
		t.Fatal(err)
	}
	var (
		in     = newInbox()
		out    sendQueue
		packet = []byte(ping)
		tooBig = make([]byte, 1<<16)
	)
	allocs := testing.AllocsPerRun(100, func() {
		out.add(b.addr, tooBig)
		out.add(b.addr, packet)
		out.add(netip.AddrPortFrom(b.addr.Addr(), 0), packet) // no such port
		out.add(b.addr, packet[:10])
		out.flush(a)
		for got := 0; got < 2; {
			n, err := in.receive(b)
			if err != nil {
				t.Fatal(err)
			}
			for i := range n {
				from, data, whole := in.at(i)
				want := packet
				if got == 1 {
					want = packet[:10]
				}
				if from != a.addr || string(data) != string(want) || !whole {
					t.Fatalf("datagram %d is %q from %v, whole %v", got, data, from, whole)
				}
				got++
			}
		}
	})
	if allocs > 0 {
		t.Errorf("%v allocations for two datagrams", allocs)
	}
	if len(out.spans) != 0 || len(out.bytes) != 0 {
		t.Error("the queue is not empty after flush")
	}
}

// One large burst does not keep its memory for ever.
func TestPostShrinks(t *testing.T) {
	s, err := newSocket(bound(t, anyPort))
	if err != nil {
		t.Fatal(err)
	}
	var out sendQueue
	for len(out.bytes) <= maxIdle {
		out.add(s.addr, make([]byte, 1000))
	}
	out.flush(s)
	if cap(out.bytes) != 0 {
		t.Errorf("it keeps %d bytes", cap(out.bytes))
	}
}
