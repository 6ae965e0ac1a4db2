package table

import (
	"github.com/lightdht/lightdht/dht/krpc"
)

// A bucket that was parted from the last one before it was full is refreshed
// between firstAfter and firstAfter + firstSpread later, and from then on like
// all others. Its members were met on the way to our own id, which passes by
// most of those that belong there: Kademlia refreshes the farther buckets as part
// of the join; to wait a little until others have joined too is ours.
const (
	firstAfter  = 15 * second
	firstSpread = 60 * second
)

// young says which buckets await their first refresh, and when it is due.
type firstRefresh struct {
	due  [maxBuckets]uint32 // in ticks; 0: not young
	left int                // how many are
}

const unset = ^uint32(0) // in young.due: Due will draw it

// parted makes the buckets from i on young that are not the last and not full.
func (b *Buckets) awaitRefresh(now krpc.Time, i int) {
	for ; i < len(b.spans)-1; i++ {
		if b.spans[i].n >= b.k {
			continue
		}
		if b.pending == nil {
			b.pending = new(firstRefresh)
		}
		b.pending.due[i] = unset
		b.pending.left++
		b.wakeBy(now)
	}
}

// aged notes that bucket i was refreshed, or is full.
func (b *Buckets) refreshed(i int) {
	if y := b.pending; y != nil && y.due[i] != 0 {
		y.due[i] = 0
		if y.left--; y.left == 0 {
			b.pending = nil
		}
	}
}

// draw decides when those are due that became young since the last time.
func (y *firstRefresh) draw(now uint32, src krpc.Source) {
	if y == nil {
		return
	}
	for i, at := range y.due {
		if at == unset {
			y.due[i] = now + uint32((firstAfter+upTo(firstSpread, src))/tick)
		}
	}
}

// at returns when the first refresh of bucket i is due, in ticks; 0 if never.
func (y *firstRefresh) at(i int) uint32 {
	if y == nil || y.due[i] == unset {
		return 0
	}
	return y.due[i]
}
