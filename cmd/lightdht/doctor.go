package main

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"github.com/spf13/pflag"

	"github.com/lightdht/lightdht/dht/checkup"
	"github.com/lightdht/lightdht/dht/entry"
)

type doctorOptions struct {
	realFlags
	wait time.Duration
}

func doctorCommand() *command {
	return &command{
		name: "doctor", short: "find out why a network cannot be seen",
		help: "It goes step by step: bind a socket, resolve the names, find a route, ping the nodes\n" +
			"to join through, look up itself, learn from replies how others see this machine,\n" +
			"wait whether somebody it never asked gets through (NAT, firewall), see whether the\n" +
			"table grows, compare the clocks. Each step is a line: ok, failed or unknown, what was\n" +
			"measured, and what to do. The exit code is 0 only if a lookup works, else 6. Without\n" +
			"--live and --join it examines what needs no network; two addresses of --listen, one\n" +
			"after the other.\n\n" +
			"  lightdht doctor --live\n" +
			"  lightdht doctor --join 127.0.0.1:6881\n" +
			"  lightdht doctor --join HOST:PORT --listen 0.0.0.0:6881 --wait 1m",
		flags: func(flags *pflag.FlagSet) any {
			o := &doctorOptions{}
			o.realFlags.register(flags)
			flags.DurationVar(&o.wait, "wait", 5*time.Second, "how long to watch who comes and what grows")
			return o
		},
		run: func(ctx context.Context, h *host, options any, args []string) int {
			o := options.(*doctorOptions)
			if len(args) > 0 {
				return h.misused("doctor takes no arguments, got %q; addresses to join through follow --join or --bootstrap", args[0])
			}
			return h.doctor(ctx, o)
		},
	}
}

// doctor examines the way into a network.
func (h *host) doctor(ctx context.Context, o *doctorOptions) int {
	id, way, err := o.own()
	if err != nil {
		return h.report(err)
	}
	if o.wait < 0 {
		return h.misused("--wait must not be negative, got %v", o.wait)
	}
	works := checkup.Run(ctx, checkup.Config{
		Way: way, ID: id, Wait: o.wait, Lookup: h.lookup, Route: entry.Route, Now: h.now,
		Report:   func(f checkup.Finding) { fmt.Fprintln(h.out, f) },
		Watching: func(netip.AddrPort) { h.say(!h.terminal, "watching for %v ...", o.wait) },
	})
	switch {
	case ctx.Err() != nil:
		h.complain("interrupted")
		return exitInterrupted
	case works:
		fmt.Fprintln(h.out, "A lookup works from here.")
		return exitDone
	case len(way.Hosts()) == 0:
		fmt.Fprintln(h.out, "Without a network no lookup works. Simulated ones do: lightdht run -e 'print(#dht.table)'")
	default:
		fmt.Fprintln(h.out, "A lookup would not work. The first line that failed says where to begin.")
	}
	return exitNoNetwork
}
