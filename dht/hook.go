package dht

import (
	"net/netip"
	"slices"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

// Bounds of held queries (chosen by us).
const (
	maxHeld  = 256
	holdTime = time.Second // most clients wait 2 s and more for an answer
)

// Incoming is a query that a hook may keep. It has its own copy of the message.
type Incoming struct {
	From    netip.AddrPort
	Message krpc.Message

	node     *server
	size     int // of the datagram
	deadline Time
	over     bool
	proving  bool // held until its sender proves its address
}

// offer shows a query to the hook; true if the hook keeps it.
func (n *server) offer(now Time, from netip.AddrPort, size int, m *krpc.Message) bool {
	g := n.hookState
	if len(g.held) >= maxHeld {
		n.stats.HooksMissed++
		return false
	}
	q := n.hold(now, from, size, m)
	if !g.hooks.Query(now, q) {
		return !n.release(q) // true if the hook has answered it already
	}
	return true
}

// hold keeps a query until its deadline.
func (n *server) hold(now Time, from netip.AddrPort, size int, m *krpc.Message) *Incoming {
	q := &Incoming{From: from, Message: m.Clone(), node: n, size: size, deadline: now.Add(holdTime)}
	n.hookState.held = append(n.hookState.held, q)
	return q
}

// release ends the holding of q; false if it was over already.
func (n *server) release(q *Incoming) bool {
	if q.over {
		return false
	}
	q.over = true
	g := n.hookState
	if i := slices.Index(g.held, q); i >= 0 {
		g.held = slices.Delete(g.held, i, i+1)
	}
	return true
}

// expireHeld gives the built-in answer to queries whose hook took too long.
func (n *server) expireHeld(now Time) {
	for t, some := n.hookState.next(); some && t <= now; t, some = n.hookState.next() {
		if q := n.hookState.held[0]; q.proving {
			q.proved(now, false)
		} else {
			n.stats.HooksMissed++
			q.Default(now)
		}
	}
}

// Default gives the built-in answer. As with the other methods, only the first call within a second
// counts; a later one changes nothing and reports false.
func (q *Incoming) Default(now Time) bool {
	if !q.node.release(q) {
		return false
	}
	q.node.builtin(now, q.From, q.size, &q.Message)
	return true
}

// Reply answers with r, a bencoded dictionary; `id` is added if it has none. If r is not a
// dictionary, Reply returns an error, and the query stays held; likewise, on the public DHT, if r
// is too long for a sender whose address may be forged (see [Stats]).
func (q *Incoming) Reply(now Time, r []byte) (bool, error) {
	n := q.node
	rets, err := krpc.WithID(r, n.cfg.ID)
	if err != nil {
		return false, err
	}
	packet := krpc.AppendResponse(n.cfg.Scratch.packet[:0], rets, q.Message.Tx, q.From, n.cfg.version())
	if n.amplifies(packet, &q.Message, q.size) && !n.proven(now, q.From, &q.Message) {
		n.stats.Amplified++
		return false, ErrAmplifies
	}
	if !n.release(q) {
		return false, nil
	}
	n.stats.RepliesOut++
	n.reply(now, q.From, &q.Message, packet)
	return true, nil
}

// Refuse answers with an error. A text that is too long for a sender whose address may be forged is
// cut; if that is not enough, nothing is sent.
func (q *Incoming) Refuse(now Time, code int, text string) bool {
	n := q.node
	if !n.release(q) {
		return false
	}
	packet := n.refusal(q.From, &q.Message, code, text)
	if n.amplifies(packet, &q.Message, q.size) && !n.proven(now, q.From, &q.Message) {
		n.stats.Amplified++
		fits := len(text) - (len(packet) - n.owed(&q.Message, q.size))
		if packet = n.refusal(q.From, &q.Message, code, text[:max(0, fits)]); len(packet) > n.owed(&q.Message, q.size) {
			return true // after a query of a few bytes, even an empty text is too long
		}
	}
	n.stats.ErrorsOut++
	n.reply(now, q.From, &q.Message, packet)
	return true
}

// Drop leaves the query without an answer.
func (q *Incoming) Drop() bool { return q.node.release(q) }

// challenge holds a query until its sender has answered a ping: a forged address does not, and a
// NAT lets the ping through as its host has just sent a query. False if the sender cannot be
// challenged: read-only nodes do not answer, and an address out of reach is not asked.
func (n *server) challenge(now Time, from netip.AddrPort, size int, m *krpc.Message) bool {
	if n.hookState == nil {
		n.hookState = new(hookState)
	}
	if m.ReadOnly || n.hookState.proving >= maxProving || !n.reach().Allows(from) {
		return false
	}
	q := n.hold(now, from, size, m)
	q.proving = true
	n.hookState.proving++
	ping := &query{done: func(now Time, r Reply) { q.proved(now, r.Err == nil) }}
	n.ask(now, ping, krpc.Contact{Addr: from}, &Call{Method: "ping"})
	return true
}

// proved answers a query whose sender was challenged: in full, or as short as for a forged address.
func (q *Incoming) proved(now Time, answered bool) {
	n := q.node
	if !n.release(q) {
		return
	}
	n.hookState.proving--
	a := n.question(now, q.From, &q.Message)
	if !answered {
		a.most = n.owed(&q.Message, q.size) - challengeSize - a.version // for the ping that it got already
	}
	n.finish(&a, n.compose(&a))
}

// maxProving is how many senders are challenged at a time, each for at most holdTime: a third of
// the queries that a node on the public DHT may send, so that forged addresses do not use up all of
// them.
const maxProving = 16
