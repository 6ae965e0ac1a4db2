package table

import (
	"encoding/binary"
	"math/bits"
	"slices"

	"github.com/lightdht/lightdht/dht/krpc"
)

// bucket returns the number of the bucket that id belongs to.
func (r *roster) bucket(id *krpc.ID) int {
	return max(min(commonPrefix(&r.own, id), len(r.spans)-1), 0)
}

// commonPrefix is [krpc.ID.CommonPrefix] for ids that mostly differ in the first bits.
func commonPrefix(x, y *krpc.ID) int {
	if d := far(x, y); d != 0 {
		return bits.LeadingZeros64(d)
	}
	return x.CommonPrefix(*y)
}

// in returns the members of bucket i.
func (r *roster) in(i int) []slot {
	sp := &r.spans[i]
	return r.members.slots[sp.from : sp.from+sp.n]
}

// splits reports whether bucket i may be split: only the last one, which has our own id.
func (r *roster) splits(i int) bool { return i >= len(r.spans)-1 && len(r.spans) < maxBuckets }

// inBucket reports whether member j is in bucket i.
func (r *roster) inBucket(i, j int) bool {
	return i < len(r.spans) && j >= int(r.spans[i].from) && j < int(r.spans[i].from+r.spans[i].n)
}

// memberAt returns the place of id among the members, or -1.
func (r *roster) memberAt(id *krpc.ID) int {
	if len(r.spans) == 0 {
		return -1
	}
	sp := &r.spans[r.bucket(id)]
	return r.members.find(int(sp.from), int(sp.from+sp.n), id)
}

// cached returns the place of id in the replacement cache, or -1.
func (r *roster) cached(id *krpc.ID) int { return r.replacements.find(0, r.replacements.len(), id) }

// find returns the slot of id, valid until the table changes, and whether it is a member's.
func (r *roster) find(id *krpc.ID) (s *slot, member bool) {
	if i := r.memberAt(id); i >= 0 {
		return &r.members.slots[i], true
	}
	if i := r.cached(id); i >= 0 {
		return &r.replacements.slots[i], false
	}
	return nil, false
}

// at returns the slot of c, as find does, if c has the address we use for its id.
func (r *roster) at(c krpc.Contact) (s *slot, member bool) {
	if s, member = r.find(&c.ID); s != nil && r.addr(s) == c.Addr {
		return s, member
	}
	return nil, false
}

// resize notes that bucket i has one member more or less.
func (r *roster) resize(i, by int) {
	r.spans[i].changed()
	r.spans[i].n += uint16(by)
	for j := i + 1; j < len(r.spans); j++ {
		r.spans[j].from += uint16(by)
	}
}

// spanStep is by how much the list of buckets grows.
const spanStep = 4

// split divides the last bucket: nodes that share one more bit with us form the new one.
func (r *roster) split() {
	last := len(r.spans) - 1
	slots := r.in(last)
	slices.SortStableFunc(slots, func(x, y slot) int {
		return min(r.own.CommonPrefix(x.id), last+1) - min(r.own.CommonPrefix(y.id), last+1)
	})
	stay := 0
	for stay < len(slots) && r.own.CommonPrefix(slots[stay].id) == last {
		stay++
	}
	sp := &r.spans[last]
	for j := range slots {
		r.members.tag(int(sp.from)+j, hostTag(r.addr(&slots[j])))
	}
	next := span{from: sp.from + uint16(stay), n: sp.n - uint16(stay), touched: sp.touched}
	sp.n = uint16(stay)
	sp.changed()
	if len(r.spans) == cap(r.spans) {
		r.spans = append(make([]span, 0, len(r.spans)+spanStep), r.spans...)
	}
	r.spans = append(r.spans, next)
}

func (r *roster) replace(now krpc.Time, i int, old int, n slot) {
	r.release(&r.members.slots[old])
	r.members.slots[old] = n
	r.members.tag(old, hostTag(r.addr(&n)))
	r.spans[i].changed()
	r.spans[i].touched = r.ticks(now)
}

// hasDoubtful reports whether bucket i has a member that is not good.
func (r *roster) hasDoubtful(now krpc.Time, i int) bool {
	sp := &r.spans[i]
	if sp.sound != 0 && now.Sub(r.time(sp.sound)) < GoodFor {
		return false
	}
	slots := r.in(i)
	oldest := ^uint32(0)
	for j := range slots {
		if r.status(now, &slots[j]) != Good {
			return true
		}
		oldest = min(oldest, slots[j].seen)
	}
	sp.sound = oldest
	return false
}

// replaceable returns the place of the member of bucket i that loses it to the next node that
// answers, or -1 if no member does: the least recently seen of those that are bad, or questionable
// and unanswering.
func (r *roster) replaceable(now krpc.Time, i int) int {
	if !r.hasDoubtful(now, i) {
		return -1
	}
	var worst *slot
	place := -1
	slots := r.in(i)
	for j := range slots {
		s := &slots[j]
		st := r.status(now, s)
		if st == Bad || st == Questionable && s.streak() >= maxUnanswered {
			if worst == nil || s.seen < worst.seen {
				worst, place = s, int(r.spans[i].from)+j
			}
		}
	}
	return place
}

// hasPlace reports whether a node that answers now would become a member of bucket i.
func (r *roster) hasPlace(now krpc.Time, i int) bool {
	return r.spans[i].n < r.k || r.splits(i) || r.replaceable(now, i) >= 0
}

// oldest returns the least recently seen member of bucket i, which must have members.
func (r *roster) oldest(i int) (old *slot) {
	slots := r.in(i)
	for j := range slots {
		if s := &slots[j]; old == nil || s.seen < old.seen {
			old = s
		}
	}
	return old
}

// nobody, in span.idle, is that no member is in line.
const nobody = ^uint32(0)

// idlestBucket returns the bucket in which, as far as is known, a member has been in line for
// longest. There must be a bucket.
func (r *roster) idlestBucket() (best int) {
	for i := range r.spans {
		if r.spans[i].idle < r.spans[best].idle {
			best = i
		}
	}
	return best
}

// idlestMember returns the least recently seen of the members in line for a ping, and of those the
// first in the order of buckets; nil if no member is in line.
func (r *roster) idlestMember() *slot {
	for len(r.spans) > 0 {
		best := r.idlestBucket()
		if r.spans[best].idle == nobody {
			break
		}
		s, at := r.idlestIn(best)
		if at == r.spans[best].idle {
			return s
		}
		r.spans[best].idle = at // it was a lower bound, and other buckets may be below the new one
	}
	return nil
}

func (r *roster) idlestIn(i int) (first *slot, at uint32) {
	slots := r.in(i)
	at = nobody
	for j := range slots {
		if s := &slots[j]; s.streak() == 0 && !s.is(asked) && s.seen < at {
			first, at = s, s.seen
		}
	}
	return first, at
}

// far returns the first bits of the distance between two ids.
func far(a, b *krpc.ID) uint64 {
	return binary.BigEndian.Uint64(a[:]) ^ binary.BigEndian.Uint64(b[:])
}
