package table

import (
	"net/netip"
	"slices"

	"github.com/lightdht/lightdht/dht/krpc"
)

const (
	// maxWaiting is how many may wait for a place, over all buckets; the queue of
	// one that does not split is as long as the bucket.
	maxWaiting = 32

	// lastChance is how many unanswered pings in a row cost a questionable node
	// its place when somebody wants it (BEP 5: ping it, and once more).
	lastChance = 2

	bucketStep = 8 // by how many the room for members grows
	queueStep  = 4 // for those who wait
	spanStep   = 4 // and for buckets
)

// Welcome reports whether there is any use in keeping a newcomer: it is usable,
// and its bucket has, or may soon have, a place. If not, Heard does nothing.
func (b *Buckets) Welcome(now krpc.Time, c *krpc.Contact) bool {
	if !usable(&b.own, c) || b.diverse && b.crowded(c) {
		return false
	}
	if len(b.spans) == 0 {
		return true
	}
	i := b.bucket(&c.ID)
	return b.spans[i].n < b.k || b.splits(i) || b.doubtful(now, i)
}

// doubtful reports whether bucket i has a member that is not good.
func (b *Buckets) doubtful(now krpc.Time, i int) bool {
	sp := &b.spans[i]
	if sp.sound != 0 && now.Sub(b.time(sp.sound)) < GoodFor {
		return false
	}
	slots := b.in(i)
	oldest := ^uint32(0)
	for j := range slots {
		if b.status(now, &slots[j]) != Good {
			return true
		}
		oldest = min(oldest, slots[j].seen)
	}
	sp.sound = oldest
	return false
}

// in returns the members of bucket i.
func (b *Buckets) in(i int) []slot {
	sp := &b.spans[i]
	return b.members.slots[sp.from : sp.from+sp.n]
}

// splits reports whether bucket i may be split: only the one with our own id.
func (b *Buckets) splits(i int) bool { return i >= len(b.spans)-1 && len(b.spans) < maxBuckets }

// admit gives a node that answered a place: a free one, a bad node's, or one to
// wait for until the questionable ones have been asked. It reports whether the
// node is still known afterwards.
func (b *Buckets) admit(now krpc.Time, n slot) bool {
	if len(b.spans) == 0 {
		b.spans = append(b.spans, span{})
	}
	if b.diverse && !b.spread(&n) {
		b.release(&n)
		return false
	}
	i := b.bucket(&n.id)
	for b.spans[i].n >= b.k && b.splits(i) {
		b.split()
		i = b.bucket(&n.id)
	}
	b.rouse(now.Add(GoodFor))
	if b.spans[i].n < b.k {
		b.insert(now, i, n)
		return true
	}
	if old := b.spent(now, i); old >= 0 {
		b.replace(now, i, old, n)
		return true
	}
	if b.doubtful(now, i) {
		return b.keep(now, n)
	}
	b.release(&n)
	return false
}

func (b *Buckets) insert(now krpc.Time, i int, n slot) {
	sp := &b.spans[i]
	b.members.insert(int(sp.from+sp.n), n, hostTag(b.addr(&n)), bucketStep)
	b.resize(i, +1)
	sp.touched = b.ticks(now)
	if sp.n >= b.k {
		b.aged(i)
	}
}

func (b *Buckets) replace(now krpc.Time, i int, old int, n slot) {
	b.release(&b.members.slots[old])
	b.members.slots[old] = n
	b.members.tag(old, hostTag(b.addr(&n)))
	b.spans[i].changed()
	b.spans[i].touched = b.ticks(now)
}

// split parts the last bucket: those who share one more bit with us go on.
func (b *Buckets) split() {
	last := len(b.spans) - 1
	slots := b.in(last)
	slices.SortStableFunc(slots, func(x, y slot) int {
		return min(b.own.CommonPrefix(x.id), last+1) - min(b.own.CommonPrefix(y.id), last+1)
	})
	stay := 0
	for stay < len(slots) && b.own.CommonPrefix(slots[stay].id) == last {
		stay++
	}
	sp := &b.spans[last]
	for j := range slots {
		b.members.tag(int(sp.from)+j, hostTag(b.addr(&slots[j])))
	}
	next := span{from: sp.from + uint16(stay), n: sp.n - uint16(stay), touched: sp.touched}
	sp.n = uint16(stay)
	sp.changed()
	if len(b.spans) == cap(b.spans) {
		b.spans = append(make([]span, 0, len(b.spans)+spanStep), b.spans...)
	}
	b.spans = append(b.spans, next)
}

// spent returns the place of the member of bucket i that loses it to the next who
// answers, or -1 if nobody does: the least recently seen of those that are bad, or
// questionable and out of chances.
func (b *Buckets) spent(now krpc.Time, i int) int {
	if !b.doubtful(now, i) {
		return -1
	}
	var worst *slot
	place := -1
	slots := b.in(i)
	for j := range slots {
		s := &slots[j]
		st := b.status(now, s)
		if st == Bad || st == Questionable && s.streak() >= lastChance {
			if worst == nil || s.seen < worst.seen {
				worst, place = s, int(b.spans[i].from)+j
			}
		}
	}
	return place
}

// vacant reports whether who answers now would become a member of bucket i.
func (b *Buckets) vacant(now krpc.Time, i int) bool {
	return b.spans[i].n < b.k || b.splits(i) || b.spent(now, i) >= 0
}

// keep lets n wait, if need be in the place of one with less of a claim. It
// reports whether n is known afterwards.
func (b *Buckets) keep(now krpc.Time, n slot) bool {
	worst, queue, i := -1, 0, b.bucket(&n.id)
	for j := range b.waiting.slots {
		if b.bucket(&b.waiting.slots[j].id) == i {
			queue++
		}
	}
	full := queue >= int(b.k) && !b.splits(i)
	slots := b.waiting.slots
	if full || len(slots) >= maxWaiting {
		for j := range slots {
			if full && b.bucket(&slots[j].id) != i {
				continue
			}
			if worst < 0 || slots[j].before(&slots[worst]) {
				worst = j
			}
		}
		if !slots[worst].before(&n) {
			b.release(&n)
			return false
		}
		b.forget(b.unqueue(worst))
	}
	b.waiting.insert(b.waiting.len(), n, hostTag(b.addr(&n)), queueStep)
	if n.claim() > 0 {
		b.rouse(b.ripe(&n))
	}
	if b.Len() == 1 && len(b.spans) > 0 { // in a table that had lost everybody nothing was planned any more
		b.rouse(now)
	}
	return true
}

// revive gives a bad member that queried us another chance. Its query proves little,
// so it has to wait for a ping like a stranger; its place is free for it.
func (b *Buckets) revive(now krpc.Time, id krpc.ID, version []byte) {
	n := b.unseat(b.seat(&id))
	n.queried(b.ticks(now))
	n.flags |= wanted
	b.called(&n, version)
	b.keep(now, n)
}

// hopeful reports whether the query of one who waits is a reason to ping it: if it was
// pinged in vain, only after it was gone for a while, lest those who never answer are
// pinged for each of their queries.
func (b *Buckets) hopeful(now krpc.Time, w *slot) bool {
	if w.streak() < lastChance {
		return true
	}
	if now.Sub(b.time(w.seen)) < GoodFor {
		return false
	}
	if w.streak() < BadAfter {
		w.setStreak(lastChance - 1)
		b.rouse(b.ripe(w))
	}
	return true
}

// before reports whether s gives way to n when there is no room for both: by
// claim, then by age.
func (s *slot) before(n *slot) bool {
	if a, b := s.claim(), n.claim(); a != b {
		return a < b
	}
	return s.seen < n.seen
}

// claim ranks those who wait: it answered; it queried us, if bad then since; it was
// mentioned, or pinged in vain.
func (s *slot) claim() int {
	switch {
	case s.streak() >= BadAfter && s.is(wanted):
		return 1
	case s.streak() >= lastChance:
		return 0
	case s.is(replied):
		return 2
	case s.is(wanted):
		return 1
	}
	return 0
}

// promote seats those who answered while their bucket was full and now find a
// place in it.
func (b *Buckets) promote(now krpc.Time) {
	for j := 0; j < b.waiting.len(); j++ {
		s := &b.waiting.slots[j]
		if s.is(replied) && b.status(now, s) == Good && b.vacant(now, b.bucket(&s.id)) {
			b.admit(now, b.unqueue(j))
			j = -1
		}
	}
}

// The rules of Config.Diverse.

// crowded reports whether somebody known, and not bad, has the very address of c, or is a
// member of its bucket and in its network: what spread will say once c has answered. To
// ping one who would be refused then would be to ping it after each of its queries.
func (b *Buckets) crowded(c *krpc.Contact) bool {
	ip := c.Addr.Addr()
	if !global(ip) {
		return false
	}
	for i := range b.waiting.slots {
		if s := &b.waiting.slots[i]; s.streak() < BadAfter && b.ip(s) == ip {
			return true
		}
	}
	return b.rival(ip, b.bucket(&c.ID)) >= 0
}

// rival returns the place of a member, not bad, that keeps one at ip from bucket i; else
// -1.
func (b *Buckets) rival(ip netip.Addr, i int) int {
	for j := range b.members.slots {
		if s := &b.members.slots[j]; s.streak() < BadAfter && b.rivals(j, ip, i) {
			return j
		}
	}
	return -1
}

// rivals reports whether member j has the address ip, or is in bucket i and of its network.
func (b *Buckets) rivals(j int, ip netip.Addr, i int) bool {
	other := b.ip(&b.members.slots[j])
	return other == ip || b.holds(i, j) && network(other) == network(ip)
}

// holds reports whether member j is in bucket i.
func (b *Buckets) holds(i, j int) bool {
	return i < len(b.spans) && j >= int(b.spans[i].from) && j < int(b.spans[i].from+b.spans[i].n)
}

// spread makes the room that n needs among the members: bad ones of its address
// or, in its bucket, of its network lose their place. It reports false if others
// have a better right to it.
func (b *Buckets) spread(n *slot) bool {
	ip := b.ip(n)
	if !global(ip) {
		return true
	}
	i := b.bucket(&n.id)
	if b.rival(ip, i) >= 0 {
		return false
	}
	for j := b.members.len() - 1; j >= 0; j-- {
		if b.rivals(j, ip, i) {
			b.forget(b.unseat(j))
		}
	}
	return true
}

func global(ip netip.Addr) bool { return krpc.ClassOf(ip) == krpc.Public }

// network is the /24 or /64 that an address is in.
func network(ip netip.Addr) netip.Prefix {
	bits := 24
	if ip.Is6() {
		bits = 64
	}
	p, _ := ip.Prefix(bits) // fails only for more bits than there are
	return p
}
