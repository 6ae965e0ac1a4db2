package dht

import (
	"cmp"
	"errors"
	"math"
	"net/netip"
	"slices"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

// Trace says how a search went. Every query has one outcome: Queries is the sum of
// Replies, Timeouts, Errors and Pending.
type Trace struct {
	Queries, Replies, Timeouts, Errors int
	Pending                            int           // still open when the search ended, or turned to its second half
	Hops                               int           // the longest way to a node that answered, in hops
	Duration                           time.Duration // of the whole search
	Path                               []Step        // each query, in the order of sending
}

// Step is one query of a search.
type Step struct {
	krpc.Contact               // the node that was asked; the id is the one that answered, zero if unknown
	Method       string        // "" is the search's own: find_node, get_peers or get
	Hop          int           // 0: known at the start
	Sent         time.Duration // since the search began
	RTT          time.Duration // of the answer, 0 without one
	Err          error         // why there was no answer, or why its item is invalid; nil: it was fine
	Seq          int64         // of Item; 0 of an immutable value
	Item         bool          // Get, Put: it had a valid item
	Outcome      Outcome
}

// Outcome is the outcome of one query of a search.
type Outcome uint8

// The outcomes of a query.
const (
	OutcomePending Outcome = iota // the search ended before it was known
	OutcomeReply
	OutcomeTimeout
	OutcomeError // the node refused, or its answer made no sense
)

// String returns "pending", "reply", "timeout" or "error".
func (o Outcome) String() string {
	return [...]string{"pending", "reply", "timeout", "error"}[o]
}

// refused returns why no node did what the second half of a search asked: the most frequent
// refusal, from the nearest node that gave it. It is nil if no node refused, or some node did it.
// Silence of all is no failure: an answer may be lost although the request arrived.
func (t *Trace) refused() error {
	told, counts := 0, map[int]int{}
	for i := range t.Path {
		if step := &t.Path[i]; step.Method != "" {
			told++
			counts[step.refusal()]++
			if step.Outcome == OutcomeReply {
				return nil
			}
		}
	}
	delete(counts, noRefusal)
	var reason error
	most := 0
	for i := range t.Path {
		if step := &t.Path[i]; step.Method != "" && counts[step.refusal()] > most {
			reason, most = step.Err, counts[step.refusal()]
		}
	}
	if reason == nil {
		return nil
	}
	return &RefusedError{Told: told, Reason: reason}
}

// noRefusal is not a code that an error can have.
const noRefusal = math.MinInt

// refusal is the code of the error that the node answered with.
func (s *Step) refusal() int {
	if e, ok := errors.AsType[*krpc.Error](s.Err); ok {
		return e.Code
	}
	return noRefusal
}

// note writes the outcome of a query into its step of the path.
func (t *Trace) note(step *Step, r Reply) {
	switch {
	case r.Err == nil:
		t.Replies++
		t.Hops = max(t.Hops, step.Hop)
		step.ID, step.RTT, step.Outcome = r.From.ID, r.RTT, OutcomeReply
	case errors.Is(r.Err, ErrTimeout):
		t.Timeouts++
		step.Outcome, step.Err = OutcomeTimeout, r.Err
	default:
		t.Errors++
		step.RTT, step.Outcome, step.Err = r.RTT, OutcomeError, r.Err
	}
}

// merge adds the result of the search in the other network.
func (r *Result) merge(o *Result) {
	r.Closest = append(r.Closest, o.Closest...)
	r.Peers = append(r.Peers, o.Peers...)
	r.Stored += o.Stored
	if r.Item == nil || o.Item != nil && o.Item.Seq > r.Item.Seq {
		r.Item = o.Item
	}
	if r.Swarm.counted != nil && o.Swarm.counted != nil {
		r.Swarm.counted.merge(o.Swarm.counted)
		r.Swarm = r.Swarm.counted.count()
	}
	r.Trace.merge(&o.Trace)
	if o.Err == ErrStopped || r.Err != nil && r.Err != ErrStopped && (o.Err == nil || o.Err == ErrNotFound) {
		r.Err = o.Err
	}
	if r.Stored == 0 && r.Err != ErrStopped { // in one network perhaps no node was asked to store
		r.Err = cmp.Or(r.Trace.refused(), r.Err)
	}
}

// merge adds the queries of the other search in the order of sending.
func (t *Trace) merge(o *Trace) {
	t.Queries, t.Replies, t.Timeouts, t.Errors = t.Queries+o.Queries, t.Replies+o.Replies, t.Timeouts+o.Timeouts, t.Errors+o.Errors
	t.Pending += o.Pending
	t.Hops, t.Duration = max(t.Hops, o.Hops), max(t.Duration, o.Duration)
	t.Path = append(t.Path, o.Path...)
	slices.SortStableFunc(t.Path, func(a, b Step) int { return int(a.Sent - b.Sent) })
}

// nearest sorts contacts by distance to target.
func nearest(target krpc.ID, contacts []krpc.Contact) {
	slices.SortStableFunc(contacts, func(a, b krpc.Contact) int { return krpc.Closer(target, a.ID, b.ID) })
}

// Result is the outcome of a search. It is the receiver's to keep.
type Result struct {
	Closest []krpc.Contact   // those that answered, nearest first, at most K of each network
	Peers   []netip.AddrPort // GetPeers, AnnouncePeer: in the order first heard, each once
	Stored  int              // AnnouncePeer, Put: how many nodes took it
	Item    *krpc.Item       // Get, Put: the item found, of the highest seq; nil without one
	Swarm   Swarm            // Scrape
	Trace   Trace
	// Err is nil, [ErrNoNodes], [ErrNoAnswer], [ErrNotFound], [ErrFamily], [ErrStopped],
	// a [*DeniedError] if all addresses to begin at are out of reach, or of AnnouncePeer and Put a
	// [*RefusedError]. The other fields have the findings until then.
	Err error
}

// maxPeersFound bounds the peers that one search collects, against nodes that answer without end
// (chosen by us). Of all else there is at most one for each query.
const maxPeersFound = 20000

// Swarm is the estimated size of a torrent's swarm, from the Bloom filters of the nodes that store
// its peers (BEP 33). The estimate is good to a few per cent up to some 6,000 of each.
type Swarm struct {
	Seeds, Peers float64 // peers with the whole torrent, and the others
	Filters      int     // nodes that sent filters
	Lists        int     // nodes without BEP 33, which sent peers; these do not count as seeds

	counted *swarmCount // what it was estimated from
}

// swarmCount is the union of the filters and lists of several nodes.
type swarmCount struct {
	seeds, others  krpc.Bloom
	filters, lists int
	listed         []netip.Addr // peers from nodes without BEP 33; they may be seeds
}

// take adds one answer.
func (t *swarmCount) take(m *krpc.Message) {
	if m.Has&(krpc.HasSeedFilter|krpc.HasPeerFilter) != 0 {
		t.filters++
		if m.Has&krpc.HasSeedFilter != 0 {
			t.seeds.Union((*krpc.Bloom)(m.SeedFilter))
		}
		if m.Has&krpc.HasPeerFilter != 0 {
			t.others.Union((*krpc.Bloom)(m.PeerFilter))
		}
		return
	}
	if m.Has&krpc.HasValues == 0 {
		return
	}
	t.lists++
	m.EachValue(func(addr netip.AddrPort) {
		if len(t.listed) < maxPeersFound {
			t.listed = append(t.listed, addr.Addr())
		}
	})
}

// merge adds the findings of the search in the other network.
func (t *swarmCount) merge(o *swarmCount) {
	t.seeds.Union(&o.seeds)
	t.others.Union(&o.others)
	t.filters, t.lists = t.filters+o.filters, t.lists+o.lists
	t.listed = append(t.listed, o.listed...)
}

// count estimates the swarm. Peers that were only listed count as other peers, unless a filter has
// them among the seeds.
func (t *swarmCount) count() Swarm {
	others := t.others
	for _, ip := range t.listed {
		if !t.seeds.Has(ip) {
			others.Add(ip)
		}
	}
	return Swarm{Seeds: t.seeds.Count(), Peers: others.Count(), Filters: t.filters, Lists: t.lists, counted: t}
}

// SearchConfig says how to search. The zero value of a field means its default.
type SearchConfig struct {
	// K is how many of the closest nodes must have answered, at most 1024. Default
	// Config.K.
	K int
	// Alpha is how many queries are in flight at once. Default Config.Alpha.
	Alpha int
	// MaxQueries is after how many queries the search ends. Default: as many as it takes.
	MaxQueries int
	// Timeout is how long each answer is waited for. Default Config.QueryTimeout.
	Timeout time.Duration
	// Start are the addresses to begin at, instead of the nodes we know.
	Start []netip.AddrPort
	// Family is where to search. Default: in each network the node is a member of
	// (BEP 32), at the same time; a result then has up to K nodes of each.
	Family Family
	// Seed says that the announced peer has the whole torrent, NoSeed asks for peers that do not
	// (BEP 33). Default false.
	Seed, NoSeed bool
	// Salt is that of the mutable item that Get looks for (BEP 44). Default none.
	Salt []byte
	// Seq has Get ask for a mutable item only if it is newer than this. Default nil.
	Seq *int64
	// OnReply is called for each answer and failure as it comes; Message is valid during the call
	// only. May be nil.
	OnReply func(now Time, r Reply)
}
