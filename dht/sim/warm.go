package sim

import (
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// freshness is how long ago, at most, the contacts of a warm start answered: a little less than the
// 15 minutes for which BEP 5 calls a node good.
const freshness = 14 * time.Minute

// version is the `v` of members, as others know it: the node's default.
const version = "LD\x00\x01"

// warm makes all members at once and fills their tables, on all cores. The contents of a table
// depend on nothing that happens meanwhile.
func (b builder) warm() error {
	w, n := b.World, b.cfg.Nodes
	b.reserve(n)
	for range n {
		if _, err := b.member(); err != nil {
			return err
		}
	}
	w.byID.settle()
	known, known6 := b.contacts(false), b.contacts(true)
	batches := (n + batchSize - 1) / batchSize
	var next atomic.Int64
	ready := make(chan int, batches)
	var workers sync.WaitGroup
	for range min(w.cfg.Cores, batches) { // each ends when no batch is left
		workers.Go(func() {
			f := tableFiller{world: w, four: known, six: known6, k: w.cfg.k()}
			for {
				first := int(next.Add(1)-1) * batchSize
				if first >= n {
					return
				}
				last := min(first+batchSize, n)
				for number := first; number < last; number++ {
					f.fillAll(w.member(uint32(number)))
				}
				ready <- last - first
			}
		})
	}
	for done := 0; done < n; {
		done += <-ready
		b.progress(done, n)
	}
	workers.Wait()
	for number := range uint32(n) {
		w.member(number).rearm(w.now)
	}
	return nil
}

// batchSize is how many members a worker takes at a time.
const batchSize = 256

// contacts lists, by id, the contacts in the tables of the IPv4 or IPv6 network: members that can
// be asked, and, if some contacts are to be dead, as many ghosts as make their share.
func (b builder) contacts(six bool) []entry {
	if six && b.six == 0 {
		return nil
	}
	var known []entry
	for _, number := range b.online {
		if b.askable(number, six) {
			known = append(known, entry{id: b.station(number).id, number: number})
		}
	}
	if dead := b.cfg.Dead; dead > 0 {
		for n := range uint32(float64(float64(float64(len(known))*dead) / float64(1-dead))) {
			src := newStream(b.cfg.Seed^saltGhost, n, 0)
			known = append(known, entry{id: krpc.RandomID(&src), number: ghosts + n})
		}
	}
	slices.SortFunc(known, compareEntries)
	return known
}

// tableFiller fills the tables of members as if the network had long been running: for each range
// of the key space in which BEP 5 keeps a bucket, k random members that can be asked, or all if
// there are no more. Each answered at some time in the past, so that upkeep is not due for all at
// once.
type tableFiller struct {
	world  *World
	four   []entry // of the IPv4 network; sorted
	six    []entry // of the IPv6 network; sorted
	known  []entry // of the network whose table is being filled
	k      int
	src    rand.PCG
	picked []entry
	ages   []time.Duration // how long ago each of them answered
	met    []dht.Entry     // the same, as a table keeps them
	room   dht.Arena
}

// fillAll fills the table of s, or both.
func (f *tableFiller) fillAll(s *station) {
	f.known = f.four
	f.fill(s, saltWarm, false)
	if f.world.dual(s.number) {
		f.known = f.six
		f.fill(s, saltWarmSix, true)
	}
}

// fill fills one table of s. Its contents depend on the seed, on the members that are there, and on
// the number of s.
func (f *tableFiller) fill(s *station, salt uint64, six bool) {
	seed := f.world.cfg.Seed
	f.src = *rand.NewPCG(mix(seed^salt, uint64(s.number)), mix(seed, uint64(s.number)))
	f.pick(s)
	f.age()
	now := s.time()
	if s.away { // as it was when it left, but for what would be before all time
		now = max(now.Add(s.since.Sub(f.world.now)), dht.Time(freshness))
	}
	f.met = slices.Grow(f.met[:0], len(f.picked))[:len(f.picked)]
	for i, e := range f.picked {
		m := &f.met[i]
		m.ID, m.Addr, m.Version = e.id, f.world.addrOf(e.number, six), version
		m.LastReply = now.Add(-f.ages[i])
		m.RTT = time.Duration(2 * f.world.link.delay(s.number, e.number))
	}
	s.node.Fill(f.met, &f.room)
}

// age draws how long ago each contact answered. The longest comes first, as a table counts time
// from the first event.
func (f *tableFiller) age() {
	f.ages = f.ages[:0]
	for i := range f.picked {
		f.ages = append(f.ages, below(&f.src, freshness))
		if f.ages[i] > f.ages[0] {
			f.ages[i], f.ages[0] = f.ages[0], f.ages[i]
		}
	}
}

// pick chooses the contacts of s: the far ones first, which is fastest for the table.
func (f *tableFiller) pick(s *station) {
	f.picked = f.picked[:0]
	r := [2]int{0, len(f.known)}
	for depth := 0; r[1]-r[0] > f.k && depth < 64; depth++ {
		near, far := halve(f.known, r, depth, key(s.id))
		f.some(f.known[far[0]:far[1]])
		r = near
	}
	for _, e := range f.known[r[0]:r[1]] {
		if e.number != s.number {
			f.picked = append(f.picked, e)
		}
	}
}

// some picks k random entries, each once; all if there are no more.
func (f *tableFiller) some(among []entry) {
	if len(among) <= f.k {
		f.picked = append(f.picked, among...)
		return
	}
	first := len(f.picked)
	for i := len(among) - f.k; i < len(among); i++ { // R. Floyd's sampling, CACM 30 (1987)
		e := among[below(&f.src, i+1)]
		if slices.Contains(f.picked[first:], e) {
			e = among[i]
		}
		f.picked = append(f.picked, e)
	}
}
