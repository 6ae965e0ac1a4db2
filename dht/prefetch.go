package dht

import (
	"unsafe"

	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/prefetch"
)

// PrefetchStage is one step of loading into the processor's cache what an event needs. Each stage
// follows the pointers one step further than the one before it, and reads what that one loaded:
// some time should pass between two of them.
type PrefetchStage uint8

// The stages, in their order.
const (
	PrefetchNode   PrefetchStage = iota // the node and its table, side by side
	PrefetchCommon                      // what nearly every event needs
	PrefetchTable                       // the part of the table that the event is about
	PrefetchSearch                      // the search that waits for the answer
	PrefetchBuffer                      // the buffer that search works in
	PrefetchWalk                        // the candidates in that buffer
)

// Upcoming is an event that a node is about to handle: a datagram, or, without a packet, a call of
// [Node.Advance].
type Upcoming struct {
	Packet []byte
	From   *krpc.ID // the id of the node that sent it
}

// Prefetch loads into the processor's cache what the node needs to handle an event. It changes
// nothing. It is for a world of many nodes, in which hardly anything that a node has is in the
// cache when its turn comes, but in which the next events are known. The first two stages need no
// event. Of tables only those of [BucketsTable] are loaded, and of a node that is a member of both
// networks only that of the first.
func (n *Node) Prefetch(stage PrefetchStage, e Upcoming) { n.prefetch(prefetch.Load, stage, e) }

func (n *Node) prefetch(load prefetch.Loader, stage PrefetchStage, e Upcoming) {
	switch {
	case stage == PrefetchNode: // to ask whether the table lies beside it would be to wait for the node
		load(unsafe.Pointer(n), unsafe.Sizeof(nodeWithTable{}))
	case stage == PrefetchCommon:
		n.prefetchCommon(load)
	case stage == PrefetchTable:
		n.prefetchTable(load, e)
	default:
		if tx, ok := krpc.PeekTx(e.Packet); ok {
			n.prefetchSearch(load, stage, tx)
		}
	}
}

func (n *Node) prefetchCommon(load prefetch.Loader) {
	if t := n.buckets(); t != nil {
		t.Prefetch(load)
	}
	prefetch.Slice(load, n.answers.few)
	prefetch.Slice(load, n.pending.heap)
}

// prefetchTable loads what differs between upkeep, queries and answers.
func (n *Node) prefetchTable(load prefetch.Loader, e Upcoming) {
	t, target := n.buckets(), krpc.PeekTarget(e.Packet)
	switch {
	case t == nil:
	case e.Packet == nil:
		t.PrefetchUpkeep(load)
	case target != nil:
		t.PrefetchQuery(load, e.From, target)
	default:
		t.PrefetchAnswer(load, e.From)
	}
	if e.Packet != nil && target == nil {
		for _, q := range n.pending.heap[:min(len(n.pending.heap), fewPending)] {
			prefetch.Value(load, q)
		}
	}
}

// prefetchSearch loads one stage of the search that waits for the answer to transaction tx.
func (n *Node) prefetchSearch(load prefetch.Loader, stage PrefetchStage, tx uint32) {
	q := n.pending.find(tx)
	switch {
	case q == nil || q.search == nil:
	case stage == PrefetchSearch:
		prefetch.Value(load, q.search)
	case q.search.searchBuffer == nil: // the search is over
	case stage == PrefetchBuffer:
		prefetch.Value(load, q.search.searchBuffer)
	default:
		s := q.search
		s.walk.Prefetch(load)
		prefetch.Slice(load, s.inFlight)
		prefetch.Slice(load, s.path[q.step:q.step+1])
		prefetch.Slice(load, s.path[len(s.path):min(len(s.path)+1, cap(s.path))]) // of the next query
	}
}
