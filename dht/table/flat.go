package table

import (
	"net/netip"
	"sort"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

// maxVisits bounds how many records one Closest looks at, so that a cluster of bad nodes cannot
// make it read the whole table.
const maxVisits = 4096

// Welcome reports whether Heard may have something to do.
func (f *Flat) Welcome(krpc.Time, *krpc.Contact) bool { return true }

// Heard notes that another node mentioned c. Like all events it reports whether the id is new to
// the table.
func (f *Flat) Heard(now krpc.Time, c krpc.Contact) (fresh bool) {
	_, fresh = f.named(now, c)
	return fresh
}

// Named is Heard, from a node at an address, in an answer to a query we sent.
func (f *Flat) Named(now krpc.Time, c krpc.Contact, by netip.Addr) (fresh bool) {
	r, fresh := f.named(now, c)
	if fresh {
		r.by = namerTag(by)
	}
	return fresh
}

// named is note for a contact that is known from more than its own query.
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

// Answered notes a response that matched a query we sent, came from exactly c.Addr and carried
// c.ID.
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

// Silent notes that c left a query unanswered.
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

// Closest appends to dst the n contacts nearest to target that are not bad, nearest first. It
// allocates only if dst has no room. Among many bad nodes it stops after a few thousand and returns
// fewer.
func (f *Flat) Closest(now krpc.Time, target krpc.ID, n int, dst []krpc.Contact) []krpc.Contact {
	return f.closest(&f.index, target, n, dst, (*record).askable)
}

// Proven is Closest among nodes that have ever answered: the first to ask.
func (f *Flat) Proven(now krpc.Time, target krpc.ID, n int, dst []krpc.Contact) []krpc.Contact {
	return f.closest(&f.proven, target, n, dst, (*record).askable)
}

// Hearsay is Closest among nodes that never answered, to ask if the proven ones do not suffice. It
// returns only a few of the contacts that one address named.
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

// closest is the common part of Closest, Proven and Hearsay.
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

// Serve appends to dst the n good nodes nearest to target among those in our buckets, nearest
// first: nodes to hand to others. All of them answered us.
func (f *Flat) Serve(now krpc.Time, target krpc.ID, n int, dst []krpc.Contact) []krpc.Contact {
	return f.routes.Serve(now, target, n, dst)
}

// Nearest returns the n entries nearest to target, of any status, nearest first.
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

// Page appends entries to dst, in the order first heard and up to its capacity, beginning with the
// first whose Seq is at least from; next is the cursor to go on with. Entries may come and go
// between two pages. A reader that starts at 0, and takes only entries with a Seq below the End of
// that moment, sees exactly those that were there and still are.
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

// Next returns when Due may have something; false if it never will in the present state.
func (f *Flat) Next() (krpc.Time, bool) { return f.routes.Next() }

// Due pops one job that is due; call it until ok is false.
func (f *Flat) Due(now krpc.Time, src krpc.Source) (job Job, ok bool) { return f.routes.Due(now, src) }
