package dht

import (
	"net/netip"

	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/lookup"
)

// Scratch is memory that nodes reuse: buffers, and free lists of queries, search buffers and peer
// sets. Contents that one method leaves for the next belong to a search or a query under way.
type Scratch struct {
	packet   []byte
	contacts []krpc.Contact
	values   []netip.AddrPort
	token    []byte
	seeds    krpc.Bloom
	others   krpc.Bloom
	message  krpc.Message
	named    []krpc.Contact // the usable contacts of the answer being handled

	queries []*query        // free list
	buffers []*searchBuffer // free list
	known   []*peerSet      // free list, all empty
}

// Bounds of the free lists (chosen by us). A search buffer has some 10 KB, or 50 KB after the
// longest search that is still kept: liars can cause one of 300 KB.
const (
	maxSpareQueries = 1 << 14
	maxSpareBuffers = 1 << 10
	maxSparePath    = 256  // queries of a search
	maxSpareKnown   = 64   // sets of peers
	maxSparePeers   = 2048 // peers of such a set: each set keeps its 32 KB
)

// searchBuffer is the memory that one search works in.
type searchBuffer struct {
	walk     lookup.Walk
	asks     []krpc.Contact // scratch of step
	found    []krpc.Contact // scratch
	inFlight []*query
	path     []Step
}

func (s *Scratch) takeQuery() *query {
	if last := len(s.queries) - 1; last >= 0 {
		q := s.queries[last]
		s.queries = s.queries[:last]
		return q
	}
	return new(query)
}

// giveQuery takes q back; there must be no other reference to it.
func (s *Scratch) giveQuery(q *query) {
	*q = query{}
	if len(s.queries) < maxSpareQueries {
		s.queries = append(s.queries, q)
	}
}

func (s *Scratch) takeBuffer() *searchBuffer {
	if last := len(s.buffers) - 1; last >= 0 {
		d := s.buffers[last]
		s.buffers = s.buffers[:last]
		return d
	}
	return new(searchBuffer)
}

// giveBuffer takes a buffer back; there must be no other reference to it.
func (s *Scratch) giveBuffer(d *searchBuffer) {
	if len(s.buffers) < maxSpareBuffers && len(d.path) <= maxSparePath {
		clear(d.inFlight[:cap(d.inFlight)])
		d.inFlight, d.path = d.inFlight[:0], d.path[:0]
		s.buffers = append(s.buffers, d)
	}
}

// takeKnown returns an empty set of peers.
func (s *Scratch) takeKnown() *peerSet {
	if last := len(s.known) - 1; last >= 0 {
		known := s.known[last]
		s.known = s.known[:last]
		return known
	}
	return new(peerSet)
}

// giveKnown takes a set back; there must be no other reference to it.
func (s *Scratch) giveKnown(known *peerSet) {
	if known != nil && len(s.known) < maxSpareKnown && known.count <= maxSparePeers {
		known.clear()
		s.known = append(s.known, known)
	}
}
