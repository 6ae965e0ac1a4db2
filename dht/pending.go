package dht

import "net/netip"

// fewPending is up to how many queries are searched linearly.
const fewPending = 16

// pending holds the queries that wait for an answer: as a heap with the one that must be looked at
// first on top, and, once they are many, by transaction id. Ties are broken by transaction id, so
// the order depends only on the queries.
type pending struct {
	heap []*query
	byTx map[uint32]*query // nil: the heap is searched
}

func (p *pending) len() int { return len(p.heap) }

// find returns the query of a transaction id, or nil.
func (p *pending) find(tx uint32) *query {
	if p.byTx != nil {
		return p.byTx[tx]
	}
	for _, q := range p.heap {
		if q.tx == tx {
			return q
		}
	}
	return nil
}

// rawTo returns the raw query to an address that was sent first, or nil.
func (p *pending) rawTo(addr netip.AddrPort) (first *query) {
	for _, q := range p.heap {
		if q.raw && q.to.Addr == addr && (first == nil || q.sent < first.sent || q.sent == first.sent && q.tx < first.tx) {
			first = q
		}
	}
	return first
}

// next returns when the first query must be looked at.
func (p *pending) next() (Time, bool) {
	if len(p.heap) == 0 {
		return 0, false
	}
	return p.heap[0].wake, true
}

func (p *pending) add(q *query) {
	q.index = int32(len(p.heap))
	p.heap = append(p.heap, q)
	p.up(int(q.index))
	switch {
	case p.byTx != nil:
		p.byTx[q.tx] = q
	case len(p.heap) > fewPending:
		p.byTx = make(map[uint32]*query)
		for _, q := range p.heap {
			p.byTx[q.tx] = q
		}
	}
}

// remove takes q out; false if it was out already.
func (p *pending) remove(q *query) bool {
	i, last := int(q.index), len(p.heap)-1
	if i < 0 {
		return false
	}
	p.swap(i, last)
	p.heap[last] = nil
	p.heap = p.heap[:last]
	q.index = -1
	if i < last {
		p.down(i)
		p.up(i)
	}
	if p.byTx != nil {
		delete(p.byTx, q.tx)
	}
	if last == 0 {
		p.byTx = nil
		if cap(p.heap) > fewPending { // a simulation has a million idle nodes, which should hold little memory
			p.heap = nil
		}
	}
	return true
}

func (p *pending) less(i, j int) bool {
	a, b := p.heap[i], p.heap[j]
	return a.wake < b.wake || a.wake == b.wake && a.tx < b.tx
}

func (p *pending) swap(i, j int) {
	p.heap[i], p.heap[j] = p.heap[j], p.heap[i]
	p.heap[i].index, p.heap[j].index = int32(i), int32(j)
}

func (p *pending) up(i int) {
	for i > 0 && p.less(i, (i-1)/2) {
		p.swap(i, (i-1)/2)
		i = (i - 1) / 2
	}
}

func (p *pending) down(i int) {
	for {
		child := 2*i + 1
		if child >= len(p.heap) {
			return
		}
		if child+1 < len(p.heap) && p.less(child+1, child) {
			child++
		}
		if !p.less(child, i) {
			return
		}
		p.swap(i, child)
		i = child
	}
}
