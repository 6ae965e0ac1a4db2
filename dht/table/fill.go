package table

// Fill notes that each of met has answered, in turn, at its LastReply, with its
// RTT and Version, as Answered would. They must be strangers: neither id nor
// address may be known, or be there twice. It is for the tables of a large world:
// faster, and room is made at once, for no more than all of them.
func (b *Buckets) Fill(met []Entry) {
	b.members.reserve(b.members.len() + len(met))
	for i := range met {
		e := &met[i]
		if usable(b.own, e.Contact) {
			s := b.newSlot(e.LastReply, e.Contact)
			s.answered(b.ticks(e.LastReply), e.RTT)
			b.called(&s, []byte(e.Version))
			b.admit(e.LastReply, s)
		}
	}
}
