package table

import "github.com/lightdht/lightdht/dht/krpc"

// Due pops one job that is due; call it until ok is false. Jobs are spread: some twenty pings a
// second to fill places, and every two to four seconds one questionable node or one bucket long
// untouched. src jitters them, so that a thousand nodes started together do not act together.
func (b *Buckets) Due(now krpc.Time, src krpc.Source) (job Job, ok bool) {
	u := &b.upkeep
	if !u.awake || now < u.wake {
		return Job{}, false
	}
	if u.skew == 0 {
		u.skew = 1 + upTo(maxSkew, src)
		u.rest = max(u.rest, now.Add(upTo(restGap, src)))
	}
	b.pending.draw(b.ticks(now), src)
	b.promote(now)
	candidate, due := b.nextCandidate(now)
	if candidate != nil && due <= now {
		u.calm = now.Add(pingGap + upTo(pingMore, src))
		return b.ping(candidate), true
	}
	next, at := b.nextTask()
	if next.any() && at <= now {
		u.rest = now.Add(restGap + upTo(restGap, src))
		if next.stale != nil {
			return b.ping(next.stale), true
		}
		return b.refresh(now, next.bucket, src), true
	}
	u.awake = false
	if candidate != nil {
		b.wakeBy(due)
	}
	if next.any() {
		b.wakeBy(at)
	}
	return Job{}, false
}

func (b *Buckets) ping(s *slot) Job {
	s.flags |= asked
	return Job{Ping: b.contact(s)}
}

// refresh picks a target in the range of bucket i, which then counts as touched: if no node there
// answers, it is refreshed again after 15 minutes.
func (b *Buckets) refresh(now krpc.Time, i int, src krpc.Source) Job {
	b.spans[i].touched = b.ticks(now)
	b.refreshed(i)
	b.upkeep.skew = 1 + upTo(maxSkew, src)
	target := krpc.RandomID(src)
	if i == len(b.spans)-1 {
		return Job{Refresh: target.WithPrefix(b.own, i)}
	}
	return Job{Refresh: target.WithPrefix(b.own.Flip(i), i+1)}
}

// nextCandidate returns the node to ping for the sake of the replacement cache, and from when on: a
// replacement, if there is a place for it, else the member that it would replace if that one is no
// longer good and does not answer.
func (b *Buckets) nextCandidate(now krpc.Time) (best *slot, at krpc.Time) {
	for i := range b.replacements.slots {
		w := &b.replacements.slots[i]
		if w.claim() == 0 {
			continue
		}
		s, when := w, b.readyAt(w)
		if len(b.spans) > 0 && !b.hasPlace(now, b.bucket(&w.id)) {
			s = b.oldest(b.bucket(&w.id))
			when = max(when, b.time(s.seen).Add(GoodFor))
		}
		if s.is(asked) {
			continue
		}
		if when = max(when, b.upkeep.calm); best == nil || when < at {
			best, at = s, when
		}
	}
	return best, at
}

// task is upkeep of the members themselves.
type task struct {
	stale  *slot // a questionable node to ping; nil if there is a bucket to refresh
	bucket int   // to refresh; -1: none
}

func (c task) any() bool { return c.stale != nil || c.bucket >= 0 }

// nextTask returns the next task and when it is due. A questionable node is pinged once; if it
// stays silent, searches and the replacement cache decide.
func (b *Buckets) nextTask() (next task, at krpc.Time) {
	next.bucket = -1
	if b.Len() == 0 {
		return next, 0
	}
	if next.stale = b.idlestMember(); next.stale != nil {
		at = b.time(next.stale.seen).Add(GoodFor)
	}
	for i := range b.spans {
		sp := &b.spans[i]
		when := b.time(sp.touched).Add(GoodFor + b.upkeep.skew)
		if at := b.pending.at(i); at != 0 {
			when = min(when, b.time(at))
		}
		if !next.any() || when < at {
			next, at = task{bucket: i}, when
		}
	}
	return next, max(at, b.upkeep.rest)
}
