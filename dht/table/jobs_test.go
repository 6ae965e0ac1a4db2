package table

import (
	"slices"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

// jobs plays until end and returns when each job came. Pings are answered at once,
// or not.
func jobs(table both, now, end krpc.Time, src krpc.Source, answers bool) (pings, refreshes []krpc.Time) {
	for {
		next, ok := table.Next()
		if !ok || next > end {
			return pings, refreshes
		}
		now = max(now, next)
		job, ok := table.Due(now, src)
		switch {
		case !ok:
		case job.Refresh.IsZero():
			pings = append(pings, now)
			table.Asked(now, job.Ping)
			if answers {
				table.Answered(now, job.Ping, 0, nil)
			} else {
				table.Silent(now, job.Ping)
			}
		default:
			refreshes = append(refreshes, now)
		}
	}
}

func atLeastApart(t *testing.T, times []krpc.Time, gap time.Duration) {
	t.Helper()
	for i := 1; i < len(times); i++ {
		if times[i].Sub(times[i-1]) < gap {
			t.Errorf("jobs at %v and %v", time.Duration(times[i-1]), time.Duration(times[i]))
		}
	}
}

// A small network forms within seconds, and no node sends a burst.
func TestPingsForPlacesAreSpread(t *testing.T) {
	each(t, own, Config{}, func(t *testing.T, table both) {
		for i := range byte(8) {
			table.Queried(0, node(0x40+i), nil)
			table.Queried(0, node(0x80+i), nil)
		}
		pings, _ := jobs(table, 0, at(10*time.Second), source(1), true)
		if len(pings) != 16 || pings[0] < at(ripening) {
			t.Fatalf("%d pings, the first at %v", len(pings), pings)
		}
		atLeastApart(t, pings, pingGap)
	})
}

// In half an hour of silence every member is pinged once in 15 minutes and every
// bucket refreshed, one after the other.
func TestUpkeepIsSpread(t *testing.T) {
	src := source(1)
	each(t, krpc.RandomID(src), Config{}, func(t *testing.T, table both) {
		buckets, ok := table.(*Buckets)
		if !ok {
			buckets = table.(*Flat).routes
		}
		fillTo(buckets, 128, src) // at one second
		pings, refreshes := jobs(table, 0, at(29*time.Minute), src, false)
		if len(pings) != 128 {
			t.Errorf("%d pings, want one for each of 128", len(pings))
		}
		if len(refreshes) != len(buckets.spans) {
			t.Errorf("%d refreshes of %d buckets", len(refreshes), len(buckets.spans))
		}
		all := slices.Concat(pings, refreshes)
		slices.Sort(all)
		atLeastApart(t, all, restGap)
		if all[0] < at(15*time.Minute) {
			t.Errorf("the first job at %v", all[0])
		}
	})
}

// A bucket whose members answer pings needs no refresh: the pings touch it.
func TestPingsSpareRefreshes(t *testing.T) {
	src := source(1)
	b := NewBuckets(krpc.RandomID(src), Config{})
	fillTo(b, 128, src)
	pings, refreshes := jobs(b, 0, at(29*time.Minute), src, true)
	if len(pings) != 128 || len(refreshes) > 3 {
		t.Errorf("%d pings and %d refreshes", len(pings), len(refreshes))
	}
}

// While the oldest member is being asked, another that was silent twice stops being good: as soon
// as the first has answered, the newcomer may have that place.
func TestTheNextIsPingedWhenAPingIsOver(t *testing.T) {
	const min = time.Minute
	b := NewBuckets(own, Config{K: 2})
	b.Answered(0, node(0x80), 0, nil)
	b.Answered(at(min), node(0xc0), 0, nil)
	b.Silent(at(min), node(0xc0))
	b.Silent(at(min), node(0xc0))
	b.Answered(at(15*min), moved(krpc.Contact{ID: krpc.ID{0, 1}}, "10.0.1.1:1"), 0, nil)
	b.Queried(at(15*min), node(0xa0), nil)
	now, src := at(15*min+10*time.Second), source(1)
	if job, _ := b.Due(now, src); job.Ping != node(0x80) {
		t.Fatalf("the first job is %+v", job)
	}
	for ok := true; ok; {
		_, ok = b.Due(now, src)
	}
	now = at(16*min + time.Second)
	b.Answered(now, node(0x80), 0, nil)
	checkBuckets(t, b, now)
	if job, _ := b.Due(now, src); job.Ping != node(0xa0) {
		t.Errorf("the next job is %+v", job)
	}
}

// Nodes that started together do not act together.
func TestUpkeepIsNotInStep(t *testing.T) {
	first := map[krpc.Time]bool{}
	for seed := range uint64(20) {
		b := NewBuckets(own, Config{})
		b.Answered(0, node(0x40), 0, nil)
		pings, _ := jobs(b, 0, at(16*time.Minute), source(seed), true)
		first[pings[0]] = true
	}
	if len(first) < 15 {
		t.Errorf("20 nodes have %d different times for their first job", len(first))
	}
}

// Every refresh has a target in its bucket.
func TestRefreshTargets(t *testing.T) {
	src := source(2)
	b := NewBuckets(krpc.RandomID(src), Config{})
	fillTo(b, 60, src)
	hit := map[int]bool{}
	for i := range b.spans {
		target := b.refresh(at(time.Hour), i, src).Refresh
		if b.bucket(&target) != i {
			t.Errorf("the target for bucket %d is in bucket %d", i, b.bucket(&target))
		}
		hit[target.CommonPrefix(b.own)] = true
	}
	if len(hit) < len(b.spans)-1 {
		t.Errorf("%d buckets, %d ranges", len(b.spans), len(hit))
	}
}

// The replacement cache is bounded, per bucket and in all, and a claim counts before age.
func TestWhoWaits(t *testing.T) {
	src := source(4)
	b := NewBuckets(krpc.RandomID(src), Config{K: 8})
	fillTo(b, 90, src)
	for _, e := range b.Nearest(1e9, krpc.ID{}, 1000) { // places to hope for, everywhere
		b.Silent(1e9, e.Contact)
		b.Silent(1e9, e.Contact)
		b.Silent(1e9, e.Contact)
	}
	stranger := func(i, bucket int) krpc.Contact {
		c := number(100_000+i, src)
		c.ID = c.ID.WithPrefix(b.own.Flip(bucket), bucket+1)
		return c
	}
	for i := range 100 {
		b.Heard(at(time.Duration(i+2)*time.Second), stranger(i, 0))
	}
	if b.replacements.len() != 8 {
		t.Fatalf("%d wait for one bucket, want 8", b.replacements.len())
	}
	var asking []krpc.Contact
	for i := range 8 {
		asking = append(asking, stranger(200+i, 0))
		b.Queried(at(time.Second), asking[i], nil) // older, but with a claim
	}
	for i := range 100 {
		b.Heard(at(time.Duration(i+200)*time.Second), stranger(300+i, 0))
	}
	for _, c := range asking {
		if _, ok := b.Get(1e9, c.ID); !ok {
			t.Error("one who queried us gave way to one only mentioned")
		}
	}
	for i := range 400 {
		b.Queried(at(time.Hour), stranger(1000+i, i%10), nil)
	}
	if b.replacements.len() != maxWaiting {
		t.Errorf("%d wait, want %d", b.replacements.len(), maxWaiting)
	}
	if b.Queried(at(time.Hour), stranger(5000, 0), nil) {
		t.Error("a newcomer took the place of one that asked at the same time")
	}
	if !b.Queried(at(2*time.Hour), stranger(5001, 0), nil) {
		t.Error("the one that has waited longest did not give way")
	}
	if b.Restore(at(time.Minute), Entry{Contact: stranger(5002, 0)}) {
		t.Error("an older claim took the place of a newer one")
	}
}

// silence lets queries to c go unanswered.
func silence(table both, now krpc.Time, c krpc.Contact, times int) {
	for range times {
		table.Asked(now, c)
		table.Silent(now, c)
	}
}

// A bad node that was away and queries us is pinged, and is a good member again when
// it answers. Until then it is bad, and if it does not answer it stays so.
func TestBadNodesThatComeBackArePinged(t *testing.T) {
	const min = time.Minute
	for _, answers := range []bool{true, false} {
		each(t, own, Config{}, func(t *testing.T, table both) {
			c := node(0x80)
			table.Answered(0, c, 0, nil)
			silence(table, at(min), c, BadAfter)
			jobs(table, at(min), at(2*min), source(1), false)
			table.Queried(at(2*min), c, nil)
			if st := statusOf(t, table, at(2*min), c.ID); st != Bad || len(table.Closest(at(2*min), c.ID, 8, nil)) > 0 {
				t.Errorf("a query makes it %v", st)
			}
			pings, _ := jobs(table, at(2*min), at(3*min), source(1), answers)
			if len(pings) != 1 {
				t.Fatalf("%d pings", len(pings))
			}
			want, served := Bad, 0
			if answers {
				want, served = Good, 1
			}
			if st := statusOf(t, table, at(3*min), c.ID); st != want || len(table.Serve(at(3*min), c.ID, 8, nil)) != served {
				t.Errorf("it is %v after the ping, want %v", st, want)
			}
		})
	}
}

// A node that never answers but keeps querying us is not pinged for each query, but again only
// after a while of silence.
func TestWhoNeverAnswersIsLeftAlone(t *testing.T) {
	const min = time.Minute
	for _, once := range []bool{true, false} { // it answered, long ago
		each(t, own, Config{}, func(t *testing.T, table both) {
			c, now := node(0x80), at(0)
			if once {
				table.Answered(0, c, 0, nil)
				silence(table, 0, c, BadAfter)
			}
			query := func(times int) (pings int) {
				for range times {
					table.Queried(now, c, nil)
					some, _ := jobs(table, now, now.Add(min), source(1), false)
					pings, now = pings+len(some), now.Add(min)
				}
				return pings
			}
			if n := query(30); n == 0 || n > maxUnanswered {
				t.Errorf("%d pings for 30 queries", n)
			}
			now = now.Add(20 * min)
			if n := query(30); n != 1 {
				t.Errorf("%d pings for 30 queries after a pause, want 1", n)
			}
		})
	}
}
