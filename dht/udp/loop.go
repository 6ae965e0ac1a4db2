package udp

import (
	"math"
	"net/netip"
	"slices"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

const (
	// batchSize bounds the datagrams of one system call. 128 as in wireguard-go:
	// beyond that nothing is gained, and others wait longer for the node.
	batchSize = 128

	// maxDatagram is the longest datagram we read, in bytes. No honest message
	// is longer than an Ethernet frame; the longest that clients in the wild
	// send (BEP 44, both node lists) have 1737.
	maxDatagram = 2048

	// minSleep is the least time between two Advances: work that is due within it is done together.
	minSleep = time.Millisecond

	// A socket that cannot be read is tried again after minPause, and after
	// twice as long each further time, up to maxPause.
	minPause = time.Millisecond
	maxPause = time.Second

	never dht.Time = math.MaxInt64
)

// wire is the node's way out: into the outbox of the loan at hand.
type wire struct{ h *Host }

// Send implements [dht.Wire]. A datagram to a family without a socket, or to an address that the
// gate does not admit, is dropped like a lost one. The node itself should not send such datagrams.
func (w wire) Send(to netip.AddrPort, packet []byte) {
	if f := familyOf(to.Addr()); len(w.h.groups[f]) > 0 && w.h.gate.lets(w.h.lent, to) {
		w.h.out[f].add(to, packet)
	}
}

// exits are the sockets that datagrams leave through, one for each family that
// has any.
type exits [families]*socket

// exits returns those of receiver i.
func (h *Host) exits(i int) (e exits) {
	for f, g := range h.groups {
		if len(g) > 0 {
			e[f] = g[i%len(g)]
		}
	}
	return e
}

// serve starts the goroutines; Close stops them.
func (h *Host) serve(receivers int) {
	for i := range receivers {
		for _, s := range h.exits(i) {
			if s != nil {
				h.running.Go(func() { h.receive(s, h.exits(i)) })
			}
		}
	}
	h.running.Go(h.keepTime)
}

// now is Unix time, but does not jump when somebody sets the clock.
func (h *Host) now() dht.Time { return h.epoch.Add(time.Since(h.start)) }

// lend runs f alone with the node, and wakes the timekeeper earlier if f gave the node something to
// do sooner. Datagrams end up in out.
func (h *Host) lend(out *outbox, f func(now dht.Time, n *dht.Node)) {
	h.mu.Lock()
	defer h.mu.Unlock() // f may panic, and be recovered from
	h.out, h.lent = out, h.now()
	f(h.lent, h.node)
	if next, ok := h.node.Next(); ok && next < h.alarm {
		h.alarm = next
		select {
		case h.wake <- struct{}{}:
		default: // it has not seen the last call yet
		}
	}
}

// keepTime advances the node whenever something is due.
func (h *Host) keepTime() {
	var (
		out   outbox
		sleep time.Duration
		timer = time.NewTimer(0)
	)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-h.wake:
		case <-h.closed:
			return
		}
		h.lend(&out, func(now dht.Time, n *dht.Node) { sleep = h.advance(now, n) })
		out.flush(h.exits(0))
		timer.Reset(sleep)
	}
}

// advance does what is due and returns how long to sleep until there is more.
func (h *Host) advance(now dht.Time, n *dht.Node) time.Duration {
	if next, ok := n.Next(); ok && next <= now {
		if h.record != nil {
			h.record(now, netip.AddrPort{}, nil)
		}
		n.Advance(now)
	}
	h.alarm = never
	if next, ok := n.Next(); ok {
		h.alarm = next
	}
	return max(h.alarm.Sub(now), minSleep)
}

// receive serves one socket until the host is closed. Datagrams that the node sends meanwhile leave
// through e.
func (h *Host) receive(s *socket, e exits) {
	var (
		in       = newInbox()
		messages = make([]krpc.Message, batchSize)
		junk     = make([]bool, batchSize)
		count    int
		out      outbox
		shield   = newShield(s, h.public, h.answer)
		pause    = minPause
	)
	handle := func(now dht.Time, n *dht.Node) { // once, not once per batch: it is allocated
		for i := range count {
			h.handle(now, n, in, i, &messages[i], junk[i])
		}
	}
	for {
		var err error
		if count, err = in.receive(s); err != nil {
			if !h.survive(&pause) {
				return
			}
			continue
		}
		pause = minPause
		shield.saw(in, count)
		for i := range count {
			_, packet, whole := in.at(i)
			junk[i] = messages[i].Parse(packet) != nil || !whole
		}
		h.lend(&out, handle)
		out.flush(e)
	}
}

// handle gives the node datagram i of a batch.
func (h *Host) handle(now dht.Time, n *dht.Node, in *inbox, i int, m *krpc.Message, junk bool) {
	from, packet, _ := in.at(i)
	if h.record != nil {
		h.record(now, from, packet)
	}
	if junk {
		n.Junk(now, from, packet)
		return
	}
	h.gate.asked(now, from, m)
	n.Handle(now, from, len(packet), m)
}

// survive backs off after a failed read: an ICMP message that some systems report there, a lack of
// memory, a network that went away. None of these is a reason to stop serving. It returns false
// after Close.
func (h *Host) survive(pause *time.Duration) bool {
	select {
	case <-h.closed:
		return false
	case <-time.After(*pause):
		*pause = min(2**pause, maxPause)
		return true
	}
}

// outbox collects the datagrams that the node sends while it is lent once, by family; they leave
// when it is returned. The zero value is empty.
type outbox [families]sendQueue

// flush sends all datagrams through e, regardless of losses, and leaves o empty.
func (o *outbox) flush(e exits) {
	for f := range o {
		if len(o[f].spans) > 0 {
			o[f].flush(e[f])
		}
	}
}

// sendQueue holds datagrams for one socket. The zero value is empty.
type sendQueue struct {
	bytes  []byte // of all datagrams, one after the other
	spans  []span
	sender sender
}

// span is one datagram of a sendQueue: bytes[start:end].
type span struct {
	to         netip.AddrPort
	start, end int
}

// maxIdle is how much memory an empty sendQueue keeps, in bytes.
const maxIdle = 1 << 20

func (p *sendQueue) add(to netip.AddrPort, packet []byte) {
	start := len(p.bytes)
	p.bytes = append(p.bytes, packet...)
	p.spans = append(p.spans, span{to, start, len(p.bytes)})
}

func (p *sendQueue) flush(s *socket) {
	for batch := range slices.Chunk(p.spans, batchSize) {
		p.sender.send(s, p.bytes, batch)
	}
	if cap(p.bytes) > maxIdle {
		*p = sendQueue{}
		return
	}
	p.bytes, p.spans = p.bytes[:0], p.spans[:0]
}
