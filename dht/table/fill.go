package table

// Fill notes that each of met has answered, in turn, at its LastReply, with its RTT and Version, as
// Answered would. Neither id nor address of any may be known, or occur twice. It is for the tables
// of a large world: it is faster, and allocates no more than all of them need, from arena if the
// table is empty.
func (b *Buckets) Fill(met []Entry, arena *Arena) {
	if b.members.len() == 0 {
		b.members = arena.take(len(met))
	} else {
		b.members.reserve(b.members.len() + len(met))
	}
	for i := range met {
		e := &met[i]
		if usable(&b.own, &e.Contact) {
			s := b.newSlot(e.LastReply, e.Contact)
			s.answered(b.ticks(e.LastReply), e.RTT)
			b.called(&s, []byte(e.Version))
			b.admit(e.LastReply, s)
		}
	}
}

// Arena is memory for the members of many tables, in large pieces: single allocations take up to a
// sixth more. A table that comes to need more moves out; a piece is freed when all tables in it
// have. The zero value is ready for use, by one goroutine.
type Arena struct {
	slots []slot
	tags  []uint8
}

// arenaSlots make a piece of half a megabyte, some 80 tables.
const arenaSlots = 1 << 19 / 44

// take returns an empty list with room for n.
func (r *Arena) take(n int) slotList {
	if n > len(r.slots) {
		size := max(n, arenaSlots)
		r.slots, r.tags = make([]slot, size), make([]uint8, 2*size)
	}
	l := slotList{slots: r.slots[:0:n], tags: r.tags[: 2*n : 2*n]}
	r.slots, r.tags = r.slots[n:], r.tags[2*n:]
	return l
}
