package udp

import (
	"cmp"
	crand "crypto/rand"
	"encoding/binary"
	"maps"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// When a shield is raised, whom it blocks, and when it comes down; ours.
const (
	pressure   = 16                     // batches in a row that were full, before the losses are looked at
	lookEvery  = 200 * time.Millisecond // between two looks while it is watched
	lookAtMost = 2 * time.Second        // the same, while too little was seen
	usualRate  = 50                     // answers a second to one address, by default of dht.Config
	excess     = 2                      // times the rate at which one address is answered
	minSeen    = 4                      // datagrams of one address, before anything is concluded from them ...
	minShare   = 6                      // ... and before it is held against the others
	blockFor   = 5 * time.Minute        // then an address may try again; so in libtorrent
	calmLosses = 100                    // datagrams a second: that many are lost in quiet times too
	calmFor    = 10 * time.Second       // of quiet, after which it comes down
	maxCounted = 1 << 16                // addresses counted in one look
	maxBlocked = 2000                   // addresses; the kernel takes programs of 4096 instructions
)

// shield keeps a flood away from one socket. As long as the node keeps up with what
// arrives, a shield does nothing. Once the socket overflows, which it does without
// regard to persons, the kernel is given a filter: it drops, for a fraction of what
// it costs to receive them, datagrams that cannot be messages, and those of addresses
// from which far more comes than would be answered. The room that is left is for all
// others. A shield belongs to the goroutine that receives from the socket.
type shield struct {
	socket    *socket
	origins   hasher
	tolerated float64 // datagrams per second of one address; 0: any number

	full    int // batches in a row that were full
	up      bool
	since   time.Time // of the last look; zero: nobody watches
	stormy  time.Time // when there was last reason to be up
	lost    uint64    // of the socket, at the last look
	seen    int       // datagrams since
	counts  map[uint32]int
	blocked map[uint32]time.Time // until when
}

// newShield makes the shield of s; public and rate are the Public and AnswerRate of
// the node's configuration.
func newShield(s *socket, public bool, rate int) *shield {
	if rate == 0 {
		rate = usualRate
	}
	return &shield{
		socket: s, origins: newHasher(!public), tolerated: float64(excess * max(rate, 0)),
		counts: map[uint32]int{}, blocked: map[uint32]time.Time{},
	}
}

// saw is told of each batch, and costs next to nothing in quiet times.
func (s *shield) saw(in *inbox, count int) {
	if s.full++; count < batchSize {
		s.full = 0
	}
	if s.since.IsZero() {
		if s.full >= pressure {
			s.watch(time.Now())
		}
		return
	}
	for i := range count {
		from, _, _ := in.at(i)
		if key := s.origins.hash(from); s.counts[key] > 0 || len(s.counts) < maxCounted {
			s.counts[key]++
		}
	}
	s.seen += count
	now := time.Now()
	elapsed := now.Sub(s.since)
	few := s.up && s.full >= pressure && s.seen < 2*minShare*len(s.counts)
	if elapsed >= lookEvery && !few || elapsed >= lookAtMost {
		s.look(now)
	}
}

// watch begins to count.
func (s *shield) watch(now time.Time) {
	s.since, s.lost, s.seen = now, s.socket.dropped(), 0
	clear(s.counts)
}

// look decides on what was counted since the last time.
func (s *shield) look(now time.Time) {
	elapsed := now.Sub(s.since).Seconds()
	lost := float64(s.socket.dropped() - s.lost)
	if lost/elapsed > calmLosses {
		s.stormy = now
	}
	switch {
	case !s.up && s.stormy != now: // a burst, and nothing came of it
		s.since = time.Time{}
		return
	case s.up && now.Sub(s.stormy) > calmFor:
		s.lower()
		return
	}
	before := len(s.blocked)
	maps.DeleteFunc(s.blocked, func(_ uint32, until time.Time) bool { return until.Before(now) })
	if changed := s.blame(now, s.limit(elapsed, lost)) || len(s.blocked) != before; changed || !s.up {
		s.raise()
	}
	s.watch(now)
}

// limit is the number of datagrams of one address, since the last look, that is too
// much. While the shield is down, the losses strike all alike, so that of each there
// was more than was seen; while it is up, they strike those who are meant, and who
// has more than half of an average share is too much if that does not help.
func (s *shield) limit(elapsed, lost float64) float64 {
	limit := s.tolerated * elapsed
	switch {
	case !s.up:
		limit *= float64(s.seen) / (float64(s.seen) + lost)
	case s.full >= pressure: // still more than can be served
		limit = min(limit, max(minShare, float64(s.seen)/float64(max(len(s.counts), 1))/2))
	}
	return max(limit, minSeen)
}

// blame blocks those from whom there was more than limit, most of all first, and
// reports whether it did. Who finds no room there is judged again later.
func (s *shield) blame(now time.Time, limit float64) bool {
	if s.tolerated == 0 {
		return false
	}
	var guilty []uint32
	for key, n := range s.counts {
		if float64(n) > limit {
			guilty = append(guilty, key)
		}
	}
	slices.SortFunc(guilty, func(a, b uint32) int { return cmp.Or(cmp.Compare(s.counts[b], s.counts[a]), cmp.Compare(a, b)) })
	guilty = guilty[:min(len(guilty), max(maxBlocked-len(s.blocked), 0))]
	for _, key := range guilty {
		s.blocked[key] = now.Add(blockFor)
	}
	return len(guilty) > 0
}

// raise has the kernel drop junk, and what comes from those who are blocked.
func (s *shield) raise() {
	s.up = s.socket.filter(s.origins, slices.Sorted(maps.Keys(s.blocked))) == nil
}

func (s *shield) lower() {
	s.socket.unfilter()
	s.up, s.since = false, time.Time{}
	s.counts, s.blocked = map[uint32]int{}, map[uint32]time.Time{} // without the room they took
}

// hasher makes one number of where a datagram comes from, as the filter does: of the
// IPv4 address, or of the first half of the IPv6 address, which one host may have all
// of; and of the port where many nodes share an address. The factors are secret, so
// that nobody can have others mistaken for him.
type hasher struct{ high, low, port uint32 }

func newHasher(ports bool) hasher {
	var b [12]byte
	crand.Read(b[:]) // never fails: it ends the program instead
	h := hasher{high: word(b[:4]) | 1, low: word(b[4:8]) | 1}
	if ports {
		h.port = word(b[8:]) | 1
	}
	return h
}

func (h hasher) hash(from netip.AddrPort) uint32 {
	port := h.port * uint32(from.Port())
	if from.Addr().Is4() {
		ip := from.Addr().As4()
		return h.high*word(ip[:]) + port
	}
	ip := from.Addr().As16()
	return h.high*word(ip[:4]) + h.low*word(ip[4:8]) + port
}

// word reads four bytes as the kernel's filters do.
func word(b []byte) uint32 { return binary.BigEndian.Uint32(b) }

// losses counts what the kernel dropped of one socket.
type losses struct {
	mu    sync.Mutex
	last  uint32 // what the kernel's counter, which runs over, said
	total uint64
}

// dropped returns how many datagrams for s the kernel has dropped: those that found
// no room, and those that the filter refused.
func (s *socket) dropped() uint64 {
	s.losses.mu.Lock()
	defer s.losses.mu.Unlock()
	if now, ok := s.drops(); ok {
		s.losses.total += uint64(now - s.losses.last)
		s.losses.last = now
	}
	return s.losses.total
}
