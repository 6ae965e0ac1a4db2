package luabind

import (
	"net/netip"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/sim"
)

// Loop lends a node to whoever asks. Both *udp.Host and *sim.Host do.
type Loop interface {
	// Do calls f alone with the node. Callbacks of what f starts come later.
	Do(f func(now dht.Time, n *dht.Node))
	Addr() netip.AddrPort
	Close() error
}

// Network is where the nodes of a run come from.
type Network struct {
	Name  string                             // "sim" or "udp"
	Own   Loop                               // the run's own node, which has joined already
	Open  func(cfg dht.Config) (Loop, error) // makes a further node
	Entry func() []netip.AddrPort            // whom a further node joins through
	World *sim.World                         // the simulated world; nil on a real network
}

// node is one node that a script can ask.
type node struct {
	loop Loop
}
