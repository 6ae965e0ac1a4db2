package sim

import (
	"runtime"
	"sync/atomic"
	"testing"
)

// Each worker does its part in each round, whether it still spins or has ended.
func TestPoolDoesAllParts(t *testing.T) {
	for _, size := range []int{2, 3, 16} {
		pool := newPool(size)
		parts := make([]int, size) // each is its member's
		for round := 1; round <= 300; round++ {
			pool.do(func(i int) { parts[i]++ })
			for i, n := range parts {
				if n != round {
					t.Fatalf("after round %d of %d, member %d has done %d", round, size, i, n)
				}
			}
			if round%100 == 0 {
				for i := 1; i < size; {
					if pool.called[i].Load() != ended {
						runtime.Gosched()
					} else {
						i++
					}
				}
			}
		}
	}
}

// A panic of one worker is raised in the caller.
func TestPoolPassesFaultsOn(t *testing.T) {
	pool := newPool(3)
	var done atomic.Int32
	defer func() {
		if fault := recover(); fault != "broken" || done.Load() != 2 {
			t.Errorf("got %v, with %d parts done", fault, done.Load())
		}
	}()
	pool.do(func(i int) {
		if i == 2 {
			panic("broken")
		}
		done.Add(1)
	})
}
