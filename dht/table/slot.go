package table

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

// slot is what Buckets keep of one node, in 44 bytes: a simulated world has a
// hundred million of them. Times are ticks since the table's first event, counts
// stay at their largest value, versions and IPv6 addresses are numbers of entries
// in lists of the table's.
type slot struct {
	id       krpc.ID
	ip       [4]byte // IPv4, or the number of an entry of Buckets.wide
	seen     uint32  // last message from the node itself; when heard of, until then
	port     uint16
	rtt      uint16
	replies  uint16
	flags    flag
	birth    [5]byte // when first heard of, in milliseconds, made unique
	failures uint8
	open     int8  // queries that are neither replies nor failures (yet); below 0 if we knew of fewer
	version  uint8 // 0 is none, else the number of an entry of Buckets.versions plus one
}

// flag is the low two bits' count of queries unanswered in a row, marks, and
// above them the lag: how long before seen the last reply was.
type flag uint16

const streakMask flag = 3 // counts to BadAfter

const (
	asked   flag = 4 << iota // a query of ours is under way
	wanted                   // it queried us, if bad then since, or was saved: worth a ping of our own
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

// settled notes that one more query ended in one way, where so many ended in the
// other: one that is open, if we know of any at all.
func (s *slot) settled(other int) { s.open = int8(max(int(s.open)-1, -other, -128)) }

// queries is how many we sent.
func (s *slot) queries() uint32 {
	return uint32(min(int(s.replies)+int(s.failures)+int(s.open), 1<<16-1))
}

// reply is when the last reply came, as exactly as the lag says; 0 is never.
func (s *slot) reply() uint32 {
	if !s.is(replied) {
		return 0
	}
	l := uint32(s.flags / lagUnit)
	shift := l >> lagBits * lagStep
	return ((s.seen-1)>>shift-l&(1<<lagBits-1))<<shift + 1
}

// A lag is the number of units from reply to seen, and in its upper three bits
// which unit: each is four times the one before. As units begin and end at the
// same moments for all, reply does not drift as seen goes on. It is exact to 8
// seconds after the reply, up to 16 seconds early to 34 minutes, and beyond 36
// hours it is late.
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

// The methods below translate between a slot and the world outside.

// ticks counts from 1, since 0 is never.
func (r *roster) ticks(now krpc.Time) uint32 {
	return clamp[uint32](max(now.Sub(r.base), 0)/tick + 1)
}

func (r *roster) time(ticks uint32) krpc.Time {
	if ticks == 0 {
		return 0
	}
	return r.base.Add(time.Duration(ticks-1) * tick)
}

// heir makes a slot for c that takes over the place in the order, and the counts,
// of old, which had the same id at another address.
func (r *roster) inherit(now krpc.Time, c krpc.Contact, old slot) slot {
	r.release(&old)
	n := r.newSlot(now, c)
	n.birth, n.version = old.birth, old.version
	n.open, n.replies, n.failures = old.open, old.replies, old.failures
	return n
}

// newSlot makes a slot for a newcomer. It may take an entry of b.wide, which
// release gives back.
func (r *roster) newSlot(now krpc.Time, c krpc.Contact) slot {
	if !r.begun {
		r.base, r.begun = now, true
	}
	born := uint64(max(now.Sub(r.base), 0)/millisecond) + 1
	r.newest = max(r.newest+1, born)
	s := slot{id: c.ID, port: c.Addr.Port(), seen: r.ticks(now)}
	binary.BigEndian.PutUint32(s.birth[:], uint32(r.newest>>8))
	s.birth[4] = byte(r.newest)
	if ip := c.Addr.Addr(); ip.Is4() {
		s.ip = ip.As4()
	} else {
		s.flags |= wide
		binary.LittleEndian.PutUint32(s.ip[:], r.widen(ip.As16()))
	}
	return s
}

// widen stores an IPv6 address; the zero address marks a free place.
func (r *roster) widen(ip [16]byte) uint32 {
	if r.wide == nil {
		r.wide = new([][16]byte)
	}
	i := slices.Index(*r.wide, [16]byte{})
	if i < 0 {
		i = len(*r.wide)
		*r.wide = append(*r.wide, ip)
	}
	(*r.wide)[i] = ip
	return uint32(i)
}

// release gives up what a slot holds outside itself.
func (r *roster) release(s *slot) {
	if s.is(wide) {
		(*r.wide)[binary.LittleEndian.Uint32(s.ip[:])] = [16]byte{}
	}
}

func (r *roster) ip(s *slot) netip.Addr {
	if s.is(wide) {
		return netip.AddrFrom16((*r.wide)[binary.LittleEndian.Uint32(s.ip[:])])
	}
	return netip.AddrFrom4(s.ip)
}

func (r *roster) addr(s *slot) netip.AddrPort { return netip.AddrPortFrom(r.ip(s), s.port) }

func (r *roster) contact(s *slot) krpc.Contact {
	return krpc.Contact{ID: s.id, Addr: r.addr(s)}
}

// called notes a node's version. Versions are few; when 255 are known, further
// ones are not kept.
func (r *roster) called(s *slot, raw []byte) {
	if len(raw) == 0 {
		return
	}
	v := version{n: uint8(min(len(raw), maxVersion))}
	copy(v.raw[:], raw)
	for i := range r.versions {
		if r.versions[i] == v {
			s.version = uint8(i + 1)
			return
		}
	}
	if len(r.versions) < 255 {
		r.versions = append(r.versions, v)
		s.version = uint8(len(r.versions))
	}
}

type version struct {
	n   uint8
	raw [maxVersion]byte
}

func (r *roster) versionOf(s *slot) string {
	if s.version == 0 {
		return ""
	}
	v := &r.versions[s.version-1]
	return string(v.raw[:v.n])
}

func (r *roster) status(now krpc.Time, s *slot) Status {
	return judge(now, r.time(s.seen), s.is(replied), s.streak())
}

func (r *roster) entry(now krpc.Time, s *slot) Entry {
	born, seen := r.base.Add(time.Duration(s.born()-1)*millisecond), r.time(s.seen)
	return Entry{
		Contact: r.contact(s), Seq: int(s.born()), Version: r.versionOf(s),
		RTT:       time.Duration(s.rtt) * slotRTTUnit,
		FirstSeen: min(born, seen), // seen is rounded down, and birth may be ahead to be unique
		LastSeen:  seen,
		LastReply: r.time(s.reply()),
		Queries:   s.queries(), Replies: uint32(s.replies), Failures: uint32(s.failures),
		Status: r.status(now, s),
	}
}
