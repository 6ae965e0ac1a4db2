package experiment

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/lightdht/lightdht/dht/sim"
)

// begun makes a sweep of some sizes of worlds, on a machine for 1000 nodes.
func begun(t *testing.T, sizes string, workers int) *sweeping {
	t.Helper()
	o := SweepOptions{Seeds: "1", Vary: []string{"nodes=" + sizes}, Workers: workers}
	o.WorldMemory = 1000 * sim.BytesPerNode
	p, err := New("s.lua", "").Plan(o)
	if err != nil {
		t.Fatal(err)
	}
	return newSweeping(p, nil)
}

func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := begun(t, "600,300,500,1001,1000,10", 4)
		first, second := w.take(t.Context()), w.take(t.Context())
		began := make(chan *sweepRun, 1)
		next := func() { began <- w.take(t.Context()) }
		waits := func(why string) {
			t.Helper()
			if synctest.Wait(); len(began) > 0 {
				t.Errorf("%s begins", why)
			}
		}
		go next()
		waits("one of 500 beside 900")
		w.give(second)
		waits("one of 500 beside 600")
		w.give(first)
		third, fourth := <-began, w.take(t.Context())
		if third.number != 2 || fourth.number != 3 {
			t.Errorf("the runs %d and %d came third and fourth", third.number, fourth.number)
		}
		w.give(third)
		fifth := w.take(t.Context()) // beside one that there is no world for
		go next()
		waits("one of 10 beside 1000")
		w.give(fifth)
		if sixth := <-began; sixth.number != 5 || w.take(t.Context()) != nil {
			t.Errorf("the last one is %d, or there are more", sixth.number)
		}
		w.give(fourth)
	})
}

// Ctrl-C ends the wait of runs for their turn.
func TestTurnsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := begun(t, "600,600", 2)
		ctx, interrupt := context.WithCancel(t.Context())
		defer context.AfterFunc(ctx, w.wake)()
		w.take(ctx)
		began := make(chan *sweepRun)
		go func() { began <- w.take(ctx) }()
		synctest.Wait()
		interrupt()
		if run := <-began; run != nil {
			t.Errorf("run %d begins", run.number)
		}
	})
}

// Runs that go on at a time share the processors; one that runs alone has all that it can use.
func TestCores(t *testing.T) {
	all := runtime.GOMAXPROCS(0)
	w := begun(t, "400,600,10", 4)
	for i, beside := range []int{2, 1, 4} {
		if got, want := w.cores(w.sweepRun(i)), max(1, all/beside); got != want {
			t.Errorf("run %d has %d of %d cores, want %d", i, got, all, want)
		}
	}
}

// What a script may take is beside what the worlds of others come to.
func TestMemoryBeside(t *testing.T) {
	for workers, nodes := range map[int]int{1: 0, 2: 2 * 400, 3: 2 * 800, 4: 2 * 1000, 5: 2 * 1000} {
		w := begun(t, strings.Repeat("10,", 9)+"400", workers)
		if got, want := w.beside(7), int64(7*(workers-1)+nodes*sim.BytesPerNode); got != want {
			t.Errorf("%d workers: %d bytes, want %d", workers, got, want)
		}
	}
}
