package store

import (
	"net/netip"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

// Defaults of [ItemsConfig].
const (
	DefaultMaxItems   = 700           // libtorrent's dht_max_dht_items, which counts each kind by itself as well
	DefaultItemExpiry = 2 * time.Hour // BEP 44; to keep an item alive it is put again every hour
)

// expiriesPerCall bounds the work of one Expire (chosen by us).
const expiriesPerCall = 1024

// ItemsConfig limits an [Items]. Zero values mean defaults.
type ItemsConfig struct {
	// MaxItems is how many immutable items are kept, and how many mutable ones.
	// Default 700; at most a billion.
	MaxItems int
	// MaxPerHost is how many items of each kind may be there because one host put
	// them first, a host being an IPv4 address or an IPv6 /64. Loopback, private
	// and link-local addresses are exempt. Default a tenth of MaxItems; negative
	// means no limit.
	MaxPerHost int
	// Expiry is how long after it was last put an item is forgotten. Default 2
	// hours.
	Expiry time.Duration
	// Own is the id of the node, from which the distance of items is measured.
	Own krpc.ID
}

// Items keeps the items that others put (BEP 44), immutable and mutable.
//
// When there are MaxItems of a kind, the least important one makes room for one that is more
// important, as in libtorrent: an item is less important the fewer hosts put it, and the farther it
// is from the node's own id; five more hosts weigh as much as one more bit that id and target
// share. A newcomer that would be the least important itself is refused, so a flood of far items
// does not flush the store; and one host gets a bounded share.
type Items struct {
	expiry     time.Duration
	maxItems   int32
	maxPerHost int32
	own        krpc.ID
	chest      *chest // nil until the first Put
}

// NewItems returns an empty store; it allocates no more than itself until the
// first item comes.
func NewItems(cfg ItemsConfig) *Items {
	const most = 1_000_000_000
	if cfg.MaxItems <= 0 {
		cfg.MaxItems = DefaultMaxItems
	}
	if cfg.MaxPerHost == 0 {
		cfg.MaxPerHost = max(1, cfg.MaxItems/10)
	}
	if cfg.Expiry <= 0 {
		cfg.Expiry = DefaultItemExpiry
	}
	return &Items{
		expiry: cfg.Expiry, maxItems: int32(min(cfg.MaxItems, most)),
		maxPerHost: int32(max(-1, min(cfg.MaxPerHost, most))), own: cfg.Own,
	}
}

// Put stores a copy of the item that host from puts, or renews it. [krpc.Item.Check] must have
// approved the item. cas, if not nil, is the sequence number to be replaced. Put returns nil, or
// the error of BEP 44 to answer with:
//
//   - 301 if there is a mutable item whose sequence number is not *cas; if there
//     is no item, cas does not matter;
//   - 302 if there is one with a higher sequence number, or with another value
//     under the same;
//   - 202 if there is no room for it.
//
// The same value under the same sequence number renews the item: anybody may put
// it again.
func (s *Items) Put(now krpc.Time, it *krpc.Item, cas *int64, from netip.Addr) *krpc.Error {
	target, host := it.Target(), from.Unmap()
	kept := s.live(now, target)
	if kept == nil {
		return s.admit(now, target, it, host)
	}
	if refusal := kept.refuses(it, cas); refusal != nil {
		return refusal
	}
	if it.Mutable && it.Seq > kept.it.Seq {
		s.chest.bytes -= kept.size()
		kept.it = it.Clone()
		s.chest.bytes += kept.size()
	}
	kept.last = now
	kept.hosts.add(host)
	s.chest.renew(kept)
	return nil
}

// Get returns the item of a target. It belongs to the store: it must not be
// changed, and is valid until the next call of another method.
func (s *Items) Get(now krpc.Time, target krpc.ID) (*krpc.Item, bool) {
	kept := s.live(now, target)
	if kept == nil {
		return nil, false
	}
	return &kept.it, true
}

// Len returns how many items are stored, of both kinds, as of the last Expire.
func (s *Items) Len() int {
	if s.chest == nil {
		return 0
	}
	return len(s.chest.items)
}

// Bytes returns how many bytes their values and salts come to.
func (s *Items) Bytes() int {
	if s.chest == nil {
		return 0
	}
	return s.chest.bytes
}

// Each calls f for every stored item and the time it was last put, the longest
// ago first. f must not use s, nor keep or change the item.
func (s *Items) Each(f func(target krpc.ID, it *krpc.Item, last krpc.Time)) {
	if s.chest == nil {
		return
	}
	for k := s.chest.oldest; k != nil; k = k.newer {
		f(k.target, &k.it, k.last)
	}
}

// SetOwn changes the id of the node, from which distance is measured.
func (s *Items) SetOwn(id krpc.ID) {
	s.own = id
	if s.chest != nil {
		s.chest.measure(id)
	}
}

// Next returns when Expire has work again; false if nothing is stored.
func (s *Items) Next() (krpc.Time, bool) {
	if s.chest == nil || s.chest.oldest == nil {
		return 0, false
	}
	return s.chest.oldest.last.Add(s.expiry), true
}

// Expire forgets items that nobody has put for the configured time. One call
// does a bounded amount of work; if more is due, Next says so.
func (s *Items) Expire(now krpc.Time) {
	for range expiriesPerCall {
		if due, some := s.Next(); !some || due > now {
			return
		}
		s.chest.remove(s.chest.oldest)
	}
}

// live returns the item of a target, or nil; an overdue one is removed.
func (s *Items) live(now krpc.Time, target krpc.ID) *kept {
	if s.chest == nil {
		return nil
	}
	k := s.chest.items[target]
	if k != nil && k.last.Add(s.expiry) <= now {
		s.chest.remove(k)
		return nil
	}
	return k
}

// admit stores an item that is not there yet, if there is room.
func (s *Items) admit(now krpc.Time, target krpc.ID, it *krpc.Item, host netip.Addr) *krpc.Error {
	if s.chest == nil {
		s.chest = &chest{items: make(map[krpc.ID]*kept), held: make(map[holding]int32)}
	}
	s.Expire(now) // overdue items must not take up room
	k := &kept{target: target, distance: target.Xor(s.own), last: now, holder: holderOf(host, it.Mutable)}
	k.hosts.add(host)
	if s.maxPerHost >= 0 && k.holder.limited && s.chest.held[k.holder] >= s.maxPerHost {
		return &krpc.Error{Code: krpc.CodeServer, Message: "too many items of yours"}
	}
	if rank := s.chest.rank(it.Mutable); len(*rank) >= int(s.maxItems) {
		least := (*rank)[0]
		if k.before(least) {
			return &krpc.Error{Code: krpc.CodeServer, Message: "the store is full"}
		}
		s.chest.remove(least)
	}
	if k.it = it.Clone(); !it.Mutable {
		k.it = krpc.Item{Value: k.it.Value} // the other fields have no meaning
	}
	s.chest.add(k)
	return nil
}
