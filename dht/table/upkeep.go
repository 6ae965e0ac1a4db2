package table

import (
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

const (
	ripening = second / 5       // between a stranger's first query and our ping
	pingGap  = 40 * millisecond // at least, between two pings for a place ...
	pingMore = 20 * millisecond // ... and at most so much more: some 20 pings a second
	restGap  = 2 * second       // at least, between two other jobs; at most twice that
	maxSkew  = 60 * second
)

// upkeep says when to look for work. Nothing is done before wake, so looking
// early costs only the look.
type upkeep struct {
	awake bool
	wake  krpc.Time     // if awake
	calm  krpc.Time     // no ping for a place before
	rest  krpc.Time     // no other job before
	skew  time.Duration // put on top of a bucket's 15 minutes; 0 until first drawn
}

// Next returns when Due may have something; false if it never will as things are.
func (b *Buckets) Next() (krpc.Time, bool) { return b.upkeep.wake, b.upkeep.awake }

// rouse makes Next return t or an earlier time.
func (b *Buckets) wakeBy(t krpc.Time) {
	if u := &b.upkeep; !u.awake || t < u.wake {
		u.wake, u.awake = t, true
	}
}

// Due pops one job that is due; call it until ok is false. Jobs are spread: some
// twenty pings a second to fill places, and every two to four seconds one questionable
// node or one bucket long untouched. src moves them a little, so that a thousand
// nodes started together do not act together.
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

func upTo(d time.Duration, src krpc.Source) time.Duration {
	return time.Duration(src.Uint64() % uint64(d))
}

func (b *Buckets) ping(s *slot) Job {
	s.flags |= asked
	return Job{Ping: b.contact(s)}
}

// refresh picks a target in the range of bucket i, which then counts as touched:
// if nobody there answers, another 15 minutes must do.
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

// seek returns whom to ping for the sake of those who wait, and from when on: the
// one who waits, if there is a place, else the member it would replace if that
// one is no longer good and does not answer.
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

// chore is something to do for the members' own sake.
type task struct {
	stale  *slot // a questionable node to ping; nil if there is a bucket to refresh
	bucket int   // or -1
}

func (c task) any() bool { return c.stale != nil || c.bucket >= 0 }

// chore returns what comes up next and when. A questionable node is pinged once;
// if it stays silent, searches and those who want its place decide.
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

// ripe is when one who waits may be pinged at the earliest. Births may be far ahead
// of the clock after a Skip.
func (r *roster) readyAt(w *slot) krpc.Time {
	born := r.base.Add(time.Duration(w.born()-1) * millisecond)
	return min(born, r.time(w.seen).Add(second)).Add(ripening)
}
