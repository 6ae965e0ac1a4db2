package table

import (
	"encoding/binary"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

// slot is what Buckets keep of one node, in 44 bytes: a simulated world has a hundred million of
// them. Times are ticks since the table's first event, counts stay at their largest value, versions
// and IPv6 addresses are indices into lists of the table.
type slot struct {
	id       krpc.ID
	ip       [4]byte // IPv4, or the number of an entry of roster.wide
	seen     uint32  // last message from the node itself; when heard of, until then
	port     uint16
	rtt      uint16
	replies  uint16
	flags    flag
	birth    [5]byte // when first heard of, in milliseconds, made unique
	failures uint8
	open     int8  // queries that are neither replies nor failures (yet); below 0 if there are fewer than these
	version  uint8 // 0: no version; else the number of an entry of roster.versions, plus one
}

// flag is, in the low two bits, the count of unanswered queries in a row; then marks; and in the
// upper bits the lag: how long before seen the last reply was.
type flag uint16

const streakMask flag = 3 // counts to BadAfter

const (
	asked   flag = 4 << iota // a query to it is under way
	wanted                   // it queried us, if bad then since, or was saved: worth a ping
	wide                     // its address is an IPv6 one
	replied                  // it answered us

	lagUnit // of the lag, in the bits from here on
)

const (
	tick        = second / 16 // of seen and reply: enough for 8 years
	slotRTTUnit = millisecond / 4
)

func (s *slot) streak() uint8  { return uint8(s.flags & streakMask) }
func (s *slot) is(f flag) bool { return s.flags&f != 0 }

func (s *slot) setStreak(n uint8) { s.flags = s.flags&^streakMask | flag(n) }

func (s *slot) born() uint64 {
	return uint64(binary.BigEndian.Uint32(s.birth[:]))<<8 | uint64(s.birth[4])
}

func (s *slot) queried(at uint32) {
	reply := s.reply()
	s.seen = at
	s.flags = s.flags&(lagUnit-1) | lagUnit*lag(at, reply)
}

func (s *slot) ask() {
	s.open = min(s.open, 126) + 1
	s.flags |= asked
}

func (s *slot) answered(at uint32, rtt time.Duration) {
	s.seen = at
	s.rtt = clamp[uint16](rtt / slotRTTUnit)
	s.replies = more(s.replies)
	s.settled(int(s.failures))
	s.flags = s.flags&(wanted|wide) | replied
}

func (s *slot) silent() {
	if s.failures < 255 {
		s.failures++
		s.settled(int(s.replies))
	}
	s.setStreak(min(s.streak()+1, BadAfter))
	s.flags &^= asked
	if s.streak() >= BadAfter {
		s.flags &^= wanted
	}
}

// settled notes that one more query has ended in a reply or a failure; other is the count of the
// other kind. The query was one of the open ones, if any is known to be.
func (s *slot) settled(other int) { s.open = int8(max(int(s.open)-1, -other, -128)) }

// queries is how many queries we sent to it.
func (s *slot) queries() uint32 {
	return uint32(min(int(s.replies)+int(s.failures)+int(s.open), 1<<16-1))
}

// reply is when the last reply came, as exactly as the lag tells; 0 is never.
func (s *slot) reply() uint32 {
	if !s.is(replied) {
		return 0
	}
	l := uint32(s.flags / lagUnit)
	shift := l >> lagBits * lagStep
	return ((s.seen-1)>>shift-l&(1<<lagBits-1))<<shift + 1
}

// A lag is the number of units from reply to seen. Its upper three bits are the unit: each is four
// times the one before. Units begin and end at the same moments for all, so reply does not drift as
// seen advances. It is exact up to 8 seconds after the reply, then up to 16 seconds early until 34
// minutes; beyond 36 hours it is late.
const (
	lagBits = 7
	lagStep = 2
	lagMost = 1<<(lagBits+3) - 1
)

func lag(seen, reply uint32) flag {
	if reply == 0 || seen <= reply { // seen is earlier after a clock was put back
		return 0
	}
	for unit := flag(0); unit < 8; unit++ {
		shift := unit * lagStep
		if n := (seen-1)>>shift - (reply-1)>>shift; n < 1<<lagBits {
			return unit<<lagBits | flag(n)
		}
	}
	return lagMost
}

// before reports whether s makes room for n in the replacement cache: by claim, then by age.
func (s *slot) before(n *slot) bool {
	if a, b := s.claim(), n.claim(); a != b {
		return a < b
	}
	return s.seen < n.seen
}

// claim ranks replacements: 2, it answered; 1, it queried us, if bad then since; 0, it was only
// mentioned, or pinged in vain.
func (s *slot) claim() int {
	switch {
	case s.streak() >= BadAfter && s.is(wanted):
		return 1
	case s.streak() >= maxUnanswered:
		return 0
	case s.is(replied):
		return 2
	case s.is(wanted):
		return 1
	}
	return 0
}

// mayYield reports whether a query from another address may take over this one's id: it is bad, or
// has only queried us itself.
func (s *slot) mayYield() bool {
	return s.streak() >= BadAfter || !s.is(replied) && (!s.is(wanted) || s.streak() >= maxUnanswered)
}
