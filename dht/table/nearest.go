package table

import (
	"slices"

	"github.com/lightdht/lightdht/dht/krpc"
)

// nearby appends to dst, up to limit, the members nearest to target: only the good ones, or all
// that are not bad.
//
// Bucket i and those after it differ in bit i only, so it is nearer than all of them where target
// differs from our id in that bit, and farther where it does not.
func (r *roster) nearby(now krpc.Time, target krpc.ID, onlyGood bool, limit int, dst []krpc.Contact) []krpc.Contact {
	last := len(r.spans) - 1
	for i := range last {
		if len(dst) >= limit {
			return dst
		}
		if target.Bit(i) != r.own.Bit(i) {
			dst = r.offer(now, &target, r.in(i), onlyGood, limit, dst)
		}
	}
	if last >= 0 {
		dst = r.offer(now, &target, r.in(last), onlyGood, limit, dst)
	}
	for i := last - 1; i >= 0 && len(dst) < limit; i-- {
		if target.Bit(i) == r.own.Bit(i) {
			dst = r.offer(now, &target, r.in(i), onlyGood, limit, dst)
		}
	}
	return dst
}

// offer adds the members of one bucket, which are farther than all in dst.
func (r *roster) offer(now krpc.Time, target *krpc.ID, slots []slot, onlyGood bool, limit int, dst []krpc.Contact) []krpc.Contact {
	base := len(dst)
	if base >= limit {
		return dst
	}
	for len(slots) > 0 {
		var room [fewSlots]ranked
		n := min(len(slots), fewSlots)
		for _, x := range r.rank(now, target, slots[:n], onlyGood, room[:0]) {
			if s := &slots[x.at]; fits(dst, base, limit, target, &s.id) {
				dst = r.place(dst, base, limit, target, s)
			}
		}
		slots = slots[n:]
	}
	return dst
}

// ranked is a slot in the order of distance, as far as the first bits of the distance tell.
type ranked struct {
	far uint64
	at  int
}

// fewSlots is how many slots are sorted at once: most buckets have no more.
const fewSlots = 16

// rank appends to order the slots to be offered, the nearest first, so that contacts, which are
// large, need not be moved.
func (r *roster) rank(now krpc.Time, target *krpc.ID, slots []slot, onlyGood bool, order []ranked) []ranked {
	for i := range slots {
		s := &slots[i]
		if s.streak() >= BadAfter || onlyGood && r.status(now, s) != Good {
			continue
		}
		x := ranked{far(target, &s.id), i}
		j := len(order)
		for order = append(order, x); j > 0 && order[j-1].far > x.far; j-- {
			order[j] = order[j-1]
		}
		order[j] = x
	}
	return order
}

// nearCached adds replacements that are not bad: those that answered, or those that did not.
func (r *roster) nearCached(target krpc.ID, answered bool, base, limit int, dst []krpc.Contact) []krpc.Contact {
	for i := range r.replacements.slots {
		s := &r.replacements.slots[i]
		if s.is(replied) == answered && s.streak() < BadAfter && fits(dst, base, limit, &target, &s.id) {
			dst = r.place(dst, base, limit, &target, s)
		}
	}
	return dst
}

// from returns the entries whose Seq is at least seq, in no order.
func (r *roster) from(now krpc.Time, seq int) (entries []Entry) {
	for _, slots := range [...][]slot{r.members.slots, r.replacements.slots} {
		for i := range slots {
			if s := &slots[i]; int(s.born()) >= seq {
				entries = append(entries, r.entry(now, s))
			}
		}
	}
	return entries
}

// fits reports whether place would keep a contact with an id.
func fits(dst []krpc.Contact, base, limit int, target, id *krpc.ID) bool {
	if len(dst) < limit {
		return true
	}
	return base < limit && nearer(target, id, &dst[limit-1].ID)
}

// nearer reports whether a is nearer to target than b; the first bits nearly always decide.
func nearer(target, a, b *krpc.ID) bool {
	x, y := far(target, a), far(target, b)
	return x < y || x == y && krpc.Closer(*target, *a, *b) < 0
}

// nearest sorts entries by their distance to target and keeps the first n.
func nearest(entries []Entry, target krpc.ID, n int) []Entry {
	slices.SortFunc(entries, func(a, b Entry) int { return krpc.Closer(target, a.ID, b.ID) })
	return entries[:min(max(n, 0), len(entries))]
}

// place inserts the contact of a slot into dst; see the function of that name.
func (r *roster) place(dst []krpc.Contact, base, limit int, target *krpc.ID, s *slot) []krpc.Contact {
	dst, c := place(dst, base, limit, target, &s.id)
	c.ID, c.Addr = s.id, r.addr(s)
	return dst
}

// place makes room for a contact with an id among those of dst from base on, which are sorted by
// their distance to target, and returns it for the caller to fill in. At most limit are kept: the
// farthest is dropped.
func place(dst []krpc.Contact, base, limit int, target, id *krpc.ID) ([]krpc.Contact, *krpc.Contact) {
	i := len(dst)
	for i > base && nearer(target, id, &dst[i-1].ID) {
		i--
	}
	if len(dst) < limit {
		dst = append(dst, krpc.Contact{})
	}
	if i < len(dst)-1 {
		copy(dst[i+1:], dst[i:])
	}
	return dst, &dst[i]
}
