package main

import (
	"context"
	"runtime"
	"slices"

	"github.com/lightdht/lightdht/engine/record"
	"github.com/lightdht/lightdht/luabind"
)

// trial is one combination of a sweep, to be run.
type trial struct {
	number int
	values []string
	lead   record.Row      // the first columns of its rows
	params []luabind.Param // of the script, besides those that all have
	spec   luabind.NetworkSpec
	err    error // why it cannot be run
	bytes  int64 // that its world takes
}

// trial prepares combination number i.
func (w *sweeping) trial(i int) *trial {
	t := &trial{number: i}
	t.values, t.lead = w.plan.at(i)
	settings := slices.Clone(w.o.settings)
	for n, a := range w.plan.axes {
		if a.setting {
			settings = append(settings, a.name+"="+t.values[n])
		} else {
			t.params = append(t.params, luabind.Param{Name: a.name, Value: t.values[n]})
		}
	}
	if t.spec, t.err = luabind.ParseSettings(settings); t.err != nil {
		return t
	}
	o := &runOptions{networkFlags: networkFlags{spec: t.spec}}
	if t.bytes = o.simSpec(w.plan.script.header).Config.Bytes(); t.bytes > w.room {
		t.bytes = 0 // there will be no world
	}
	return t
}

// begin waits for the turn of the next trial: until there is memory for its world beside
// the others, or none is left. They are begun in the order of their numbers. It returns nil
// if there is nothing more to run. Each trial that was begun is to be finished.
func (w *sweeping) begin(ctx context.Context) *trial {
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.next < w.plan.runs && ctx.Err() == nil && w.err == nil {
		if w.coming == nil {
			w.coming = w.trial(w.next)
		}
		if t := w.coming; w.taken+t.bytes <= w.room {
			w.coming = nil
			w.next++
			w.taken += t.bytes
			return t
		}
		w.freed.Wait()
	}
	return nil
}

// finish gives back the memory of a trial's world.
func (w *sweeping) finish(t *trial) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.taken -= t.bytes
	w.freed.Broadcast()
}

// wake lets those who wait for their turn look whether there is still one.
func (w *sweeping) wake() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.freed.Broadcast()
}

// cores is how many processors the world of a trial may have: its share, if so many
// of its size run at a time as can.
func (w *sweeping) cores(t *trial) int {
	beside := int64(w.workers)
	if t.bytes > 0 {
		beside = min(beside, w.room/t.bytes)
	}
	return max(1, runtime.GOMAXPROCS(0)/int(beside))
}

// largestWorld is what the largest world of a sweep takes, in bytes.
func (w *sweeping) largestWorld() int64 {
	o := &runOptions{networkFlags: networkFlags{spec: w.o.spec}}
	cfg := o.simSpec(w.plan.script.header).Config
	for _, a := range w.plan.axes {
		switch {
		case !a.setting:
		case a.name == "nodes":
			cfg.Nodes = int(a.most())
		case a.name == "v6":
			cfg.V6 = a.most()
		}
	}
	return min(cfg.Bytes(), w.room)
}
