package table

import (
	"net/netip"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

const (
	maxK = 1024

	// maxBuckets bounds splitting. Honest tables reach 26 or 27 buckets; more of them mean that ids
	// near our own were invented (libtorrent's limit).
	maxBuckets = 50

	// maxUnanswered is how many unanswered pings in a row cost a questionable node its place when
	// there is a replacement (BEP 5: ping it, and once more).
	maxUnanswered = 2
)

const (
	millisecond time.Duration = 1e6
	second                    = 1000 * millisecond

	// GoodFor is how long one message keeps a node good, and how long a bucket
	// may stay untouched before it is refreshed (BEP 5: 15 minutes).
	GoodFor = 15 * 60 * second

	// BadAfter is how many unanswered queries in a row make a node bad. BEP 5 says "multiple";
	// jech/dht says 3.
	BadAfter = 3

	maxOthers  = 4 // further addresses listed per id
	maxVersion = 4 // bytes kept of the `v` key: two letters and two bytes (BEP 20)
)

// Status is the state of a node in the sense of BEP 5.
type Status uint8

const (
	// Unverified nodes never answered us. They are never handed to others.
	Unverified Status = iota
	// Good nodes replied within [GoodFor], or replied once and queried us within it.
	Good
	// Questionable nodes replied once, but were not heard from within [GoodFor].
	Questionable
	// Bad nodes left the last [BadAfter] queries unanswered; a reply redeems them.
	Bad
)

var statusNames = [...]string{"unverified", "good", "questionable", "bad"}

// String returns the word scripts see.
func (s Status) String() string {
	if int(s) < len(statusNames) {
		return statusNames[s]
	}
	return "invalid"
}

// judge is the only function that knows the rules of the states. seen is the time of the last
// message from the node itself; once it has replied, any message counts.
func judge(now, seen krpc.Time, replied bool, streak uint8) Status {
	switch {
	case streak >= BadAfter:
		return Bad
	case !replied:
		return Unverified
	case now.Sub(seen) < GoodFor:
		return Good
	}
	return Questionable
}

// Entry is a copy of what is known of one node.
type Entry struct {
	krpc.Contact

	// Seq is the entry's place in the order first heard, the unit of the cursors of Page and End.
	// It grows from one newcomer to the next, with gaps.
	Seq int

	Others    []netip.AddrPort // further addresses this id was heard at, at most 4; mostly nil
	Version   string           // the `v` key, raw, at most 4 bytes; empty if unknown
	RTT       time.Duration    // of the last reply; 0 if there was none
	FirstSeen krpc.Time        // when it was first heard of
	LastSeen  krpc.Time        // when it last sent us something; FirstSeen until it does
	LastReply krpc.Time        // when it last replied; without meaning while Replies is 0; see [Buckets] too
	Queries   uint32           // queries we sent to it
	Replies   uint32           // replies it gave
	Failures  uint32           // queries that it left unanswered
	Claimed   bool             // it is known only from a query that it sent; of [Flat] only
	Status    Status           // at the time given to the call that returned the entry
}

// Job is one thing to do for the table's upkeep: exactly one field is set.
type Job struct {
	// Ping is a contact to ping. The outcome must be reported, with Answered or
	// Silent: until then the table asks for no other ping of that node.
	Ping krpc.Contact
	// Refresh is a target to look up, in the range of a bucket that was long untouched.
	Refresh krpc.ID
}

// Config adjusts a table. The zero value is a table as BEP 5 wants it.
type Config struct {
	// K is how many nodes a bucket holds. Default 8 (BEP 5).
	K int
	// Limit is how many contacts a Flat holds at most; newcomers beyond it are
	// refused and counted. Default 20 million; Buckets are bounded anyway.
	Limit int
	// Claims is how many contacts a Flat remembers that merely sent us queries, perhaps from forged
	// addresses; the oldest beyond it are forgotten. Default 200,000.
	Claims int
	// Diverse admits one node per IP address to the buckets, and one per /24
	// (IPv6: /64) to each bucket. It concerns global unicast addresses only:
	// loopback, private and link-local ones are exempt.
	Diverse bool
}

// DefaultLimit is how many nodes a table holds unless told otherwise; chosen by us.
const DefaultLimit = 20_000_000

func (c Config) withDefaults() Config {
	if c.K <= 0 {
		c.K = krpc.DefaultK
	}
	c.K = min(c.K, maxK)
	if c.Limit <= 0 {
		c.Limit = DefaultLimit
	}
	if c.Claims <= 0 {
		c.Claims = DefaultClaims
	}
	return c
}

// usable reports whether a contact may enter the table of the node with the id own: it is not that
// node, has no zero id or address, and no port 0. Other rules about addresses are the node's.
func usable(own *krpc.ID, c *krpc.Contact) bool {
	ip := c.Addr.Addr()
	return !c.ID.Is(own) && !c.ID.IsZero() && c.Addr.Port() != 0 &&
		ip.IsValid() && !ip.IsUnspecified() && !ip.Is4In6() && ip.Zone() == ""
}

// record is what Flat keeps of one contact: 96 bytes without a pointer, so that millions of them
// cost the garbage collector nothing.
type record struct {
	id       krpc.ID
	ip       [16]byte
	port     uint16
	version  [maxVersion]byte
	versions uint8 // bytes used of version
	marks    mark
	streak   uint8  // queries unanswered in a row, at most BadAfter
	by       uint16 // namerTag of the address that named it; 0 if no address did
	rtt      uint32
	queries  uint32
	replies  uint32
	failures uint32
	seq      uint64 // place in the order first heard
	first    krpc.Time
	seen     krpc.Time
	reply    krpc.Time
}

type mark uint8

const (
	is4      mark = 1 << iota // ip holds four bytes
	verified                  // it answered us, not only in a saved table
	gone                      // removed; the place is kept until the next compaction
	claimed                   // it is known only from a query that it sent
)

// DefaultClaims takes 30 MB (chosen by us).
const DefaultClaims = 200_000

const rttUnit = millisecond / 1000 // of record.rtt

func newRecord(now krpc.Time, c krpc.Contact) record {
	r := record{id: c.ID, first: now, seen: now}
	r.move(c.Addr)
	return r
}

// move gives the record another address.
func (r *record) move(addr netip.AddrPort) {
	r.port, r.ip = addr.Port(), [16]byte{}
	r.marks &^= is4
	if ip := addr.Addr(); ip.Is4() {
		four := ip.As4()
		copy(r.ip[:], four[:])
		r.marks |= is4
	} else {
		r.ip = ip.As16()
	}
}

func (r *record) addr() netip.AddrPort {
	if r.marks&is4 != 0 {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(r.ip[:4])), r.port)
	}
	return netip.AddrPortFrom(netip.AddrFrom16(r.ip), r.port)
}

func (r *record) contact() krpc.Contact { return krpc.Contact{ID: r.id, Addr: r.addr()} }

func (r *record) queried(now krpc.Time, version []byte) {
	r.seen = now
	r.called(version)
}

func (r *record) called(version []byte) {
	if len(version) > 0 {
		r.version = [maxVersion]byte{}
		r.versions = uint8(copy(r.version[:], version))
	}
}

func (r *record) answered(now krpc.Time, rtt time.Duration, version []byte) {
	r.seen, r.reply = now, now
	r.rtt = clamp[uint32](rtt / rttUnit)
	r.streak = 0
	r.marks |= verified
	r.replies = more(r.replies)
	r.queries = max(r.queries, r.replies) // we may have asked before we knew it
	r.called(version)
}

func (r *record) silent() {
	r.failures = more(r.failures)
	r.queries = max(r.queries, r.failures)
	r.streak = min(r.streak+1, BadAfter)
}

func (r *record) status(now krpc.Time) Status {
	return judge(now, r.seen, r.marks&verified != 0, r.streak)
}

func (r *record) entry(now krpc.Time) Entry {
	return Entry{
		Contact: r.contact(), Seq: int(r.seq), Version: string(r.version[:r.versions]),
		RTT:       time.Duration(r.rtt) * rttUnit,
		FirstSeen: r.first, LastSeen: r.seen, LastReply: r.reply,
		Queries: r.queries, Replies: r.replies, Failures: r.failures,
		Claimed: r.marks&claimed != 0,
		Status:  r.status(now),
	}
}

// askable reports whether it is worth asking.
func (r *record) askable() bool { return r.streak < BadAfter }

// more adds one and stays at the largest value.
func more[N uint8 | uint16 | uint32](n N) N {
	if n == ^N(0) {
		return n
	}
	return n + 1
}

// clamp brings d into the range of N.
func clamp[N uint8 | uint16 | uint32](d time.Duration) N {
	return N(min(max(d, 0), time.Duration(^N(0))))
}
