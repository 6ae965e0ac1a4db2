package dht

import (
	"unsafe"

	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/table"
)

// The methods below are for a world of many nodes, in which hardly anything that a
// node has is in the processor's cache when its turn comes, but where it is known
// beforehand whose turn is next. They change nothing. Each goes one step further
// along the pointers than the one before it, and reads itself what that one fetched.
// Of the nodes of a table only those of [BucketsTable] are fetched, and of a node
// that is a member of both networks only those of IPv4.

// Foresee fetches the node itself, and what lies beside it: its table, if that is one
// of buckets. To look whether it is would be to wait for the node. The first step.
func (n *Node) Foresee(fetch table.Fetch) { fetch(unsafe.Pointer(n), unsafe.Sizeof(furnished{})) }

// ForeseeAny fetches what nearly every event needs; the second step.
func (n *Node) ForeseeAny(fetch table.Fetch) {
	if t := n.buckets(); t != nil {
		t.ForeseeAny(fetch)
	}
	table.FetchAll(fetch, n.answers.few)
	table.FetchAll(fetch, n.pending.heap)
}

// ForeseeUpkeep fetches what [Node.Advance] needs besides; the third step.
func (n *Node) ForeseeUpkeep(fetch table.Fetch) {
	if t := n.buckets(); t != nil {
		t.ForeseeUpkeep(fetch)
	}
}

// ForeseeQuery fetches what a query for target from the node called id needs besides;
// the third step.
func (n *Node) ForeseeQuery(fetch table.Fetch, id, target *krpc.ID) {
	if t := n.buckets(); t != nil {
		t.ForeseeID(fetch, id)
		t.ForeseeNear(fetch, target)
	}
}

// ForeseeAnswer fetches what an answer from the node called id needs besides; the
// third step.
func (n *Node) ForeseeAnswer(fetch table.Fetch, id *krpc.ID) {
	if t := n.buckets(); t != nil {
		t.ForeseeID(fetch, id)
		t.ForeseeHosts(fetch)
	}
	for _, q := range n.pending.heap[:min(len(n.pending.heap), fewPending)] {
		fetch(unsafe.Pointer(q), unsafe.Sizeof(*q))
	}
}

// ForeseeSearch fetches the search that waits for the answer to transaction tx; the
// fourth step.
func (n *Node) ForeseeSearch(fetch table.Fetch, tx uint32) {
	if s := n.searchOf(tx); s != nil {
		fetch(unsafe.Pointer(s), unsafe.Sizeof(*s))
	}
}

// ForeseeDesk fetches the desk of that search; the fifth step.
func (n *Node) ForeseeDesk(fetch table.Fetch, tx uint32) {
	if s := n.searchOf(tx); s != nil && s.desk != nil {
		fetch(unsafe.Pointer(s.desk), unsafe.Sizeof(*s.desk))
	}
}

// ForeseeWalk fetches what lies on that desk; the sixth step.
func (n *Node) ForeseeWalk(fetch table.Fetch, tx uint32) {
	if s := n.searchOf(tx); s != nil && s.desk != nil {
		s.walk.Foresee(fetch)
		table.FetchAll(fetch, s.inFlight)
		step := n.pending.find(tx).step
		table.FetchAll(fetch, s.path[step:step+1])
		table.FetchAll(fetch, s.path[len(s.path):min(len(s.path)+1, cap(s.path))]) // where the next question will be noted
	}
}

// searchOf returns the search to which a query belongs, or nil.
func (n *Node) searchOf(tx uint32) *Search {
	if q := n.pending.find(tx); q != nil {
		return q.search
	}
	return nil
}

// buckets returns the table, or nil if it is of the other kind.
func (n *Node) buckets() *table.Buckets {
	b, _ := n.home.table.(*table.Buckets)
	return b
}
