package dht

// Remembers reports whether a node holds anything that it keeps for some time only: announces,
// items, when others may be sampled again (BEP 51).
func (n *Node) Remembers(now Time) bool {
	if n.peers.Hashes() > 0 {
		return true
	}
	if n.extras == nil {
		return false
	}
	for _, until := range n.extras.sampled { // any order
		if until > now {
			return true
		}
	}
	return n.extras.items.Len() > 0
}
