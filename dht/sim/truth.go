package sim

import (
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/lightdht/lightdht/dht/krpc"
)

// entry is one member in the order of ids: the first 64 bits, and the number.
type entry struct {
	key    uint64
	number uint32
}

func prefix(id krpc.ID) uint64 { return binary.BigEndian.Uint64(id[:]) }

// order holds every member there has been, by the first 64 bits of its id:
// those sharing a prefix lie side by side. Newcomers wait unsorted until they
// are many, so that a network with a constant coming and going is not sorted
// again for each question.
type order struct {
	sorted []entry
	fresh  []entry
}

func (o *order) add(e entry) { o.fresh = append(o.fresh, e) }

// settle sorts the newcomers in, unless they are few.
func (o *order) settle() {
	if len(o.fresh) > 64+len(o.sorted)/64 {
		o.sorted = append(o.sorted, o.fresh...)
		o.fresh = nil
		slices.SortFunc(o.sorted, compareEntries)
	}
}

func compareEntries(a, b entry) int {
	return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.number, b.number))
}

// search returns the first index in entries[lo:hi], sorted by key, whose key is
// at least key; hi if there is none.
func search(entries []entry, lo, hi int, key uint64) int {
	for lo < hi {
		middle := int(uint(lo+hi) / 2)
		if entries[middle].key < key {
			lo = middle + 1
		} else {
			hi = middle
		}
	}
	return lo
}

// halve splits entries[lo:hi], which share their first depth bits with key, at
// the next bit. near is the half that shares it with key too.
func halve(entries []entry, lo, hi, depth int, key uint64) (near, far [2]int) {
	bit := uint64(1) << (63 - depth)
	middle := search(entries, lo, hi, key&^(bit-1)|bit)
	near, far = [2]int{lo, middle}, [2]int{middle, hi}
	if key&bit != 0 {
		near, far = far, near
	}
	return near, far
}

// Closest returns the k members online that are nearest to target, nearest
// first: the truth that no node in the network knows.
func (w *World) Closest(target krpc.ID, k int) []Member {
	if k < 1 {
		return nil
	}
	w.order.settle()
	numbers := w.around(target, k)
	for _, e := range w.order.fresh {
		numbers = append(numbers, e.number)
	}
	numbers = slices.DeleteFunc(numbers, func(number uint32) bool { return !w.member(number).online })
	slices.SortFunc(numbers, func(a, b uint32) int {
		return cmp.Or(krpc.Closer(target, w.member(a).id, w.member(b).id), cmp.Compare(a, b))
	})
	closest := make([]Member, 0, min(k, len(numbers)))
	for _, number := range numbers[:min(k, len(numbers))] {
		closest = append(closest, w.describe(number))
	}
	return closest
}

// around returns the members of the smallest range around target, among those
// that are sorted, in which at least k are online; everybody if there is none.
func (w *World) around(target krpc.ID, k int) []uint32 {
	sorted, key := w.order.sorted, prefix(target)
	ranges := [][2]int{{0, len(sorted)}}
	for depth := range 64 {
		r := ranges[depth]
		if r[1]-r[0] <= k {
			break
		}
		near, _ := halve(sorted, r[0], r[1], depth, key)
		ranges = append(ranges, near)
	}
	var numbers []uint32
	for i := len(ranges) - 1; i >= 0; i-- {
		numbers = numbers[:0]
		online := 0
		for _, e := range sorted[ranges[i][0]:ranges[i][1]] {
			numbers = append(numbers, e.number)
			if w.member(e.number).online {
				online++
			}
		}
		if online >= k {
			break
		}
	}
	return numbers
}
