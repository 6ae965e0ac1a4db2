// Package dhttest is support for tests: a network of nodes with a fixed delay on
// virtual time, small enough to read. Package sim is the real simulator.
package dhttest

import (
	"math/rand/v2"
	"net/netip"
	"time"

	"github.com/lightdht/lightdht/dht"
)

// Net delivers what its nodes send after Delay, in the order of sending. The
// zero value is ready. It belongs to one goroutine.
type Net struct {
	Delay time.Duration // one way
	// Lose, if set, is asked of each datagram whether it gets lost.
	Lose func(from, to netip.AddrPort, packet []byte) bool
	// Alter, if set, returns what takes the place of each datagram: nothing, another, or several.
	Alter func(from, to netip.AddrPort, packet []byte) [][]byte

	now     dht.Time
	nodes   map[netip.AddrPort]*dht.Node
	order   []*dht.Node
	flights []flight
}

type flight struct {
	at       dht.Time
	from, to netip.AddrPort
	packet   []byte
}

// port is the Wire of one node.
type port struct {
	net         *Net
	addr, addr6 netip.AddrPort
}

func (p port) Send(to netip.AddrPort, packet []byte) {
	from := p.addr
	if p.addr6.IsValid() && to.Addr().Is6() {
		from = p.addr6
	}
	if p.net.Lose != nil && p.net.Lose(from, to, packet) {
		return
	}
	if p.net.Alter == nil {
		p.net.Post(from, to, packet)
		return
	}
	for _, other := range p.net.Alter(from, to, packet) {
		p.net.Post(from, to, other)
	}
}

// Post delivers a datagram, of which it keeps a copy, after Delay, as if a node at from had sent
// it.
func (n *Net) Post(from, to netip.AddrPort, packet []byte) {
	n.flights = append(n.flights, flight{n.now.Add(n.Delay), from, to, append([]byte(nil), packet...)})
}

// Source returns a source of numbers that depends on seed alone.
func Source(seed uint64) dht.Source { return rand.NewPCG(seed, seed) }

// Addr returns the address of the i-th host, 10.0.0.0/16 and port 6881.
func Addr(i int) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), 6881)
}

// Addr6 returns the IPv6 address of the i-th host, fd00::/16 and port 6881.
func Addr6(i int) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom16([16]byte{0: 0xfd, 14: byte(i >> 8), 15: byte(i)}), 6881)
}

// Now returns the virtual time.
func (n *Net) Now() dht.Time { return n.now }

// Add makes a node; a configuration that is refused panics. cfg.Addr and cfg.Addr6
// say where it is.
func (n *Net) Add(cfg dht.Config, seed uint64) *dht.Node {
	node, err := dht.New(cfg, port{n, cfg.Addr, cfg.Addr6}, Source(seed))
	if err != nil {
		panic(err)
	}
	if n.nodes == nil {
		n.nodes = make(map[netip.AddrPort]*dht.Node)
	}
	n.nodes[cfg.Addr] = node
	if cfg.Addr6.IsValid() {
		n.nodes[cfg.Addr6] = node
	}
	n.order = append(n.order, node)
	return node
}

// Remove takes the node at addr off the network, silently.
func (n *Net) Remove(addr netip.AddrPort) {
	node := n.nodes[addr]
	delete(n.nodes, node.Addr())
	delete(n.nodes, node.Addr6())
	for i, other := range n.order {
		if other == node {
			n.order = append(n.order[:i], n.order[i+1:]...)
			return
		}
	}
}

// Run lets d pass.
func (n *Net) Run(d time.Duration) { n.Until(n.now.Add(d), func() bool { return false }) }

// Until lets time pass until done reports true, or until end; it returns whether
// done did.
func (n *Net) Until(end dht.Time, done func() bool) bool {
	for !done() {
		next, some := n.Next()
		if !some || next > end {
			n.now = end
			return done()
		}
		n.now = max(n.now, next)
		n.step()
	}
	return true
}

// Next returns when something happens next; false if nothing ever will.
func (n *Net) Next() (next dht.Time, some bool) {
	if len(n.flights) > 0 {
		next, some = n.flights[0].at, true
	}
	for _, node := range n.order {
		if t, ok := node.Next(); ok && (!some || t < next) {
			next, some = t, true
		}
	}
	return next, some
}

// Step goes to when something happens next, and lets it happen; false if nothing ever will.
func (n *Net) Step() bool {
	next, some := n.Next()
	if some {
		n.now = max(n.now, next)
		n.step()
	}
	return some
}

// Wait lets time pass until at, in which nothing happens.
func (n *Net) Wait(at dht.Time) { n.now = max(n.now, at) }

// step delivers the first datagram, or lets the nodes that are due advance.
func (n *Net) step() {
	if len(n.flights) > 0 && n.flights[0].at <= n.now {
		f := n.flights[0]
		n.flights = n.flights[1:]
		if node := n.nodes[f.to]; node != nil {
			node.Receive(n.now, f.from, f.packet)
		}
		return
	}
	for _, node := range append([]*dht.Node(nil), n.order...) {
		if t, ok := node.Next(); ok && t <= n.now {
			node.Advance(n.now)
		}
	}
}
