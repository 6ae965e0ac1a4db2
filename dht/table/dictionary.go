package table

import (
	"net/netip"
	"slices"

	"github.com/lightdht/lightdht/dht/krpc"
)

// Flat is a dictionary of every contact ever heard of. It evicts no node that answered, or was
// named in an answer. Of those that merely sent us queries, perhaps from forged addresses, it
// forgets the oldest beyond Config.Claims. Beyond Config.Limit it refuses newcomers. One id is one
// record: the first address that answered wins, until it turns bad and another answers; the others
// are listed.
type Flat struct {
	own     krpc.ID
	limit   int
	records records
	index   index // of all
	proven  index // of those that ever answered
	claims  claims
	others  map[krpc.ID][]netip.AddrPort
	gone    int // records removed since the last compaction
	refused uint64
	last    uint32   // the record found last
	routes  *Buckets // the nodes to hand to others, and the upkeep
}

// NewFlat returns an empty Flat for the node with the id own.
func NewFlat(own krpc.ID, cfg Config) *Flat {
	cfg = cfg.withDefaults()
	f := &Flat{own: own, limit: cfg.Limit, routes: NewBuckets(own, cfg)}
	f.index.records, f.proven.records = &f.records, &f.records
	f.claims.limit = cfg.Claims
	return f
}

// note finds the record of c, or makes it. It returns nil if c is unusable, if the table is full,
// or if the id is known at another address, which is listed. In a full table, a contact that is
// more than a claim takes the place of the oldest claim.
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

// find returns the number of the record of id. Each event asks more than once, so the record found
// last is tried first.
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

// open reports whether another address than the known one may have the id: the known one never
// answered, or is bad, or the id is unknown.
func (f *Flat) open(id krpc.ID) bool {
	num, ok := f.find(&id)
	if !ok {
		return true
	}
	r := f.records.at(num)
	return r.marks&verified == 0 || r.streak >= BadAfter
}

// succeed makes the address that has just answered the one we use for its id. It returns nil if
// there is no record of the id.
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

// claim marks a newcomer as one that merely sent us a query.
func (f *Flat) claim(r *record) {
	r.marks |= claimed
	f.claims.n++
	for f.claims.n > f.claims.limit {
		f.forgetClaim()
	}
}

// forgetClaim forgets the oldest claim; false if there are no claims.
func (f *Flat) forgetClaim() bool {
	if f.claims.n == 0 {
		return false
	}
	for f.records.at(f.claims.oldest).marks&claimed == 0 {
		f.claims.oldest++
	}
	f.Remove(f.records.at(f.claims.oldest).id)
	return true
}

// prove enters a node that answers for the first time in the index of proven ones.
func (f *Flat) prove(r *record) {
	if r.replies == 0 {
		if num, ok := f.find(&r.id); ok {
			f.proven.add(num)
		}
	}
}

// compact closes the gaps that removed records left. Order and Seq stay.
func (f *Flat) compact() {
	old, oldest := f.records, f.claims.oldest
	f.records, f.claims.oldest = records{seq: old.seq}, 0
	f.index, f.proven = index{records: &f.records}, index{records: &f.records}
	for i := range uint32(old.n) {
		r := old.at(i)
		if i == oldest {
			f.claims.oldest = uint32(f.records.n)
		}
		if r.marks&gone != 0 {
			continue
		}
		num := f.records.put(*r)
		f.index.add(num)
		if r.replies > 0 {
			f.proven.add(num)
		}
	}
	f.gone = 0
}

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

// Len returns how many contacts are known.
func (f *Flat) Len() int { return f.records.n - f.gone }

func (f *Flat) entry(now krpc.Time, num uint32) Entry {
	r := f.records.at(num)
	e := r.entry(now)
	e.Others = slices.Clone(f.others[r.id])
	return e
}
