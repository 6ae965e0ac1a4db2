package dht

import (
	"slices"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

// How often a node republishes the items and announces that it keeps alive.
const (
	PutAgain      = time.Hour        // BEP 44: an item is dropped after two hours
	AnnounceAgain = 15 * time.Minute // libtorrent; the shortest lifetime in use is 30 minutes
)

// maxKept bounds the items and announces that one node republishes: one put every 3.6 s.
const maxKept = 1000

// Keep republishes an item every hour, the first time an hour from now, so that it outlives the
// nodes that hold it. If another node puts a newer item of the same key and salt, that one is kept.
// False if a thousand items and announces are kept already. The node takes a copy.
func (n *Node) Keep(now Time, item krpc.Item) bool {
	target := item.Target()
	n.forget(func(k *kept) bool { return k.target == target && !k.announce })
	return n.keep(&kept{due: now.Add(PutAgain), target: target, item: item.Clone()})
}

// KeepPeer announces a peer of a torrent again every 15 minutes, the first time that long from now,
// at the port that [Node.AnnouncePeer] was given; of cfg, only Seed and Family count. False if a
// thousand items and announces are kept already.
func (n *Node) KeepPeer(now Time, infoHash krpc.ID, port uint16, cfg SearchConfig) bool {
	n.forget(func(k *kept) bool { return k.target == infoHash && k.announce && k.port == port })
	return n.keep(&kept{
		due: now.Add(AnnounceAgain), target: infoHash, announce: true, port: port,
		cfg: SearchConfig{Seed: cfg.Seed, Family: cfg.Family},
	})
}

// Forget stops republishing the item of a target, and the peers of a torrent with that info-hash;
// false if neither was kept.
func (n *Node) Forget(target krpc.ID) bool {
	return n.forget(func(k *kept) bool { return k.target == target })
}

// keep adds k to the queue.
func (n *Node) keep(k *kept) bool {
	x := n.more()
	if len(x.kept) >= maxKept {
		return false
	}
	x.file(k)
	return true
}

// file puts k behind all that are due no later.
func (x *optionalState) file(k *kept) {
	i := len(x.kept)
	for ; i > 0 && x.kept[i-1].due > k.due; i-- {
	}
	x.kept = slices.Insert(x.kept, i, k)
}

// forget removes the matching ones; false if nothing matched.
func (n *Node) forget(match func(*kept) bool) bool {
	if n.optional == nil {
		return false
	}
	before := len(n.optional.kept)
	n.optional.kept = slices.DeleteFunc(n.optional.kept, match)
	return len(n.optional.kept) < before
}

// renew republishes what is due.
func (n *Node) renew(now Time) {
	x := n.optional
	for len(x.kept) > 0 && x.kept[0].due <= now {
		k := x.kept[0]
		x.kept = slices.Delete(x.kept, 0, 1)
		if k.announce {
			k.due = now.Add(AnnounceAgain)
			n.AnnouncePeer(now, k.target, k.port, k.cfg, nil)
		} else {
			k.due = now.Add(PutAgain)
			n.putAgain(now, k)
		}
		x.file(k)
	}
}

// putAgain puts a kept item where there are too few copies of it.
func (n *Node) putAgain(now Time, k *kept) {
	n.put(now, k.item, nil, true, SearchConfig{}, func(_ Time, r *Result) {
		if r.Item != nil && r.Item.Seq > k.item.Seq {
			k.item = r.Item.Clone()
		}
	})
}
