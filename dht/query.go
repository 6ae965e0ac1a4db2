package dht

import (
	"container/heap"
	"encoding/binary"
	"net/netip"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

// asker is the part of a node that sends queries and awaits their answers.
type asker struct {
	core
	pending pending
}

// ask sends query q, or lets it wait for its turn. The outcome is reported later, from another
// call. The table's own pings are sent also when MaxPending is reached: they are few, and the table
// waits for their outcome.
func (n *asker) ask(now Time, q *query, to krpc.Contact, call *Call) {
	q.to, q.method, q.sent, q.index = to, call.Method, now, -1
	if err := n.refuses(now, q, call); err != nil {
		n.soon(func(now Time) { n.fail(now, q, err) })
		return
	}
	if p := n.pacer(); p != nil && p.pace.holds(q.to.Addr) {
		p.enqueue(now, q, call)
		n.stats.Delayed++
		n.dispatch(now)
		return
	}
	n.dispatchOne(now, q, call)
}

// refuses returns why a query cannot be sent, now or later.
func (n *asker) refuses(now Time, q *query, call *Call) error {
	own := q.search == nil && q.done == nil
	if err := n.unreachable(q.to.Addr); err != nil {
		if n.networkOf(q.to.Addr.Addr()) != nil {
			n.tableOf(q.to.Addr).Silent(now, q.to)
		}
		return err
	}
	switch {
	case n.pending.len()+n.pacer().len() >= int(n.cfg.MaxPending) && !own:
		return ErrBusy
	case call.Raw != nil && n.cfg.Public:
		return ErrRaw
	case call.Raw != nil && n.reach().CheckRaw() != nil:
		return n.deny(n.reach().CheckRaw())
	case call.Method == "sample_infohashes" && call.Raw == nil && n.sampledUntil(q.to.Addr) > now:
		return ErrTooSoon
	}
	return nil
}

// dispatchOne sends a query whose turn it is.
func (n *asker) dispatchOne(now Time, q *query, call *Call) {
	timeout := call.Timeout
	if timeout <= 0 {
		timeout = n.cfg.QueryTimeout
	}
	q.sent, q.deadline = now, now.Add(timeout)
	q.wake = q.deadline
	switch w := n.networkOf(q.to.Addr.Addr()); {
	case q.ofJoin():
		q.wake = now.Add(q.search.join.next())
		q.deadline = max(q.deadline, q.wake.Add(1))
	case q.telling:
		q.wake = now.Add(2 * w.upkeep.rtt.lostAfter(timeout/2)) // as no other node can replace it
	case q.search != nil: // which asks another node meanwhile
		q.wake = now.Add(w.upkeep.rtt.slowAfter(timeout))
	}
	packet, err := n.writeQuery(q, call)
	if err != nil {
		n.soon(func(now Time) { n.fail(now, q, err) })
		return
	}
	n.pending.add(q)
	n.stats.QueriesOut++
	if !q.raw {
		n.tableOf(q.to.Addr).Asked(now, q.to)
	}
	n.send(q.to.Addr, packet)
	if asked := n.hooks().Asked; asked != nil {
		asked(now, q.to.Addr)
	}
}

// writeQuery draws the transaction id and encodes the query.
func (n *asker) writeQuery(q *query, call *Call) ([]byte, error) {
	q.tx = uint32(n.src.Uint64())
	for n.pending.find(q.tx) != nil {
		q.tx++ // rare, and its neighbour is no easier to guess
	}
	var tx [4]byte // every implementation examined understands 4 bytes
	binary.BigEndian.PutUint32(tx[:], q.tx)
	id := call.ID
	if id.IsZero() {
		id = n.cfg.ID
	}
	buf := n.cfg.Scratch.packet[:0]
	if call.Raw != nil {
		q.raw = true
		n.more().raws++
		return append(buf, call.Raw...), nil
	}
	if call.Args != nil {
		args, err := krpc.WithID(call.Args, id)
		if err != nil {
			return nil, err
		}
		return krpc.AppendQuery(buf, call.Method, args, tx[:], n.cfg.version(), n.cfg.ReadOnly), nil
	}
	w := krpc.Query{
		Method: call.Method, Tx: tx[:], ID: id, Target: call.Target, Want: call.Want, Scrape: call.Scrape,
		NoSeed: call.NoSeed, Port: call.Port, Implied: call.Implied, Seed: call.Seed, Token: call.Token,
		Item: call.Item, Cas: call.Cas, Seq: call.Seq, Version: n.cfg.version(), ReadOnly: n.cfg.ReadOnly,
	}
	return w.Append(buf), nil
}

// version is the value of `v`; empty: it is not sent.
func (c *settings) version() string {
	if c.Version == "-" {
		return ""
	}
	return c.Version
}

// stop reports at the next Advance that a query was given up.
func (n *asker) stop(q *query) {
	done := q.done
	if q.index < 0 && q.phase != delayed || done == nil {
		return // it is over, or about to be
	}
	n.giveUp(q)
	n.soon(func(now Time) { done(now, q.failure(now, ErrStopped)) })
}

// giveUp leaves a query to the table, which must learn whether it is answered; all others forget
// it. It waits no longer than the default timeout.
func (n *asker) giveUp(q *query) {
	q.search, q.done = nil, nil
	if q.phase == delayed { // it is never sent
		q.phase = prompt
	}
	if last := q.sent.Add(n.cfg.QueryTimeout); q.index >= 0 && last < q.deadline {
		q.wake, q.deadline = min(q.wake, last), last
		n.pending.up(int(q.index))
	}
}

// asked returns the query that a response or an error from an address answers; nil if there is no
// such query.
func (n *asker) asked(from netip.AddrPort, m *krpc.Message) *query {
	if len(m.Tx) == 4 {
		if q := n.pending.find(binary.BigEndian.Uint32(m.Tx)); q != nil && q.to.Addr == from && q.phase != retryMark {
			return q
		}
	}
	return n.askedRaw(from)
}

// askedRaw returns the raw query that a datagram from an address answers; nil if there is no such
// query.
func (n *asker) askedRaw(from netip.AddrPort) *query {
	if n.optional == nil || n.optional.raws == 0 {
		return nil
	}
	return n.pending.rawTo(from)
}

// answeredRaw ends a raw query.
func (n *asker) answeredRaw(now Time, q *query, m *krpc.Message) {
	n.optional.raws--
	n.conclude(now, q, Reply{From: krpc.Contact{ID: m.ID, Addr: q.to.Addr}, RTT: now.Sub(q.sent), Message: m})
}

// conclude reports the outcome of a query that is no longer pending.
func (n *asker) conclude(now Time, q *query, r Reply) {
	if q.search != nil {
		q.search.heard(now, q, r)
	} else if q.done != nil {
		q.done(now, r)
	}
	if q.spare {
		n.cfg.Scratch.giveQuery(q)
	}
}

// learn updates the table from an answer: with its sender, and with the contacts that it names. The
// usable ones of these are in Scratch.named until the next answer.
func (n *asker) learn(now Time, q *query, r Reply) {
	table := n.tableOf(q.to.Addr)
	if !q.to.ID.IsZero() && q.to.ID != r.From.ID {
		table.Silent(now, q.to) // the node we asked is no longer there, and the one that is may lie
	} else {
		n.alive(now, r.From, r.RTT, r.Message.Version)
	}
	s := n.cfg.Scratch
	named, _ := r.Message.AppendNodes(s.named[:0])
	kept := 0
	for i := range named {
		if c := &named[i]; n.usable(c) && n.reach().credible(r.From.Addr, c.Addr) {
			if kept < i { // rare, and to copy what was just written is slow
				named[kept] = *c
			}
			kept++
		}
	}
	s.named = named[:kept]
	for i := range s.named {
		c := &s.named[i]
		if table := n.tableOf(c.Addr); table.Welcome(now, c) {
			n.announceFresh(now, table.Named(now, *c, q.to.Addr.Addr()), *c)
		}
	}
	if !r.Message.Whole() {
		n.stats.Malformed++
	}
}

// alive notes a contact that answered under its own id. A contact that is not usable, as a saved
// one may be, counts as silent.
func (n *asker) alive(now Time, c krpc.Contact, rtt time.Duration, version []byte) {
	if !n.usable(&c) {
		n.tableOf(c.Addr).Silent(now, c)
		return
	}
	n.announceFresh(now, n.tableOf(c.Addr).Answered(now, c, rtt, version), c)
}

// refused ends a query that was answered with an error. An error with the id of the node shows that
// it is alive. For the table any other error is like silence, as the node is of no use and has
// proved no id.
func (n *asker) refused(now Time, q *query, m *krpc.Message) {
	if m.Has&krpc.HasID != 0 && m.ID == q.to.ID {
		n.alive(now, q.to, now.Sub(q.sent), m.Version)
	} else {
		n.tableOf(q.to.Addr).Silent(now, q.to)
	}
	n.fail(now, q, m.RemoteError())
}

// fail reports the failure of a query.
func (n *asker) fail(now Time, q *query, reason error) { n.conclude(now, q, q.failure(now, reason)) }

// failure is the outcome of a query without an answer.
func (q *query) failure(now Time, reason error) Reply {
	return Reply{From: q.to, RTT: now.Sub(q.sent), Err: &QueryError{Method: q.method, To: q.to.Addr, Err: reason}}
}

// late tells a search, in up to three steps, that one of its queries takes long.
func (n *asker) late(now Time, q *query) {
	if q.ofJoin() {
		q.wake = q.deadline
		n.pending.down(0)
		q.search.askAgain(now, q)
		return
	}
	timeout := q.deadline.Sub(q.sent)
	ever := q.sent.Add(n.networkOf(q.to.Addr.Addr()).upkeep.rtt.lostAfter(timeout))
	if q.to.ID.IsZero() && !q.telling { // an address from the host, perhaps the only one
		ever = q.deadline
	}
	enough := min(ever, q.sent.Add(timeout/4))
	switch {
	case q.telling || q.phase == tardy || q.phase == slow && ever <= now:
		q.phase, q.wake = lost, q.deadline
	case q.phase == slow || enough <= now:
		q.phase, q.wake = tardy, max(ever, now.Add(1))
	default:
		q.phase, q.wake = slow, enough
	}
	q.wake = min(q.wake, q.deadline)
	n.pending.down(0)
	if q.search != nil {
		q.search.late(now, q)
	}
}

// expireQueries times out queries, and tells searches of slow ones.
func (n *asker) expireQueries(now Time) {
	for {
		wake, ok := n.pending.next()
		if !ok || wake > now {
			return
		}
		q := n.pending.heap[0]
		if q.wake < q.deadline {
			n.late(now, q)
			continue
		}
		n.pending.remove(q)
		if q.phase == retryMark {
			n.retryDue(now, q)
			continue
		}
		n.stats.Timeouts++
		if q.raw {
			n.optional.raws--
		} else {
			n.tableOf(q.to.Addr).Silent(now, q.to)
		}
		n.fail(now, q, ErrTimeout)
	}
}

// dispatch sends the queries whose turn it is.
func (n *asker) dispatch(now Time) {
	p := n.pacer()
	for {
		if at, some := p.next(); !some || at > now {
			return
		}
		d := heap.Pop(&p.waiting).(departure)
		if d.q.phase != delayed { // given up in the meantime
			if d.q.spare {
				n.cfg.Scratch.giveQuery(d.q)
			}
			continue
		}
		if from, ok := p.pace.leave(now, d.q.to.Addr.Addr()); !ok {
			d.at = from
			heap.Push(&p.waiting, d)
			continue
		}
		d.q.phase = prompt
		n.dispatchOne(now, d.q, &d.call)
		if s := d.q.search; s != nil {
			s.left(now, d.q)
		}
	}
}
