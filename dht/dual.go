package dht

import (
	"cmp"
	"slices"

	"github.com/lightdht/lightdht/dht/krpc"
)

// inBoth searches in both networks at the same time, and reports what the two
// searches found as one.
func (n *Node) inBoth(now Time, target krpc.ID, done func(Time, *Result), begin func(w *network, done func(Time, *Result)) *Search) *Search {
	s := &Search{n: n, began: now}
	first := true
	for _, w := range n.networks() {
		s.parts = append(s.parts, begin(w, func(now Time, r *Result) {
			if first {
				first = false
				s.result = *r
				return
			}
			s.result.merge(r)
			nearest(target, s.result.Closest)
			s.over = true
			if done != nil {
				done(now, &s.result)
			}
		}))
	}
	return s
}

// merge adds what the search in the other network found.
func (r *Result) merge(o *Result) {
	r.Closest = append(r.Closest, o.Closest...)
	r.Peers = append(r.Peers, o.Peers...)
	r.Stored += o.Stored
	if r.Item == nil || o.Item != nil && o.Item.Seq > r.Item.Seq {
		r.Item = o.Item
	}
	if r.Swarm.tally != nil && o.Swarm.tally != nil {
		r.Swarm.tally.merge(o.Swarm.tally)
		r.Swarm = r.Swarm.tally.count()
	}
	r.Trace.merge(&o.Trace)
	if o.Err == ErrStopped || r.Err != nil && r.Err != ErrStopped && (o.Err == nil || o.Err == ErrNotFound) {
		r.Err = o.Err
	}
	if r.Stored == 0 && r.Err != ErrStopped { // in one network perhaps nobody was told
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
