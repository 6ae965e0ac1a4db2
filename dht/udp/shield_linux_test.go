package udp

import (
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
)

// arrived returns the senders of what is waiting in a socket. On the loopback
// interface, what was sent has arrived, or never will.
func arrived(t *testing.T, s *socket) map[netip.AddrPort]bool {
	t.Helper()
	senders, in := map[netip.AddrPort]bool{}, newInbox()
	for more := true; more; {
		for i := range in.headers {
			in.headers[i].Namelen = uint32(len(in.names[i]))
		}
		err := s.raw.Control(func(fd uintptr) { more = in.recvmmsg(fd) && in.errno == 0 })
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; more && i < in.count; i++ {
			from, _, _ := in.at(i)
			senders[from] = true
		}
	}
	return senders
}

// at returns a socket with an address of its own.
func at(t *testing.T, network, ip string) *net.UDPConn {
	t.Helper()
	conn, err := net.ListenUDP(network, &net.UDPAddr{IP: net.ParseIP(ip)})
	if err != nil {
		t.Skip("this address cannot be had here: ", err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func serverAt(t *testing.T, network, ip string) *socket {
	t.Helper()
	s, err := newSocket(at(t, network, ip))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The kernel's filter refuses exactly those that are blocked, as the hash has it.
func TestFilterBlocks(t *testing.T) {
	for _, test := range []struct {
		name, network, server string
		senders               []string
		ports                 bool
	}{
		{"IPv4", "udp4", "127.0.0.1", []string{"127.9.0.1", "127.9.0.2", "127.9.1.1", "127.10.0.1"}, false},
		{"IPv4 and port", "udp4", "127.0.0.1", []string{"127.9.0.1", "127.9.0.1", "127.9.0.1", "127.9.0.2"}, true},
		{"IPv6 and port", "udp6", "::1", []string{"::1", "::1", "::1", "::1"}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, h := serverAt(t, test.network, test.server), newHasher(test.ports)
			var senders []*net.UDPConn
			for _, ip := range test.senders {
				senders = append(senders, at(t, test.network, ip))
			}
			for _, others := range []int{0, 1, 7, 8, 9, 100, maxBlocked - 2} { // besides two of the senders
				blocked := []uint32{h.hash(localAddr(senders[0])), h.hash(localAddr(senders[2]))}
				for range others {
					blocked = append(blocked, rand.Uint32())
				}
				slices.Sort(blocked)
				if err := s.filter(h, blocked); err != nil {
					t.Skip("no filters here: ", err)
				}
				for _, from := range senders {
					if _, err := from.WriteToUDPAddrPort([]byte(ping), s.addr); err != nil {
						t.Fatal(err)
					}
				}
				got := arrived(t, s)
				for i, from := range senders {
					if came := got[localAddr(from)]; came != (i%2 == 1) {
						t.Errorf("among %d blocked, what sender %d sent arrived: %v", len(blocked), i, came)
					}
				}
			}
			s.unfilter()
			senders[0].WriteToUDPAddrPort([]byte(ping), s.addr)
			if len(arrived(t, s)) == 0 {
				t.Error("without a filter it is still blocked")
			}
		})
	}
}

func TestFilterRefusesJunk(t *testing.T) {
	s, from := serverAt(t, "udp4", "127.0.0.1"), at(t, "udp4", "127.0.0.1")
	if err := s.filter(newHasher(false), nil); err != nil {
		t.Skip("no filters here: ", err)
	}
	for text, want := range map[string]bool{
		ping: true, "d1:rd2:id20:abcdefghij0123456789e1:t1:a1:y1:re": true, "d1:t2:aa1:y1:xe": true,
		"": false, "e": false, "d": false, "de": false, "d1:y1:qe": false, ping[:len(ping)-1]: false, ping + "\n": false, "x" + ping: false,
	} {
		from.WriteToUDPAddrPort([]byte(text), s.addr)
		if got := len(arrived(t, s)) > 0; got != want {
			t.Errorf("%q arrived: %v, want %v", text, got, want)
		}
	}
	if s.dropped() == 0 {
		t.Error("what was refused is not counted")
	}
}

// The kernel refuses programs of more than 4096 instructions.
func TestFilterFits(t *testing.T) {
	keys := make([]uint32, maxBlocked)
	for i := range keys {
		keys[i] = uint32(i)
	}
	if n := len(assemble(newHasher(true), false, keys)); n > 4096 {
		t.Errorf("%d instructions", n)
	}
}

// overflow sends from a socket until the other one has lost n datagrams.
func overflow(t *testing.T, from *net.UDPConn, s *socket, losses uint64) {
	t.Helper()
	for before := s.dropped(); s.dropped() < before+losses; {
		if _, err := from.WriteToUDPAddrPort([]byte(ping), s.addr); err != nil {
			t.Fatal(err)
		}
	}
}

func TestShield(t *testing.T) {
	s := serverAt(t, "udp4", "127.0.0.1")
	if _, ok := s.drops(); !ok {
		t.Skip("this system does not say what it drops")
	}
	s.conn.SetReadBuffer(1) // as small as can be
	honest, flooder := at(t, "udp4", "127.0.0.2"), at(t, "udp4", "127.0.0.3")
	shield, in, now := newShield(s, true, 0), newInbox(), time.Now()

	for range 2 * pressure { // busy, but never behind
		shield.saw(in, batchSize)
		shield.saw(in, batchSize-1)
	}
	if !shield.since.IsZero() {
		t.Error("it watches although the socket was empty each time")
	}
	for range pressure {
		shield.saw(in, batchSize)
	}
	if shield.since.IsZero() {
		t.Error("it does not watch when batch after batch is full")
	}
	shield.watch(now)
	if shield.look(now.Add(lookEvery)); shield.up || !shield.since.IsZero() {
		t.Error("nothing was lost, but it goes on")
	}

	shield.watch(now)
	hear := func(from *net.UDPConn, times int) {
		for range times {
			in.names[0].set(localAddr(from))
			shield.saw(in, 1)
		}
	}
	hear(honest, 3)
	hear(flooder, 300)
	overflow(t, flooder, s, 1000)
	now = now.Add(lookEvery)
	shield.look(now)
	if _, blocked := shield.blocked[shield.origins.hash(localAddr(flooder))]; !shield.up || !blocked || len(shield.blocked) != 1 {
		t.Fatalf("up: %v, %d blocked", shield.up, len(shield.blocked))
	}
	arrived(t, s)
	send := func() (honestly, flooding bool) {
		flooder.WriteToUDPAddrPort([]byte(ping), s.addr)
		honest.WriteToUDPAddrPort([]byte(ping), s.addr)
		got := arrived(t, s)
		return got[localAddr(honest)], got[localAddr(flooder)]
	}
	if honestly, flooding := send(); !honestly || flooding {
		t.Errorf("honest %v, flooding %v", honestly, flooding)
	}

	overflow(t, flooder, s, 1000) // it goes on, in vain, ...
	now = now.Add(lookEvery)
	shield.look(now)
	hear(honest, 3)
	if shield.look(now.Add(calmFor / 2)); !shield.up || len(shield.blocked) != 1 {
		t.Error("it is down, or blocks others, before it is calm")
	}
	if shield.look(now.Add(calmFor + time.Second)); shield.up || len(shield.blocked) > 0 { // ... and ends
		t.Error("it is up when all is calm")
	}
	if honestly, flooding := send(); !honestly || !flooding {
		t.Errorf("afterwards: honest %v, flooding %v", honestly, flooding)
	}
}

// Blocked senders may try again, and are blocked again.
func TestShieldForgives(t *testing.T) {
	s := serverAt(t, "udp4", "127.0.0.1")
	shield, now := newShield(s, false, 0), time.Now()
	shield.since, shield.up = now, true
	for i := range uint32(3 * maxBlocked) {
		shield.counts[i] = int(1000 + i)
	}
	if !shield.blame(now, 200) || len(shield.blocked) != maxBlocked {
		t.Errorf("%d are blocked", len(shield.blocked))
	}
	if shield.blame(now, 200) {
		t.Error("there is no room for more, but it blocks them")
	}
	if _, worst := shield.blocked[3*maxBlocked-1]; !worst {
		t.Error("the worst of them is not")
	}
	shield.watch(now)
	shield.stormy = now.Add(blockFor)
	if shield.look(now.Add(blockFor + time.Second)); len(shield.blocked) != 0 {
		t.Errorf("%d are still blocked after %v", len(shield.blocked), blockFor)
	}
	lenient := newShield(s, false, -1)
	lenient.counts[1] = 1e6
	if lenient.blame(now, minSeen); len(lenient.blocked) > 0 {
		t.Error("without a limit nobody asks too much, but one is blocked")
	}
}

func TestDropped(t *testing.T) {
	h, err := Listen(Config{Listen: anyPort})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	from := bound(t, anyPort)
	if _, ok := h.groups[v4][0].drops(); !ok {
		t.Skip("this system does not say what it drops")
	}
	if n := h.Dropped(); n != 0 {
		t.Errorf("%d are dropped before anything was sent", n)
	}
	h.Do(func(dht.Time, *dht.Node) { overflow(t, from, h.groups[v4][0], 10) }) // the host cannot go on meanwhile
	lost := h.Dropped()
	if h.Close(); lost < 10 || h.Dropped() < lost {
		t.Errorf("%d are dropped, and %d after the end", lost, h.Dropped())
	}
}
