package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/spf13/pflag"

	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/luabind/experiment"
)

type sweepOptions struct {
	networkFlags
	limitFlags
	seeds   string
	params  []string
	workers int
	out     string
	timeout time.Duration
	quiet   bool

	flags *pflag.FlagSet
}

func sweepCommand() *command {
	return &command{
		name: "sweep", args: "script.lua", short: "run a script in many simulated worlds, on all cores",
		help: "One world for each combination of seed and values. NAME is a parameter of the script,\n" +
			"or a setting of the network as in experiment{network = ...}. The rows that the runs\n" +
			"record are gathered, with seed and values as their first columns, in the order of the\n" +
			"combinations: the same whatever the number of workers. A run that fails is told of on\n" +
			"stderr, and so is each check that fails; the others are kept. The files that a run writes\n" +
			"go to a folder of its own, such as experiment.sweep/seed=1,loss=0.1; what it prints goes\n" +
			"nowhere: \"lightdht run\" with its seed and values shows that.\n\n" +
			"--max-busy counts what a run computes, so a busy machine ends no run that a free one\n" +
			"would not; --timeout is wall time.\n\n" +
			"  lightdht sweep experiment.lua --seeds 1..20 --param loss=0,0.1,0.2 --out loss.csv",
		flags: func(flags *pflag.FlagSet) any {
			o := &sweepOptions{flags: flags}
			flags.SetInterspersed(true)
			flags.StringVar(&o.seeds, "seeds", "1", "seeds, as in `A..B` or 1,2,5")
			flags.StringArrayVar(&o.params, "param", nil, "values to try, as `NAME=V1,V2`; one for each parameter")
			flags.IntVar(&o.workers, "workers", runtime.GOMAXPROCS(0), "how many worlds run at a time, `N`")
			flags.StringVar(&o.out, "out", "", "write the rows to this `FILE` too, .csv or .jsonl, with a manifest beside it; it replaces results of an earlier run, and no other file")
			flags.DurationVar(&o.timeout, "timeout", 0, "end each run after this long (default: never; 10m for an archive)")
			flags.BoolVarP(&o.quiet, "quiet", "q", false, "no progress, only errors on stderr")
			registerRaw(flags)
			o.networkFlags.registerSettings(flags, "seed")
			o.limitFlags.register(flags)
			return o
		},
		run: func(ctx context.Context, h *host, options any, args []string) int {
			o := options.(*sweepOptions)
			p, err := h.plan(ctx, o, args)
			if err != nil {
				return h.report(err)
			}
			return h.sweep(ctx, o, p)
		},
	}
}

// sweepPlan is what a sweep is going to do, and the bar that shows how far it is.
type sweepPlan struct {
	*experiment.Sweep
	host *host
	o    *sweepOptions

	mu   sync.Mutex
	bar  *progress // nil: none is shown
	done int
	bad  int // runs that failed
}

// plan checks what the command line asks for.
func (h *host) plan(ctx context.Context, o *sweepOptions, args []string) (*sweepPlan, error) {
	if len(args) == 0 {
		return nil, errors.New("sweep needs a script, as in \"lightdht sweep experiment.lua --seeds 1..20\"")
	}
	x, err := h.readScript(ctx, args[0])
	if err != nil {
		return nil, err
	}
	if err := x.ReadHeader(); err != nil {
		return nil, err
	}
	bound := 0
	if x.Archive == nil {
		x.Args = args
	} else {
		bound = givenNodes
	}
	p := &sweepPlan{host: h, o: o}
	p.Sweep, err = x.Plan(experiment.SweepOptions{
		Options: h.sweepRunOptions(o, x), Seeds: o.seeds, Vary: o.params, Workers: o.workers, Bound: bound, Ran: p.ran, RunStuck: p.stuck,
	})
	if nodes, ok := errors.AsType[*experiment.NodesError](err); ok {
		return nil, fmt.Errorf("%w%s", err, roomFor(strconv.FormatFloat(nodes.Most, 'f', -1, 64), h.worldMemory()))
	}
	if err != nil {
		return nil, err
	}
	return p, o.limitFlags.check()
}

// sweepRunOptions are those that all runs have.
func (h *host) sweepRunOptions(o *sweepOptions, x *experiment.Experiment) experiment.Options {
	options := experiment.Options{
		Network: o.spec, WorldMemory: h.worldMemory(), Stdout: h.out, Level: (&runOptions{quiet: true}).level(),
		Out: o.out, Limits: o.limits(), Version: version(), Reserve: h.garbage.allow,
	}
	if h.outTerminal {
		options.Rows = experiment.RowsAsTable
	}
	if x.Archive != nil && !o.flags.Changed("timeout") {
		o.timeout = givenTimeout
	}
	options.Timeout = o.timeout
	return options
}

// sweep runs the plan, and tells what came of it.
func (h *host) sweep(ctx context.Context, o *sweepOptions, p *sweepPlan) int {
	if h.terminal && !o.quiet {
		p.bar = &progress{out: h.errout, what: fmt.Sprintf("%d runs", p.Runs), now: h.now}
		p.show()
		defer time.AfterFunc(patience, p.show).Stop() // the first run may take long
	}
	out, err := p.Run(ctx)
	p.hide()
	if out.Status == experiment.Misused {
		return h.report(err)
	}
	if p.Moved {
		h.tellFolder(o.quiet, p.Files)
	}
	if err == nil {
		p.tellVerdict(&out)
	}
	if out.Idle > 0 {
		h.tellSkipped(o.quiet, fmt.Sprintf("in %d of %d runs time", out.Idle, p.Runs))
	}
	if err != nil {
		h.complain("%v", err)
	}
	return int(out.Status)
}

// tellVerdict sums up the runs.
func (p *sweepPlan) tellVerdict(out *experiment.SweepOutcome) {
	h := p.host
	switch out.Status {
	case experiment.Interrupted:
		h.complain("interrupted after %d of %d runs", out.Done, p.Runs)
	case experiment.Failed:
		h.complain("%d of %d runs failed", out.Failed, p.Runs)
	case experiment.CheckFailed:
		h.complain("in %d of %d runs a check failed", out.Checks, p.Runs)
	case experiment.Done:
		h.say(p.o.quiet || out.Rows > 0, "no run recorded anything; rows are made with record{...}, see \"lightdht help record\"")
	}
}

// ran tells of a run that did not go well, and draws the bar.
func (p *sweepPlan) ran(r experiment.SweepRun) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done, p.bad = r.Done, r.Failed
	if p.bar != nil {
		p.bar.clear()
		p.bar.drawn = ""
	}
	if r.Outcome.Status != experiment.Done {
		said := bytes.NewBuffer(r.Said)
		for _, fault := range r.Outcome.Faults {
			io.WriteString(said, (&runOptions{timeout: p.o.timeout}).faultText(fault))
		}
		fmt.Fprintf(p.host.errout, "%s:\n  %s\n", r.Values, strings.ReplaceAll(strings.TrimSpace(said.String()), "\n", "\n  "))
	}
	p.draw()
}

// stuck ends the sweep, as a run cannot be ended.
func (p *sweepPlan) stuck(values string, over *engine.LimitError, finish func()) {
	silent := &host{streams: streams{errout: io.Discard}, exit: func(code int) {
		p.host.complain("the run with %s is stuck", values)
		p.host.exit(code)
	}}
	silent.stuck(over, finish)
}

// show draws the bar, if there is one.
func (p *sweepPlan) show() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.draw()
}

// draw is show for a caller that holds p.mu.
func (p *sweepPlan) draw() {
	if p.bar != nil {
		p.bar.show(p.done, p.Runs, fmt.Sprintf(", %d failed", p.bad))
	}
}

// hide takes the bar away for good.
func (p *sweepPlan) hide() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		p.bar.clear()
		p.bar = nil
	}
}
