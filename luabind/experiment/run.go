package experiment

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/engine/bundle"
	"github.com/lightdht/lightdht/engine/record"
)

// Run runs the experiment once and waits for its end. The error joins Outcome.Faults: it is nil if
// and only if Outcome.Status is [Done]. The errors of a script are those of [engine.Engine.Run];
// see also [TimeoutError], [ChecksError] and [entry.Error]. Runs may go on at the same time, in
// several goroutines.
func (x *Experiment) Run(ctx context.Context, o Options) (Outcome, error) {
	r := &run{x: x, o: o.settled()}
	if err := r.prepare(); err != nil {
		r.out.fail(StatusOf(err), err)
	} else {
		r.execute(ctx)
		r.results.release()
	}
	if r.o.Keep {
		r.out.Kept = &bundle.Run{Manifest: r.out.Manifest, Results: r.kept.rows.Bytes(), Output: r.kept.printed.text}
	}
	return r.out, errors.Join(r.out.Faults...)
}

// run is a run under way.
type run struct {
	x       *Experiment
	o       Options // settled
	excused func() bool
	results *results
	folders *folders
	kept    kept
	out     Outcome
}

// kept is what comes of a run, for an archive.
type kept struct {
	rows    bytes.Buffer
	printed beginning
}

// beginning keeps the first of what is written to it.
type beginning struct{ text []byte }

// Write keeps what there is room for.
func (b *beginning) Write(p []byte) (int, error) {
	b.text = append(b.text, p[:min(len(p), bundle.MaxOutput-len(b.text))]...)
	return len(p), nil
}

// prepare checks the options and claims the files of the results.
func (r *run) prepare() (err error) {
	x, o := r.x, &r.o
	if o.Timeout < 0 {
		return fmt.Errorf("--timeout must not be negative, got %v", o.Timeout)
	}
	engine.FitArrays(o.Limits.Memory)
	if err := o.checkGrants(); err != nil {
		return err
	}
	r.excused = o.excuse()
	if r.results, err = o.claim(); err != nil {
		return err
	}
	if err := x.checkFolder(o); err != nil {
		r.results.release()
		return err
	}
	if o.Keep {
		r.results.to(record.NewLines(&r.kept.rows))
	}
	return nil
}

// execute opens the network, runs the script on it, and closes it.
func (r *run) execute(ctx context.Context) {
	if r.o.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, r.o.Timeout, ErrOutOfTime)
		defer cancel()
	}
	net, err := r.o.openNetwork(ctx, r.x.Header)
	switch {
	case err != nil && ctx.Err() != nil:
		r.out.cut(ctx, &r.o, ErrEarly)
		return
	case err != nil:
		r.out.fail(StatusOf(err), err)
		return
	}
	if err := r.on(ctx, net); err != nil {
		r.out.fail(StatusOf(err), err)
	}
	if r.o.Watch.Closing != nil {
		r.o.Watch.Closing()
	}
	if err := net.Close(); err != nil {
		r.out.fail(Failed, err)
	}
	r.out.Manifest = r.results.manifest
}

// on runs the script on a network, and closes its results. The error is why it was not run.
func (r *run) on(ctx context.Context, net *Network) (err error) {
	if err := r.results.begin(r.x, net, r.o.Version); err != nil {
		return err
	}
	if r.folders, err = r.x.folders(&r.o); err != nil {
		return err
	}
	defer r.folders.leave()
	o := r.o
	if o.Keep {
		o.Stdout = io.MultiWriter(o.Stdout, &r.kept.printed)
	}
	s, err := r.x.session(&o, net, r.folders, engine.Options{Excused: r.excused, OnStuck: r.onStuck()}, r.results.records)
	if err != nil {
		return err
	}
	release := func() {}
	if r.o.Reserve != nil {
		release = r.o.Reserve(r.o.mayTake(net))
	}
	r.out.Values, err = s.Engine.Run(ctx, r.x.Name, r.x.Source)
	s.Engine.Close()
	release()
	r.ended(ctx, s, err)
	return nil
}

// ended notes what came of a script that has ended with err.
func (r *run) ended(ctx context.Context, s *Session, err error) {
	out, world := &r.out, s.Network.Lua.World
	if r.folders.moved {
		out.Files = r.folders.files
	}
	passed, failed := s.Bindings.Checks()
	out.Passed, out.Checks = passed, passed+failed
	switch {
	case err != nil:
		out.script(ctx, &r.o, err)
	case failed > 0:
		out.fail(CheckFailed, &ChecksError{failed, out.Checks})
	}
	if world != nil {
		out.Skipped, out.Trace = world.Stats().Skipped, world.Digest()
	}
	if err := r.results.end(r.folders.modules(s.Engine), world, out.Status); err != nil && out.Status == Done {
		out.fail(Failed, err)
	}
}

// onStuck is what the engine calls when the script cannot be stopped; nil: nothing.
func (r *run) onStuck() func(*engine.LimitError) {
	if r.o.Stuck == nil {
		return nil
	}
	return func(over *engine.LimitError) {
		r.o.Stuck(over, func() {
			r.folders.leave()
			r.results.end(nil, nil, OverLimit)
		})
	}
}
