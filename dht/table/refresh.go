package table

import "github.com/lightdht/lightdht/dht/krpc"

// A bucket that splits off before it is full is refreshed between firstAfter and firstAfter +
// firstSpread later, and from then on like all others. Its members were met on the way to our own
// id, which misses most nodes of the bucket. Kademlia refreshes the farther buckets as part of the
// join; the delay, so that other nodes have joined too, was chosen by us.
const (
	firstAfter  = 15 * second
	firstSpread = 60 * second
)

// firstRefresh says which buckets await their first refresh, and when it is due.
type firstRefresh struct {
	due  [maxBuckets]uint32 // in ticks; 0: the bucket does not wait
	left int                // how many are
}

const unset = ^uint32(0) // in firstRefresh.due: Due will draw it

// draw decides when the first refresh is due of buckets that began to wait since the last call.
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
