package engine

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
)

// scheduler decides which goroutine may touch Lua values: the one that holds the baton. It is a
// task's goroutine, or that of the host program while no task runs. A task that has to wait picks
// its successor and hands the baton over directly. Tasks run in the order in which they were woken,
// whatever the order in which Go schedules their goroutines.
type scheduler struct {
	clock   Clock
	hook    *hook
	lua     *lua.LState // owns the globals
	runtime *lua51.Runtime
	chunks  *chunkNames

	holder     *Task // nil while the host, a timer or a posted function runs
	ready      ring
	live       []*Task // every task that has not ended
	spawned    uint64  // tasks so far
	foreground int     // live tasks that Run waits for
	joining    int     // live tasks that are parked until another task ends
	holds      int     // event sources that may still bring work; see Hold
	picks      uint    // counts pick, to look at the wall clock now and then
	maxTasks   int     // 0: no limit
	serving    bool    // Serve is what runs, not Run
	pace       pace    // of virtual time while serving
	goroutines sync.WaitGroup
	back       chan struct{}    // hands the baton back to the host program
	unclaimed  func(t *Task)    // is told of a task that failed while nobody waits for it
	notice     func(msg string) // tells the user

	ctx     context.Context // of the latest run
	halting error           // why all tasks are being killed, or nil
	ending  atomic.Bool     // halting is set; for goroutines that do not hold the baton
	inbox   inbox
}

// inbox has the functions that were posted to the baton.
type inbox struct {
	sync.Mutex
	posted  []func()
	waiting atomic.Bool // posted is not empty; saves the lock
	closed  bool
	wake    chan struct{}
}

// newScheduler makes a scheduler without tasks. Its Lua state and its callbacks are for the engine
// to set.
func newScheduler(o Options) *scheduler {
	s := &scheduler{clock: o.Clock, hook: newHook(o.MaxInstructions), chunks: &chunkNames{}, maxTasks: o.MaxTasks, back: make(chan struct{}, 1)}
	s.inbox.wake = make(chan struct{}, 1)
	s.hook.maxBusy = o.MaxBusy
	if _, ok := o.Clock.(*wall); !ok {
		s.hook.busyLimit = int64(o.MaxBusy.Seconds() * usualSpeed)
	}
	return s
}

// Post makes f run soon on the baton. It may be called from any goroutine and never blocks.
// Functions that are posted while Run is not running wait for the next Run; after Close they are
// dropped.
func (s *scheduler) Post(f func()) {
	in := &s.inbox
	in.Lock()
	if !in.closed {
		in.posted = append(in.posted, f)
		in.waiting.Store(true)
	}
	in.Unlock()
	select {
	case in.wake <- struct{}{}:
	default:
	}
}

// drain runs the posted functions, in order.
func (s *scheduler) drain() {
	in := &s.inbox
	for in.waiting.Load() {
		in.Lock()
		posted := in.posted
		in.posted = nil
		in.waiting.Store(false)
		in.Unlock()
		for _, f := range posted {
			f()
		}
	}
}

// Hold says that an event source exists (a subscription, a timer of a module) which may start new
// work, so that "every task waits for another one" is no deadlock until release is called. Call
// both on the baton; release is idempotent.
func (s *scheduler) Hold(what string) (release func()) {
	s.holds++
	held := true
	return func() {
		if held {
			held = false
			s.holds--
		}
	}
}

// leaveBaton notes that no task has the baton.
func (s *scheduler) leaveBaton() {
	s.holder = nil
	s.hook.held.Store(false)
}

// handTo gives the baton away; nil is the host program. The caller must not touch anything of the
// engine afterwards.
func (s *scheduler) handTo(t *Task) {
	switch {
	case t == nil:
		s.back <- struct{}{}
	case !t.started:
		t.started = true
		s.goroutines.Add(1)
		go t.run() // ends with the task; Close kills it and waits for it
	default:
		t.turn <- struct{}{}
	}
}

// turn gives the baton to the first task that is ready and returns when it comes back.
func (s *scheduler) turn() {
	s.handTo(s.pick())
	<-s.back
}

// yield gives the baton of t away and returns when it came back.
func (s *scheduler) yield(t *Task) {
	s.leaveBaton()
	if next := s.pick(); next != t { // picking steps the clock while no task is ready
		s.handTo(next)
		<-t.turn
	}
	s.holder = t
	s.hook.blocked()
	if s.halting != nil || t.killed {
		runtime.Goexit() // runs the defers of every protected call, and none of them can catch it
	}
}

// pick returns the task to run next; nil gives the baton back to the host program.
func (s *scheduler) pick() *Task {
	for {
		s.drain()
		s.catchUp()
		if t := s.ready.pop(); t != nil {
			if s.halting != nil && !t.started { // there may be a hundred thousand
				t.leave()
				continue
			}
			return t
		}
		if s.foreground == 0 && !s.serving || s.halting != nil {
			return nil
		}
		if s.stuck() || !s.pass() {
			s.drain()
			if s.ready.n == 0 {
				s.failAll()
			}
		}
	}
}

// pass lets time pass while no task is ready. False: nothing can ever happen again.
func (s *scheduler) pass() bool {
	if s.serving {
		return s.linger()
	}
	return s.clock.Step(s.inbox.wake)
}

// linger lets time pass, or stand still, while serving.
func (s *scheduler) linger() bool {
	if _, wallTime := s.clock.(*wall); wallTime {
		return s.clock.Step(s.inbox.wake)
	}
	if s.foreground == 0 && (len(s.live) > 0 || s.holds > 0) {
		return s.pace.step(s.clock, s.inbox.wake)
	}
	s.pace.begun = false
	if s.foreground > 0 {
		return s.clock.Step(s.inbox.wake)
	}
	<-s.inbox.wake
	return true
}

// catchUp fires timers that are due on the wall clock even though some task is always ready.
// Virtual time passes only when all tasks wait.
func (s *scheduler) catchUp() {
	s.picks++
	if s.picks%64 != 0 || s.ready.n == 0 {
		return
	}
	if w, ok := s.clock.(*wall); ok {
		w.fire()
	}
}

// stuck says whether every task waits for another one and no event source can start a new one. It
// may only be asked while none is ready, so that all of them are parked.
func (s *scheduler) stuck() bool {
	return s.holds == 0 && s.joining == len(s.live) && s.joining > 0
}

// failAll ends every wait with the same deadlock.
func (s *scheduler) failAll() {
	d := &Deadlock{Waiting: s.waiting()}
	for _, t := range s.byAge() {
		if t.parked {
			t.deadlock = d
			t.wake()
		}
	}
}

// halt kills every task: each runs once more, only to unwind. The first reason counts; no task can
// park after it.
func (s *scheduler) halt(reason error) {
	if s.halting != nil {
		return
	}
	s.halting = reason
	s.ending.Store(true)
	for _, t := range s.byAge() {
		if t.parked {
			t.wake()
		}
	}
}

// byAge lists the live tasks in the order in which they were spawned.
func (s *scheduler) byAge() []*Task {
	tasks := slices.Clone(s.live)
	slices.SortFunc(tasks, func(a, b *Task) int { return cmp.Compare(a.number, b.number) })
	return tasks
}

// waiting lists the waits of the tasks that have begun; of a task whose next turn is still to come,
// its latest wait. The main task comes first. The task that holds the baton is not among them.
func (s *scheduler) waiting() []Waiting {
	var list []Waiting
	for _, t := range s.byAge() {
		if t.thread != nil && t != s.holder {
			w := Waiting{Position: lua51.Position(t.thread, 1), What: t.what, Main: t.main}
			if t.main {
				list = slices.Insert(list, 0, w)
			} else {
				list = append(list, w)
			}
		}
	}
	return list
}
