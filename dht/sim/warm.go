package sim

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

// freshness is how long ago, at most, the contacts of a warm start answered: a
// little less than the 15 minutes for which BEP 5 calls a node good.
const freshness = 14 * time.Minute

// version is what members are known to send as `v`: the node's default.
var version = []byte("LD\x00\x01")

// startWarm makes all members at once and fills their tables.
func (w *World) startWarm() error {
	n := w.cfg.Nodes
	for range n {
		if _, err := w.enlist(); err != nil {
			return err
		}
	}
	w.order.settle()
	known := w.contacts()
	f := furnisher{world: w, known: known, k: w.k()}
	for number := range uint32(n) {
		f.furnish(w.member(number))
		w.progress(int(number)+1, n)
	}
	return nil
}

// contacts lists, by id, the members that others know: those that can be asked.
func (w *World) contacts() []entry {
	all := slices.Concat(w.order.sorted, w.order.fresh)
	slices.SortFunc(all, compareEntries)
	return slices.DeleteFunc(all, func(e entry) bool { return w.link.behindNAT(e.number) })
}

// furnisher fills the tables of members as if the network had long been
// running: for each range of the key space in which BEP 5 keeps a bucket, k
// random members of it that can be asked, or all if they are no more; each of
// them last answered at some time in the past, so that what is due later is
// not due for everybody at once.
type furnisher struct {
	world  *World
	known  []entry // by key
	k      int
	src    rand.PCG
	picked []uint32
	ages   []time.Duration
}

// furnish fills the table of s. What it picks depends on the seed, on who is
// there, and on the number of s.
func (f *furnisher) furnish(s *station) {
	seed := f.world.cfg.Seed
	f.src = *rand.NewPCG(mix(seed^saltWarm, uint64(s.number)), mix(seed, uint64(s.number)))
	f.pick(s)
	f.age()
	table := s.node.Table()
	for i, number := range f.picked {
		then := f.world.now.Add(-f.ages[i])
		rtt := time.Duration(2 * f.world.link.delay(s.number, number))
		contact := krpc.Contact{ID: f.world.member(number).id, Addr: addressOf(number)}
		table.Answered(then, contact, rtt, version)
	}
	s.rearm(f.world.now)
}

// pick chooses whom s knows, in random order.
func (f *furnisher) pick(s *station) {
	f.picked = f.picked[:0]
	key := prefix(s.id)
	r := [2]int{0, len(f.known)}
	for depth := 0; r[1]-r[0] > f.k && depth < 64; depth++ {
		near, far := halve(f.known, r[0], r[1], depth, key)
		f.some(far)
		r = near
	}
	for _, e := range f.known[r[0]:r[1]] {
		if e.number != s.number {
			f.picked = append(f.picked, e.number)
		}
	}
	for i := range f.picked {
		j := i + below(&f.src, len(f.picked)-i)
		f.picked[i], f.picked[j] = f.picked[j], f.picked[i]
	}
}

// some picks k random ones of a range, each once; all if there are no more.
func (f *furnisher) some(r [2]int) {
	size := r[1] - r[0]
	if size <= f.k {
		for _, e := range f.known[r[0]:r[1]] {
			f.picked = append(f.picked, e.number)
		}
		return
	}
	first := len(f.picked)
	for i := size - f.k; i < size; i++ { // R. Floyd's sampling, CACM 30 (1987)
		number := f.known[r[0]+below(&f.src, i+1)].number
		if slices.Contains(f.picked[first:], number) {
			number = f.known[r[0]+i].number
		}
		f.picked = append(f.picked, number)
	}
}

// age draws how long ago each of those picked answered, longest first, as a
// table wants to be told.
func (f *furnisher) age() {
	f.ages = f.ages[:0]
	for range f.picked {
		f.ages = append(f.ages, time.Duration(below(&f.src, int(freshness))))
	}
	slices.SortFunc(f.ages, func(a, b time.Duration) int { return int(b - a) })
}

// k is how many nodes share a bucket: Config.K, or the node's default.
func (w *World) k() int {
	if w.cfg.K == 0 {
		return 8
	}
	return w.cfg.K
}

// progress reports that done of total members are made, not too often.
func (w *World) progress(done, total int) {
	if w.cfg.Progress != nil && (done%1024 == 0 || done == total) {
		w.cfg.Progress(done, total)
	}
}
