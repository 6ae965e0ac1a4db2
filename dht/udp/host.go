// Package udp puts one DHT node on a UDP address, or on one of each family.
//
// The node itself knows no socket, clock or goroutine; a [Host] has them. Its receivers take
// datagrams from the kernel a batch at a time, parse them in parallel, and hand each batch to the
// node under one mutex; one more goroutine wakes the node when something is due. [Host.Do] lends
// the node to other goroutines. When more arrives than can be served, the kernel is told which
// senders' datagrams to drop: see [Host.Dropped].
//
// The files form layers, from the lowest: gate, group; batch; shield; filter, host; loop, reach.
package udp

import (
	"cmp"
	"context"
	crand "crypto/rand"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"sync"
	"time"

	"github.com/lightdht/lightdht/dht"
)

// MaxReceivers is the most receivers a host can have. More than cores is waste.
const MaxReceivers = 64

// ErrClosed is returned by [Host.Wait] when the host was closed in the meantime.
var ErrClosed = errors.New("udp: the host is closed")

// Config says where a host listens and what its node is like.
type Config struct {
	// Listen is the address to bind. Port 0 takes any free port. The zero value
	// is every IPv4 address of the machine and any port. An IPv6 address
	// carries an IPv6 node only: the two families are separate networks.
	Listen netip.AddrPort

	// Listen6 is an IPv6 address to bind besides an IPv4 Listen: the node is then
	// a member of both networks (BEP 32). Port 0 takes any free port, not
	// necessarily that of Listen. Default: none.
	Listen6 netip.AddrPort

	// Receivers is the number of goroutines that receive and parse, at most
	// [MaxReceivers], for each address. Default 1. On Linux each has its own
	// socket on the shared port, and the kernel gives each remote address to one
	// of them.
	Receivers int

	// Node is the configuration of the node. Listen fills in Addr and Addr6; Reach, if that is nil,
	// with [ReachFrom] of the addresses and of Bootstrap; and Pace ([dht.NewStrangerPace]), if
	// there is no QueryRate either. A node that listens to more than this machine always has its
	// Guard.
	Node dht.Config

	// Source is where the node draws ids, tokens and transaction ids from. nil,
	// the default, is unpredictable, and anything else unsafe on a real network.
	Source dht.Source

	// Record, if not nil, is called for all input of the node, in order: for each datagram, junk
	// included, before it is handled, and, with the zero from and a nil packet, for each Advance.
	// It runs alone with the node, must not block, and must copy packet to keep it. Datagrams that
	// the kernel drops (see [Host.Dropped]) are not recorded.
	Record func(now dht.Time, from netip.AddrPort, packet []byte)
}

func (c Config) validate() error {
	if c.Receivers < 0 || c.Receivers > MaxReceivers {
		return fmt.Errorf("udp: Receivers is %d; it must be 0 (for 1) to %d", c.Receivers, MaxReceivers)
	}
	if !c.Listen6.IsValid() {
		return nil
	}
	if familyOf(c.Listen6.Addr().Unmap()) != v6 {
		return fmt.Errorf("udp: Listen6 is %v; it must be an IPv6 address", c.Listen6)
	}
	if c.Listen.IsValid() && familyOf(c.Listen.Addr().Unmap()) != v4 {
		return fmt.Errorf("udp: Listen is %v; beside a Listen6 it must be an IPv4 address", c.Listen)
	}
	return nil
}

// Host is a node on a UDP address. All methods may be called from any
// goroutine, but none from a function given to Do, nor from a callback of the
// node: those run while the node is lent out, and would wait for themselves.
type Host struct {
	groups [families]group
	addr   netip.AddrPort
	start  time.Time
	epoch  dht.Time // Unix time of start; the monotonic clock counts from there
	record func(now dht.Time, from netip.AddrPort, packet []byte)
	public bool // see dht.Config; for the shields
	answer int  // AnswerRate of dht.Config; likewise
	pace   *dht.Pace

	mu    sync.Mutex // never held while waiting for packets or sending them
	node  *dht.Node
	gate  gate
	out   *outbox  // where the node's datagrams go during the loan at hand
	lent  dht.Time // when the loan at hand began
	alarm dht.Time // when the timekeeper will wake by itself

	boxes   sync.Pool     // of *outbox, for Do
	wake    chan struct{} // tells the timekeeper that alarm was moved forward
	closed  chan struct{} // closed by Close: ends every goroutine
	closing sync.Once
	running sync.WaitGroup
}

// Listen binds cfg.Listen, makes the node and starts to serve. A socket that
// cannot be had is a [*ListenError].
func Listen(cfg Config) (*Host, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	groups, err := openGroups(cfg)
	if err != nil {
		return nil, err
	}
	h := newHost(cfg, groups)
	cfg.Node.Addr, cfg.Node.Addr6 = h.addr, h.Addr6()
	restrict(&cfg.Node, h.listening(), cfg.Node.Bootstrap)
	h.gate.reach, h.pace = cfg.Node.Reach, cfg.Node.Pace
	if h.node, err = dht.New(cfg.Node, wire{h}, source(cfg)); err != nil {
		closeGroups(groups)
		return nil, err
	}
	h.serve(max(cfg.Receivers, 1))
	return h, nil
}

func newHost(cfg Config, groups [families]group) *Host {
	start := time.Now()
	return &Host{
		groups: groups,
		addr:   cmp.Or(groups[v4].addr(), groups[v6].addr()),
		start:  start,
		epoch:  dht.Time(start.UnixNano()),
		record: cfg.Record,
		public: cfg.Node.Public,
		answer: cfg.Node.AnswerRate,
		out:    new(outbox),
		alarm:  never,
		boxes:  sync.Pool{New: func() any { return new(outbox) }},
		wake:   make(chan struct{}, 1),
		closed: make(chan struct{}),
	}
}

// source returns the configured source, or an unpredictable one.
func source(cfg Config) dht.Source {
	if cfg.Source != nil {
		return cfg.Source
	}
	var seed [32]byte
	crand.Read(seed[:]) // never fails: it ends the program instead
	return rand.NewChaCha8(seed)
}

// Addr returns the bound address. Its IP is unspecified (0.0.0.0 or ::) if that
// is what the host was told to listen on.
func (h *Host) Addr() netip.AddrPort { return h.addr }

// Addr6 returns the IPv6 address that is bound besides an IPv4 one; the zero
// value if there are not two.
func (h *Host) Addr6() netip.AddrPort {
	if familyOf(h.addr.Addr()) == v6 {
		return netip.AddrPort{}
	}
	return h.groups[v6].addr()
}

// Dropped returns how many datagrams the kernel has dropped before the host saw them:
// those that came while its buffers were full, and those that it was told to refuse meanwhile:
// datagrams that cannot be messages, and those of addresses that send more than twice the rate at
// which they would be answered. It is always 0 on systems other than Linux, which do not tell.
func (h *Host) Dropped() (count uint64) {
	for _, g := range h.groups {
		for _, s := range g {
			count += s.dropped()
		}
	}
	return count
}

// Do runs f alone with the node; now is Unix time in nanoseconds. Datagrams of f leave when it has
// returned. The node must not be used after that. Searches started in f call back later, on a
// goroutine of the host that is alone with the node: a callback must not block, nor call Do; it
// should copy what it needs and pass it on.
//
// After Close, f still runs, so that a last look at tables and counters is
// possible; but nothing is sent, and no callback will come.
func (h *Host) Do(f func(now dht.Time, n *dht.Node)) {
	out := h.boxes.Get().(*outbox)
	h.lend(out, f)
	out.flush(h.exits(0))
	h.boxes.Put(out)
}

// Wait blocks until done is closed. It returns early with the error of ctx when
// that ends, or with [ErrClosed] when the host is closed.
func (h *Host) Wait(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-done: // first, also when the others are ready too
		return nil
	default:
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-h.closed:
		return ErrClosed
	}
}

// Close frees the addresses and ends all goroutines of the host; when it returns
// they are gone. Closing again does nothing and returns nil.
func (h *Host) Close() error {
	var err error
	h.closing.Do(func() {
		close(h.closed)
		err = closeGroups(h.groups)
		h.running.Wait()
	})
	return err
}
