package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/pflag"

	"github.com/lightdht/lightdht/engine/record"
	"github.com/lightdht/lightdht/luabind"
)

// Bounds of a sweep; ours.
const (
	maxRuns     = 1_000_000
	heldResults = 256 << 20 // bytes of rows that wait for runs before theirs
	toldChecks  = 10        // failed checks that are told of for each run
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
			plan, err := h.plan(ctx, o, args)
			if err != nil {
				return h.report(err)
			}
			return h.sweep(ctx, o, plan)
		},
	}
}

// sweeping is a sweep under way.
type sweeping struct {
	host    *host
	o       *sweepOptions
	plan    *plan
	gather  *record.Gather
	room    int64 // bytes, for all worlds together
	largest int64 // of them, what the largest world takes
	workers int
	bar     *progress // nil: none is shown

	mu      sync.Mutex
	freed   sync.Cond // taken has become less, or there is nothing more to wait for
	taken   int64     // of room
	next    int
	coming  *trial // the next one, if it has to wait
	done    int
	failed  int
	checks  int
	err     error                    // of writing
	loaded  map[string]record.Module // by the runs, by name
	idle    int                      // runs in which time was skipped, ...
	skipped int64                    // ... in seconds
}

func newSweeping(h *host, o *sweepOptions, p *plan, to *record.Gather) *sweeping {
	w := &sweeping{host: h, o: o, plan: p, gather: to, loaded: map[string]record.Module{}}
	w.freed.L = &w.mu
	w.workers, w.room = min(o.workers, p.runs), h.worldMemory()
	w.largest = w.largestWorld()
	return w
}

// sweep runs the plan.
func (h *host) sweep(ctx context.Context, o *sweepOptions, p *plan) int {
	out, err := h.claimOutput(&runOptions{outputFlags: outputFlags{out: o.out}})
	if err != nil {
		return h.report(err)
	}
	defer out.release()
	if err := out.beginSweep(o, p, h.now()); err != nil {
		return h.report(err)
	}
	w := newSweeping(h, o, p, record.NewGather(out.results, heldResults))
	defer context.AfterFunc(ctx, w.wake)()
	if h.terminal && !o.quiet {
		w.bar = &progress{out: h.errout, what: fmt.Sprintf("%d runs", p.runs), now: h.now}
		w.show()
		defer time.AfterFunc(patience, w.show).Stop() // the first run may take long
	}
	var working sync.WaitGroup
	for range w.workers {
		working.Go(func() { w.work(ctx) }) // ends when no run is left, or with ctx
	}
	working.Wait()
	w.hide()
	if p.files != p.script.filesOfSweep() {
		h.tellFolder(o.quiet, p.files)
	}
	code := exitFailed
	if err = cmp.Or(w.err, w.gather.Close()); err == nil {
		code = w.verdict(ctx)
		if code == exitDone && out.results.Rows() == 0 {
			h.say(o.quiet, "no run recorded anything; rows are made with record{...}, see \"lightdht help record\"")
		}
	}
	if w.idle > 0 {
		h.tellSkipped(o.quiet, fmt.Sprintf("in %d of %d runs time", w.idle, p.runs))
	}
	out.manifest.Skipped = w.skipped
	if err = cmp.Or(err, out.end(w.modules(), nil, code, h.now())); err != nil {
		h.complain("the results could not be written: %s", plainRecord(err))
		return exitFailed
	}
	return code
}

// beginSweep is begin for a sweep.
func (out *runOutput) beginSweep(o *sweepOptions, p *plan, now time.Time) error {
	s := p.script
	parameters, err := s.header.Values(s.params)
	if err != nil {
		return err
	}
	all := &runOptions{networkFlags: o.networkFlags}
	network := networkRow(&runNetwork{network: luabind.Network{Name: "sim"}, settings: all.simSpec(s.header).Settings})
	out.manifest = record.Manifest{
		Version: version(), Script: record.NewScript(s.name, s.source),
		Circumstances: record.Circumstances{Start: now, Machine: record.ThisMachine()},
	}
	m := &out.manifest
	for _, a := range p.axes {
		m.Sweep = append(m.Sweep, record.Field{Name: a.name, Value: a.given})
		varies := func(f record.Field) bool { return f.Name == a.name }
		if a.setting {
			network = slices.DeleteFunc(network, varies)
		} else {
			parameters = slices.DeleteFunc(parameters, varies)
		}
	}
	m.Parameters, m.Network = parameters, network
	for _, a := range s.args[1:] {
		m.Args = append(m.Args, record.Raw(a))
	}
	if err := out.start(); err != nil {
		return err
	}
	return out.save()
}

// verdict sums up on stderr and picks the exit code.
func (w *sweeping) verdict(ctx context.Context) int {
	switch {
	case errors.Is(context.Cause(ctx), errUnread):
		return exitUnread
	case ctx.Err() != nil:
		w.host.complain("interrupted after %d of %d runs", w.done, w.plan.runs)
		return exitInterrupted
	case w.failed > 0:
		w.host.complain("%d of %d runs failed", w.failed, w.plan.runs)
		return exitFailed
	case w.checks > 0:
		w.host.complain("in %d of %d runs a check failed", w.checks, w.plan.runs)
		return exitCheckFailed
	}
	return exitDone
}

// work takes one run after the other.
func (w *sweeping) work(ctx context.Context) {
	for t := w.begin(ctx); t != nil; t = w.begin(ctx) {
		w.run(ctx, t)
	}
}

// run makes one world and runs the script in it.
func (w *sweeping) run(ctx context.Context, t *trial) {
	held := &record.Held{}
	var said bytes.Buffer
	code, err := w.execute(ctx, t, held, &said)
	if err != nil {
		fmt.Fprintf(&said, "lightdht: %v\n", err)
	}
	w.finish(t) // before there is anybody to wait for
	if ctx.Err() != nil {
		return // what it has is half of a run
	}
	err = w.gather.Add(t.number, t.lead, held)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.done++
	if err != nil && w.err == nil {
		w.err = err
		w.freed.Broadcast()
	}
	switch code {
	case exitDone:
	case exitCheckFailed:
		w.checks++
	default:
		w.failed++
	}
	if w.bar != nil {
		w.bar.clear()
		w.bar.drawn = ""
	}
	if code != exitDone {
		fmt.Fprintf(w.host.errout, "%s:\n  %s\n", w.plan.describe(t.values), strings.ReplaceAll(strings.TrimSpace(said.String()), "\n", "\n  "))
	}
	w.draw()
}

// show draws the bar, if there is one.
func (w *sweeping) show() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.draw()
}

// draw is show for who holds w.mu.
func (w *sweeping) draw() {
	if w.bar != nil {
		w.bar.show(w.done, w.plan.runs, fmt.Sprintf(", %d failed", w.failed))
	}
}

// hide takes the bar away for good.
func (w *sweeping) hide() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.bar != nil {
		w.bar.clear()
		w.bar = nil
	}
}

// execute is one run of the script as "lightdht run" would do it, but for where
// its rows, words and files go.
func (w *sweeping) execute(ctx context.Context, t *trial, held *record.Held, said io.Writer) (int, error) {
	if t.err != nil {
		return exitMisused, t.err
	}
	s := *w.plan.script
	s.params = slices.Concat(s.params, t.params)
	o := &runOptions{networkFlags: w.o.networkFlags, limitFlags: w.o.limitFlags, timeout: w.o.timeout, quiet: true, files: w.plan.files, sub: w.plan.world(t.number)}
	o.spec, o.room, o.cores = t.spec, w.room, w.cores(t)
	if o.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, o.timeout, errOutOfTime)
		defer cancel()
	}
	h := *w.host
	h.in, h.out, h.errout, h.terminal = strings.NewReader(""), &failures{to: said}, said, false
	h.exit = func(code int) { // a run that cannot be ended ends the sweep
		w.host.complain("the run with %s is stuck", w.plan.describe(t.values))
		w.host.exit(code)
	}
	net, err := h.openSim(ctx, o, s.header)
	if ctx.Err() != nil {
		return h.ended(ctx, o, errEarly), nil
	}
	if err != nil {
		return exitFailed, err
	}
	defer net.close()
	if o.maxMemory > 0 { // which is of the whole process
		o.maxMemory += w.beside(o.maxMemory)
	}
	out := &runOutput{limits: o.records()}
	out.to(held)
	code := h.runOn(ctx, o, &s, net, out)
	w.note(&out.manifest)
	return code, nil
}

// beside is how much memory the others may come to take while one runs: each script
// what it may, and each world what it is made of and as much again.
func (w *sweeping) beside(script size) size {
	others := int64(w.workers - 1)
	return size(others)*script + 2*size(min(others*w.largest, w.room))
}

// note remembers of a run's manifest what belongs into that of the sweep.
func (w *sweeping) note(m *record.Manifest) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if m.Skipped > 0 {
		w.idle++
		w.skipped += m.Skipped
	}
	for _, m := range m.Modules {
		w.loaded[m.Name] = m
	}
}

// modules are those that the runs required, in the order of their names.
func (w *sweeping) modules() (all []record.Module) {
	for _, name := range slices.Sorted(maps.Keys(w.loaded)) {
		all = append(all, w.loaded[name])
	}
	return all
}

// failures passes on what check says of a failure, which it writes in one piece,
// and nothing else of what a run prints.
type failures struct {
	to   io.Writer
	told int
}

func (f *failures) Write(p []byte) (int, error) {
	if bytes.HasPrefix(p, []byte("FAIL  ")) {
		if f.told++; f.told <= toldChecks {
			f.to.Write(p)
		}
	}
	return len(p), nil
}
