package table

import "github.com/lightdht/lightdht/dht/krpc"

const (
	// maxWaiting is how many may wait for a place, over all buckets; the queue of
	// one that does not split is as long as the bucket.
	maxWaiting = 32

	// lastChance is how many unanswered pings in a row cost a questionable node
	// its place when somebody wants it (BEP 5: ping it, and once more).
	maxUnanswered = 2

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
	return b.spans[i].n < b.k || b.splits(i) || b.hasDoubtful(now, i)
}

// admit gives a node that answered a place: a free one, a bad node's, or one to
// wait for until the questionable ones have been asked. It reports whether the
// node is still known afterwards.
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

// keep lets n wait, if need be in the place of one with less of a claim. It
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
	if b.Len() == 1 && len(b.spans) > 0 { // in a table that had lost everybody nothing was planned any more
		b.wakeBy(now)
	}
	return true
}

// revive gives a bad member that queried us another chance. Its query proves little,
// so it has to wait for a ping like a stranger; its place is free for it.
func (b *Buckets) revive(now krpc.Time, id krpc.ID, version []byte) {
	n := b.removeMember(b.memberAt(&id))
	n.queried(b.ticks(now))
	n.flags |= wanted
	b.called(&n, version)
	b.cache(now, n)
}

// hopeful reports whether the query of one who waits is a reason to ping it: if it was
// pinged in vain, only after it was gone for a while, lest those who never answer are
// pinged for each of their queries.
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
	case s.streak() >= maxUnanswered:
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
	for j := 0; j < b.replacements.len(); j++ {
		s := &b.replacements.slots[j]
		if s.is(replied) && b.status(now, s) == Good && b.hasPlace(now, b.bucket(&s.id)) {
			b.admit(now, b.uncache(j))
			j = -1
		}
	}
}
