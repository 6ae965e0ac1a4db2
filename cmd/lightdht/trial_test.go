package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/spf13/pflag"

	"github.com/lightdht/lightdht/dht/sim"
)

// small is a machine with memory for worlds of so many nodes together, and one script.
func small(nodes int, script string) *host {
	return &host{
		in: strings.NewReader(""), out: io.Discard, errout: io.Discard,
		readFile: func(path string) ([]byte, error) {
			switch path {
			case "/proc/meminfo":
				return fmt.Appendf(nil, "MemAvailable: %d kB\n", 2*nodes*sim.BytesPerNode>>10), nil
			case "/sys/fs/cgroup/memory.max":
				return []byte("max\n"), nil
			}
			return []byte(script), nil
		},
		openFolder: openFolder, now: time.Now, exit: func(int) { panic("the process was ended") },
	}
}

// A world that does not fit beside others runs without them, and only what does not fit
// at all is refused: whatever the number of workers.
func TestSweepOfLargeWorlds(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, workers := range []int{1, 2, 8} {
		var out, errout strings.Builder
		h := small(1000, `record{ size = sim.size() }`)
		h.out, h.errout = &out, &errout
		h.args = []string{"sweep", "s.lua", "--param", "nodes=600,20,1001,1000,500", "--seeds", "1,2", "--workers", fmt.Sprint(workers)}
		if code := h.run(t.Context()); code != exitFailed {
			t.Errorf("exit code %d", code)
		}
		var rows strings.Builder
		for seed := 1; seed <= 2; seed++ {
			for _, n := range []int{600, 20, 1000, 500} {
				fmt.Fprintf(&rows, "{\"seed\":%d,\"nodes\":%d,\"size\":%d}\n", seed, n, n)
			}
		}
		if out.String() != rows.String() {
			t.Errorf("%d workers: got\n%s, want\n%s", workers, out.String(), rows.String())
		}
		if said := errout.String(); strings.Count(said, "at most 1000 nodes fit") != 2 || !strings.Contains(said, "2 of 10 runs failed") {
			t.Errorf("%d workers: %s", workers, said)
		}
	}
}

// begun makes a sweep of some sizes of worlds, on a machine for 1000 nodes.
func begun(t *testing.T, sizes string, workers int) *sweeping {
	o := &sweepOptions{seeds: "1", params: []string{"nodes=" + sizes}, workers: workers}
	o.limitFlags.register(pflag.NewFlagSet("sweep", pflag.ContinueOnError))
	h := small(1000, "")
	p, err := h.plan(t.Context(), o, []string{"s.lua"})
	if err != nil {
		t.Fatal(err)
	}
	return newSweeping(h, o, p, nil)
}

func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := begun(t, "600,300,500,1001,1000,10", 4)
		first, second := w.begin(t.Context()), w.begin(t.Context())
		began := make(chan *trial, 1)
		next := func() { began <- w.begin(t.Context()) }
		waits := func(why string) {
			t.Helper()
			if synctest.Wait(); len(began) > 0 {
				t.Errorf("%s begins", why)
			}
		}
		go next()
		waits("one of 500 beside 900")
		w.finish(second)
		waits("one of 500 beside 600")
		w.finish(first)
		third, fourth := <-began, w.begin(t.Context())
		if third.number != 2 || fourth.number != 3 {
			t.Errorf("the trials %d and %d came third and fourth", third.number, fourth.number)
		}
		w.finish(third)
		fifth := w.begin(t.Context()) // beside one that there is no world for
		go next()
		waits("one of 10 beside 1000")
		w.finish(fifth)
		if sixth := <-began; sixth.number != 5 || w.begin(t.Context()) != nil {
			t.Errorf("the last one is %d, or there are more", sixth.number)
		}
		w.finish(fourth)
	})
}

// Ctrl-C does not leave those waiting who wait for their turn.
func TestTurnsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := begun(t, "600,600", 2)
		ctx, interrupt := context.WithCancel(t.Context())
		defer context.AfterFunc(ctx, w.wake)()
		w.begin(ctx)
		began := make(chan *trial)
		go func() { began <- w.begin(ctx) }()
		synctest.Wait()
		interrupt()
		if trial := <-began; trial != nil {
			t.Errorf("trial %d begins", trial.number)
		}
	})
}

// Those who run at a time share the processors; who runs alone has all that one can use.
func TestCores(t *testing.T) {
	all := runtime.GOMAXPROCS(0)
	w := begun(t, "400,600,10", 4)
	for i, beside := range []int{2, 1, 4} {
		if got, want := w.cores(w.trial(i)), max(1, all/beside); got != want {
			t.Errorf("trial %d has %d of %d cores, want %d", i, got, all, want)
		}
	}
}

// What a script may take is beside what the worlds of others come to.
func TestMemoryBeside(t *testing.T) {
	for workers, nodes := range map[int]int{1: 0, 2: 2 * 400, 3: 2 * 800, 4: 2 * 1000, 5: 2 * 1000} {
		w := begun(t, strings.Repeat("10,", 9)+"400", workers)
		if got, want := w.beside(7), size(7*(workers-1)+nodes*sim.BytesPerNode); got != want {
			t.Errorf("%d workers: %d bytes, want %d", workers, got, want)
		}
	}
}
