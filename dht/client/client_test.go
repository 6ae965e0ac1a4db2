package client_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/client"
	"github.com/lightdht/lightdht/dht/krpc"
)

// world is a network in memory, with a clock of its own: each datagram takes a
// millisecond, and blocking is what makes time pass.
type world struct {
	now    dht.Time
	hosts  map[netip.AddrPort]*host
	order  []*host
	flight []datagram
}

type datagram struct {
	from, to netip.AddrPort
	packet   []byte
}

// host is a node of a world, and a loop.
type host struct {
	world  *world
	addr   netip.AddrPort
	node   *dht.Node
	closed bool
}

var errClosed = errors.New("the world is no more")

func newWorld() *world { return &world{hosts: make(map[netip.AddrPort]*host)} }

func (w *world) add(t *testing.T) *host {
	t.Helper()
	i := len(w.order) + 1
	h := &host{world: w, addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(i)}), 6881)}
	var err error
	cfg := dht.Config{ID: krpc.ID{byte(i)}, Addr: h.addr}
	if h.node, err = dht.New(cfg, h, rand.NewPCG(1, uint64(i))); err != nil {
		t.Fatal(err)
	}
	w.hosts[h.addr] = h
	w.order = append(w.order, h)
	return h
}

func (h *host) Send(to netip.AddrPort, packet []byte) {
	h.world.flight = append(h.world.flight, datagram{h.addr, to, bytes.Clone(packet)})
}

func (h *host) Do(f func(now dht.Time, n *dht.Node)) { f(h.world.now, h.node) }

func (h *host) Wait(ctx context.Context, done <-chan struct{}) error {
	for {
		select {
		case <-done:
			return nil
		default:
		}
		if h.closed {
			return errClosed
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		h.world.step()
	}
}

// step delivers what is in flight and does what is due, a millisecond later or,
// if nothing is in flight, whenever the first node has something to do.
func (w *world) step() {
	flight := w.flight
	w.flight = nil
	next := w.now.Add(time.Hour)
	for _, h := range w.order {
		if t, ok := h.node.Next(); ok && t < next {
			next = t
		}
	}
	if len(flight) > 0 || next < w.now {
		next = w.now.Add(time.Millisecond)
	}
	w.now = next
	for _, d := range flight {
		if h := w.hosts[d.to]; h != nil {
			h.node.Receive(w.now, d.from, d.packet)
		}
	}
	for _, h := range w.order {
		h.node.Advance(w.now)
	}
}

// meet makes a world of size nodes that have all joined through the first, and
// have had time to verify each other.
func meet(t *testing.T, size int) *world {
	t.Helper()
	w := newWorld()
	for range size {
		w.add(t)
	}
	for range 2 {
		for _, h := range w.order[1:] {
			if _, err := client.New(h).Bootstrap(t.Context(), w.order[0].addr); err != nil {
				t.Fatalf("node %v: %v", h.addr, err)
			}
		}
		for end := w.now.Add(time.Minute); w.now < end; {
			w.step()
		}
	}
	return w
}

func TestPing(t *testing.T) {
	w := meet(t, 2)
	to := w.order[1]
	r, err := client.New(w.order[0]).Ping(t.Context(), to.addr)
	if err != nil {
		t.Fatal(err)
	}
	if want := (krpc.Contact{ID: to.node.ID(), Addr: to.addr}); r.From != want || r.RTT != 2*time.Millisecond {
		t.Errorf("the answer came from %v after %v, want %v after 2ms", r.From, r.RTT, want)
	}
}

func TestSearches(t *testing.T) {
	w := meet(t, 12)
	a, b := client.New(w.order[3]), client.New(w.order[9])
	hash := krpc.ID{5, 1}

	near, err := a.FindNode(t.Context(), krpc.ID{9}, dht.SearchConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if near.Closest[0] != (krpc.Contact{ID: krpc.ID{9}, Addr: w.order[8].addr}) {
		t.Errorf("the closest to 09 is %v", near.Closest[0])
	}
	told, err := a.AnnouncePeer(t.Context(), hash, 1234, dht.SearchConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if told.Stored != 8 {
		t.Errorf("%d nodes stored the announce, want 8", told.Stored)
	}
	replies := 0
	found, err := b.GetPeers(t.Context(), hash, dht.SearchConfig{OnReply: func(dht.Time, dht.Reply) { replies++ }})
	if err != nil {
		t.Fatal(err)
	}
	want := netip.AddrPortFrom(w.order[3].addr.Addr(), 1234)
	if len(found.Peers) != 1 || found.Peers[0] != want {
		t.Errorf("found %v, want %v", found.Peers, want)
	}
	if replies == 0 || replies != found.Trace.Replies {
		t.Errorf("%d replies were reported, the trace has %d", replies, found.Trace.Replies)
	}
}

// The message of a reply is the caller's: it stays what it is when the node
// goes on, and its datagram is used for something else.
func TestReplyIsACopy(t *testing.T) {
	w := meet(t, 10)
	a := client.New(w.order[1])
	to := krpc.Contact{Addr: w.order[0].addr}
	call := dht.Call{Method: "get_peers", Target: krpc.ID{7}}
	r, err := a.Query(t.Context(), to, call)
	if err != nil {
		t.Fatal(err)
	}
	kept := *r.Message
	text := string(kept.Body) + string(kept.Nodes) + string(kept.Token) + string(kept.Tx)
	for target := range uint32(20) {
		var other krpc.ID
		binary.BigEndian.PutUint32(other[:], target<<28)
		if _, err := a.FindNode(t.Context(), other, dht.SearchConfig{}); err != nil {
			t.Fatal(err)
		}
	}
	if len(kept.Nodes) == 0 || len(kept.Token) == 0 {
		t.Errorf("the reply lacks nodes or a token: %+v", kept)
	}
	if now := string(kept.Body) + string(kept.Nodes) + string(kept.Token) + string(kept.Tx); now != text {
		t.Errorf("the message changed from\n%q to\n%q", text, now)
	}
}

func TestErrors(t *testing.T) {
	w := meet(t, 2)
	c := client.New(w.order[1])
	nobody := krpc.Contact{Addr: netip.MustParseAddrPort("10.9.9.9:1")}

	_, err := c.Ping(t.Context(), nobody.Addr)
	var qe *dht.QueryError
	if !errors.Is(err, dht.ErrTimeout) || !errors.As(err, &qe) || qe.To != nobody.Addr {
		t.Errorf("a ping to nobody: %v", err)
	}
	_, err = c.Query(t.Context(), krpc.Contact{Addr: w.order[0].addr}, dht.Call{
		Method: "announce_peer", Port: 1, Target: krpc.ID{1}, Token: []byte("made up"),
	})
	var refusal *krpc.Error
	if !errors.As(err, &refusal) || refusal.Code != krpc.CodeProtocol {
		t.Errorf("an announce with a wrong token: %v", err)
	}
	r, err := client.New(newWorld().add(t)).FindNode(t.Context(), krpc.ID{1}, dht.SearchConfig{})
	if !errors.Is(err, dht.ErrNoNodes) || r == nil || len(r.Closest) != 0 {
		t.Errorf("a search without anybody to ask: %+v, %v", r, err)
	}
}

func TestCancel(t *testing.T) {
	w := meet(t, 10)
	h := w.order[1]
	c := client.New(h)

	over, cancel := context.WithCancel(t.Context())
	cancel()
	before := h.node.Stats().QueriesOut
	if _, err := c.FindNode(over, krpc.ID{1}, dht.SearchConfig{}); !errors.Is(err, context.Canceled) {
		t.Errorf("with a context that is over: %v", err)
	}
	if h.node.Stats().QueriesOut != before {
		t.Error("with a context that is over it asked all the same")
	}

	replies := 0
	midway, cancel := context.WithCancel(t.Context())
	r, err := c.FindNode(midway, krpc.ID{1}, dht.SearchConfig{OnReply: func(dht.Time, dht.Reply) {
		if replies++; replies == 2 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) || r == nil || !errors.Is(r.Err, dht.ErrStopped) {
		t.Fatalf("cancelled midway: %+v, %v", r, err)
	}
	if len(r.Closest) < 2 {
		t.Errorf("what was found until then is lost: %v", r.Closest)
	}
	if s := h.node.Stats(); s.Searches != 0 {
		t.Errorf("%d searches go on", s.Searches)
	}

	began := w.now
	midway, cancel = context.WithCancel(t.Context())
	h.Do(func(now dht.Time, n *dht.Node) { // ends while the query below waits
		n.Query(now, krpc.Contact{Addr: w.order[0].addr}, dht.Call{Method: "ping"}, func(dht.Time, dht.Reply) { cancel() })
	})
	if _, err := c.Ping(midway, netip.MustParseAddrPort("10.9.9.9:1")); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled ping: %v", err)
	}
	if took := w.now.Sub(began); took > 100*time.Millisecond {
		t.Errorf("the cancelled ping went on for %v", took)
	}
}

// A closed loop makes no callbacks; the call must return all the same.
func TestClosedLoop(t *testing.T) {
	w := meet(t, 2)
	h := w.order[1]
	h.closed = true
	if r, err := client.New(h).GetPeers(t.Context(), krpc.ID{1}, dht.SearchConfig{}); r != nil || !errors.Is(err, errClosed) {
		t.Errorf("GetPeers: %+v, %v", r, err)
	}
	if _, err := client.New(h).Ping(t.Context(), w.order[0].addr); !errors.Is(err, errClosed) {
		t.Errorf("Ping: %v", err)
	}
}
