package table

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

// roster is the state of a table of buckets: its members, bucket after bucket, and its replacement
// cache, all as packed slots. It finds and ranks them; upkeep is planned by [Buckets].
type roster struct {
	own     krpc.ID
	k       uint16 // as Config has it; at most maxK
	diverse bool
	begun   bool // there has been an event

	base   krpc.Time // of the first event; slots count from here
	newest uint64    // birth of the newest slot

	spans        []span
	members      slotList // bucket after bucket, as spans has them
	replacements slotList // in the order they came

	wide     *[][16]byte // nil until there is an IPv6 address
	versions []version
}

// span is one bucket's share of the members.
type span struct {
	from, n uint16
	touched uint32 // when last a member answered, was added or replaced

	// These save a look at each member. If sound is not 0, no member is bad, and none was last seen
	// before it. If idle is not 0, no member in line for a ping of upkeep was last seen before it.
	sound, idle uint32
}

// saw notes that a member of the bucket was seen, or is in line again.
func (sp *span) saw(at uint32) {
	sp.sound, sp.idle = min(sp.sound, at), min(sp.idle, at)
}

// changed notes that the bucket has different members than before.
func (sp *span) changed() { sp.sound, sp.idle = 0, 0 }

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

// inherit makes a slot for c that takes over the place in the order, and the counts, of old, which
// had the same id at another address.
func (r *roster) inherit(now krpc.Time, c krpc.Contact, old slot) slot {
	r.release(&old)
	n := r.newSlot(now, c)
	n.birth, n.version = old.birth, old.version
	n.open, n.replies, n.failures = old.open, old.replies, old.failures
	return n
}

// newSlot makes a slot for a newcomer. It may take an entry of wide, which release gives back.
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

// release gives back what a slot holds outside itself.
func (r *roster) release(s *slot) {
	if s.is(wide) {
		(*r.wide)[binary.LittleEndian.Uint32(s.ip[:])] = [16]byte{}
	}
}

func (r *roster) forget(s slot) { r.release(&s) }

func (r *roster) reply(now krpc.Time, s *slot, rtt time.Duration, version []byte) {
	s.answered(r.ticks(now), rtt)
	r.called(s, version)
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

// called notes a node's version. Versions are few; when 255 are known, further ones are not kept.
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
