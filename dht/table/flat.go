package table

import (
	"net/netip"
	"slices"
	"sort"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

// maxVisits bounds how many records one Closest looks at: a cluster of bad nodes
// must not make it read the whole table.
const maxVisits = 4096

// Flat is a dictionary of every contact ever heard of. It evicts nobody who answered, or
// was named in an answer; of those who merely sent us queries, and may have forged
// where they are, it forgets the oldest beyond Config.Claims. Beyond Config.Limit it
// refuses newcomers. One id is one record: the first address that
// answered wins, until it turns bad and another answers; the others are listed.
type Flat struct {
	own     krpc.ID
	limit   int
	records records
	index   index // of all
	proven  index // of those who ever answered
	claims  claims
	others  map[krpc.ID][]netip.AddrPort
	gone    int // records removed since the last compaction
	refused uint64
	last    uint32   // the record found last
	routes  *Buckets // whom to pass on, and the upkeep
}

// NewFlat returns an empty Flat for the node called own.
func NewFlat(own krpc.ID, cfg Config) *Flat {
	cfg = cfg.withDefaults()
	f := &Flat{own: own, limit: cfg.Limit, routes: NewBuckets(own, cfg)}
	f.index.records, f.proven.records = &f.records, &f.records
	f.claims.limit = cfg.Claims
	return f
}

// Welcome reports whether Heard may have something to do.
func (f *Flat) Welcome(krpc.Time, *krpc.Contact) bool { return true }

// Heard notes that somebody mentioned c. Like all events it reports whether the
// id is new to the table.
func (f *Flat) Heard(now krpc.Time, c krpc.Contact) (fresh bool) {
	_, fresh = f.named(now, c)
	return fresh
}

// Named is Heard from somebody at an address, in an answer to a query of ours.
func (f *Flat) Named(now krpc.Time, c krpc.Contact, by netip.Addr) (fresh bool) {
	r, fresh := f.named(now, c)
	if fresh {
		r.by = namerTag(by)
	}
	return fresh
}

// named is note of somebody of whom there is better word than its own.
func (f *Flat) named(now krpc.Time, c krpc.Contact) (r *record, fresh bool) {
	if r, fresh = f.note(now, c, true); r != nil {
		f.claims.settle(r)
	}
	return r, fresh
}

// Queried notes a query from c, with the version it gave, if any. It must not be
// called for read-only senders (BEP 43).
func (f *Flat) Queried(now krpc.Time, c krpc.Contact, version []byte) (fresh bool) {
	r, fresh := f.note(now, c, false)
	if r != nil {
		r.queried(now, version)
	} else if !f.open(c.ID) {
		return false
	}
	if fresh {
		f.claim(r) // which may move all records
	}
	f.routes.Queried(now, c, version)
	return fresh
}

// Asked notes that we sent c a query.
func (f *Flat) Asked(now krpc.Time, c krpc.Contact) {
	f.routes.Asked(now, c)
	if r := f.at(c); r != nil {
		r.queries = more(r.queries)
	}
}

// Answered notes a response that matched a query of ours, came from exactly
// c.Addr and carried c.ID.
func (f *Flat) Answered(now krpc.Time, c krpc.Contact, rtt time.Duration, version []byte) (fresh bool) {
	r, fresh := f.named(now, c)
	if r == nil {
		if !f.open(c.ID) {
			return false
		}
		r = f.succeed(c)
	}
	if r != nil {
		f.claims.settle(r)
		f.prove(r)
		r.answered(now, rtt, version)
	}
	f.routes.Answered(now, c, rtt, version)
	return fresh
}

// Silent notes that c left a query of ours unanswered.
func (f *Flat) Silent(now krpc.Time, c krpc.Contact) {
	f.routes.Silent(now, c)
	if r := f.at(c); r != nil {
		r.silent()
	}
}

// Restore adds a contact saved earlier, with its history. It is unverified until
// it answers. It is not added, and the result is false, if its id is known.
func (f *Flat) Restore(now krpc.Time, e Entry) bool {
	f.routes.Restore(now, e)
	if _, known := f.find(&e.ID); known {
		return false
	}
	r, fresh := f.note(now, e.Contact, false)
	if !fresh {
		return false
	}
	r.called([]byte(e.Version))
	r.rtt = clamp[uint32](e.RTT / rttUnit)
	r.first, r.seen, r.reply = min(e.FirstSeen, now), min(e.LastSeen, now), min(e.LastReply, now)
	if e.Replies > 0 {
		f.prove(r)
	} else if e.Claimed {
		defer f.claim(r)
	}
	r.queries, r.replies, r.failures = e.Queries, e.Replies, e.Failures
	return true
}

// Len returns how many contacts are known.
func (f *Flat) Len() int { return f.records.n - f.gone }

// Refused returns how often a newcomer was refused because the table was full.
func (f *Flat) Refused() uint64 { return f.refused }

// Get returns what is known of id.
func (f *Flat) Get(now krpc.Time, id krpc.ID) (Entry, bool) {
	num, ok := f.find(&id)
	if !ok {
		return Entry{}, false
	}
	return f.entry(now, num), true
}

// Closest appends to dst the n contacts nearest to target that are not bad,
// nearest first. It allocates only if dst has no room. Where bad nodes crowd it stops
// after a few thousand and returns fewer.
func (f *Flat) Closest(now krpc.Time, target krpc.ID, n int, dst []krpc.Contact) []krpc.Contact {
	return f.closest(&f.index, target, n, dst, (*record).askable)
}

// Proven is Closest of those who ever answered: whom to ask.
func (f *Flat) Proven(now krpc.Time, target krpc.ID, n int, dst []krpc.Contact) []krpc.Contact {
	return f.closest(&f.proven, target, n, dst, (*record).askable)
}

// Hearsay is Closest of those who never answered: whom to ask if the others do not
// suffice. Of those named by one address there are no more than a few.
func (f *Flat) Hearsay(now krpc.Time, target krpc.ID, n int, dst []krpc.Contact) []krpc.Contact {
	var named [256]uint8 // by the tag of the namer
	return f.closest(&f.index, target, n, dst, func(r *record) bool {
		if r.replies > 0 || !r.askable() {
			return false
		}
		if r.by != 0 {
			if named[uint8(r.by)] >= maxNamed {
				return false
			}
			named[uint8(r.by)]++
		}
		return true
	})
}

// closest is what the three have in common.
func (f *Flat) closest(x *index, target krpc.ID, n int, dst []krpc.Contact, eligible func(*record) bool) []krpc.Contact {
	var w walk
	limit, visits := len(dst)+n, -n
	w.start(x, target)
	for len(dst) < limit && visits < maxVisits {
		nums := w.next()
		if nums == nil {
			break
		}
		visits += len(nums)
		base := len(dst)
		for _, num := range nums {
			if r := f.records.at(num); fits(dst, base, limit, &target, &r.id) && eligible(r) {
				var c *krpc.Contact
				dst, c = place(dst, base, limit, &target, &r.id)
				*c = r.contact()
			}
		}
	}
	return dst
}

// Serve appends to dst the n good nodes nearest to target among those in our
// buckets, nearest first: whom to hand to others. All of them answered us.
func (f *Flat) Serve(now krpc.Time, target krpc.ID, n int, dst []krpc.Contact) []krpc.Contact {
	return f.routes.Serve(now, target, n, dst)
}

// Nearest returns the n entries nearest to target, whatever their status,
// nearest first.
func (f *Flat) Nearest(now krpc.Time, target krpc.ID, n int) []Entry {
	var w walk
	var entries []Entry
	w.start(&f.index, target)
	for len(entries) < n {
		nums := w.next()
		if nums == nil {
			break
		}
		base := len(entries)
		for _, num := range nums {
			entries = append(entries, f.entry(now, num))
		}
		entries = entries[:base+len(nearest(entries[base:], target, n-base))]
	}
	return entries
}

// Page appends entries to dst, in the order first heard and up to its capacity,
// beginning with the first whose Seq is at least from; next is the cursor to go
// on with. Entries may come and go between two pages: a reader who starts at 0
// and takes only what has Seq below the End of that moment sees exactly those
// who were there and still are.
func (f *Flat) Page(now krpc.Time, from int, dst []Entry) (entries []Entry, next int) {
	i := sort.Search(f.records.n, func(i int) bool { return int(f.records.at(uint32(i)).seq) >= from })
	for ; i < f.records.n && len(dst) < cap(dst); i++ {
		if r := f.records.at(uint32(i)); r.marks&gone == 0 {
			dst = append(dst, f.entry(now, uint32(i)))
		}
	}
	if i < f.records.n {
		return dst, int(f.records.at(uint32(i)).seq)
	}
	return dst, max(from, f.End())
}

// End returns the cursor after the newest entry.
func (f *Flat) End() int { return int(f.records.seq) }

// Remove forgets id; ok is false if it was not known.
func (f *Flat) Remove(id krpc.ID) (ok bool) {
	routed := f.routes.Remove(id)
	num, ok := f.find(&id)
	if !ok {
		return routed
	}
	r := f.records.at(num)
	f.index.remove(num)
	if r.replies > 0 {
		f.proven.remove(num)
	}
	f.claims.settle(r)
	delete(f.others, id)
	r.marks |= gone
	f.gone++
	if f.gone > f.Len()+chunkSize {
		f.compact()
	}
	return true
}

// Next returns when Due may have something; false if it never will as things are.
func (f *Flat) Next() (krpc.Time, bool) { return f.routes.Next() }

// Due pops one job that is due; call it until ok is false.
func (f *Flat) Due(now krpc.Time, src krpc.Source) (job Job, ok bool) { return f.routes.Due(now, src) }

// note finds the record of c, or makes it. It returns nil if c is of no use, if
// the table is full, or if the id is known at another address, which is listed. In a
// full table one who is more than a claim takes the place of the oldest that is not.
func (f *Flat) note(now krpc.Time, c krpc.Contact, named bool) (r *record, fresh bool) {
	if !usable(&f.own, &c) {
		return nil, false
	}
	if num, ok := f.find(&c.ID); ok {
		if r := f.records.at(num); r.addr() == c.Addr {
			return r, false
		}
		f.list(c.ID, c.Addr)
		return nil, false
	}
	if f.Len() >= f.limit && !(named && f.forgetClaim()) {
		f.refused++
		return nil, false
	}
	num := f.records.add(newRecord(now, c))
	f.index.add(num)
	return f.records.at(num), true
}

// find returns the number of the record of id. As each event asks more than once, the
// one found last is tried first.
func (f *Flat) find(id *krpc.ID) (num uint32, ok bool) {
	if int(f.last) < f.records.n {
		if r := f.records.at(f.last); r.id == *id && r.marks&gone == 0 {
			return f.last, true
		}
	}
	if num, ok = f.index.find(id); ok {
		f.last = num
	}
	return num, ok
}

// at returns the record of c if c has the address we use for its id.
func (f *Flat) at(c krpc.Contact) *record {
	if num, ok := f.find(&c.ID); ok {
		if r := f.records.at(num); r.addr() == c.Addr {
			return r
		}
	}
	return nil
}

// list remembers a further address of a known id.
func (f *Flat) list(id krpc.ID, addr netip.AddrPort) {
	known := f.others[id]
	if len(known) >= maxOthers || slices.Contains(known, addr) {
		return
	}
	if f.others == nil {
		f.others = make(map[krpc.ID][]netip.AddrPort)
	}
	f.others[id] = append(known, addr)
}

// open reports whether another address than the known one may have the id: the
// known one never answered, or is bad, or there is none.
func (f *Flat) open(id krpc.ID) bool {
	num, ok := f.find(&id)
	if !ok {
		return true
	}
	r := f.records.at(num)
	return r.marks&verified == 0 || r.streak >= BadAfter
}

// succeed makes the address that just answered the one we use for its id. It
// returns nil if there is no record of it.
func (f *Flat) succeed(c krpc.Contact) *record {
	num, ok := f.find(&c.ID)
	if !ok || !usable(&f.own, &c) {
		return nil
	}
	r := f.records.at(num)
	old := r.addr()
	r.move(c.Addr)
	if i := slices.Index(f.others[c.ID], c.Addr); i >= 0 {
		f.others[c.ID][i] = old
	}
	return r
}

func (f *Flat) entry(now krpc.Time, num uint32) Entry {
	r := f.records.at(num)
	e := r.entry(now)
	e.Others = slices.Clone(f.others[r.id])
	return e
}

// records is an append-only list that never moves what it holds: it grows by a
// chunk at a time, so no newcomer waits for a million to be copied.
type records struct {
	chunks []*[chunkSize]record
	n      int
	seq    uint64 // of the next newcomer
}

const chunkSize = 256

func (l *records) at(num uint32) *record { return &l.chunks[num/chunkSize][num%chunkSize] }

// add appends a newcomer and numbers it.
func (l *records) add(r record) (num uint32) {
	r.seq = l.seq
	l.seq++
	return l.put(r)
}

func (l *records) put(r record) (num uint32) {
	if l.n%chunkSize == 0 {
		l.chunks = append(l.chunks, new([chunkSize]record))
	}
	num = uint32(l.n)
	*l.at(num) = r
	l.n++
	return num
}
