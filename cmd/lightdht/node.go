package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"syscall"
	"time"

	"github.com/spf13/pflag"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/entry"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/member"
	"github.com/lightdht/lightdht/dht/metrics"
	"github.com/lightdht/lightdht/dht/udp"
	"github.com/lightdht/lightdht/engine/stdio"
)

// nodeListen is where "lightdht node" listens unless told otherwise: the port that
// DHT nodes have used since BEP 5.
var nodeListen = netip.AddrPortFrom(netip.IPv4Unspecified(), 6881)

type nodeOptions struct {
	realFlags
	memberFlags
	timeout   time.Duration
	quiet     bool
	metrics   string
	logFormat string
}

func nodeCommand() *command {
	return &command{
		name: "node", short: "be a member of a network until interrupted",
		help: "It answers queries, keeps its table alive and stores announces. Without --join and\n" +
			"--live it waits to be found: others name it as their bootstrap node. With --state it\n" +
			"comes back under its id, through the nodes it knew. On a terminal a status line shows\n" +
			"how it is doing; --metrics has the numbers for Prometheus, and --log-format json makes\n" +
			"each line on stderr an object.\n\n" +
			"  lightdht node --listen 127.0.0.1:6881\n" +
			"  lightdht node --live --state node.jsonl --listen 0.0.0.0:6881,[2001:db8::1]:6881\n" +
			"  lightdht node --join HOST:PORT --metrics 127.0.0.1:9100 --log-format json",
		flags: func(flags *pflag.FlagSet) any {
			o := &nodeOptions{realFlags: realFlags{usual: nodeListen}}
			o.realFlags.register(flags)
			flags.Lookup("listen").Usage = "bind to this `ADDR`, or to one of IPv4 and one of IPv6: ADDR,ADDR (default " + nodeListen.String() + ")"
			o.memberFlags.register(flags)
			flags.DurationVar(&o.timeout, "timeout", 0, "end after this long, as in 90s or 1h")
			flags.StringVar(&o.metrics, "metrics", "", "serve http://`ADDR`/metrics for Prometheus (\":9100\" is 127.0.0.1:9100)")
			flags.StringVar(&o.logFormat, "log-format", "text", "form of the messages on stderr: `text|json`")
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

// node is a member of its network until ctx ends: Ctrl-C is how it is meant to end.
func (h *host) node(ctx context.Context, o *nodeOptions) int {
	j, err := h.newJournal(o.logFormat, o.quiet)
	if err != nil {
		return h.report(err)
	}
	if o.timeout < 0 {
		return j.fail(fmt.Errorf("--timeout must not be negative, got %v", o.timeout))
	}
	if o.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.timeout)
		defer cancel()
	}
	p, err := h.become(ctx, &o.realFlags, &o.memberFlags, j)
	if ctx.Err() != nil && errors.Is(err, context.Cause(ctx)) {
		j.note("ended while the hosts to join through were looked up", "ended early")
		return exitDone
	}
	if err != nil {
		return j.fail(err)
	}
	code := j.node(ctx, o, p)
	if err := p.Close(); err != nil {
		j.fail(err)
		return exitFailed
	}
	return code
}

// node has p join and be a member until ctx ends.
func (j *journal) node(ctx context.Context, o *nodeOptions, p *member.Member) int {
	if o.metrics != "" {
		listener, err := listenMetrics(o.metrics)
		if err != nil {
			return j.fail(err)
		}
		m := metrics.Serve(listener, metrics.Handler(version(), func() metrics.Stats { return metrics.Of(p.Node()) }))
		defer m.Close()
		j.note("metrics on "+m.URL(), "metrics", "url", m.URL())
	}
	for _, addr := range bound(p.Node()) {
		j.note("listening on "+addr.String(), "listening", "addr", addr)
	}
	p.Node().Do(func(_ dht.Time, n *dht.Node) {
		n.SetHooks(j.hooks())
	})
	if err := p.Join(ctx, true); err != nil && ctx.Err() == nil {
		return j.fail(err)
	}
	j.member(ctx, p.Node())
	return exitDone
}

// hooks report what happens to the node. The node must not wait for a terminal.
func (j *journal) hooks() dht.Hooks {
	return dht.Hooks{
		TableFull: func(_ dht.Time, nodes int) {
			go j.warn(fmt.Sprintf("the table is full: it holds %d nodes, and newcomers are not remembered; --table-limit lets it hold more", nodes))
		},
		Renamed: func(_ dht.Time, old, id krpc.ID) {
			go j.note(fmt.Sprintf("the id is %v now: %v did not suit the address that others see (BEP 42)", id, old),
				"renamed", "id", id.String(), "before", old.String())
		},
	}
}

// member reports how a node is doing, until ctx ends.
func (j *journal) member(ctx context.Context, own *udp.Host) {
	own.Do(func(_ dht.Time, n *dht.Node) {
		j.note(fmt.Sprintf("node %v knows %s", n.ID(), entry.Count(n.Table().Len(), "node", "nodes")),
			"joined", "id", n.ID().String(), "nodes", n.Table().Len())
	})
	if j.host.terminal && j.json == nil && !j.quiet {
		watch(ctx, stdio.Drawn(j.host.errout), func() metrics.Stats { return metrics.Of(own) })
	}
	<-ctx.Done()
	s := metrics.Of(own)
	j.note(fmt.Sprintf("knew %s, answered %s, stored %s of %s",
		entry.Count(s.Known, "node", "nodes"), entry.Count(int(s.RepliesOut), "query", "queries"),
		entry.Count(s.PeersStored, "peer", "peers"), entry.Count(s.Hashes, "torrent", "torrents")),
		"ended", "nodes", s.Known, "replies", s.RepliesOut, "peers", s.PeersStored, "info_hashes", s.Hashes)
}

// listenMetrics listens at the address of --metrics, HOST:PORT, and there only; a missing
// host is this machine alone.
func listenMetrics(addr string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(addr)
	if _, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil {
		return nil, fmt.Errorf("--metrics: an address like 127.0.0.1:9100 is needed, got %q", addr)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(host, port))
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, entry.Errorf("--metrics: %s is in use by another program; stop that one, or choose another port", addr)
	case err != nil:
		return nil, entry.Errorf("--metrics: %v; choose an address of this machine", err)
	}
	return listener, nil
}
