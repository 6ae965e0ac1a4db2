package sim

import (
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/lightdht/lightdht/dht/krpc"
)

// entry is one member in the order of ids.
type entry struct {
	id     krpc.ID
	number uint32
}

// key is the first 64 bits of an id: no two members of a world share more than these.
func key(id krpc.ID) uint64 { return binary.BigEndian.Uint64(id[:]) }

// idIndex holds all members there have been, sorted by id: those that share a prefix are adjacent.
// New members are kept unsorted until they are many, so that a network with constant churn is not
// sorted again for each question.
type idIndex struct {
	sorted []entry
	fresh  []entry
}

func (x *idIndex) add(e entry) { x.fresh = append(x.fresh, e) }

// settle sorts the new members in, unless they are few.
func (x *idIndex) settle() {
	if len(x.fresh) > 64+len(x.sorted)/64 {
		x.sorted = append(x.sorted, x.fresh...)
		x.fresh = nil
		slices.SortFunc(x.sorted, compareEntries)
	}
}

func compareEntries(a, b entry) int {
	return cmp.Or(cmp.Compare(key(a.id), key(b.id)), a.id.Compare(b.id), cmp.Compare(a.number, b.number))
}

// search returns the first index in entries[lo:hi], which are sorted, whose key is at least least;
// hi if there is no such entry.
func search(entries []entry, lo, hi int, least uint64) int {
	for lo < hi {
		middle := int(uint(lo+hi) / 2)
		if key(entries[middle].id) < least {
			lo = middle + 1
		} else {
			hi = middle
		}
	}
	return lo
}

// halve splits a range of entries that share their first depth bits, below 64, with those of
// target, at the next bit. near is the half that shares that bit too.
func halve(entries []entry, r [2]int, depth int, target uint64) (near, far [2]int) {
	bit := uint64(1) << (63 - depth)
	middle := search(entries, r[0], r[1], target&^(bit-1)|bit)
	near, far = [2]int{r[0], middle}, [2]int{middle, r[1]}
	if target&bit != 0 {
		near, far = far, near
	}
	return near, far
}

// longestPrefix returns how many leading bits target shares with the nearest id of all members
// there have been.
func (x *idIndex) longestPrefix(target krpc.ID) (bits int) {
	for _, entries := range [][]entry{x.sorted, x.fresh} {
		for _, e := range entries {
			bits = max(bits, target.CommonPrefix(e.id))
		}
	}
	return bits
}

// around returns the smallest range around target, of the sorted members, in which at least k are
// there; all of them if there is no such range.
func (x *idIndex) around(target krpc.ID, k int, there func(entry) bool) []entry {
	sorted := x.sorted
	ranges := [][2]int{{0, len(sorted)}}
	for depth := range 64 {
		r := ranges[depth]
		if r[1]-r[0] <= k {
			break
		}
		near, _ := halve(sorted, r, depth, key(target))
		ranges = append(ranges, near)
	}
	i := len(ranges) - 1
	for i > 0 && !enough(sorted[ranges[i][0]:ranges[i][1]], k, there) {
		i--
	}
	return slices.Clone(sorted[ranges[i][0]:ranges[i][1]])
}

// enough reports whether at least k of the entries are there.
func enough(entries []entry, k int, there func(entry) bool) bool {
	for _, e := range entries {
		if k > 0 && there(e) {
			k--
		}
	}
	return k == 0
}
