package main

import (
	"context"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/lightdht/lightdht/luabind/experiment"
)

func verifyCommand() *command {
	return &command{
		name: "verify", args: "x.lightdht", short: "run an archive again, and compare",
		help: "The archive must be one that \"lightdht pack --run\" made. Its script is run once more, in\n" +
			"the simulated network it ran in; what it records and prints, and every datagram, must\n" +
			"be the same. It says \"same\", or what the first difference is, with exit code 3.\n\n" +
			"  lightdht pack experiment.lua --run\n" +
			"  lightdht verify experiment.lightdht",
		flags: func(flags *pflag.FlagSet) any {
			o := &runOptions{flags: flags}
			flags.IntVar(&o.mostNodes, "sim", givenNodes, "verify it though its network has up to `N` nodes")
			o.limitFlags.register(flags)
			flags.DurationVar(&o.timeout, "timeout", 0, "end the run after this long, as in 90s or 1h (exit code 4; default 10m, 0 lifts that)")
			flags.BoolVarP(&o.quiet, "quiet", "q", false, "say nothing but errors on stderr")
			flags.BoolVarP(&o.verbose, "verbose", "v", false, "say more on stderr: log.debug too")
			registerRaw(flags)
			return o
		},
		run: func(ctx context.Context, h *host, options any, args []string) int {
			if len(args) != 1 {
				return h.misused("verify takes one archive, as in \"lightdht verify experiment.lightdht\", got %d arguments", len(args))
			}
			return h.verify(ctx, options.(*runOptions), args[0])
		},
	}
}

// verify runs an archive again.
func (h *host) verify(ctx context.Context, o *runOptions, path string) int {
	x, err := h.readScript(ctx, path)
	if err != nil {
		return h.report(err)
	}
	before, err := x.Recorded()
	if err != nil {
		return h.report(err)
	}
	if err := x.ReadHeader(); err != nil {
		return h.report(err)
	}
	o.boundTime()
	if err := o.boundNodes(x); err != nil {
		return h.report(err)
	}
	var difference string
	var out experiment.Outcome
	code := h.perform(o, func(options experiment.Options) experiment.Outcome {
		difference, out, err = x.Verify(ctx, options)
		return out
	})
	switch {
	case err != nil || out.Kept == nil: // it was not run to its end
		return code
	case difference != "":
		h.complain("different: %s", difference)
		return exitCheckFailed
	}
	fmt.Fprintf(h.out, "same\n")
	h.say(o.quiet, "%d rows, %d bytes of output and all datagrams are the same", out.Manifest.Rows, len(before.Output))
	return exitDone
}
