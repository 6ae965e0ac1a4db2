package dht

// pending holds the queries that wait for an answer: by transaction id, and as
// a heap with the one that must be looked at first on top. Ties are broken by
// transaction id, so the order depends on nothing but the queries.
type pending struct {
	byTx map[uint32]*query
	heap []*query
}

// next returns when the first query must be looked at.
func (p *pending) next() (Time, bool) {
	if len(p.heap) == 0 {
		return 0, false
	}
	return p.heap[0].wake, true
}

func (p *pending) add(q *query) {
	if p.byTx == nil {
		p.byTx = make(map[uint32]*query)
	}
	p.byTx[q.tx] = q
	q.index = len(p.heap)
	p.heap = append(p.heap, q)
	p.up(q.index)
}

// remove takes q out; false if it was out already.
func (p *pending) remove(q *query) bool {
	if p.byTx[q.tx] != q {
		return false
	}
	delete(p.byTx, q.tx)
	last := len(p.heap) - 1
	i := q.index
	p.swap(i, last)
	p.heap[last] = nil
	p.heap = p.heap[:last]
	if i < last {
		p.down(i)
		p.up(i)
	}
	if last == 0 { // idle nodes, of which a simulation has a million, hold nothing
		p.byTx, p.heap = nil, nil
	}
	return true
}

func (p *pending) less(i, j int) bool {
	a, b := p.heap[i], p.heap[j]
	return a.wake < b.wake || a.wake == b.wake && a.tx < b.tx
}

func (p *pending) swap(i, j int) {
	p.heap[i], p.heap[j] = p.heap[j], p.heap[i]
	p.heap[i].index, p.heap[j].index = i, j
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
