package dht

import (
	"net/netip"
	"slices"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/table"
)

// Bounds of held queries (chosen by us).
const (
	maxHeld  = 256
	holdTime = time.Second // most clients wait 2 s and more for an answer
)

// Hooks are functions of the host that watch the node, or answer for it. Each may be nil; all are
// called on the goroutine that owns the node and must not block.
type Hooks struct {
	// Query is called for each well-formed query before it is answered. It returns false for the
	// built-in answer; true keeps the query, to be ended, at once or later, by one of q's methods.
	Query func(now Time, q *Incoming) (keep bool)
	// Answered is called for each answer that is sent. m and answer are valid during the call.
	Answered func(now Time, from netip.AddrPort, m *krpc.Message, answer []byte)
	// Asked is called for each query that is sent.
	Asked func(now Time, to netip.AddrPort)
	// Heard is called for each node that was not in the table before.
	Heard func(now Time, e table.Entry)
	// Renamed is called when the node changes its id, to one that suits its address (BEP 42): at
	// most once, and only on the public DHT.
	Renamed func(now Time, old, new krpc.ID)
	// TableFull is called once, when a flat table is full and refuses newcomers.
	TableFull func(now Time, nodes int)
	// Announce is called for each announce that was stored.
	Announce func(now Time, infoHash krpc.ID, from netip.AddrPort, port uint16)
}

// SetHooks replaces all hooks.
func (n *Node) SetHooks(h Hooks) {
	if n.hookState == nil {
		n.hookState = new(hookState)
	}
	n.hookState.hooks = h
}

// Hooked reports whether the node may call a hook.
func (n *Node) Hooked() bool { return n.hookState != nil }

// Watched reports whether a hook watches events that other nodes cause.
func (n *Node) Watched() bool {
	h := n.hooks()
	return h.Query != nil || h.Answered != nil || h.Heard != nil || h.Announce != nil
}

// hookState is the hooks and the queries that are held; a node has it only if there are hooks or
// challenges.
type hookState struct {
	hooks Hooks
	held  []*Incoming // in the order of their deadlines

	proving int // how many of them wait for a challenge
}

// next returns the deadline of the first held query; false if there is no such query.
func (g *hookState) next() (Time, bool) {
	if g == nil || len(g.held) == 0 {
		return 0, false
	}
	return g.held[0].deadline, true
}

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
