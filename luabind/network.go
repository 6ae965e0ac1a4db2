package luabind

import (
	"net/netip"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/sim"
	"github.com/lightdht/lightdht/dht/udp"
	"github.com/lightdht/lightdht/engine"
)

// Loop lends a node to its callers. Both *udp.Host and *sim.Host do.
type Loop interface {
	// Do calls f alone with the node. Callbacks of what f starts come later.
	Do(f func(now dht.Time, n *dht.Node))
	Addr() netip.AddrPort
	Close() error
}

// Network is where the nodes of a run come from. The zero value is no network: then
// scripts have neither dht nor sim.
type Network struct {
	Name  string                             // "sim" or "udp": dht.network
	Own   Loop                               // the run's own node, which has joined already; closing it is the host's business
	Open  func(cfg dht.Config) (Loop, error) // makes a further node; a zero cfg.Addr is for it to choose
	Entry func() []netip.AddrPort            // the nodes that a further node joins through
	World *sim.World                         // the simulated world; nil on a real network, where sim is nil
	Kept  bool                               // the table of the run's own node goes to a file: what a script adds to it counts as output
}

// entryNodes is how many random members a further node joins through, as the
// contract with scripts says of the run's own.
const entryNodes = sim.EntryNodes

// NewSim returns the network of a simulated world, in which own is the run's
// own node. Run the script on [SimClock] of the same world.
func NewSim(world *sim.World, own *sim.Host) Network {
	return Network{
		Name: "sim",
		Own:  own,
		Open: func(cfg dht.Config) (Loop, error) {
			h, err := world.Open(cfg)
			if err != nil {
				return nil, err
			}
			return h, nil
		},
		Entry: func() []netip.AddrPort { return world.Entry(entryNodes) },
		World: world,
	}
}

// NewUDP returns a real network, which own has joined and further nodes join
// through entry. Those listen at the IP addresses of own, at any port, and elsewhere
// only where the reach of own grants it; see [udp.Host.Open].
func NewUDP(own *udp.Host, entry []netip.AddrPort) Network {
	return Network{
		Name: "udp",
		Own:  own,
		Open: func(cfg dht.Config) (Loop, error) {
			listen, six := cfg.Addr, cfg.Addr6
			if !listen.IsValid() && !six.IsValid() && own.Addr6().IsValid() {
				six = netip.AddrPortFrom(own.Addr6().Addr(), 0)
			}
			if !listen.IsValid() {
				listen = netip.AddrPortFrom(own.Addr().Addr(), 0)
			}
			h, err := own.Open(udp.Config{Listen: listen, Listen6: six, Node: cfg})
			if err != nil {
				return nil, err
			}
			return h, nil
		},
		Entry: func() []netip.AddrPort { return entry },
	}
}

// SimClock returns the clock of a script that runs in a world: virtual time,
// counted from the call. While all tasks wait, it lets the world run.
func SimClock(w *sim.World) engine.Clock { return &simClock{world: w, start: w.Now()} }

type simClock struct {
	world *sim.World
	start dht.Time
}

func (c *simClock) Now() time.Duration { return c.world.Now().Sub(c.start) }

// maxAlarm keeps virtual time from running over: 146 years.
const maxAlarm = time.Duration(1 << 62)

func (c *simClock) AfterFunc(d time.Duration, f func()) (stop func()) {
	return c.world.After(min(d, maxAlarm), f)
}

func (c *simClock) Step(wake <-chan struct{}) bool {
	select {
	case <-wake:
		return true
	default:
		return c.world.Step()
	}
}

// Realtime is SimClock for demonstrations: virtual time passes no faster than
// the wall clock.
func Realtime(w *sim.World) engine.Clock {
	return &realtimeClock{simClock{world: w, start: w.Now()}, time.Now()}
}

type realtimeClock struct {
	simClock
	began time.Time // on the wall clock
}

func (c *realtimeClock) Step(wake <-chan struct{}) bool {
	next, ok := c.world.Next()
	if !ok {
		return false
	}
	early := time.NewTimer(next.Sub(c.start) - time.Since(c.began))
	defer early.Stop()
	select {
	case <-wake:
		return true
	case <-early.C:
		return c.world.Step()
	}
}
