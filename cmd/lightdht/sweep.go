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
			"stderr, and so is each check that fails; the others are kept.\n\n" +
			"  lightdht sweep experiment.lua --seeds 1..20 --param loss=0,0.1,0.2 --out loss.csv",
		flags: func(flags *pflag.FlagSet) any {
			o := &sweepOptions{flags: flags}
			flags.SetInterspersed(true)
			flags.StringVar(&o.seeds, "seeds", "1", "seeds, as in `A..B` or 1,2,5")
			flags.StringArrayVar(&o.params, "param", nil, "values to try, as `NAME=V1,V2`; one for each parameter")
			flags.IntVar(&o.workers, "workers", runtime.GOMAXPROCS(0), "how many worlds run at a time, `N`")
			flags.StringVar(&o.out, "out", "", "write the rows to this `FILE` too, .csv or .jsonl")
			flags.DurationVar(&o.timeout, "timeout", 0, "end each run after this long (default: never)")
			flags.BoolVarP(&o.quiet, "quiet", "q", false, "no progress, only errors on stderr")
			o.networkFlags.registerSettings(flags, "seed")
			o.limitFlags.register(flags)
			return o
		},
		run: func(ctx context.Context, h *host, options any, args []string) int {
			o := options.(*sweepOptions)
			plan, err := h.plan(o, args)
			if err != nil {
				return h.report(err)
			}
			return h.sweep(ctx, o, plan)
		},
	}
}

// plan is what a sweep is going to do.
type plan struct {
	script *script
	axes   []axis // the seeds first
	runs   int
}

// axis is one thing that varies, and the values it takes.
type axis struct {
	name    string
	setting bool // of the network, not a parameter of the script
	values  []string
	columns []any // the values as rows have them
}

func (h *host) plan(o *sweepOptions, args []string) (*plan, error) {
	if len(args) == 0 {
		return nil, errors.New("sweep needs a script, as in \"lightdht sweep experiment.lua --seeds 1..20\"")
	}
	s := &script{args: args}
	if err := h.readScript(s, args[0]); err != nil {
		return nil, err
	}
	if err := s.readHeader(); err != nil {
		return nil, err
	}
	seeds, err := parseSeeds(o.seeds)
	if err != nil {
		return nil, err
	}
	p := &plan{script: s, axes: []axis{{"seed", true, seeds, columns(seeds)}}, runs: len(seeds)}
	for _, text := range o.params {
		a, err := s.axis(text)
		if err != nil {
			return nil, err
		}
		for _, other := range p.axes {
			if other.name == a.name {
				return nil, fmt.Errorf("--param: %s is given twice", a.name)
			}
		}
		p.axes = append(p.axes, a)
		if p.runs *= len(a.values); p.runs > maxRuns {
			return nil, fmt.Errorf("more than %d combinations; name fewer values", maxRuns)
		}
	}
	if o.workers < 1 {
		return nil, fmt.Errorf("--workers must be at least 1, got %d", o.workers)
	}
	return p, nil
}

// parseSeeds reads A..B, or a list.
func parseSeeds(text string) ([]string, error) {
	first, last, isRange := strings.Cut(text, "..")
	if !isRange {
		for _, s := range strings.Split(text, ",") {
			if _, err := strconv.ParseUint(s, 10, 53); err != nil {
				return nil, fmt.Errorf("--seeds: A..B or a list of whole numbers is needed, got %q", text)
			}
		}
		return strings.Split(text, ","), nil
	}
	a, err := strconv.ParseUint(first, 10, 53)
	b, err2 := strconv.ParseUint(last, 10, 53)
	if err != nil || err2 != nil || b < a || b-a >= maxRuns {
		return nil, fmt.Errorf("--seeds: A..B with A not above B is needed, as in 1..20, got %q", text)
	}
	var seeds []string
	for n := a; n <= b; n++ {
		seeds = append(seeds, strconv.FormatUint(n, 10))
	}
	return seeds, nil
}

// axis reads NAME=V1,V2 and checks each value.
func (s *script) axis(text string) (a axis, err error) {
	name, list, ok := strings.Cut(text, "=")
	if !ok || name == "" || list == "" {
		return axis{}, fmt.Errorf("--param: NAME=V1,V2 is needed, as in loss=0,0.1, got %q", text)
	}
	a = axis{name: name, values: strings.Split(list, ",")}
	names := luabind.SettingNames()
	if s.header != nil {
		for _, p := range s.header.Params {
			names = append(names, p.Name)
			if p.Name == name {
				a.columns, err = s.paramColumns(a)
				return a, err
			}
		}
	}
	a.setting, a.columns = true, columns(a.values)
	top, _, _ := strings.Cut(name, ".")
	for _, n := range luabind.SettingNames() {
		if n == top {
			for _, v := range a.values {
				if _, err := luabind.ParseSettings([]string{name + "=" + v}); err != nil {
					return a, fmt.Errorf("--param: %w", err)
				}
			}
			return a, nil
		}
	}
	return a, fmt.Errorf("--param: %s is neither a parameter of the script nor a setting of the network%s", name, didYouMean(name, names))
}

// columns are settings as rows have them: numbers, true and false, words.
func columns(values []string) []any {
	typed := make([]any, len(values))
	for i, v := range values {
		if f, err := strconv.ParseFloat(v, 64); err == nil {
			typed[i] = f
		} else if b := v == "true"; b || v == "false" {
			typed[i] = b
		} else {
			typed[i] = v
		}
	}
	return typed
}

// paramColumns are the values of a parameter, of the type that the script gave it.
func (s *script) paramColumns(a axis) ([]any, error) {
	var typed []any
	for _, v := range a.values {
		row, err := s.header.Values([]luabind.Param{{Name: a.name, Value: v}})
		if err != nil {
			return nil, fmt.Errorf("--param: %w", err)
		}
		for _, f := range row {
			if f.Name == a.name {
				typed = append(typed, f.Value)
			}
		}
	}
	return typed, nil
}

// at returns the values of combination number i, and as the first columns of its
// rows: the last axis varies fastest.
func (p *plan) at(i int) (values []string, lead record.Row) {
	values, lead = make([]string, len(p.axes)), make(record.Row, len(p.axes))
	for n := len(p.axes) - 1; n >= 0; n-- {
		a := &p.axes[n]
		v := i % len(a.values)
		values[n], lead[n] = a.values[v], record.Field{Name: a.name, Value: a.columns[v]}
		i /= len(a.values)
	}
	return values, lead
}

// describe names a combination in messages.
func (p *plan) describe(values []string) string {
	var parts []string
	for i, a := range p.axes {
		parts = append(parts, a.name+"="+values[i])
	}
	return strings.Join(parts, " ")
}

// sweeping is a sweep under way.
type sweeping struct {
	host    *host
	o       *sweepOptions
	plan    *plan
	gather  *record.Gather
	room    int64 // bytes, for each world
	workers int
	bar     *progress // nil: none is shown

	mu     sync.Mutex
	next   int
	done   int
	failed int
	checks int
	err    error // of writing
}

// sweep runs the plan.
func (h *host) sweep(ctx context.Context, o *sweepOptions, p *plan) int {
	sinks := []record.Sink{record.NewLines(h.out)}
	if h.outTerminal {
		sinks[0] = record.NewText(h.out)
	}
	if o.out != "" {
		sink, err := record.Open(o.out)
		if err != nil {
			return h.report(fmt.Errorf("--out: %s", strings.TrimPrefix(err.Error(), "record: ")))
		}
		sinks = append(sinks, sink)
	}
	results := record.New(record.Limits{}, sinks...)
	w := &sweeping{host: h, o: o, plan: p, gather: record.NewGather(results, heldResults)}
	workers := min(o.workers, p.runs)
	w.workers = workers
	w.room = h.worldMemory() / int64(workers)
	if h.terminal && !o.quiet {
		w.bar = &progress{out: h.errout, what: fmt.Sprintf("%d runs", p.runs), now: h.now}
	}
	var working sync.WaitGroup
	for range workers {
		working.Go(func() { w.work(ctx) }) // ends when no run is left, or with ctx
	}
	working.Wait()
	if w.bar != nil {
		w.bar.clear()
	}
	if err := errors.Join(w.err, w.gather.Close(), results.Close()); err != nil {
		h.complain("the results could not be written: %v", err)
		return exitFailed
	}
	return w.verdict(ctx)
}

// verdict sums up on stderr and picks the exit code.
func (w *sweeping) verdict(ctx context.Context) int {
	switch {
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

// work takes one run after the other, in the order of their numbers.
func (w *sweeping) work(ctx context.Context) {
	for {
		w.mu.Lock()
		i := w.next
		if i == w.plan.runs || ctx.Err() != nil || w.err != nil {
			w.mu.Unlock()
			return
		}
		w.next++
		w.mu.Unlock()
		w.run(ctx, i)
	}
}

// run makes one world and runs the script in it.
func (w *sweeping) run(ctx context.Context, i int) {
	values, lead := w.plan.at(i)
	held := &record.Held{}
	var said bytes.Buffer
	code, err := w.execute(ctx, values, held, &said)
	if err != nil {
		fmt.Fprintf(&said, "lightdht: %v\n", err)
	}
	if ctx.Err() != nil {
		return // what it has is half of a run
	}
	err = w.gather.Add(i, lead, held)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.done++
	if err != nil && w.err == nil {
		w.err = err
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
		fmt.Fprintf(w.host.errout, "%s:\n  %s\n", w.plan.describe(values), strings.ReplaceAll(strings.TrimSpace(said.String()), "\n", "\n  "))
	}
	if w.bar != nil {
		w.bar.show(w.done, w.plan.runs, fmt.Sprintf(", %d failed", w.failed))
	}
}

// execute is one run of the script as "lightdht run" would do it, but for where
// its rows and words go.
func (w *sweeping) execute(ctx context.Context, values []string, held *record.Held, said io.Writer) (int, error) {
	s := *w.plan.script
	o := &runOptions{networkFlags: w.o.networkFlags, limitFlags: w.o.limitFlags, timeout: w.o.timeout, quiet: true}
	o.room = w.room
	settings := append([]string(nil), o.settings...)
	for i, a := range w.plan.axes {
		if a.setting {
			settings = append(settings, a.name+"="+values[i])
		} else {
			s.params = append(s.params, luabind.Param{Name: a.name, Value: values[i]})
		}
	}
	var err error
	if o.spec, err = luabind.ParseSettings(settings); err != nil {
		return exitMisused, err
	}
	if o.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, o.timeout, errOutOfTime)
		defer cancel()
	}
	h := *w.host
	h.in, h.out, h.errout, h.terminal = strings.NewReader(""), &failures{to: said}, said, false
	h.exit = func(code int) { // a run that cannot be ended ends the sweep
		w.host.complain("the run with %s is stuck", w.plan.describe(values))
		w.host.exit(code)
	}
	net, err := h.openSim(ctx, o, s.header)
	if err != nil {
		return exitFailed, err
	}
	defer net.close()
	if o.maxMemory > 0 { // which is of the whole process, and as much again for each of those beside
		others := int64(w.workers - 1)
		o.maxMemory += size(others * (int64(o.maxMemory) + worldGrowth(net)))
	}
	return h.runOn(ctx, o, &s, net, &runOutput{results: record.New(o.records(), held)}), nil
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
