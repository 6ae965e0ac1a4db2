package table

import (
	"unsafe"

	"github.com/lightdht/lightdht/dht/krpc"
)

// Fetch has so many bytes of memory brought into the processor's cache, and does
// not wait for them.
type Fetch = func(p unsafe.Pointer, bytes uintptr)

// The methods below are for a world of many nodes, in which hardly anything is in
// the cache when one gets its turn, but where it is known beforehand whose turn is
// next. They change nothing. Each goes one step further along the pointers: what
// it reads itself is best fetched some time before, by the step before it.

// Foresee fetches what lies in the table itself; the first step.
func (b *Buckets) Foresee(fetch Fetch) { fetch(unsafe.Pointer(b), unsafe.Sizeof(*b)) }

// ForeseeAny fetches what nearly every event needs; the second step.
func (b *Buckets) ForeseeAny(fetch Fetch) {
	FetchAll(fetch, b.spans)
	FetchAll(fetch, b.members.idTags()[:min(b.members.len(), nearTags)])
	FetchAll(fetch, b.versions[:min(len(b.versions), 1)])
}

// nearTags is how many tags of ids are fetched beforehand, one line of the cache: those
// of the first eight buckets, to which nearly all ids belong.
const nearTags = 64

// ForeseeID fetches what is known of id; a third step.
func (b *Buckets) ForeseeID(fetch Fetch, id *krpc.ID) {
	if len(b.spans) == 0 {
		return
	}
	sp := &b.spans[b.bucket(id)]
	for i := sp.from; i < sp.from+sp.n; i++ {
		if b.members.tags[i] == idTag(id) {
			FetchAll(fetch, b.members.slots[i:i+1])
		}
	}
}

// ForeseeHosts fetches where it is looked up who has an address; a third step.
func (b *Buckets) ForeseeHosts(fetch Fetch) { FetchAll(fetch, b.members.hostTags()) }

// ForeseeNear fetches the bucket to which id belongs; a third step.
func (b *Buckets) ForeseeNear(fetch Fetch, id *krpc.ID) {
	if len(b.spans) > 0 {
		FetchAll(fetch, b.in(b.bucket(id)))
	}
}

// ForeseeUpkeep fetches the bucket at which upkeep looks first; a third step.
func (b *Buckets) ForeseeUpkeep(fetch Fetch) {
	if len(b.spans) > 0 {
		FetchAll(fetch, b.in(b.laziest()))
	}
}

// FetchAll fetches all of a list.
func FetchAll[T any](fetch Fetch, list []T) {
	if len(list) > 0 {
		fetch(unsafe.Pointer(&list[0]), uintptr(len(list))*unsafe.Sizeof(list[0]))
	}
}
