package table

import (
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/prefetch"
)

// The methods below load parts of a table into the processor's cache before an event. They change
// nothing. They read the Buckets value itself, which must have been loaded some time before;
// all but Prefetch also read what Prefetch loads.

// Prefetch loads what nearly every event needs.
func (b *Buckets) Prefetch(load prefetch.Loader) {
	prefetch.Slice(load, b.spans)
	prefetch.Slice(load, b.members.idTags()[:min(b.members.len(), nearTags)])
	prefetch.Slice(load, b.versions[:min(len(b.versions), 1)])
}

// nearTags is how many tags of ids are loaded: one cache line, which holds those of the first eight
// buckets. Nearly all ids belong there.
const nearTags = 64

// PrefetchQuery loads what a query for target from the node called id needs besides.
func (b *Buckets) PrefetchQuery(load prefetch.Loader, id, target *krpc.ID) {
	if len(b.spans) > 0 {
		b.prefetchSlot(load, id)
		prefetch.Slice(load, b.in(b.bucket(target)))
	}
}

// PrefetchAnswer loads what an answer from the node called id needs besides.
func (b *Buckets) PrefetchAnswer(load prefetch.Loader, id *krpc.ID) {
	if len(b.spans) > 0 {
		b.prefetchSlot(load, id)
	}
	prefetch.Slice(load, b.members.hostTags())
}

// prefetchSlot loads the slots that id may have: those with its tag. There must be a bucket.
func (b *Buckets) prefetchSlot(load prefetch.Loader, id *krpc.ID) {
	sp := &b.spans[b.bucket(id)]
	for i := sp.from; i < sp.from+sp.n; i++ {
		if b.members.tags[i] == idTag(id) {
			prefetch.Slice(load, b.members.slots[i:i+1])
		}
	}
}

// PrefetchUpkeep loads the bucket that Due looks at first.
func (b *Buckets) PrefetchUpkeep(load prefetch.Loader) {
	if len(b.spans) > 0 {
		prefetch.Slice(load, b.in(b.idlestBucket()))
	}
}
