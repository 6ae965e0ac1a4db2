package dht

// Remembers reports whether a node holds state that expires: announces, items, times until which
// others may not be sampled (BEP 51). While all nodes of a simulation hold none, idle time can be
// skipped.
func (n *Node) Remembers(now Time) bool {
	if n.peers.Hashes() > 0 {
		return true
	}
	if n.optional == nil {
		return false
	}
	for _, until := range n.optional.sampled { // any order
		if until > now {
			return true
		}
	}
	return n.optional.items.Len() > 0
}

// Awaited reports whether a caller waits for the end of a search or a query. Those that the node
// makes by itself to keep its table alive do not count.
func (n *Node) Awaited() bool {
	for _, q := range n.pending.heap {
		if q.awaited() {
			return true
		}
	}
	if p := n.pacer(); p != nil {
		for _, d := range p.waiting {
			if d.q.awaited() {
				return true
			}
		}
	}
	return false
}

func (q *query) awaited() bool {
	return q.done != nil || q.search != nil && q.search.done != nil
}
