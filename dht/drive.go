package dht

import (
	"net/netip"

	"github.com/lightdht/lightdht/dht/krpc"
)

// Receive takes one datagram that arrived at now. Junk is counted and dropped.
func (n *Node) Receive(now Time, from netip.AddrPort, packet []byte) {
	m := &n.cfg.Scratch.message
	if err := m.Parse(packet); err != nil {
		n.Junk(now, from, packet)
		return
	}
	n.Handle(now, from, len(packet), m)
}

// Junk takes a datagram that [krpc.Message.Parse] refused: it is counted and dropped, unless a raw
// query (see [Call]) waits for an answer from that address. It is for hosts that parse before they
// call Handle. The packet is not kept.
func (n *Node) Junk(now Time, from netip.AddrPort, packet []byte) {
	n.stats.PacketsIn++
	n.stats.BytesIn += uint64(len(packet))
	n.stats.Junk++
	if q := n.askedRaw(from); q != nil {
		n.pending.remove(q)
		n.answeredRaw(now, q, &krpc.Message{Packet: packet})
	}
}

// Handle takes one datagram of size bytes that was parsed elsewhere. Neither m nor the memory it
// points to is kept.
func (n *Node) Handle(now Time, from netip.AddrPort, size int, m *krpc.Message) {
	n.stats.PacketsIn++
	n.stats.BytesIn += uint64(size)
	if !n.sane(from) {
		n.stats.Martians++
		return
	}
	switch m.Kind {
	case krpc.KindQuery:
		n.answer(now, from, size, m)
	case krpc.KindResponse, krpc.KindError:
		n.settle(now, from, m)
	}
}

// Advance does all that is due at now: timeouts, refreshes, expiry.
func (n *Node) Advance(now Time) {
	for len(n.later) > 0 { // including functions that these add
		todo := n.later
		n.later = nil
		for _, f := range todo {
			f(now)
		}
	}
	n.expireQueries(now)
	n.expireHeld(now)
	n.maintain(now)
	n.dispatch(now)
}

// Next returns when Advance has work again, or false if it never will. The
// answer may change with every call of any other method. It may be early, and
// it may be in the past.
func (n *Node) Next() (Time, bool) {
	if len(n.later) > 0 {
		return 0, true
	}
	next, ok := n.due()
	if t, some := n.pending.next(); some && (!ok || t < next) {
		next, ok = t, true
	}
	if t, some := n.hookState.next(); some && (!ok || t < next) {
		next, ok = t, true
	}
	return next, ok
}

// settle matches a response or an error to its query.
func (n *Node) settle(now Time, from netip.AddrPort, m *krpc.Message) {
	q := n.asked(from, m)
	if q == nil {
		n.stats.Unmatched++
		return
	}
	n.pending.remove(q)
	n.networkOf(from.Addr()).upkeep.rtt.sample(now.Sub(q.sent))
	if p := n.pacer(); p != nil {
		p.pace.meet(from)
	}
	if q.raw {
		n.answeredRaw(now, q, m)
		return
	}
	n.vote(now, from, m)
	if m.Kind == krpc.KindError {
		n.stats.ErrorsIn++
		n.refused(now, q, m)
		return
	}
	if m.Has&krpc.HasID == 0 || m.ID == n.cfg.ID || m.ID.IsZero() {
		n.stats.Malformed++
		n.tableOf(from).Silent(now, q.to)
		n.fail(now, q, ErrMalformed)
		return
	}
	n.stats.RepliesIn++
	r := Reply{From: krpc.Contact{ID: m.ID, Addr: from}, RTT: now.Sub(q.sent), Message: m}
	n.learn(now, q, r)
	if q.method == "sample_infohashes" {
		n.noteInterval(now, from, m)
	}
	n.conclude(now, q, r)
}

// Query sends one query to an address and calls done once, with the answer or with a [*QueryError].
// An answer counts if it repeats the transaction id and comes from exactly the address that was
// asked. If to.ID is not zero and another node answers there, the answer is delivered as it is, but
// the table does not take the newcomer's word for the old id. An address of the other family, or
// one that no node can have, fails with [ErrAddr], one out of [Reach] with a [*DeniedError]. stop
// gives up: done is then called with [ErrStopped]; a later answer, or its absence, is noted in the
// table only. A sample_infohashes that its receiver does not want yet fails with [ErrTooSoon].
//
// Call.Raw is for testing how others treat a broken datagram. Its answer is the next response or
// error from that address that matches no other query; it is delivered as it is, also if it is an
// error, and the table is not changed. On the public DHT it fails with [ErrRaw].
func (n *Node) Query(now Time, to krpc.Contact, call Call, done func(now Time, r Reply)) (stop func()) {
	q := &query{done: done}
	n.ask(now, q, to, &call)
	return func() { n.stop(q) }
}
