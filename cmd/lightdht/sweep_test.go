package main

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht/sim"
)

// small is a machine with memory for worlds of that many nodes together, and one script.
func small(nodes int, script string) *host {
	return &host{
		streams: streams{in: strings.NewReader(""), out: io.Discard, errout: io.Discard},
		readFile: func(path string) ([]byte, error) {
			switch path {
			case "/proc/meminfo":
				return fmt.Appendf(nil, "MemAvailable: %d kB\n", 2*nodes*sim.BytesPerNode>>10), nil
			case "/sys/fs/cgroup/memory.max":
				return []byte("max\n"), nil
			}
			return []byte(script), nil
		},
		now: time.Now, exit: func(int) { panic("the process was ended") },
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
