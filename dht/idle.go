package dht

// Remembers reports whether a node holds anything that it keeps for some time only: announces,
// items, when others may be sampled again (BEP 51).
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

// Awaited reports whether somebody waits for the end of a search or of a query: not of those that the
// node makes by itself to keep its table alive.
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
