package store

import (
	"bytes"
	"math/bits"
	"net/netip"

	"github.com/lightdht/lightdht/dht/krpc"
)

// hostsPerBit is how many more hosts that put an item weigh as much as one more
// bit that its target has in common with the node's id; libtorrent.
const hostsPerBit = 5

// kept is one item in the store.
type kept struct {
	it           krpc.Item
	target       krpc.ID
	distance     krpc.ID // of target from the node's id
	last         krpc.Time
	older, newer *kept // by when they were last put
	place        int   // in the heap of its kind
	holder       holding
	hosts        crowd
}

// refuses returns why an item must not take the place of k (BEP 44).
func (k *kept) refuses(it *krpc.Item, cas *int64) *krpc.Error {
	switch {
	case it.Mutable != k.it.Mutable: // a value that reads like a key and its salt
		return &krpc.Error{Code: krpc.CodeServer, Message: "an item of the other kind is there"}
	case !it.Mutable:
		return nil
	case cas != nil && *cas != k.it.Seq:
		return &krpc.Error{Code: krpc.CodeCasMismatch, Message: "cas does not match the sequence number that is stored"}
	case it.Seq < k.it.Seq:
		return &krpc.Error{Code: krpc.CodeSeqTooLow, Message: "a higher sequence number is stored"}
	case it.Seq == k.it.Seq && !bytes.Equal(it.Value, k.it.Value):
		return &krpc.Error{Code: krpc.CodeSeqTooLow, Message: "another value is stored under this sequence number"}
	}
	return nil
}

// before puts the least important item first in its heap. Of two with the same weight it is the
// farther one, so no two items are ever equal.
func (k *kept) before(other *kept) bool {
	if a, b := k.weight(), other.weight(); a != b {
		return a < b
	}
	return k.distance.Compare(other.distance) > 0
}

func (k *kept) weight() int { return k.hosts.count() + hostsPerBit*k.distance.CommonPrefix(krpc.ID{}) }

func (k *kept) seat() *int { return &k.place }

func (k *kept) size() int { return len(k.it.Value) + len(k.it.Salt) }

// crowd counts hosts in constant memory: each sets one bit. Two hosts may share a bit, so the count
// is a tenth too low at 50 hosts, and never above 256; a rough figure is enough for BEP 44.
type crowd [4]uint64

func (c *crowd) add(ip netip.Addr) {
	raw := ip.As16()
	if _, limited := hostOf(ip); limited && ip.Is6() {
		clear(raw[8:]) // a /64 is one host
	}
	bit := siphash(0, 0, raw[:]) // a constant key: it only spreads the bits
	c[bit>>6&3] |= 1 << (bit & 63)
}

func (c *crowd) count() (n int) {
	for _, word := range c {
		n += bits.OnesCount64(word)
	}
	return n
}

// holding is what one host has put of one kind.
type holding struct {
	host             uint64
	mutable, limited bool
}

func holderOf(ip netip.Addr, mutable bool) holding {
	host, limited := hostOf(ip)
	return holding{host, mutable, limited}
}

// chest holds the items of an [Items]: by target, by importance, by age.
type chest struct {
	items          map[krpc.ID]*kept
	ranks          [2]heap[*kept] // immutable, mutable
	held           map[holding]int32
	oldest, newest *kept
	bytes          int
}

func (c *chest) rank(mutable bool) *heap[*kept] {
	if mutable {
		return &c.ranks[1]
	}
	return &c.ranks[0]
}

func (c *chest) add(k *kept) {
	c.items[k.target] = k
	c.rank(k.it.Mutable).push(k)
	c.bytes += k.size()
	if k.holder.limited {
		c.held[k.holder]++
	}
	c.link(k)
}

func (c *chest) remove(k *kept) {
	delete(c.items, k.target)
	c.rank(k.it.Mutable).remove(k)
	c.bytes -= k.size()
	if k.holder.limited {
		if c.held[k.holder]--; c.held[k.holder] == 0 {
			delete(c.held, k.holder)
		}
	}
	c.unlink(k)
}

// renew notes that k was put again.
func (c *chest) renew(k *kept) {
	c.rank(k.it.Mutable).fix(k)
	c.unlink(k)
	c.link(k)
}

// measure ranks all items by their distance from own.
func (c *chest) measure(own krpc.ID) {
	for _, rank := range c.ranks {
		for _, k := range rank {
			k.distance = k.target.Xor(own)
		}
		rank.sort()
	}
}

// link makes k the newest.
func (c *chest) link(k *kept) {
	k.older, k.newer = c.newest, nil
	if c.newest != nil {
		c.newest.newer = k
	} else {
		c.oldest = k
	}
	c.newest = k
}

func (c *chest) unlink(k *kept) {
	if k.older != nil {
		k.older.newer = k.newer
	} else {
		c.oldest = k.newer
	}
	if k.newer != nil {
		k.newer.older = k.older
	} else {
		c.newest = k.older
	}
}
