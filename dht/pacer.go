package dht

import (
	"container/heap"
	"net/netip"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

// The rate of queries to one IP address of the public DHT: the limit of mldht, and good manners for
// a crawler.
const (
	perAddr     = 2
	perAddrSpan = time.Second
)

// Pace spaces the queries of one node, or of several together: they leave at an even rate, and on
// the public DHT at most perAddr of them to one IP within perAddrSpan.
type Pace struct {
	lock   Locker
	each   time.Duration // between two queries; 0: no cap
	free   Time          // no query before
	burst  time.Duration // how much unused time may be made up for
	met    *met          // addresses that have answered; nil: it does not matter
	visits map[netip.Addr]visits
	sweep  int // how many addresses to remember before old ones are forgotten
}

// Locker is a mutex.
type Locker interface {
	Lock()
	Unlock()
}

// unlocked is the Locker of a Pace that one goroutine uses.
type unlocked struct{}

func (unlocked) Lock()   {}
func (unlocked) Unlock() {}

// visits are the last times at which queries to an address left, and for which waiting queries are
// booked, oldest first. A booking is kept exactly only if nothing else was in the queue.
type visits struct{ left, booked [perAddr]Time }

// NewPace makes a Pace of perSecond queries a second; 0 or less: no cap. public says that these go
// to the public DHT. Nodes of several goroutines may share it if lock is a mutex; nil means no
// lock.
func NewPace(perSecond int, public bool, lock Locker) *Pace {
	p := &Pace{lock: lock}
	if lock == nil {
		p.lock = unlocked{}
	}
	if perSecond > 0 {
		p.each = time.Second / time.Duration(perSecond)
	}
	if public {
		p.visits = make(map[netip.Addr]visits)
	}
	return p
}

// The rate for strangers: addresses beyond this machine that have never answered. No source is
// known for it.
const (
	// StrangerRate is how many queries a second go to strangers at most.
	StrangerRate  = 1000
	strangerBurst = 50 * time.Millisecond
	strangerEach  = time.Second / (StrangerRate * 19 / 20) // the rest is for the burst
)

// NewStrangerPace makes a Pace for queries to strangers alone: at most [StrangerRate] of them leave
// a second. lock is as for [NewPace].
func NewStrangerPace(lock Locker) *Pace {
	p := NewPace(0, false, lock)
	p.each, p.burst, p.met = strangerEach, strangerBurst, new(met)
	return p
}

// holds reports whether a query to an address has to wait for its turn.
func (p *Pace) holds(to netip.AddrPort) bool {
	if p.met == nil {
		return true
	}
	p.lock.Lock()
	defer p.lock.Unlock()
	return krpc.ClassOf(to.Addr()) != krpc.Loopback && !p.met.has(to)
}

// meet notes that an address has answered.
func (p *Pace) meet(from netip.AddrPort) {
	if p.met == nil || krpc.ClassOf(from.Addr()) == krpc.Loopback {
		return
	}
	p.lock.Lock()
	defer p.lock.Unlock()
	p.met.add(from)
}

// maxMet is how many addresses that have answered are remembered at least; at most twice as many.
const maxMet = 1 << 15

// met are addresses in two generations, of which the older one is forgotten.
type met struct{ fresh, old map[netip.AddrPort]struct{} }

func (m *met) has(addr netip.AddrPort) bool {
	if _, ok := m.fresh[addr]; ok {
		return true
	}
	_, ok := m.old[addr]
	return ok
}

func (m *met) add(addr netip.AddrPort) {
	if _, ok := m.fresh[addr]; ok {
		return
	}
	if m.fresh == nil || len(m.fresh) >= maxMet {
		m.fresh, m.old = make(map[netip.AddrPort]struct{}), m.fresh
	}
	m.fresh[addr] = struct{}{}
}

// from returns the time before which no query leaves.
func (p *Pace) from() Time {
	p.lock.Lock()
	defer p.lock.Unlock()
	return p.free
}

// book returns when an address may next be asked, and reserves that time.
func (p *Pace) book(now Time, ip netip.Addr) Time {
	p.lock.Lock()
	defer p.lock.Unlock()
	if p.visits == nil {
		return now
	}
	p.forget(now)
	v := p.visitsTo(now, ip)
	at := max(now, v.booked[perAddr-1], v.booked[0].Add(perAddrSpan))
	v.booked = [...]Time{v.booked[1], at}
	p.visits[ip] = v
	return at
}

// leave notes that a query to ip leaves now. If earlier queries left late, or another node was
// faster, it returns when the query may leave instead.
func (p *Pace) leave(now Time, ip netip.Addr) (from Time, ok bool) {
	p.lock.Lock()
	defer p.lock.Unlock()
	from = p.free
	if p.visits != nil {
		v := p.visitsTo(now, ip)
		if from = max(from, v.left[0].Add(perAddrSpan)); from <= now {
			v.left = [...]Time{v.left[1], now}
			p.visits[ip] = v
		}
	}
	if from > now {
		return from, false
	}
	p.free = max(p.free, now.Add(-p.burst)).Add(p.each)
	return now, true
}

// visitsTo returns the visits to an address; long ago if they are forgotten.
func (p *Pace) visitsTo(now Time, ip netip.Addr) visits {
	if v, known := p.visits[ip]; known {
		return v
	}
	long := now.Add(-2 * perAddrSpan)
	return visits{[...]Time{long, long}, [...]Time{long, long}}
}

// forget drops, now and then, addresses that may be asked at once: those of the last second and of
// waiting queries are left.
func (p *Pace) forget(now Time) {
	if len(p.visits) < p.sweep {
		return
	}
	for ip, v := range p.visits { // any order: all that are past go
		if max(v.left[perAddr-1], v.booked[perAddr-1]).Add(perAddrSpan) < now {
			delete(p.visits, ip)
		}
	}
	p.sweep = max(256, 2*len(p.visits))
}

// pacer is the queue of a node's queries that have to wait, in the order of when they may leave,
// and then of when they came.
type pacer struct {
	pace    *Pace
	waiting departures
	count   uint64
}

// departure is a query that waits for its turn.
type departure struct {
	at   Time
	nth  uint64
	q    *query
	call Call
}

func (p *pacer) len() int {
	if p == nil {
		return 0
	}
	return len(p.waiting)
}

// next returns when the first waiting query may leave.
func (p *pacer) next() (Time, bool) {
	if p == nil || len(p.waiting) == 0 {
		return 0, false
	}
	return max(p.waiting[0].at, p.pace.from()), true
}

// enqueue lets a query wait until its receiver may be asked.
func (p *pacer) enqueue(now Time, q *query, call *Call) {
	q.phase = delayed
	p.count++
	heap.Push(&p.waiting, departure{at: p.pace.book(now, q.to.Addr.Addr()), nth: p.count, q: q, call: *call})
}

// departures is a heap.
type departures []departure

func (h departures) Len() int { return len(h) }
func (h departures) Less(i, j int) bool {
	return h[i].at < h[j].at || h[i].at == h[j].at && h[i].nth < h[j].nth
}
func (h departures) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *departures) Push(d any)   { *h = append(*h, d.(departure)) }
func (h *departures) Pop() any {
	last := len(*h) - 1
	d := (*h)[last]
	(*h)[last] = departure{}
	*h = (*h)[:last]
	return d
}
