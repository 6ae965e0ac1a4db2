package table

import "github.com/lightdht/lightdht/dht/krpc"

const (
	// maxWaiting bounds the replacement cache, over all buckets. A bucket that does not split has
	// as many replacements as members.
	maxWaiting = 32

	bucketStep = 8 // by how many slots the list of members grows
	queueStep  = 4 // the same, of the replacement cache
)

// Welcome reports whether a newcomer is worth keeping: it is usable, and its bucket has, or may
// soon have, a place. If not, Heard does nothing.
func (b *Buckets) Welcome(now krpc.Time, c *krpc.Contact) bool {
	if !usable(&b.own, c) || b.diverse && b.crowded(c) {
		return false
	}
	if len(b.spans) == 0 {
		return true
	}
	i := b.bucket(&c.ID)
	return b.spans[i].n < b.k || b.splits(i) || b.hasDoubtful(now, i)
}

// admit gives a node that answered a place: a free one, that of a bad node, or one in the
// replacement cache while the questionable members are asked. It reports whether the node is still
// known afterwards.
func (b *Buckets) admit(now krpc.Time, n slot) bool {
	if len(b.spans) == 0 {
		b.spans = append(b.spans, span{})
	}
	if b.diverse && !b.makeDiverse(&n) {
		b.release(&n)
		return false
	}
	i := b.bucket(&n.id)
	for b.spans[i].n >= b.k && b.splits(i) {
		b.split()
		i = b.bucket(&n.id)
	}
	b.wakeBy(now.Add(GoodFor))
	if b.spans[i].n < b.k {
		b.insert(now, i, n)
		return true
	}
	if old := b.replaceable(now, i); old >= 0 {
		b.replace(now, i, old, n)
		return true
	}
	if b.hasDoubtful(now, i) {
		return b.cache(now, n)
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
		b.refreshed(i)
	}
}

// cache puts n into the replacement cache, if need be in the place of one that ranks lower. It
// reports whether n is known afterwards.
func (b *Buckets) cache(now krpc.Time, n slot) bool {
	worst, queue, i := -1, 0, b.bucket(&n.id)
	for j := range b.replacements.slots {
		if b.bucket(&b.replacements.slots[j].id) == i {
			queue++
		}
	}
	full := queue >= int(b.k) && !b.splits(i)
	slots := b.replacements.slots
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
		b.forget(b.uncache(worst))
	}
	b.replacements.insert(b.replacements.len(), n, hostTag(b.addr(&n)), queueStep)
	if n.claim() > 0 {
		b.wakeBy(b.readyAt(&n))
	}
	if b.Len() == 1 && len(b.spans) > 0 { // a table that had lost all nodes had no upkeep planned
		b.wakeBy(now)
	}
	return true
}

// revive gives a bad member that queried us another chance. Its query proves little, so it must
// answer a ping like a stranger; until then it is in the replacement cache, and its place is free.
func (b *Buckets) revive(now krpc.Time, id krpc.ID, version []byte) {
	n := b.removeMember(b.memberAt(&id))
	n.queried(b.ticks(now))
	n.flags |= wanted
	b.called(&n, version)
	b.cache(now, n)
}

// worthPing reports whether a query of a replacement is a reason to ping it. One that was pinged in
// vain is pinged again only after a while of silence, so that a node that never answers is not
// pinged for each query.
func (b *Buckets) worthPing(now krpc.Time, w *slot) bool {
	if w.streak() < maxUnanswered {
		return true
	}
	if now.Sub(b.time(w.seen)) < GoodFor {
		return false
	}
	if w.streak() < BadAfter {
		w.setStreak(maxUnanswered - 1)
		b.wakeBy(b.readyAt(w))
	}
	return true
}

// promote moves replacements that answered while their bucket was full to a place that has become
// free.
func (b *Buckets) promote(now krpc.Time) {
	for j := 0; j < b.replacements.len(); j++ {
		s := &b.replacements.slots[j]
		if s.is(replied) && b.status(now, s) == Good && b.hasPlace(now, b.bucket(&s.id)) {
			b.admit(now, b.uncache(j))
			j = -1
		}
	}
}

// removeMember takes member i out. A replacement may have the place.
func (b *Buckets) removeMember(i int) slot {
	s := b.members.remove(i)
	b.resize(b.bucket(&s.id), -1)
	if b.replacements.len() > 0 {
		b.wakeBy(b.base)
	}
	return s
}

func (b *Buckets) uncache(i int) slot { return b.replacements.remove(i) }

// makeDiverse makes the room that n needs among the members: bad ones of its address or, in its
// bucket, of its network lose their place. It reports false if a member that is not bad keeps n
// out.
func (b *Buckets) makeDiverse(n *slot) bool {
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
			b.forget(b.removeMember(j))
		}
	}
	return true
}
