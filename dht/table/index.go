package table

import (
	"encoding/binary"

	"github.com/lightdht/lightdht/dht/krpc"
)

// leafSize is how many record numbers a leaf holds before it splits: a walk reads one or two leaves
// for the 8 nearest.
const leafSize = 16

// index is a binary trie over the bits of ids. Its leaves hold numbers of records. In the order of
// a walk towards a target, each leaf is farther from the target than the one before, so the nearest
// n are found without looking at the rest, however ids cluster. Depth is at most 160; a chain costs
// 8 bytes per level.
type index struct {
	records  *records
	root     ref
	branches []branch
	leaves   []leaf
}

// ref says what is below: nothing (0), a branch (its number plus one) or a leaf (its number plus
// one, negative).
type ref int32

type branch [2]ref

// leaf holds up to leafSize record numbers. tags are the last four bytes of their ids: they save a
// look at the record, which is seldom in the cache.
type leaf struct {
	n    uint32
	nums [leafSize]uint32
	tags [leafSize]uint32
}

func tagOf(id *krpc.ID) uint32 { return binary.LittleEndian.Uint32(id[16:]) }

func (x *index) leaf(at ref) *leaf     { return &x.leaves[-at-1] }
func (x *index) branch(at ref) *branch { return &x.branches[at-1] }

// find returns the number of the record with this id.
func (x *index) find(id *krpc.ID) (num uint32, ok bool) {
	at := x.root
	for depth := 0; at > 0; depth++ {
		at = x.branch(at)[id.Bit(depth)]
	}
	if at == 0 {
		return 0, false
	}
	l, tag := x.leaf(at), tagOf(id)
	for i, num := range l.nums[:l.n] {
		if l.tags[i] == tag && x.records.at(num).id == *id {
			return num, true
		}
	}
	return 0, false
}

// add puts in the number of a record whose id is not in the trie yet.
func (x *index) add(num uint32) {
	id := &x.records.at(num).id
	at, depth := &x.root, 0
	for ; ; depth++ {
		if *at < 0 && x.leaf(*at).n == leafSize {
			x.split(at, depth)
		}
		if *at <= 0 {
			break
		}
		at = &x.branch(*at)[id.Bit(depth)]
	}
	if *at == 0 {
		x.leaves = append(x.leaves, leaf{})
		*at = -ref(len(x.leaves))
	}
	x.leaf(*at).add(num, tagOf(id))
}

func (l *leaf) add(num, tag uint32) {
	l.nums[l.n], l.tags[l.n] = num, tag
	l.n++
}

// split puts a branch in the place of a full leaf and divides its records by their bit at depth.
// All may go one way; ids differ, so they separate by bit 160.
func (x *index) split(at *ref, depth int) {
	old := *at
	full := *x.leaf(old)
	x.leaf(old).n = 0
	x.leaves = append(x.leaves, leaf{})
	sides := branch{old, -ref(len(x.leaves))}
	for i, num := range full.nums {
		bit := x.records.at(num).id.Bit(depth)
		x.leaf(sides[bit]).add(num, full.tags[i])
	}
	x.trim(&sides)
	*at = ref(len(x.branches) + 1) // before append moves what at points into
	x.branches = append(x.branches, sides)
}

// trim takes the leaf that split has just made back if it, or the other, got no record.
func (x *index) trim(sides *branch) {
	last := -ref(len(x.leaves))
	switch {
	case x.leaf(sides[1]).n == 0:
		sides[1] = 0
	case x.leaf(sides[0]).n == 0:
		*x.leaf(sides[0]) = *x.leaf(last)
		*sides = branch{0, sides[0]}
	default:
		return
	}
	x.leaves = x.leaves[:-last-1]
}

// remove takes a record's number out; the record must still hold its id.
func (x *index) remove(num uint32) {
	id := &x.records.at(num).id
	at := x.root
	for depth := 0; at > 0; depth++ {
		at = x.branch(at)[id.Bit(depth)]
	}
	if at == 0 {
		return
	}
	l := x.leaf(at)
	for i := range l.n {
		if l.nums[i] == num {
			l.n--
			l.nums[i], l.tags[i] = l.nums[l.n], l.tags[l.n]
			return
		}
	}
}

// walk visits the leaves in the order of their distance to target.
type walk struct {
	index  *index
	target krpc.ID
	top    int
	// stack is the subtrees left to visit, with their depths. Each branch on the way down leaves
	// its other side here, so there is never more than one per level.
	stack [8*krpc.IDLen + 1]struct {
		at    ref
		depth int32
	}
}

func (w *walk) start(x *index, target krpc.ID) {
	w.index, w.target, w.top = x, target, 0
	w.push(x.root, 0)
}

func (w *walk) push(at ref, depth int32) {
	if at != 0 {
		w.stack[w.top].at, w.stack[w.top].depth = at, depth
		w.top++
	}
}

// next returns the record numbers in the next leaf, in no order; nil at the end.
// The slice is the index's own.
func (w *walk) next() []uint32 {
	for w.top > 0 {
		w.top--
		at, depth := w.stack[w.top].at, w.stack[w.top].depth
		for at > 0 {
			b, bit := w.index.branch(at), w.target.Bit(int(depth))
			depth++
			w.push(b[1-bit], depth)
			at = b[bit]
		}
		if at < 0 {
			if l := w.index.leaf(at); l.n > 0 {
				return l.nums[:l.n]
			}
		}
	}
	return nil
}
