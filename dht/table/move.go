package table

import "github.com/lightdht/lightdht/dht/krpc"

// Move changes the id of the table's node: by BEP 42 an id may have to change. Flat forgets no
// contact; the nodes to hand to others are determined again, as the buckets are different.
func (f *Flat) Move(now krpc.Time, own krpc.ID) {
	f.own = own
	f.routes.Move(now, own)
}

// Move changes the id of the table's node. A member stays one if its new bucket has room; the
// replacement cache is emptied.
func (b *Buckets) Move(now krpc.Time, own krpc.ID) {
	members, replacements := b.members.slots, b.replacements.slots
	b.own = own
	b.spans, b.members, b.replacements, b.upkeep, b.pending = nil, slotList{}, slotList{}, upkeep{}, nil
	for i := range replacements {
		b.release(&replacements[i])
	}
	for _, s := range members {
		b.admit(now, s)
	}
	b.awaitRefresh(now, 0)
}

// Skip gives the next newcomer a place of at least end, the End of another table: so two tables
// share one order.
func (f *Flat) Skip(end int) { f.records.seq = max(f.records.seq, uint64(end)) }

// Skip gives the next newcomer a place of at least end, the End of another table: so two tables
// share one order.
func (b *Buckets) Skip(end int) { b.newest = max(b.newest, uint64(end-1)) }

// Has reports whether an id is known.
func (f *Flat) Has(id krpc.ID) bool {
	_, known := f.find(&id)
	return known
}

// Has reports whether an id is known.
func (b *Buckets) Has(id krpc.ID) bool {
	s, _ := b.find(&id)
	return s != nil
}
