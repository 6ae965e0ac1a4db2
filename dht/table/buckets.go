package table

import (
	"math/bits"
	"net/netip"
	"slices"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

const (
	maxK = 1024

	// maxBuckets is where splitting stops. Honest tables reach 26 or 27; whoever
	// makes more invents ids near ours (libtorrent's limit).
	maxBuckets = 50
)

// Buckets is the routing table of BEP 5. A node is in the bucket numbered by how
// many leading bits its id shares with ours; the last bucket, alone, also holds
// those that share more, and splits when it is full. Only nodes that answered us
// are members. A few others wait for a place, and are known too: they are pinged
// when they queried us and a place may be had. A newcomer to a full bucket takes
// the place of a bad node, or of a questionable one that left two pings
// unanswered; if all members are good it is not kept.
//
// Of a node that was seen again after its last reply, LastReply is early by up to
// a 32nd of the time between; that time is never more than 36 hours.
type Buckets struct {
	own     krpc.ID
	k       uint16 // as Config has it; at most maxK
	diverse bool
	begun   bool // there has been an event

	base   krpc.Time // of the first event; slots count from here
	newest uint64    // birth of the newest slot

	spans   []span
	members seats // bucket after bucket, as spans has them
	waiting seats // in the order they came

	wide     *[][16]byte // nil until there is an IPv6 address
	versions []version

	upkeep upkeep
	young  *young // nil while no bucket is
}

// span is one bucket's share of the members.
type span struct {
	from, n uint16
	touched uint32 // when last a member answered, was added or replaced

	// What saves looking at each member: if not 0, nobody is bad and was last
	// seen before sound, and nobody in line for a ping of upkeep was before idle.
	sound, idle uint32
}

// saw notes that a member of the bucket was seen, or is in line again.
func (sp *span) saw(at uint32) {
	sp.sound, sp.idle = min(sp.sound, at), min(sp.idle, at)
}

// changed notes that the bucket has other members than before.
func (sp *span) changed() { sp.sound, sp.idle = 0, 0 }

// NewBuckets returns empty Buckets for the node called own.
func NewBuckets(own krpc.ID, cfg Config) *Buckets {
	cfg = cfg.withDefaults()
	return &Buckets{own: own, k: uint16(cfg.K), diverse: cfg.Diverse}
}

// Heard notes that somebody mentioned c. It waits if there is a place to hope
// for, but is not pinged for it. Like all events it reports whether the id is
// new to the table.
func (b *Buckets) Heard(now krpc.Time, c krpc.Contact) (fresh bool) {
	if !b.Welcome(now, &c) { // asked first, as in a world at rest it is nearly always so
		return false
	}
	if s, _ := b.find(&c.ID); s != nil {
		return false
	}
	return b.keep(now, b.newSlot(now, c))
}

// Queried notes a query from c, with the version it gave, if any. It must not be
// called for read-only senders (BEP 43). Another address claiming a known id is
// ignored while the known one is not bad.
func (b *Buckets) Queried(now krpc.Time, c krpc.Contact, version []byte) (fresh bool) {
	s, member := b.find(&c.ID)
	if s != nil && b.addr(s) == c.Addr {
		if member && s.streak() >= BadAfter {
			b.revive(now, c.ID, version)
			return false
		}
		if !member && !s.is(wanted) {
			b.rouse(b.ripe(s))
		}
		if member || b.hopeful(now, s) {
			s.flags |= wanted
		}
		s.queried(b.ticks(now))
		b.called(s, version)
		if member {
			b.spans[b.bucket(&c.ID)].saw(s.seen)
		}
		return false
	}
	if s != nil && !s.yields() || !b.Welcome(now, &c) {
		return false
	}
	n := b.take(now, c)
	n.flags |= wanted
	b.called(&n, version)
	return b.keep(now, n) && s == nil
}

// yields reports whether a mere claim may take this one's id: it is bad, or
// nothing but another claim.
func (s *slot) yields() bool {
	return s.streak() >= BadAfter || !s.is(replied) && (!s.is(wanted) || s.streak() >= lastChance)
}

// Asked notes that we sent c a query.
func (b *Buckets) Asked(now krpc.Time, c krpc.Contact) {
	if s, _ := b.at(c); s != nil {
		s.ask()
	}
}

// Answered notes a response that matched a query of ours, came from exactly
// c.Addr and carried c.ID. Whoever was known at that address under another id is
// removed. A reply from another address than the known one is ignored, unless
// that one never answered or is bad.
func (b *Buckets) Answered(now krpc.Time, c krpc.Contact, rtt time.Duration, version []byte) (fresh bool) {
	if !usable(&b.own, &c) {
		return false
	}
	s, member := b.find(&c.ID)
	here := s != nil && b.addr(s) == c.Addr
	if here && member {
		b.reply(now, s, rtt, version)
		i := b.bucket(&c.ID)
		b.spans[i].touched = s.seen
		b.spans[i].saw(s.seen)
		b.rouse(now.Add(GoodFor))
		b.concluded(now, i)
		return false
	}
	if s != nil && !here && s.is(replied) && s.streak() < BadAfter {
		return false
	}
	n := b.take(now, c)
	b.reply(now, &n, rtt, version)
	b.oust(c.Addr)
	last := max(len(b.spans)-1, 0)
	kept := b.admit(now, n)
	b.parted(now, last)
	return kept && s == nil
}

func (b *Buckets) reply(now krpc.Time, s *slot, rtt time.Duration, version []byte) {
	s.answered(b.ticks(now), rtt)
	b.called(s, version)
}

// take removes c from the table and returns its slot: a new one if the id was
// not known, or not at this address.
func (b *Buckets) take(now krpc.Time, c krpc.Contact) slot {
	var old slot
	if i := b.seat(&c.ID); i >= 0 {
		old = b.unseat(i)
	} else if i := b.waits(&c.ID); i >= 0 {
		old = b.unqueue(i)
	} else {
		return b.newSlot(now, c)
	}
	if b.addr(&old) != c.Addr {
		return b.heir(now, c, old)
	}
	return old
}

// oust removes whoever is known at an address that just answered with another id.
func (b *Buckets) oust(addr netip.AddrPort) {
	host := hostTag(addr)
	for i := b.members.next(0, host); i >= 0; i = b.members.next(i, host) {
		if b.addr(&b.members.slots[i]) == addr {
			b.forget(b.unseat(i))
		} else {
			i++
		}
	}
	for i := b.waiting.next(0, host); i >= 0; i = b.waiting.next(i, host) {
		if b.addr(&b.waiting.slots[i]) == addr {
			b.forget(b.unqueue(i))
		} else {
			i++
		}
	}
}

// Silent notes that c left a query of ours unanswered.
func (b *Buckets) Silent(now krpc.Time, c krpc.Contact) {
	if s, member := b.at(c); s != nil {
		s.silent()
		i := b.bucket(&c.ID)
		if member && s.streak() >= BadAfter {
			b.spans[i].sound = 0
		}
		b.concluded(now, i)
	}
}

// concluded looks for work after a query to a member of bucket i, or to one who
// waits for it, has found its end: it may be another one's turn.
func (b *Buckets) concluded(now krpc.Time, i int) {
	for j := range b.waiting.slots {
		if w := &b.waiting.slots[j]; w.claim() > 0 && b.bucket(&w.id) == i {
			b.rouse(now)
			return
		}
	}
}

// Restore adds a contact saved earlier, to be pinged when there is a place for
// it. Its history is not kept, as it has to answer anew. The result is false if
// it is known or cannot wait.
func (b *Buckets) Restore(now krpc.Time, e Entry) bool {
	if s, _ := b.find(&e.ID); s != nil || !b.Welcome(now, &e.Contact) {
		return false
	}
	n := b.newSlot(now, e.Contact)
	n.flags |= wanted
	b.called(&n, []byte(e.Version))
	return b.keep(now, n)
}

// Len returns how many are known: members and those who wait.
func (b *Buckets) Len() int { return b.members.len() + b.waiting.len() }

// Get returns what is known of id.
func (b *Buckets) Get(now krpc.Time, id krpc.ID) (Entry, bool) {
	s, _ := b.find(&id)
	if s == nil {
		return Entry{}, false
	}
	return b.entry(now, s), true
}

// Closest appends to dst the n nearest to target that are not bad, nearest first:
// whom to ask. Those who wait are among them. It allocates only if dst has no
// room.
func (b *Buckets) Closest(now krpc.Time, target krpc.ID, n int, dst []krpc.Contact) []krpc.Contact {
	base, limit := len(dst), len(dst)+n
	dst = b.nearby(now, target, false, limit, dst)
	for i := range b.waiting.slots {
		if s := &b.waiting.slots[i]; s.streak() < BadAfter && fits(dst, base, limit, &target, &s.id) {
			dst = b.place(dst, base, limit, &target, s)
		}
	}
	return dst
}

// Serve appends to dst the n good members nearest to target, nearest first: whom
// to hand to others. It allocates only if dst has no room.
func (b *Buckets) Serve(now krpc.Time, target krpc.ID, n int, dst []krpc.Contact) []krpc.Contact {
	return b.nearby(now, target, true, len(dst)+n, dst)
}

// nearby appends to dst, up to limit, the members nearest to target: only the
// good ones, or all that are not bad.
//
// Bucket i and those after it differ in bit i only, so it is nearer than all of
// them where target differs from our id in that bit, and farther where it does not.
func (b *Buckets) nearby(now krpc.Time, target krpc.ID, onlyGood bool, limit int, dst []krpc.Contact) []krpc.Contact {
	last := len(b.spans) - 1
	for i := range last {
		if len(dst) >= limit {
			return dst
		}
		if target.Bit(i) != b.own.Bit(i) {
			dst = b.offer(now, &target, b.in(i), onlyGood, limit, dst)
		}
	}
	if last >= 0 {
		dst = b.offer(now, &target, b.in(last), onlyGood, limit, dst)
	}
	for i := last - 1; i >= 0 && len(dst) < limit; i-- {
		if target.Bit(i) == b.own.Bit(i) {
			dst = b.offer(now, &target, b.in(i), onlyGood, limit, dst)
		}
	}
	return dst
}

// offer adds those of one bucket, which are farther than all in dst.
func (b *Buckets) offer(now krpc.Time, target *krpc.ID, slots []slot, onlyGood bool, limit int, dst []krpc.Contact) []krpc.Contact {
	base := len(dst)
	if base >= limit {
		return dst
	}
	for len(slots) > 0 {
		var room [fewSlots]ranked
		n := min(len(slots), fewSlots)
		for _, r := range b.rank(now, target, slots[:n], onlyGood, room[:0]) {
			if s := &slots[r.at]; fits(dst, base, limit, target, &s.id) {
				dst = b.place(dst, base, limit, target, s)
			}
		}
		slots = slots[n:]
	}
	return dst
}

// place puts one among the contacts of dst; see the function of that name.
func (b *Buckets) place(dst []krpc.Contact, base, limit int, target *krpc.ID, s *slot) []krpc.Contact {
	dst, c := place(dst, base, limit, target, &s.id)
	c.ID, c.Addr = s.id, b.addr(s)
	return dst
}

// ranked is a slot in the order of distance, as far as the first bits of it say.
type ranked struct {
	far uint64
	at  int
}

// fewSlots is how many are put in order at once: most buckets have no more.
const fewSlots = 16

// rank appends to order those who are to be offered, the nearest first: so contacts, which
// are large, need not make room for each other.
func (b *Buckets) rank(now krpc.Time, target *krpc.ID, slots []slot, onlyGood bool, order []ranked) []ranked {
	for i := range slots {
		s := &slots[i]
		if s.streak() >= BadAfter || onlyGood && b.status(now, s) != Good {
			continue
		}
		r := ranked{far(target, &s.id), i}
		j := len(order)
		for order = append(order, r); j > 0 && order[j-1].far > r.far; j-- {
			order[j] = order[j-1]
		}
		order[j] = r
	}
	return order
}

// Nearest returns the n entries nearest to target, whatever their status,
// nearest first.
func (b *Buckets) Nearest(now krpc.Time, target krpc.ID, n int) []Entry {
	return nearest(b.from(now, 0), target, n)
}

// Page appends entries to dst, in the order first heard and up to its capacity,
// beginning with the first whose Seq is at least from; next is the cursor to go
// on with. See [Flat.Page].
func (b *Buckets) Page(now krpc.Time, from int, dst []Entry) (entries []Entry, next int) {
	all := b.from(now, from)
	slices.SortFunc(all, func(x, y Entry) int { return x.Seq - y.Seq })
	room := min(cap(dst)-len(dst), len(all))
	if room < len(all) {
		return append(dst, all[:room]...), all[room].Seq
	}
	return append(dst, all...), max(from, b.End())
}

func (b *Buckets) from(now krpc.Time, seq int) (entries []Entry) {
	for _, slots := range [...][]slot{b.members.slots, b.waiting.slots} {
		for i := range slots {
			if s := &slots[i]; int(s.born()) >= seq {
				entries = append(entries, b.entry(now, s))
			}
		}
	}
	return entries
}

// End returns the cursor after the newest entry.
func (b *Buckets) End() int { return int(b.newest) + 1 }

// Remove forgets id; ok is false if it was not known.
func (b *Buckets) Remove(id krpc.ID) (ok bool) {
	if i := b.seat(&id); i >= 0 {
		b.forget(b.unseat(i))
		return true
	}
	if i := b.waits(&id); i >= 0 {
		b.forget(b.unqueue(i))
		return true
	}
	return false
}

// unseat takes member i out. Whoever waits may have the place.
func (b *Buckets) unseat(i int) slot {
	s := b.members.remove(i)
	b.resize(b.bucket(&s.id), -1)
	if b.waiting.len() > 0 {
		b.rouse(b.base)
	}
	return s
}

// resize notes that bucket i has one member more or less.
func (b *Buckets) resize(i, by int) {
	b.spans[i].changed()
	b.spans[i].n += uint16(by)
	for j := i + 1; j < len(b.spans); j++ {
		b.spans[j].from += uint16(by)
	}
}

func (b *Buckets) unqueue(i int) slot { return b.waiting.remove(i) }

func (b *Buckets) forget(s slot) { b.release(&s) }

// find returns the slot of id, valid until the table changes, and whether it is a
// member's.
func (b *Buckets) find(id *krpc.ID) (s *slot, member bool) {
	if i := b.seat(id); i >= 0 {
		return &b.members.slots[i], true
	}
	if i := b.waits(id); i >= 0 {
		return &b.waiting.slots[i], false
	}
	return nil, false
}

// at returns the slot of c, as find does, if c has the address we use for its id.
func (b *Buckets) at(c krpc.Contact) (s *slot, member bool) {
	if s, member = b.find(&c.ID); s != nil && b.addr(s) == c.Addr {
		return s, member
	}
	return nil, false
}

// seat returns the place of id among the members, or -1.
func (b *Buckets) seat(id *krpc.ID) int {
	if len(b.spans) == 0 {
		return -1
	}
	sp := &b.spans[b.bucket(id)]
	return b.members.find(int(sp.from), int(sp.from+sp.n), id)
}

// waits returns the place of id among those who wait, or -1.
func (b *Buckets) waits(id *krpc.ID) int { return b.waiting.find(0, b.waiting.len(), id) }

// bucket returns the number of the bucket that id belongs to.
func (b *Buckets) bucket(id *krpc.ID) int {
	return max(min(commonPrefix(&b.own, id), len(b.spans)-1), 0)
}

// commonPrefix is [krpc.ID.CommonPrefix] for ids that mostly differ in the first bits.
func commonPrefix(x, y *krpc.ID) int {
	if d := far(x, y); d != 0 {
		return bits.LeadingZeros64(d)
	}
	return x.CommonPrefix(*y)
}
