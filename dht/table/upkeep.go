package table

import (
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

const (
	ripening = second / 5       // between a stranger's first query and our ping
	pingGap  = 40 * millisecond // at least, between two pings for a place,
	pingMore = 20 * millisecond // and at most this much more: some 20 pings a second
	restGap  = 2 * second       // at least, between two other jobs; at most twice that
	maxSkew  = 60 * second
)

// upkeep says when to look for work. Nothing is due before wake, so an early look costs only the
// look.
type upkeep struct {
	awake bool
	wake  krpc.Time     // if awake
	calm  krpc.Time     // no ping for a place before
	rest  krpc.Time     // no other job before
	skew  time.Duration // added to a bucket's 15 minutes; 0 until first drawn
}

func upTo(d time.Duration, src krpc.Source) time.Duration {
	return time.Duration(src.Uint64() % uint64(d))
}

// readyAt is when a replacement may be pinged at the earliest. Births may be far ahead of the clock
// after a Skip.
func (r *roster) readyAt(w *slot) krpc.Time {
	born := r.base.Add(time.Duration(w.born()-1) * millisecond)
	return min(born, r.time(w.seen).Add(second)).Add(ripening)
}
