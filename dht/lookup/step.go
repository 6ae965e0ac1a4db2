package lookup

import (
	"net/netip"

	"github.com/lightdht/lightdht/dht/krpc"
)

// Step applies one event and appends to asks the contacts to query now; a zero ID means that it is
// unknown. An answer from an address that was not asked, or that answered before, changes nothing:
// networks may duplicate datagrams.
func (w *Walk) Step(ev Event, asks []krpc.Contact) []krpc.Contact {
	switch ev.Kind {
	case Start:
		for i := range ev.Found {
			w.hear(&ev.Found[i], 0, ownWord)
		}
	case Hearsay:
		for i := range ev.Found {
			if c := &ev.Found[i]; !c.ID.IsZero() {
				w.hear(c, 0, hearsay)
			}
		}
	case Answer:
		w.answer(ev.From, ev.Found, ev.Distrust)
	case Slow:
		w.delay(ev.From.Addr, slow)
	case Tardy:
		w.delay(ev.From.Addr, tardy)
	case Silence:
		if i := w.number(ev.From.Addr); i >= 0 {
			was := w.nodes[i].state
			if !w.land(i) {
				break
			}
			w.nodes[i].state = silent
			if was == flying {
				w.missed(i)
			}
		}
	}
	return w.fill(asks)
}

// Done reports whether the walk is over: no open query is worth waiting for, and no unasked
// candidate is nearer than the K-th nearest that answered. Doubtful candidates count only while
// fewer than K nodes have answered. A walk without candidates is done; more candidates from a Start
// may continue a walk that was done.
func (w *Walk) Done() bool {
	for _, r := range w.flying {
		if !w.full() || w.grade(r.node) <= doubted {
			return false
		}
	}
	more := w.more()
	if more && w.asked < w.cfg.MaxQueries {
		return false
	}
	return w.slow == 0 || w.full() && !more && !w.awaited()
}

// awaited reports whether a slow candidate that is not doubtful could improve the result. If more
// than a fifth of the nodes asked are gone, slow ones most likely are too.
func (w *Walk) awaited() bool {
	if w.misses > 1 && 4*w.misses > w.hits {
		return false
	}
	for i := range w.nodes {
		n := &w.nodes[i]
		if n.state == slow && !n.ID.IsZero() && w.grade(int32(i)) <= doubted && w.useful(w.far(&n.ID), &n.ID) {
			return true
		}
	}
	return false
}

// Closest appends to dst the nodes nearest to the target, nearest first, at most K of them: those
// that answered under the expected id. An id that answered from two addresses is listed once, where
// it answered first.
func (w *Walk) Closest(dst []krpc.Contact) []krpc.Contact {
	for _, r := range w.nearest {
		dst = append(dst, w.nodes[r.node].Contact)
	}
	return dst
}

// Hop returns how many answers lead from the start to addr: 0 for a candidate of a Start, else one
// more than the node that first named it. It is -1 for an address that is not a candidate.
func (w *Walk) Hop(addr netip.AddrPort) int {
	if n := w.find(addr); n != nil {
		return int(n.hop)
	}
	return -1
}

// Asked returns how many contacts Step has told the caller to query.
func (w *Walk) Asked() int { return w.asked }

// answer settles a query and takes in the contacts of the answer. After a silence the answer still
// counts, unless it comes under another id.
func (w *Walk) answer(from krpc.Contact, found []krpc.Contact, distrust bool) {
	i := w.number(from.Addr)
	if i < 0 {
		return
	}
	n := &w.nodes[i]
	expected := !from.ID.IsZero() && (n.ID == from.ID || n.ID.IsZero())
	timely := n.state == flying
	if !w.land(i) && (n.state != silent || !expected) {
		return
	}
	n.state = answered
	hop := n.hop + 1
	if expected {
		n.ID = from.ID
		w.rank(i)
		w.proved(i, timely)
	} else if timely { // a node is there, but under another id
		w.missed(i)
	}
	if distrust && w.nodes[i].balance == 0 {
		w.nodes[i].balance = disbelief
	}
	found = found[:min(len(found), maxFound)]
	for j, left := 0, max(DefaultK, w.cfg.K); j < len(found) && left > 0; j++ {
		// Only our own side may name a node without an id.
		if c := &found[j]; !c.ID.IsZero() && w.hear(c, hop, namer(i)) {
			left--
		}
	}
}

// delay notes that the answer from an address takes long.
func (w *Walk) delay(addr netip.AddrPort, state state) {
	i := w.number(addr)
	if i < 0 || w.nodes[i].state != flying && w.nodes[i].state != slow {
		return
	}
	first := w.nodes[i].state == flying
	if first {
		w.land(i)
		w.slow++
	}
	w.nodes[i].state = state
	if first {
		w.missed(i)
	}
}

// fill asks the best candidates while there is room in flight. A candidate with K nearer ones ahead
// of it, answered or in flight, must wait until one of these turns out to be slow or silent: asking
// it now would rarely be of use, and costs a fifth more queries.
func (w *Walk) fill(asks []krpc.Contact) []krpc.Contact {
	for w.asked < w.cfg.MaxQueries {
		r, ok := w.pick()
		if !ok {
			break
		}
		n := &w.nodes[r.node]
		n.state = flying
		w.flying = append(w.flying, r)
		w.asked++
		asks = append(asks, n.Contact)
	}
	return asks
}

// hear admits c, named by a source, as a candidate unless it is unusable, known, second on its
// host, or too far away to matter. Most contacts are too far away, so that is tested first. It
// reports whether c is a new candidate.
func (w *Walk) hear(c *krpc.Contact, hop uint16, by source) bool {
	known, far := !c.ID.IsZero(), w.far(&c.ID)
	list := w.listOf(by)
	if known && (!w.useful(far, &c.ID) || len(*list) >= w.room() && far > (*list)[0].far) || !usable(c.Addr) {
		return false
	}
	spot := place(c.Addr)
	if i := w.at(spot); i >= 0 {
		w.vouch(i, c, by)
		return false
	}
	if !known {
		if len(w.strangers) >= w.room() {
			return false
		}
		w.strangers = append(w.strangers, w.admit(c, hop, by, spot))
		return true
	}
	if w.cfg.Diverse && w.crowded(c.Addr.Addr()) {
		if w.deserted(c.Addr.Addr()) {
			return false
		}
		by, list = excess, &w.reserve
	}
	at := w.rankIn(*list, far, c)
	if at == 0 && len(*list) >= w.room() { // farther than all who wait
		return false
	}
	at = w.makePlace(list, at)
	insert(list, at, ranked{far, w.admit(c, hop, by, spot)})
	return true
}
