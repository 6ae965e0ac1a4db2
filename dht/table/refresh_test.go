package table

import (
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

// After a join each bucket that is not full is refreshed once, soon but not immediately, and then
// not for 15 minutes.
func TestYoungBucketsAreRefreshedSoon(t *testing.T) {
	src := source(3)
	b := NewBuckets(krpc.RandomID(src), Config{})
	for depth := range 12 { // bucket 0 gets eight, the last those that share more bits, the others three
		for i := range 3 + 5*max(1-depth, 0) {
			c := number(100*depth+i, src)
			c.ID = c.ID.WithPrefix(b.own.Flip(depth), depth+1)
			b.Answered(1e9, c, 1e8, nil)
		}
	}
	last := len(b.spans) - 1
	got := map[int][]time.Duration{}
	for now := at(time.Second); now < at(14*time.Minute); now = now.Add(100 * millisecond) {
		for job, ok := b.Due(now, src); ok; job, ok = b.Due(now, src) {
			if job.Refresh.IsZero() {
				t.Fatalf("a ping at %v", time.Duration(now))
			}
			i := b.bucket(&job.Refresh)
			got[i] = append(got[i], time.Duration(now))
		}
		checkBuckets(t, b, now)
	}
	if last < 5 || len(got) != last-1 || got[0] != nil || got[last] != nil || b.pending != nil {
		t.Errorf("of %d buckets, of which the first is full, refreshed at %v", last+1, got)
	}
	first, end := time.Hour, time.Duration(0)
	for i, times := range got {
		if len(times) != 1 || times[0] < firstAfter || times[0] > 2*time.Minute {
			t.Errorf("bucket %d at %v", i, times)
		}
		first, end = min(first, times[0]), max(end, times[0])
	}
	if end-first < 10*time.Second {
		t.Errorf("all between %v and %v", first, end)
	}
}

// A bucket that fills up before its turn needs no refresh.
func TestFullBucketsAreNotYoung(t *testing.T) {
	src := source(3)
	b := NewBuckets(krpc.ID{}, Config{K: 2})
	for i, id := range []byte{0x80, 0x10, 0x11, 0xc0} {
		c := number(i, src)
		c.ID = krpc.ID{id}
		b.Answered(1e9, c, 1e8, nil)
		if want := i == 2; (b.pending != nil) != want && i > 1 {
			t.Errorf("after %d: young is %v", i, b.pending)
		}
	}
	if _, refreshes := jobs(b, at(time.Second), at(10*time.Minute), src, true); len(refreshes) > 0 {
		t.Errorf("refreshes at %v", refreshes)
	}
}
