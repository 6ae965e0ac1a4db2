package experiment

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/engine/record"
)

// Bounds of a sweep (chosen by us).
const (
	heldResults = 256 << 20 // bytes of rows that wait for runs before theirs
	toldChecks  = 10        // failed checks that are told of for each run
)

// Run runs all combinations, Workers at a time, and gathers their rows in the order of the
// combinations: the same rows whatever the number of workers, whatever they do. A run that fails
// keeps no other from being run. The error is why the sweep did not begin, or why its results could
// not be written; it is nil if runs failed, see SweepOutcome.Status.
//
// Rows, Out, Sinks and WorldMemory are of all runs together, Timeout and Limits of each.
func (p *Sweep) Run(ctx context.Context) (SweepOutcome, error) {
	o := p.o.Options.settled()
	r, err := (&Options{Stdout: o.Stdout, Rows: o.Rows, Out: o.Out, Sinks: o.Sinks}).claim()
	if err != nil {
		return SweepOutcome{Status: StatusOf(err)}, err
	}
	defer r.release()
	if err := p.begin(r); err != nil {
		return SweepOutcome{Status: StatusOf(err)}, err
	}
	w := newSweeping(p, record.NewGather(r.records, heldResults))
	defer context.AfterFunc(ctx, w.wake)()
	var working sync.WaitGroup
	for range w.workers {
		working.Go(func() { w.work(ctx) }) // ends when no run is left, or with ctx
	}
	working.Wait()
	return w.finish(ctx, r)
}

// begin opens the results of a sweep and writes its manifest.
func (p *Sweep) begin(r *results) error {
	m, err := p.x.manifest(cmp.Or(p.o.Version, Version("", "")))
	if err != nil {
		return err
	}
	m.Network = networkRow("sim", SimulatedNetwork(p.x.Header, p.o.Network).Settings)
	for _, a := range p.axes {
		m.Sweep = append(m.Sweep, record.Field{Name: a.name, Value: a.given})
		varies := func(f record.Field) bool { return f.Name == a.name }
		if a.setting {
			m.Network = slices.DeleteFunc(m.Network, varies)
		} else {
			m.Parameters = slices.DeleteFunc(m.Parameters, varies)
		}
	}
	r.manifest = m
	if err := r.start(); err != nil {
		return err
	}
	return r.save()
}

// finish closes the results of a sweep that has ended.
func (w *sweeping) finish(ctx context.Context, r *results) (SweepOutcome, error) {
	out := &w.out
	err := cmp.Or(w.err, w.gather.Close())
	out.Status = Failed
	if err == nil {
		out.Status = w.status(ctx)
	} else {
		err = fmt.Errorf("the results could not be written: %s", record.Problem(err))
	}
	out.Rows = r.records.Rows()
	r.manifest.Skipped = w.idle
	if err = cmp.Or(err, r.end(w.modules(), nil, out.Status)); err != nil {
		out.Status = Failed
	}
	out.Manifest = r.manifest
	return *out, err
}

// status sums up the runs.
func (w *sweeping) status(ctx context.Context) Status {
	switch {
	case errors.Is(context.Cause(ctx), ErrUnread):
		return Unread
	case ctx.Err() != nil:
		return Interrupted
	case w.out.Failed > 0:
		return Failed
	case w.out.Checks > 0:
		return CheckFailed
	}
	return Done
}

// work takes one run after the other.
func (w *sweeping) work(ctx context.Context) {
	for t := w.take(ctx); t != nil; t = w.take(ctx) {
		w.run(ctx, t)
	}
}

// run makes one world and runs the script in it.
func (w *sweeping) run(ctx context.Context, t *sweepRun) {
	held := &record.Held{}
	var said bytes.Buffer
	outcome, err := w.execute(ctx, t, held, &said)
	w.give(t) // before there is anybody to wait for
	if ctx.Err() != nil {
		return // what it has is half of a run
	}
	written := w.gather.Add(t.number, t.lead, held)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.note(&outcome, written)
	if w.o.Ran != nil {
		w.o.Ran(SweepRun{w.describe(t.values), outcome, err, said.Bytes(), w.out.Done, w.out.Failed})
	}
}

// execute is one run of the script as Run does it, but for where its rows, words and files go.
func (w *sweeping) execute(ctx context.Context, t *sweepRun, held *record.Held, said io.Writer) (Outcome, error) {
	if t.err != nil {
		return Outcome{Status: Misused, Faults: []error{t.err}}, t.err
	}
	x := *w.x
	x.Params = slices.Concat(x.Params, t.params)
	o := w.o.Options
	o.Network, o.WorldMemory, o.Cores = t.spec, w.room, w.cores(t)
	o.Stdin, o.Stdout, o.Stderr = strings.NewReader(""), &failures{to: said}, said
	o.Rows, o.Out, o.RunDir, o.Sinks, o.Keep, o.Watch = RowsNowhere, "", "", []record.Sink{held}, false, Watch{}
	o.Files, o.FilesSub = w.Files, w.sub(t.number)
	o.beside = w.beside(o.Limits.settled().Memory)
	if w.o.RunStuck != nil {
		o.Stuck = func(over *engine.LimitError, finish func()) { w.o.RunStuck(w.describe(t.values), over, finish) }
	}
	return x.Run(ctx, o)
}

// note counts a run, and remembers of its manifest what belongs into that of the sweep.
func (w *sweeping) note(outcome *Outcome, written error) {
	w.out.Done++
	switch outcome.Status {
	case Done:
	case CheckFailed:
		w.out.Checks++
	default:
		w.out.Failed++
	}
	if written != nil && w.err == nil {
		w.err = written
		w.freed.Broadcast()
	}
	if skipped := int64(outcome.Skipped / time.Second); skipped > 0 {
		w.out.Idle++
		w.idle += skipped
	}
	for _, m := range outcome.Manifest.Modules {
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

// failures passes on what check says of a failure, which it writes in one piece, and nothing else
// of what a run prints.
type failures struct {
	to   io.Writer
	told int
}

// Write passes on a failure.
func (f *failures) Write(p []byte) (int, error) {
	if bytes.HasPrefix(p, []byte("FAIL  ")) {
		if f.told++; f.told <= toldChecks {
			f.to.Write(p)
		}
	}
	return len(p), nil
}
