package main

import (
	"context"
	"time"

	"github.com/spf13/pflag"

	"github.com/lightdht/lightdht/dht"
)

// nodeListen is where "lightdht node" listens unless told otherwise: the port that
// DHT nodes have used since BEP 5.
const nodeListen = "0.0.0.0:6881"

type nodeOptions struct {
	realFlags
	timeout time.Duration
	quiet   bool
}

func nodeCommand() *command {
	return &command{
		name: "node", short: "be a member of a network until interrupted",
		help: "It answers queries, keeps its table alive and stores announces. Without --join it\n" +
			"waits to be found: others name it as their bootstrap node.\n\n" +
			"  lightdht node --listen 127.0.0.1:6881",
		flags: func(flags *pflag.FlagSet) any {
			o := &nodeOptions{}
			o.realFlags.register(flags)
			flags.Lookup("listen").Usage = "bind to this `ADDR` (default " + nodeListen + ")"
			flags.DurationVar(&o.timeout, "timeout", 0, "end after this long, as in 90s or 1h")
			flags.BoolVarP(&o.quiet, "quiet", "q", false, "say nothing but errors on stderr")
			return o
		},
		run: func(ctx context.Context, h *host, options any, args []string) int {
			o := options.(*nodeOptions)
			if len(args) > 0 {
				return h.misused("node takes no arguments, got %q", args[0])
			}
			return h.node(ctx, o)
		},
	}
}

// node is a member until ctx ends. To be interrupted is how it is meant to end.
func (h *host) node(ctx context.Context, o *nodeOptions) int {
	if o.timeout < 0 {
		return h.misused("--timeout must not be negative, got %v", o.timeout)
	}
	if o.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.timeout)
		defer cancel()
	}
	if o.listen == "" {
		o.listen = nodeListen
	}
	own, entry, err := o.open(ctx)
	if err != nil {
		return h.report(err)
	}
	defer own.Close()
	h.say(o.quiet, "listening on %v", own.Addr())
	if len(entry) > 0 {
		if err := enter(ctx, own, entry); err != nil && ctx.Err() == nil {
			return h.report(err)
		}
	}
	var s dht.Stats
	own.Do(func(_ dht.Time, n *dht.Node) {
		h.say(o.quiet, "node %v knows %d nodes", n.ID(), n.Table().Len())
	})
	<-ctx.Done()
	own.Do(func(_ dht.Time, n *dht.Node) { s = n.Stats() })
	h.say(o.quiet, "knew %d nodes, answered %d queries, stored %d peers of %d torrents",
		s.Known, s.RepliesOut, s.PeersStored, s.Hashes)
	return exitDone
}
