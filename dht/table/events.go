package table

import (
	"net/netip"
	"slices"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

// Heard notes that another node mentioned c. It enters the replacement cache if a place may become
// free, but is not pinged for it. Like all events it reports whether the id is new to the table.
func (b *Buckets) Heard(now krpc.Time, c krpc.Contact) (fresh bool) {
	if !b.Welcome(now, &c) { // tested first, as it is nearly always so in a world at rest
		return false
	}
	if s, _ := b.find(&c.ID); s != nil {
		return false
	}
	return b.cache(now, b.newSlot(now, c))
}

// Queried notes a query from c, with the version it gave, if any. It must not be called for
// read-only senders (BEP 43). A query from another address under a known id is ignored while the
// known node is not bad.
func (b *Buckets) Queried(now krpc.Time, c krpc.Contact, version []byte) (fresh bool) {
	s, member := b.find(&c.ID)
	if s != nil && b.addr(s) == c.Addr {
		if member && s.streak() >= BadAfter {
			b.revive(now, c.ID, version)
			return false
		}
		if !member && !s.is(wanted) {
			b.wakeBy(b.readyAt(s))
		}
		if member || b.worthPing(now, s) {
			s.flags |= wanted
		}
		s.queried(b.ticks(now))
		b.called(s, version)
		if member {
			b.spans[b.bucket(&c.ID)].saw(s.seen)
		}
		return false
	}
	if s != nil && !s.mayYield() || !b.Welcome(now, &c) {
		return false
	}
	n := b.take(now, c)
	n.flags |= wanted
	b.called(&n, version)
	return b.cache(now, n) && s == nil
}

// Asked notes that we sent c a query.
func (b *Buckets) Asked(now krpc.Time, c krpc.Contact) {
	if s, _ := b.at(c); s != nil {
		s.ask()
	}
}

// Answered notes a response that matched a query we sent, came from exactly c.Addr and carried
// c.ID. A node known at that address under another id is removed. A reply from another address than
// the known one is ignored, unless that one never answered or is bad.
func (b *Buckets) Answered(now krpc.Time, c krpc.Contact, rtt time.Duration, version []byte) (fresh bool) {
	if !usable(&b.own, &c) {
		return false
	}
	s, member := b.find(&c.ID)
	here := s != nil && b.addr(s) == c.Addr
	if here && member {
		b.reply(now, s, rtt, version)
		i := b.bucket(&c.ID)
		b.spans[i].touched = s.seen
		b.spans[i].saw(s.seen)
		b.wakeBy(now.Add(GoodFor))
		b.queryEnded(now, i)
		return false
	}
	if s != nil && !here && s.is(replied) && s.streak() < BadAfter {
		return false
	}
	n := b.take(now, c)
	b.reply(now, &n, rtt, version)
	b.evict(c.Addr)
	last := max(len(b.spans)-1, 0)
	kept := b.admit(now, n)
	b.awaitRefresh(now, last)
	return kept && s == nil
}

// take removes c from the table and returns its slot: a new one if the id was not known, or not at
// this address.
func (b *Buckets) take(now krpc.Time, c krpc.Contact) slot {
	var old slot
	if i := b.memberAt(&c.ID); i >= 0 {
		old = b.removeMember(i)
	} else if i := b.cached(&c.ID); i >= 0 {
		old = b.uncache(i)
	} else {
		return b.newSlot(now, c)
	}
	if b.addr(&old) != c.Addr {
		return b.inherit(now, c, old)
	}
	return old
}

// evict removes any node known at an address that has just answered under another id.
func (b *Buckets) evict(addr netip.AddrPort) {
	host := hostTag(addr)
	for i := b.members.next(0, host); i >= 0; i = b.members.next(i, host) {
		if b.addr(&b.members.slots[i]) == addr {
			b.forget(b.removeMember(i))
		} else {
			i++
		}
	}
	for i := b.replacements.next(0, host); i >= 0; i = b.replacements.next(i, host) {
		if b.addr(&b.replacements.slots[i]) == addr {
			b.forget(b.uncache(i))
		} else {
			i++
		}
	}
}

// Silent notes that c left a query unanswered.
func (b *Buckets) Silent(now krpc.Time, c krpc.Contact) {
	if s, member := b.at(c); s != nil {
		s.silent()
		i := b.bucket(&c.ID)
		if member && s.streak() >= BadAfter {
			b.spans[i].sound = 0
		}
		b.queryEnded(now, i)
	}
}

// queryEnded plans upkeep after a query to a member of bucket i, or to one of its replacements, has
// ended: another one may be pinged now.
func (b *Buckets) queryEnded(now krpc.Time, i int) {
	for j := range b.replacements.slots {
		if w := &b.replacements.slots[j]; w.claim() > 0 && b.bucket(&w.id) == i {
			b.wakeBy(now)
			return
		}
	}
}

// Restore adds a contact saved earlier, to be pinged when there is a place for it. Its history is
// not kept, as it has to answer again. The result is false if it is known or there is no room in
// the replacement cache.
func (b *Buckets) Restore(now krpc.Time, e Entry) bool {
	if s, _ := b.find(&e.ID); s != nil || !b.Welcome(now, &e.Contact) {
		return false
	}
	n := b.newSlot(now, e.Contact)
	n.flags |= wanted
	b.called(&n, []byte(e.Version))
	return b.cache(now, n)
}

// Get returns what is known of id.
func (b *Buckets) Get(now krpc.Time, id krpc.ID) (Entry, bool) {
	s, _ := b.find(&id)
	if s == nil {
		return Entry{}, false
	}
	return b.entry(now, s), true
}

// Closest appends to dst the n nodes nearest to target that are not bad, nearest first,
// replacements included: nodes to ask. It allocates only if dst has no room.
func (b *Buckets) Closest(now krpc.Time, target krpc.ID, n int, dst []krpc.Contact) []krpc.Contact {
	base, limit := len(dst), len(dst)+n
	dst = b.nearby(now, target, false, limit, dst)
	for i := range b.replacements.slots {
		if s := &b.replacements.slots[i]; s.streak() < BadAfter && fits(dst, base, limit, &target, &s.id) {
			dst = b.place(dst, base, limit, &target, s)
		}
	}
	return dst
}

// Serve appends to dst the n good members nearest to target, nearest first: nodes to hand to
// others. It allocates only if dst has no room.
func (b *Buckets) Serve(now krpc.Time, target krpc.ID, n int, dst []krpc.Contact) []krpc.Contact {
	return b.nearby(now, target, true, len(dst)+n, dst)
}

// Nearest returns the n entries nearest to target, of any status, nearest first.
func (b *Buckets) Nearest(now krpc.Time, target krpc.ID, n int) []Entry {
	return nearest(b.from(now, 0), target, n)
}

// Page appends entries to dst, in the order first heard and up to its capacity, beginning with the
// first whose Seq is at least from; next is the cursor to go on with. See [Flat.Page].
func (b *Buckets) Page(now krpc.Time, from int, dst []Entry) (entries []Entry, next int) {
	all := b.from(now, from)
	slices.SortFunc(all, func(x, y Entry) int { return x.Seq - y.Seq })
	room := min(cap(dst)-len(dst), len(all))
	if room < len(all) {
		return append(dst, all[:room]...), all[room].Seq
	}
	return append(dst, all...), max(from, b.End())
}

// End returns the cursor after the newest entry.
func (b *Buckets) End() int { return int(b.newest) + 1 }

// Remove forgets id; ok is false if it was not known.
func (b *Buckets) Remove(id krpc.ID) (ok bool) {
	if i := b.memberAt(&id); i >= 0 {
		b.forget(b.removeMember(i))
		return true
	}
	if i := b.cached(&id); i >= 0 {
		b.forget(b.uncache(i))
		return true
	}
	return false
}

// Proven is Closest among nodes that have ever answered: the first to ask.
func (b *Buckets) Proven(now krpc.Time, target krpc.ID, n int, dst []krpc.Contact) []krpc.Contact {
	base, limit := len(dst), len(dst)+n
	return b.nearCached(target, true, base, limit, b.nearby(now, target, false, limit, dst))
}

// Hearsay is Closest among nodes that never answered, to ask if the proven ones do not suffice.
func (b *Buckets) Hearsay(now krpc.Time, target krpc.ID, n int, dst []krpc.Contact) []krpc.Contact {
	return b.nearCached(target, false, len(dst), len(dst)+n, dst)
}

// Named is Heard; so small a table does not note which node named the contact.
func (b *Buckets) Named(now krpc.Time, c krpc.Contact, _ netip.Addr) (fresh bool) {
	return b.Heard(now, c)
}
