//go:build linux

package hostile

import (
	"bytes"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/lightdht/lightdht/dht/krpc"
)

// sentinel is a socket that counts what arrives.
type sentinel struct {
	conn           *net.UDPConn
	packets, bytes atomic.Int64
}

func listen(ts *testscript.TestScript, addr string) *net.UDPConn {
	at, err := net.ResolveUDPAddr("udp", addr)
	ts.Check(err)
	var conn *net.UDPConn
	ts.Check(sceneOf(ts).island.within(func() error {
		conn, err = net.ListenUDP("udp", at)
		return err
	}))
	ts.Defer(func() { conn.Close() })
	return conn
}

func newSentinel(ts *testscript.TestScript, _ bool, args []string) {
	s := &sentinel{conn: listen(ts, args[1])}
	go func() { // ends when conn is closed
		buf := make([]byte, 1<<16)
		for {
			n, _, err := s.conn.ReadFrom(buf)
			if err != nil {
				return
			}
			s.packets.Add(1)
			s.bytes.Add(int64(n))
		}
	}()
	all := sceneOf(ts)
	if all.sentinels == nil {
		all.sentinels = map[string]*sentinel{}
	}
	all.sentinels[args[0]] = s
	ts.Setenv(args[0], s.conn.LocalAddr().String())
}

// heard compares what a sentinel has counted. Whatever was sent over the loopback
// interface by a process that has ended lies in the socket already; a datagram of our
// own, sent last, tells when all of it was counted.
func heard(ts *testscript.TestScript, _ bool, args []string) {
	s := sceneOf(ts).sentinels[args[0]]
	if s == nil {
		ts.Fatalf("there is no sentinel %s", args[0])
	}
	conn := listen(ts, home(s.conn.LocalAddr().String()))
	before := s.packets.Load()
	_, err := conn.WriteTo([]byte("."), s.conn.LocalAddr())
	ts.Check(err)
	for deadline := time.Now().Add(20 * time.Second); s.packets.Load() == before; {
		if time.Now().After(deadline) {
			ts.Fatalf("the sentinel does not count")
		}
		<-time.After(time.Millisecond)
	}
	packets, size := s.packets.Add(-1), s.bytes.Add(-1)
	sceneOf(ts).table.counted(ts.Name(), int(packets))
	if want, err := strconv.ParseInt(args[1], 10, 64); err != nil || packets > want || want > 0 && packets == 0 {
		ts.Fatalf("%d datagrams of %d bytes arrived, want %s", packets, size, args[1])
	}
	if len(args) > 2 {
		if most, err := strconv.ParseInt(args[2], 10, 64); err != nil || size > most {
			ts.Fatalf("%d bytes arrived, at most %s", size, args[2])
		}
	}
}

// rogue is a node that names the same contacts in all its answers.
type rogue struct {
	conn     *net.UDPConn
	contacts []netip.AddrPort
	queries  atomic.Int64
}

func newRogue(ts *testscript.TestScript, _ bool, args []string) {
	at := "127.0.0.1:0"
	if len(args) > 1 && args[0] == "-at" {
		at, args = args[1], args[2:]
	}
	r := &rogue{conn: listen(ts, at)}
	for _, text := range args {
		addr, err := netip.ParseAddrPort(text)
		ts.Check(err)
		r.contacts = append(r.contacts, addr)
	}
	sceneOf(ts).rogue = r
	ts.Setenv("ROGUE", r.conn.LocalAddr().String())
	go r.serve() // ends when conn is closed
}

func (r *rogue) serve() {
	buf := make([]byte, 1<<16)
	var m krpc.Message
	for {
		n, from, err := r.conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			return
		}
		if m.Parse(buf[:n]) != nil || m.Kind != krpc.KindQuery {
			continue
		}
		r.queries.Add(1)
		r.conn.WriteToUDPAddrPort(r.answer(&m), from)
	}
}

// answer names the contacts under ids near what is asked for.
func (r *rogue) answer(m *krpc.Message) []byte {
	answer := krpc.Response{Tx: m.Tx, ID: krpc.ID{0x77, 1}, Token: []byte("token")}
	for i, addr := range r.contacts {
		c := krpc.Contact{ID: m.Target, Addr: addr}
		if m.Has&krpc.HasInfoHash != 0 {
			c.ID = m.InfoHash
		}
		c.ID[krpc.IDLen-1] ^= byte(i + 1)
		if addr.Addr().Is4() {
			answer.Nodes, answer.Lists = append(answer.Nodes, c), answer.Lists|krpc.Want4
		} else {
			answer.Nodes6, answer.Lists = append(answer.Nodes6, c), answer.Lists|krpc.Want6
		}
	}
	return answer.Append(nil)
}

func asked(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.ParseInt(args[0], 10, 64)
	ts.Check(err)
	if got := sceneOf(ts).rogue.queries.Load(); got < want {
		ts.Fatalf("the rogue was asked %d times, want %d at least", got, want)
	}
}

// forge asks from a socket that answers nothing, as a forged address would, and adds up
// what comes back.
func forge(ts *testscript.TestScript, neg bool, args []string) {
	from := ""
	if len(args) == 5 {
		from, args = args[4], args[:4]
	}
	if len(args) != 4 {
		ts.Fatalf("forge ADDR COUNT MOST METHOD [FROM]")
	}
	to, err := netip.ParseAddrPort(strings.NewReplacer("0.0.0.0:", "127.0.0.1:", "[::]:", "[::1]:").Replace(args[0]))
	ts.Check(err)
	count, err := strconv.Atoi(args[1])
	ts.Check(err)
	most, err := strconv.ParseFloat(args[2], 64)
	ts.Check(err)
	if from == "" {
		from = home(to.String())
	}
	conn := listen(ts, from)
	var back atomic.Int64
	var reading sync.WaitGroup
	reading.Go(func() { // ends when nothing more comes
		buf := make([]byte, 1<<16)
		for {
			patience := 1500 * time.Millisecond // longer than a node holds a query
			if back.Load() == 0 {
				patience = 20 * time.Second // for a machine that is busy
			}
			conn.SetReadDeadline(time.Now().Add(patience))
			n, _, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			back.Add(int64(n))
		}
	})
	sent := 0
	for i := range count {
		q := krpc.Query{Method: args[3], ID: krpc.ID{9, byte(i >> 8), byte(i)}, Target: krpc.ID{1, byte(i)}, Tx: []byte("tt")}
		packet := q.Append(nil)
		sent += len(packet)
		_, err := conn.WriteToUDPAddrPort(packet, to)
		ts.Check(err)
	}
	reading.Wait()
	factor := float64(back.Load()) / float64(sent)
	ts.Logf("%d bytes out, %d back: %.2f times", sent, back.Load(), factor)
	conn.Close()
	switch {
	case neg && factor <= most:
		ts.Fatalf("%.2f times as much came back, more than %v was expected", factor, most)
	case !neg && (factor > most || back.Load() == 0):
		ts.Fatalf("%.2f times as much came back, at most %v, and something", factor, most)
	}
}

// home is any port of this machine, in the family of an address.
func home(addr string) string {
	if strings.HasPrefix(addr, "[") {
		return "[::]:0"
	}
	return "0.0.0.0:0"
}

// pinger asks the node of a process while that lives.
type pinger struct {
	over    chan struct{}
	done    chan struct{}
	count   int
	longest time.Duration
}

// slow is an answer that shows the node to be kept from its work. On a busy machine any
// process may have to wait for a second.
const slow = 2 * time.Second

// pingOwn finds an address, $OWN or @OWN, for the process to listen at, and asks there.
func pingOwn(ts *testscript.TestScript) *pinger {
	free, err := net.ListenPacket("udp", "127.0.0.1:0")
	ts.Check(err)
	addr := free.LocalAddr().String()
	free.Close()
	ts.Setenv("OWN", addr)
	conn, err := net.Dial("udp", addr)
	ts.Check(err)
	p := &pinger{over: make(chan struct{}), done: make(chan struct{})}
	ts.Defer(func() { conn.Close() })
	go p.ask(conn) // ends when over is closed
	return p
}

// ask pings again and again. Before the first answer the node may not be there yet, and
// at the end it may be gone.
func (p *pinger) ask(conn net.Conn) {
	defer close(p.done)
	query, buf := []byte("d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe"), make([]byte, 1500)
	for {
		asked := time.Now()
		conn.Write(query) // refused while nobody listens
		conn.SetReadDeadline(asked.Add(2 * slow))
		if n, err := conn.Read(buf); err == nil && bytes.Contains(buf[:n], []byte("1:y1:r")) {
			p.count++
			p.longest = max(p.longest, time.Since(asked))
		}
		select {
		case <-p.over:
			return
		case <-time.After(25 * time.Millisecond):
		}
	}
}

// judge says what was wrong with the node, if there was time to see it.
func (p *pinger) judge(want int, took time.Duration) (faults []string) {
	close(p.over)
	<-p.done
	if took > time.Second && p.count < want || p.longest > slow {
		faults = append(faults, fmt.Sprintf("the node did not go on answering: %d pings, the slowest after %v", p.count, p.longest))
	}
	return faults
}
