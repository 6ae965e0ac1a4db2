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

	"github.com/lightdht/lightdht/dht"
)

// When a shield is raised, which senders it blocks, and when it comes down (chosen by us).
const (
	pressure   = 16                     // batches in a row that were full, before the losses are looked at
	lookEvery  = 200 * time.Millisecond // between two looks while the socket is watched
	lookAtMost = 2 * time.Second        // the same, while too few datagrams were seen
	excess     = 2                      // times the rate at which one address is answered
	minSeen    = 4                      // datagrams of one address before it may be blocked,
	minShare   = 6                      // and before it is compared with the average of all
	blockFor   = 5 * time.Minute        // then an address may try again; so in libtorrent
	calmLosses = 100                    // datagrams a second: that many are lost in quiet times too
	calmFor    = 10 * time.Second       // of quiet, after which it comes down
	maxCounted = 1 << 16                // addresses counted in one look
	maxBlocked = 2000                   // addresses; the kernel takes programs of 4096 instructions
)

// shield is a flood filter for one socket. As long as the node keeps up with the traffic, a shield
// does nothing. Once the socket overflows, which drops datagrams of all senders alike, the kernel
// gets a filter. The filter drops datagrams that cannot be messages, and those of addresses that
// send far more than would be answered, at a fraction of the cost of receiving them. So there is
// room for all others. A shield belongs to the goroutine that receives from the socket.
type shield struct {
	socket    *socket
	origins   hasher
	tolerated float64 // datagrams per second of one address; 0: no limit

	full    int // batches in a row that were full
	up      bool
	since   time.Time // of the last look; zero: the socket is not watched
	stormy  time.Time // when there was last reason to be up
	lost    uint64    // losses of the socket, at the last look
	seen    int       // datagrams since then
	counts  map[uint32]int
	blocked map[uint32]time.Time // until when
}

// newShield makes the shield of s; public and rate are the Public and AnswerRate of
// the node's configuration.
func newShield(s *socket, public bool, rate int) *shield {
	if rate == 0 {
		rate = dht.DefaultAnswerRate
	}
	return &shield{
		socket: s, origins: newHasher(!public), tolerated: float64(excess * max(rate, 0)),
		counts: map[uint32]int{}, blocked: map[uint32]time.Time{},
	}
}

// saw counts each batch; it costs next to nothing in quiet times.
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

// look decides on the counts since the last look.
func (s *shield) look(now time.Time) {
	elapsed := now.Sub(s.since).Seconds()
	lost := float64(s.socket.dropped() - s.lost)
	if lost/elapsed > calmLosses {
		s.stormy = now
	}
	switch {
	case !s.up && s.stormy != now: // a harmless burst
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

// limit is how many datagrams of one address, since the last look, are too many. While the shield
// is down, losses hit all senders alike, so each has sent more than was seen. While it is up,
// losses hit blocked senders; if that does not suffice, more than half of the average share is too
// many.
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

// blame blocks the addresses with more than limit datagrams, those with most first, and reports
// whether it blocked any. Addresses that the filter has no room for are judged again later.
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

// raise makes the kernel drop junk, and the datagrams of blocked addresses.
func (s *shield) raise() {
	s.up = s.socket.filter(s.origins, slices.Sorted(maps.Keys(s.blocked))) == nil
}

func (s *shield) lower() {
	s.socket.unfilter()
	s.up, s.since = false, time.Time{}
	s.counts, s.blocked = map[uint32]int{}, map[uint32]time.Time{} // which frees their memory
}

// hasher hashes the sender of a datagram, as the filter in the kernel does: the IPv4 address, or
// the first half of the IPv6 address, as one host may have all of a /64; and the port if many nodes
// share an address. The factors are secret, so that an attacker cannot choose addresses with the
// hash of another.
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

// losses counts the datagrams of one socket that the kernel dropped.
type losses struct {
	mu    sync.Mutex
	last  uint32 // the kernel's counter, which overflows, at the last look
	total uint64
}

// dropped returns how many datagrams for s the kernel has dropped: those that found no room, and
// those that the filter refused.
func (s *socket) dropped() uint64 {
	s.losses.mu.Lock()
	defer s.losses.mu.Unlock()
	if now, ok := s.drops(); ok {
		s.losses.total += uint64(now - s.losses.last)
		s.losses.last = now
	}
	return s.losses.total
}
