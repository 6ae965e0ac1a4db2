package experiment

import (
	"context"
	"errors"
	"net/netip"
	"strings"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/client"
	"github.com/lightdht/lightdht/dht/entry"
	"github.com/lightdht/lightdht/dht/sim"
	"github.com/lightdht/lightdht/luabind/network"
)

// entryNodes is how many random members a script's node joins through; the contract with scripts
// says so.
const entryNodes = sim.EntryNodes

// maxEntries is how often it tries others before there is no entry (chosen by us).
const maxEntries = 10

// enter joins a simulated network. Under heavy loss all that are asked first may seem silent, so
// that others are asked then.
func enter(ctx context.Context, world *sim.World, own *sim.Host) (err error) {
	for range maxEntries {
		if err = enterThrough(ctx, own, world.Entry(entryNodes)); err == nil || ctx.Err() != nil {
			break
		}
	}
	return err
}

// errSilent is why a node is not in the network: nobody that it asked has answered.
var errSilent = errors.New("nobody answers")

// joinTimeout is how long a node waits for those that it joins through, on the wall clock: virtual
// time passes at once.
const joinTimeout = dht.JoinTime

// enterThrough joins a network through some members, and waits until that is done.
func enterThrough(ctx context.Context, loop client.Loop, members []netip.AddrPort) error {
	limited, cancel := context.WithTimeout(ctx, joinTimeout)
	defer cancel()
	result, err := client.New(loop).Bootstrap(limited, members...)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err == nil || result != nil && result.Trace.Replies > 0:
		return nil
	}
	return errSilent
}

// silencing are the settings of a network that can keep its members from answering, each with
// whether it does more than its default.
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
func noEntry(spec network.Spec) error {
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
