package sim

import "sync/atomic"

// workerPool runs one function on several goroutines at once, again and again, with short pauses.
// In a pause a worker spins for some microseconds, since to wake a blocked one takes longer. Then
// it ends, so there is nothing to close.
type workerPool struct {
	work    func(i int)
	round   uint64
	called  []atomic.Uint64 // by worker: the round it was last called to, or ended; worker 0 is the caller
	running atomic.Int32    // workers that have not finished this round
	blocked atomic.Bool     // the caller is blocked and waits for done
	done    chan struct{}   // the last worker to finish wakes the caller
	fault   atomic.Pointer[any]
}

// ended, in called, is that the worker has no goroutine.
const ended = 0

// spinLimit is how often a worker, or the caller, polls before it ends or blocks: for some ten
// microseconds (chosen by us). Others may need the processor.
const spinLimit = 1 << 14

func newPool(size int) *workerPool {
	return &workerPool{called: make([]atomic.Uint64, size), done: make(chan struct{}, 1)}
}

// do calls work for each worker, with its number from 0 on, at once. It returns when all calls
// have, and panics if one did.
func (p *workerPool) do(work func(i int)) {
	p.work = work
	p.round++
	p.running.Store(int32(len(p.called) - 1))
	for i := 1; i < len(p.called); i++ {
		if p.called[i].Swap(p.round) == ended {
			go p.serve(i, p.round)
		}
	}
	work(0)
	p.wait()
	if fault := p.fault.Load(); fault != nil {
		panic(*fault)
	}
}

// wait returns when all other workers have finished the round: it spins, then blocks.
func (p *workerPool) wait() {
	for range spinLimit {
		if p.running.Load() == 0 {
			return
		}
	}
	p.blocked.Store(true)
	if p.running.Load() > 0 || !p.blocked.CompareAndSwap(true, false) {
		<-p.done // the last worker saw that the caller is blocked
	}
}

// serve is the goroutine of a worker, from one round on. It ends by itself when it has not been
// called for a while.
func (p *workerPool) serve(i int, round uint64) {
	for {
		p.runOnce(i)
		if !p.spin(i, round) && p.called[i].CompareAndSwap(round, ended) {
			return
		}
		round++
	}
}

// spin polls until a worker is called to the round after this one; false if it is not called soon.
func (p *workerPool) spin(i int, round uint64) bool {
	for range spinLimit {
		if p.called[i].Load() != round {
			return true
		}
	}
	return false
}

// runOnce does the work of one worker in one round.
func (p *workerPool) runOnce(i int) {
	defer func() {
		if fault := recover(); fault != nil {
			p.fault.CompareAndSwap(nil, &fault)
		}
		if p.running.Add(-1) == 0 && p.blocked.CompareAndSwap(true, false) {
			p.done <- struct{}{}
		}
	}()
	p.work(i)
}
