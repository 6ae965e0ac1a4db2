package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/pflag"

	"github.com/lightdht/lightdht/engine/bundle"
	"github.com/lightdht/lightdht/engine/visible"
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
	s := &script{}
	if err := h.readScript(ctx, s, path); err != nil {
		return h.report(err)
	}
	switch {
	case s.bundle == nil:
		return h.misused("%s is a script; verify takes an archive that \"lightdht pack --run\" made", path)
	case s.bundle.Run == nil:
		return h.misused("%s holds no run to compare with; \"lightdht pack --run\" keeps one", path)
	case s.bundle.Run.Manifest.Seed == nil:
		return h.misused("%s ran on a real network, which nobody can have again", path)
	}
	if err := s.readHeader(); err != nil {
		return h.report(err)
	}
	o.boundTime()
	if err := o.boundNodes(s); err != nil {
		return h.report(err)
	}
	before := s.bundle.Run
	silent := *h
	silent.out = io.Discard
	now, code := silent.runKept(ctx, o, s)
	switch code {
	case exitMisused, exitTimeout, exitLimit, exitNoNetwork, exitInterrupted: // and it has said why
		if before.Manifest.Exit == nil || code != *before.Manifest.Exit {
			return code
		}
	}
	if what := difference(before, now); what != "" {
		if v := s.bundle.Version; v != version() {
			what += fmt.Sprintf("; it was packed by lightdht %s, and this is %s", inLine(v), version())
		}
		h.complain("different: %s", what)
		return exitCheckFailed
	}
	fmt.Fprintf(h.out, "same\n")
	h.say(o.quiet, "%d rows, %d bytes of output and all datagrams are the same", now.Manifest.Rows, len(now.Output))
	return exitDone
}

// difference is the first one between two runs, in a line; "" if there is none.
func difference(before, now *bundle.Run) string {
	if what := lineDifference("row", before.Results, now.Results); what != "" {
		return what
	}
	if what := lineDifference("line of output", before.Output, now.Output); what != "" {
		return what
	}
	a, b := &before.Manifest, &now.Manifest
	switch {
	case a.Exit == nil || b.Exit == nil || *a.Exit != *b.Exit:
		return fmt.Sprintf("the exit code was %s, now it is %s", exitText(a.Exit), exitText(b.Exit))
	case a.Trace != b.Trace:
		return fmt.Sprintf("the digest of all datagrams was %v, now it is %v", a.Trace, b.Trace)
	}
	return ""
}

func exitText(code *int) string {
	if code == nil {
		return "unknown"
	}
	return fmt.Sprint(*code)
}

// lineDifference finds the first line that differs.
func lineDifference(what string, before, now []byte) string {
	if bytes.Equal(before, now) {
		return ""
	}
	a, b := strings.SplitAfter(string(before), "\n"), strings.SplitAfter(string(now), "\n")
	for i := range max(len(a), len(b)) {
		var old, current string
		if i < len(a) {
			old = a[i]
		}
		if i < len(b) {
			current = b[i]
		}
		if old != current {
			return fmt.Sprintf("%s %d was %s, now it is %s", what, i+1, spelled(old), spelled(current))
		}
	}
	return ""
}

// spelled is a line for a message.
func spelled(line string) string {
	line = strings.TrimSuffix(line, "\n")
	if line == "" {
		return "missing"
	}
	if len(line) > 200 {
		line = line[:200] + "..."
	}
	return visible.Line(line)
}
