package probe

import (
	"bytes"
	"context"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/dhttest"
	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/luabind"
	"github.com/lightdht/lightdht/scripts"
)

// site is a small network on virtual time: a node under test, some neighbours of it, and the node
// of a script.
type site struct {
	net    dhttest.Net
	target *dht.Node
	own    *dht.Node
	count  int
}

// neighbours is how many nodes the one under test has met: enough for its choices to mean
// something.
const neighbours = 30

// newSite makes the network, in which the target is honest; see apply.
func newSite() *site {
	s := &site{}
	s.net.Delay = 20 * time.Millisecond
	s.target = s.node(dht.Config{AnswerRate: -1})
	for range neighbours {
		n := s.node(dht.Config{})
		n.Bootstrap(s.net.Now(), []netip.AddrPort{s.target.Addr()}, func(dht.Time, *dht.Result) {})
		s.net.Run(time.Second)
	}
	s.net.Run(time.Minute)
	s.own = s.node(dht.Config{})
	return s
}

// node adds a node at an IP address of its own.
func (s *site) node(cfg dht.Config) *dht.Node {
	s.count++
	cfg.Addr, cfg.Reach = dhttest.Addr(s.count), dht.Everywhere()
	if cfg.ID == (dht.Config{}).ID {
		source := rand.NewPCG(uint64(s.count), 1)
		for i := range cfg.ID {
			cfg.ID[i] = byte(source.Uint64() >> 56)
		}
	}
	return s.net.Add(cfg, uint64(s.count))
}

// lent is a node of the site for a script.
type lent struct {
	site *site
	node *dht.Node
}

func (l lent) Do(f func(now dht.Time, n *dht.Node)) { f(l.site.net.Now(), l.node) }
func (l lent) Addr() netip.AddrPort                 { return l.node.Addr() }
func (l lent) Close() error {
	l.site.net.Remove(l.node.Addr())
	return nil
}

// clock is the site's virtual time for a script.
type clock struct {
	site   *site
	timers []*timer
}

type timer struct {
	at dht.Time
	f  func()
}

func (c *clock) Now() time.Duration { return c.site.net.Now().Sub(0) }

func (c *clock) AfterFunc(d time.Duration, f func()) (stop func()) {
	t := &timer{c.site.net.Now().Add(d), f}
	c.timers = append(c.timers, t)
	return func() { c.forget(t) }
}

func (c *clock) forget(t *timer) {
	for i, other := range c.timers {
		if other == t {
			c.timers = append(c.timers[:i], c.timers[i+1:]...)
			return
		}
	}
}

// Step lets the first thing happen: a timer, or something in the network.
func (c *clock) Step(wake <-chan struct{}) bool {
	select {
	case <-wake:
		return true
	default:
	}
	var first *timer
	for _, t := range c.timers {
		if first == nil || t.at < first.at {
			first = t
		}
	}
	if next, some := c.site.net.Next(); some && (first == nil || next <= first.at) {
		return c.site.net.Step()
	}
	if first == nil {
		return false
	}
	c.site.net.Wait(first.at)
	c.forget(first)
	first.f()
	return true
}

// print runs a script on the site, and returns what it printed.
func (s *site) print(t *testing.T, source string) string {
	t.Helper()
	var out bytes.Buffer
	bindings := luabind.New(luabind.Options{Network: luabind.Network{
		Name: "udp", Own: lent{s, s.own},
		Open:  func(cfg dht.Config) (luabind.Loop, error) { return lent{s, s.node(cfg)}, nil },
		Entry: func() []netip.AddrPort { return nil },
	}})
	e, err := engine.New(engine.Options{
		Clock: &clock{site: s}, Stdout: &out, Random: rand.NewPCG(1, 2), Modules: bindings.Modules(), Library: scripts.FS,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if _, err := e.Run(context.Background(), "probe.lua", source); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
