package experiment

import (
	"context"
	"runtime"
	"sync"

	"github.com/lightdht/lightdht/engine/record"
	"github.com/lightdht/lightdht/luabind/network"
)

// sweepRun is one combination of a sweep, to be run.
type sweepRun struct {
	number int
	values []string
	lead   record.Row      // the first columns of its rows
	params []network.Param // of the script, besides those that all have
	spec   network.Spec
	err    error // why it cannot be run
	bytes  int64 // that its world takes
}

// sweeping is a sweep under way.
type sweeping struct {
	*Sweep
	gather  *record.Gather
	room    int64 // bytes, for all worlds together
	largest int64 // of them, what the largest world takes
	workers int

	mu     sync.Mutex
	freed  sync.Cond // taken has become less, or there is nothing more to wait for
	taken  int64     // of room
	next   int
	coming *sweepRun // the next one, if it has to wait
	out    SweepOutcome
	err    error                    // of writing
	loaded map[string]record.Module // by the runs, by name
	idle   int64                    // seconds that were skipped
}

func newSweeping(p *Sweep, to *record.Gather) *sweeping {
	w := &sweeping{Sweep: p, gather: to, loaded: map[string]record.Module{}}
	w.freed.L = &w.mu
	w.workers, w.room = min(p.o.Workers, p.Runs), p.o.WorldMemory
	if w.room == 0 {
		w.room = WorldMemory(nil)
	}
	w.largest = w.largestWorld()
	return w
}

// sweepRun prepares combination number i.
func (w *sweeping) sweepRun(i int) *sweepRun {
	t := &sweepRun{number: i}
	t.values, t.lead = w.at(i)
	var settings []string
	for n, a := range w.axes {
		if a.setting {
			settings = append(settings, a.name+"="+t.values[n])
		} else {
			t.params = append(t.params, network.Param{Name: a.name, Value: t.values[n]})
		}
	}
	varied, err := network.ParseSettings(settings)
	if t.err = err; err != nil {
		return t
	}
	t.spec = w.o.Network.With(varied)
	if t.bytes = SimulatedNetwork(w.x.Header, t.spec).Config.Bytes(); t.bytes > w.room {
		t.bytes = 0 // there will be no world
	}
	return t
}

// take waits for the turn of the next run: until there is memory for its world beside the others,
// or none is left. Runs are taken in the order of their numbers. It returns nil if there is nothing
// more to run. Each one is to be given back.
func (w *sweeping) take(ctx context.Context) *sweepRun {
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.next < w.Runs && ctx.Err() == nil && w.err == nil {
		if w.coming == nil {
			w.coming = w.sweepRun(w.next)
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

// give returns the memory of a run's world.
func (w *sweeping) give(t *sweepRun) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.taken -= t.bytes
	w.freed.Broadcast()
}

// wake lets those that wait for their turn look whether there is still one.
func (w *sweeping) wake() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.freed.Broadcast()
}

// cores is how many processors the world of a run may have: its share, if as many of its size as
// fit run at a time.
func (w *sweeping) cores(t *sweepRun) int {
	beside := int64(w.workers)
	if t.bytes > 0 {
		beside = min(beside, w.room/t.bytes)
	}
	return max(1, runtime.GOMAXPROCS(0)/int(beside))
}

// largestWorld is what the largest world of a sweep takes, in bytes.
func (w *sweeping) largestWorld() int64 {
	cfg := SimulatedNetwork(w.x.Header, w.o.Network).Config
	for _, a := range w.axes {
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

// beside is how much memory the others may come to take while one runs: each script what it may,
// and each world what it is made of and as much again.
func (w *sweeping) beside(script int64) int64 {
	others := int64(w.workers - 1)
	return others*script + 2*min(others*w.largest, w.room)
}
