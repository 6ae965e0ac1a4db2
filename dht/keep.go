package dht

import (
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

const (
	keepEvery = time.Hour // BEP 44: an item is dropped after two hours
	maxKept   = 1000      // ours: one put every 3.6 s
)

// Keep puts an item again every hour, the first time an hour from now, so that it
// outlives the nodes that hold it. If somebody else puts a newer one of the same key
// and salt, that one is kept. False if a thousand items are kept already. The node
// takes a copy.
func (n *Node) Keep(now Time, item krpc.Item) bool {
	target := item.Target()
	n.Forget(target)
	x := n.more()
	if len(x.kept) >= maxKept {
		return false
	}
	x.kept = append(x.kept, kept{now.Add(keepEvery), target, item.Clone()})
	return true
}

// Forget puts the item of a target no more; false if it was not kept.
func (n *Node) Forget(target krpc.ID) bool {
	k := n.keeps(target)
	if k < 0 {
		return false
	}
	n.extras.kept = append(n.extras.kept[:k], n.extras.kept[k+1:]...)
	return true
}

// keeps returns the place of a kept item; -1 if it is none.
func (n *Node) keeps(target krpc.ID) int {
	if n.extras != nil {
		for i := range n.extras.kept {
			if n.extras.kept[i].target == target {
				return i
			}
		}
	}
	return -1
}

// kept is an item that is put again from time to time.
type kept struct {
	due    Time
	target krpc.ID
	item   krpc.Item
}

// putAgain puts a kept item where there are too few copies of it.
func (n *Node) putAgain(now Time, target krpc.ID, item krpc.Item) {
	n.put(now, item, nil, true, SearchConfig{}, func(_ Time, r *Result) {
		if k := n.keeps(target); k >= 0 && r.Item != nil && r.Item.Seq > n.extras.kept[k].item.Seq {
			n.extras.kept[k].item = r.Item.Clone()
		}
	})
}
