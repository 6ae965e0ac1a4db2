package sim

import "sync/atomic"

// team is some goroutines that work side by side for a moment, and again soon. In between
// they stay awake for some microseconds, as waking up would take them longer; then they go, so
// that there is nothing to close.
type team struct {
	work   func(i int)
	round  uint64
	called []atomic.Uint64 // by member: the round it was last called to, or gone; the first one is the caller
	busy   atomic.Int32    // how many have not finished this round
	asleep atomic.Bool     // the caller is to be woken when none is left
	done   chan struct{}   // which does that
	fault  atomic.Pointer[any]
}

const gone = 0

// looks is how often one looks for something to change before one gives way to whoever may need the
// processor, perhaps in order to change it: some ten microseconds; ours.
const looks = 1 << 14

func newTeam(size int) *team {
	return &team{called: make([]atomic.Uint64, size), done: make(chan struct{}, 1)}
}

// do calls work for each member, from 0 on, side by side, and returns when all of them have. It
// panics if one did.
func (t *team) do(work func(i int)) {
	t.work = work
	t.round++
	t.busy.Store(int32(len(t.called) - 1))
	for i := 1; i < len(t.called); i++ {
		if t.called[i].Swap(t.round) == gone {
			go t.serve(i, t.round)
		}
	}
	work(0)
	t.wait()
	if fault := t.fault.Load(); fault != nil {
		panic(*fault)
	}
}

// wait returns when all others have finished.
func (t *team) wait() {
	for range looks {
		if t.busy.Load() == 0 {
			return
		}
	}
	t.asleep.Store(true)
	if t.busy.Load() > 0 || !t.asleep.CompareAndSwap(true, false) {
		<-t.done // the last one saw that we sleep
	}
}

// serve is the life of a member, from one round on.
func (t *team) serve(i int, round uint64) {
	for {
		t.part(i)
		if !t.await(i, round) && t.called[i].CompareAndSwap(round, gone) {
			return
		}
		round++
	}
}

// await waits until a member is called to the round after this one; false if it is not for long.
func (t *team) await(i int, round uint64) bool {
	for range looks {
		if t.called[i].Load() != round {
			return true
		}
	}
	return false
}

// part is a member's in one round.
func (t *team) part(i int) {
	defer func() {
		if fault := recover(); fault != nil {
			t.fault.CompareAndSwap(nil, &fault)
		}
		if t.busy.Add(-1) == 0 && t.asleep.CompareAndSwap(true, false) {
			t.done <- struct{}{}
		}
	}()
	t.work(i)
}
