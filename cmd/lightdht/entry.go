package main

import (
	"context"
	"net/netip"
	"strings"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/client"
	"github.com/lightdht/lightdht/dht/entry"
	"github.com/lightdht/lightdht/dht/sim"
	"github.com/lightdht/lightdht/luabind"
)

// entryNodes is how many random members a script's node joins through; the
// contract with scripts says so.
const entryNodes = 3

// maxEntries is how often it tries others before there is no entry; ours.
const maxEntries = 10

// enterSim joins a simulated network. Under heavy loss all that are asked first
// may seem silent, so that others are asked then.
func enterSim(ctx context.Context, world *sim.World, own *sim.Host) (err error) {
	for range maxEntries {
		if err = enter(ctx, own, world.Entry(entryNodes)); err == nil || ctx.Err() != nil {
			break
		}
	}
	return err
}

// silencing are the settings of a network that can keep its members from answering,
// each with whether it does more than its default.
var silencing = []struct {
	name string
	more func(c *sim.Config) bool
}{
	{"latency", func(c *sim.Config) bool {
		l := c.Link.Latency
		return l.Constant > sim.DefaultMedian || l.Median > sim.DefaultMedian || l.Sigma > sim.DefaultSigma
	}},
	{"loss", func(c *sim.Config) bool { return c.Link.Loss > 0 }},
	{"nat", func(c *sim.Config) bool { return c.Link.NAT > 0 }},
	{"mtu", func(c *sim.Config) bool { return c.Link.MTU > 0 && !c.Link.Fragment }},
	{"inbound", func(c *sim.Config) bool { return c.Link.Inbound.Datagrams > 0 || c.Link.Inbound.Bytes > 0 }},
	{"churn", func(c *sim.Config) bool { return c.Churn.Session != sim.Law{} }},
	{"partition", func(c *sim.Config) bool { return c.Partition > 0 }},
	{"mix", func(c *sim.Config) bool { return c.Mix != sim.Mix{Delay: c.Mix.Delay} }},
}

// noEntry is the error that nobody lets a script's node into the network of spec.
func noEntry(spec luabind.NetworkSpec) error {
	var causes []string
	for _, s := range silencing {
		for _, asked := range spec.Settings {
			if asked.Name == s.name && s.more(&spec.Config) {
				causes = append(causes, s.name+" = "+asked.Value)
			}
		}
	}
	const text = "no entry into the simulated network: none of the members that were asked has answered"
	if len(causes) == 0 {
		return entry.Errorf(text)
	}
	return entry.Errorf(text+"; what can be the cause: %s", strings.Join(causes, ", "))
}

// joinTimeout is how long a node waits for those that it joins through.
const joinTimeout = dht.JoinTime

// enter joins a network through entry and waits until that is done.
func enter(ctx context.Context, loop client.Loop, through []netip.AddrPort) error {
	limited, cancel := context.WithTimeout(ctx, joinTimeout)
	defer cancel()
	result, err := client.New(loop).Bootstrap(limited, through...)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err == nil || result != nil && result.Trace.Replies > 0:
		return nil
	}
	return unanswered(through)
}

// unanswered is the error that nobody answers.
func unanswered(through []netip.AddrPort) error {
	return entry.Errorf("nobody answers at %s, for %v; is the node there running, and is UDP let through?", entry.List(through), joinTimeout)
}
