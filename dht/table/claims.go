package table

import "net/netip"

// claims bounds those of whom nothing is known but that a query came with their id and
// address: anybody can send a million such. They are forgotten in the order they came.
type claims struct {
	limit  int
	n      int
	oldest uint32 // no record before it is a claim
}

// maxNamed is how many of those that one address named are offered to one search: as
// many as an honest answer has.
const maxNamed = 8

// claim marks a newcomer as one who merely sent us a query.
func (f *Flat) claim(r *record) {
	r.marks |= claimed
	f.claims.n++
	for f.claims.n > f.claims.limit {
		f.forgetClaim()
	}
}

// settle takes note that a record is no mere claim, or none any more.
func (l *claims) settle(r *record) {
	if r.marks&claimed != 0 {
		r.marks &^= claimed
		l.n--
	}
}

// forgetClaim forgets the oldest claim; false if there is none.
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

// prove has those who answered for the first time found among the proven.
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

// namerTag tells those apart who name others, mostly; it is never 0. A namer is an IPv4
// address or an IPv6 /64.
func namerTag(ip netip.Addr) uint16 {
	raw := ip.As16()
	from, to := 12, 16
	if ip.Is6() {
		from, to = 0, 8
	}
	sum := uint32(2166136261) // FNV-1a
	for _, b := range raw[from:to] {
		sum = (sum ^ uint32(b)) * 16777619
	}
	return max(uint16(sum^sum>>16), 1)
}
