package udp_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/client"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/udp"
)

var loopback = netip.MustParseAddrPort("127.0.0.1:0")

// listen returns a host on the loopback interface that is closed with the test.
func listen(t testing.TB, cfg udp.Config) *udp.Host {
	t.Helper()
	if !cfg.Listen.IsValid() {
		cfg.Listen = loopback
	}
	h, err := udp.Listen(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// dial returns a plain socket that talks to h, for what no node would send.
func dial(t testing.TB, h *udp.Host) *net.UDPConn {
	t.Helper()
	conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(h.Addr()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	return conn
}

const ping = "d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe"

// pingRaw sends one ping through conn and wants the reply.
func pingRaw(t testing.TB, conn *net.UDPConn) {
	t.Helper()
	if _, err := conn.Write([]byte(ping)); err != nil {
		t.Fatal(err)
	}
	readReply(t, conn)
}

// readReply reads until there is a response: the node may have questions first.
func readReply(t testing.TB, conn *net.UDPConn) {
	t.Helper()
	var m krpc.Message
	buf := make([]byte, 4096)
	for m.Kind != krpc.KindResponse {
		n, err := conn.Read(buf)
		if err != nil {
			t.Fatal("no reply: ", err)
		}
		if err := m.Parse(buf[:n]); err != nil {
			t.Fatalf("%q: %v", buf[:n], err)
		}
	}
}

func stats(h *udp.Host) (s dht.Stats) {
	h.Do(func(_ dht.Time, n *dht.Node) { s = n.Stats() })
	return s
}

func nodeID(h *udp.Host) (id krpc.ID) {
	h.Do(func(_ dht.Time, n *dht.Node) { id = n.ID() })
	return id
}

func TestPing(t *testing.T) {
	for _, receivers := range []int{0, 1, 3} {
		a, b := listen(t, udp.Config{}), listen(t, udp.Config{Receivers: receivers})
		r, err := client.New(a).Ping(t.Context(), b.Addr())
		if err != nil {
			t.Fatal(err)
		}
		if want := (krpc.Contact{ID: nodeID(b), Addr: b.Addr()}); r.From != want {
			t.Errorf("%d receivers: the reply is from %v, want %v", receivers, r.From, want)
		}
		if r.RTT <= 0 || r.RTT > 10*time.Second {
			t.Errorf("%d receivers: it took %v", receivers, r.RTT)
		}
	}
}

func TestIPv6(t *testing.T) {
	a, err := udp.Listen(udp.Config{Listen: netip.MustParseAddrPort("[::1]:0")})
	if err != nil {
		t.Skip("no IPv6 here: ", err)
	}
	defer a.Close()
	b := listen(t, udp.Config{Listen: netip.MustParseAddrPort("[::]:0"), Receivers: 2})
	to := netip.AddrPortFrom(netip.IPv6Loopback(), b.Addr().Port())
	r, err := client.New(a).Ping(t.Context(), to)
	if err != nil {
		t.Fatal(err)
	}
	if r.From.Addr != to {
		t.Errorf("the reply is from %v, want %v", r.From.Addr, to)
	}
}

func TestZeroListenIsAnyIPv4(t *testing.T) {
	h, err := udp.Listen(udp.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	if ip := h.Addr().Addr(); ip != netip.IPv4Unspecified() || h.Addr().Port() == 0 {
		t.Errorf("it listens on %v", h.Addr())
	}
	var inner netip.AddrPort
	h.Do(func(_ dht.Time, n *dht.Node) { inner = n.Addr() })
	if inner != h.Addr() {
		t.Errorf("the node thinks it is at %v, the host at %v", inner, h.Addr())
	}
}

func TestFiftyNodesFindEachOther(t *testing.T) {
	const size = 50
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()

	hosts := make([]*udp.Host, size)
	for i := range hosts {
		hosts[i] = listen(t, udp.Config{Receivers: 1 + i%2, Node: dht.Config{K: size, AnswerRate: -1}})
	}
	each := func(f func(i int, c *client.Client) error) {
		t.Helper()
		var all sync.WaitGroup
		for i, h := range hosts {
			all.Go(func() {
				if err := f(i, client.New(h)); err != nil {
					t.Errorf("node %d: %v", i, err)
				}
			})
		}
		all.Wait()
	}
	first := client.New(hosts[0])
	for _, h := range hosts[1:] { // as it would by itself, but that takes a while
		if _, err := first.Ping(ctx, h.Addr()); err != nil {
			t.Fatal(err)
		}
	}
	each(func(i int, c *client.Client) error {
		if i == 0 {
			return nil
		}
		_, err := c.Bootstrap(ctx, hosts[0].Addr())
		return err
	})
	each(func(i int, c *client.Client) error {
		other := hosts[(i+size/2)%size]
		want := krpc.Contact{ID: nodeID(other), Addr: other.Addr()}
		r, err := c.FindNode(ctx, want.ID, dht.SearchConfig{})
		if err != nil {
			return err
		}
		if len(r.Closest) == 0 || r.Closest[0] != want {
			return fmt.Errorf("looked for %v, found %v", want, r.Closest)
		}
		return nil
	})
}

// An unanswered query ends on time, although nothing arrives meanwhile: the timekeeper sleeps until
// a far deadline and must be woken for a nearer one.
func TestTimeout(t *testing.T) {
	silent, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(loopback))
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	to := krpc.Contact{Addr: silent.LocalAddr().(*net.UDPAddr).AddrPort()}
	h := listen(t, udp.Config{})
	h.Do(func(now dht.Time, n *dht.Node) {
		n.Query(now, to, dht.Call{Method: "ping", Timeout: time.Hour}, func(dht.Time, dht.Reply) {})
	})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for range 3 { // the first may find it not yet asleep
		r, err := client.New(h).Query(ctx, to, dht.Call{Method: "ping", Timeout: 20 * time.Millisecond})
		if !errors.Is(err, dht.ErrTimeout) {
			t.Fatalf("the error is %v, want ErrTimeout", err)
		}
		if r.RTT < 20*time.Millisecond || r.RTT > 5*time.Second {
			t.Errorf("gave up after %v, want 20ms", r.RTT)
		}
	}
}

// More datagrams than one system call takes leave one Do, all of them whole.
func TestManySendsInOneLoan(t *testing.T) {
	const count = 300
	sink, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(loopback))
	if err != nil {
		t.Fatal(err)
	}
	defer sink.Close()
	sink.SetReadBuffer(4 << 20)
	sink.SetDeadline(time.Now().Add(10 * time.Second))
	to := krpc.Contact{Addr: sink.LocalAddr().(*net.UDPAddr).AddrPort()}

	h := listen(t, udp.Config{})
	h.Do(func(now dht.Time, n *dht.Node) {
		for i := range count {
			call := dht.Call{Method: "find_node", Target: krpc.ID{byte(i >> 8), byte(i)}}
			n.Query(now, to, call, func(dht.Time, dht.Reply) {})
		}
	})
	buf := make([]byte, 4096)
	for i := range count {
		n, from, err := sink.ReadFromUDPAddrPort(buf)
		if err != nil {
			t.Fatalf("after %d of %d: %v", i, count, err)
		}
		var m krpc.Message
		if err := m.Parse(buf[:n]); err != nil || from != h.Addr() || m.Target != (krpc.ID{byte(i >> 8), byte(i)}) {
			t.Fatalf("datagram %d: %q from %v, error %v", i, buf[:n], from, err)
		}
	}
}

func TestGarbageIsCountedAndServiceGoesOn(t *testing.T) {
	h := listen(t, udp.Config{})
	conn := dial(t, h)
	valid := []byte(ping)
	junk := [][]byte{
		{}, {0}, []byte("d"), []byte("de"), []byte("2147483647:"),
		bytes.Repeat([]byte("d1:a"), 500), bytes.Repeat([]byte("l"), 1400),
		append(padded(2048), 'e'), // its first 2048 bytes would be valid
		make([]byte, 65507),       // the longest there is
	}
	for i := range valid {
		junk = append(junk, valid[:i])
	}
	before := stats(h)
	for _, packet := range junk {
		if _, err := conn.Write(packet); err != nil {
			t.Fatal(err)
		}
	}
	conn.Write(padded(2048))
	readReply(t, conn)
	pingRaw(t, conn) // from the same socket, so it arrives behind the junk
	if got := stats(h).Junk - before.Junk; got != uint64(len(junk)) {
		t.Errorf("%d datagrams were counted as junk, want %d", got, len(junk))
	}
}

// padded returns a ping of size bytes.
func padded(size int) []byte {
	fill := size - len(ping) - len("1:z0000:")
	end := fmt.Sprintf("1:z%04d:%se", fill, strings.Repeat("z", fill))
	return append([]byte(ping[:len(ping)-1]), end...)
}

// While more arrives than can be served, the kernel drops some of it, but Do still gets the node;
// afterwards all is as before.
func TestFloodStarvesNobody(t *testing.T) {
	h := listen(t, udp.Config{Receivers: 2})
	stop := flood(t, h)
	arrived := func() uint64 { return stats(h).PacketsIn + h.Dropped() } // the kernel may refuse most of it
	for begin := arrived(); arrived() < begin+20000; {
		runtime.Gosched()
	}
	stop()
	conn := dial(t, h)
	buf := make([]byte, 4096)
	for try := 0; ; try++ { // the first may be lost behind the rest of the flood
		conn.Write([]byte(ping))
		conn.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
		if _, err := conn.Read(buf); err == nil {
			return
		} else if try == 100 {
			t.Fatal("no service after the flood: ", err)
		}
	}
}

// flood sends queries and junk to h as fast as it can, until stop is called.
func flood(t *testing.T, h *udp.Host) (stop func()) {
	done := make(chan struct{})
	var senders sync.WaitGroup
	for range 2 {
		conn := dial(t, h)
		senders.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-done:
					return
				default:
					conn.Write([]byte(ping)[:len(ping)-i%2]) // refused when h is closed
				}
			}
		})
	}
	return func() {
		close(done)
		senders.Wait()
	}
}

func TestCloseWhileBusy(t *testing.T) {
	h, err := udp.Listen(udp.Config{Listen: loopback, Receivers: 3})
	if err != nil {
		t.Fatal(err)
	}
	stop := flood(t, h)
	silent := krpc.Contact{Addr: dial(t, h).LocalAddr().(*net.UDPAddr).AddrPort()}
	var callers sync.WaitGroup
	for range 4 {
		callers.Go(func() { // until the host is closed under it
			for {
				_, err := client.New(h).Query(context.Background(), silent, dht.Call{Method: "ping", Timeout: time.Hour})
				if errors.Is(err, udp.ErrClosed) {
					return
				}
				t.Errorf("a query to nobody ended with %v", err)
			}
		})
	}
	for stats(h).PacketsIn == 0 || stats(h).Pending < 4 {
		runtime.Gosched()
	}
	var closers sync.WaitGroup
	for range 3 {
		closers.Go(func() {
			if err := h.Close(); err != nil {
				t.Error(err)
			}
			wantNoGoroutines(t)
		})
	}
	closers.Wait()
	callers.Wait()
	stop()

	ran := false
	h.Do(func(dht.Time, *dht.Node) { ran = true })
	if !ran {
		t.Error("Do after Close did nothing")
	}
	if err := h.Wait(t.Context(), nil); !errors.Is(err, udp.ErrClosed) {
		t.Errorf("Wait after Close returned %v", err)
	}
	again, err := udp.Listen(udp.Config{Listen: h.Addr()})
	if err != nil {
		t.Fatal("the address is not free: ", err)
	}
	again.Close()
}

// wantNoGoroutines fails if a goroutine of a host is still at work.
func wantNoGoroutines(t *testing.T) {
	buf := make([]byte, 1<<20)
	stacks := string(buf[:runtime.Stack(buf, true)])
	if strings.Contains(stacks, "udp.(*Host).receive(") || strings.Contains(stacks, "udp.(*Host).keepTime(") {
		t.Errorf("goroutines outlive Close:\n%s", stacks)
	}
}

// A function given to Do may panic, as scripts do, and be recovered from.
func TestPanicInDo(t *testing.T) {
	h := listen(t, udp.Config{})
	func() {
		defer func() { recover() }()
		h.Do(func(dht.Time, *dht.Node) { panic("of the borrower") })
	}()
	pingRaw(t, dial(t, h))
}

func TestWait(t *testing.T) {
	h := listen(t, udp.Config{})
	done := make(chan struct{})
	close(done)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if err := h.Wait(over, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("Wait with a cancelled context returned %v", err)
	}
	if err := h.Wait(over, done); err != nil {
		t.Errorf("what is done is done, but Wait returned %v", err)
	}
}

func TestListenErrors(t *testing.T) {
	for _, receivers := range []int{1, 2} { // those that share a port among them do not share it with others
		first := listen(t, udp.Config{Receivers: receivers})
		_, err := udp.Listen(udp.Config{Listen: first.Addr(), Receivers: receivers})
		wantListenError(t, err, syscall.EADDRINUSE, first.Addr().String()+" is in use by another program; choose another port")
	}
	_, err := udp.Listen(udp.Config{Listen: netip.MustParseAddrPort("192.0.2.1:6881")})
	wantListenError(t, err, syscall.EADDRNOTAVAIL, "this machine has no address 192.0.2.1")

	if _, err := udp.Listen(udp.Config{Receivers: -1}); err == nil || !strings.Contains(err.Error(), "Receivers") {
		t.Errorf("Receivers -1: %v", err)
	}
	free := listen(t, udp.Config{})
	free.Close()
	for range 2 { // the second time shows that the first one left nothing behind
		_, err = udp.Listen(udp.Config{Listen: free.Addr(), Receivers: 2, Node: dht.Config{K: -1}})
		if err == nil || !strings.Contains(err.Error(), "Config.K") {
			t.Errorf("a bad configuration of the node: %v", err)
		}
	}
}

func wantListenError(t *testing.T, err, cause error, text string) {
	t.Helper()
	var le *udp.ListenError
	if !errors.As(err, &le) || !errors.Is(err, cause) {
		t.Fatalf("the error is %v, want a ListenError for %v", err, cause)
	}
	if !strings.Contains(err.Error(), text) || strings.Contains(err.Error(), "\n") {
		t.Errorf("the error says %q, want one line with %q", err, text)
	}
}

func TestListenErrorText(t *testing.T) {
	addr := netip.MustParseAddrPort("[::]:80")
	for _, c := range []struct {
		cause error
		want  string
	}{
		{syscall.EACCES, "udp: no permission to listen on [::]:80; choose a port from 1024 up"},
		{syscall.EAFNOSUPPORT, "udp: this system cannot listen on [::]:80; choose an address of the other kind, IPv4 or IPv6"},
		{syscall.EADDRNOTAVAIL, "udp: this machine has no address ::; listen on one it has, or on :: for all of them"},
		{errors.New("odd"), "udp: cannot listen on [::]:80: odd"},
	} {
		wrapped := &net.OpError{Op: "listen", Net: "udp", Err: c.cause}
		got := (&udp.ListenError{Addr: addr, Err: wrapped}).Error()
		if c.want = strings.Replace(c.want, ": odd", ": listen udp: odd", 1); got != c.want {
			t.Errorf("%v: %q, want %q", c.cause, got, c.want)
		}
	}
}
