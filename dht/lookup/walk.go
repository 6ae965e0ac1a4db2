package lookup

import (
	"net/netip"
	"slices"

	"github.com/lightdht/lightdht/dht/krpc"
)

// Defaults and limits of a walk.
const (
	DefaultK     = 8 // BEP 5
	DefaultWidth = 3 // the Kademlia paper's alpha; anacrolix/dht 3, jech 4, libtorrent 5

	maxK     = 1024 // far beyond any use; bounds memory and queries below
	minWait  = 100  // libtorrent keeps the 100 nearest
	maxFound = 64   // 56 compact IPv4 contacts fill a 1472-byte datagram
	baseAsks = 1000 // an honest network of any size is searched with well under 200
)

// Config says what a walk looks for. Zero values mean defaults.
type Config struct {
	Target krpc.ID
	// K is how many nodes are wanted. Default 8, at most 1024.
	K int
	// Width is how many queries may be in flight at once, those reported [Slow]
	// not counted; Kademlia calls it alpha. Default 3.
	Width int
	// MaxQueries caps the queries of the whole walk. Zero leaves only the cap
	// that every walk has against nodes that keep inventing nearer ones:
	// 1000 + 4K.
	MaxQueries int
	// Diverse holds back the candidates of an IPv4 /24 of which there are K/2 already:
	// they are asked only if all others do not suffice, and not once K more of that /24
	// were silent than answered. Default false.
	Diverse bool
}

// Kind is what happened.
type Kind uint8

const (
	// Start brings candidates: the first ones, or more at any later time. One
	// with a zero ID is a node of which only the address is known; such are
	// asked before anyone else until K nodes have answered.
	Start Kind = iota
	// Hearsay brings candidates of which we were merely told, at some other time.
	Hearsay
	// Answer is a response of From, with From.ID the id inside it, naming the
	// contacts Found.
	Answer
	// Slow says that From has not answered within the short timeout: somebody
	// else may be asked, but a later Answer counts in full.
	Slow
	// Tardy says so of From after so long that the walk may end without its answer, if
	// K others have answered.
	Tardy
	// Silence says that From is given up, or answered with an error.
	Silence
)

// Event is one thing that happened to a walk. For [Slow] and [Silence] only the
// address of From matters, as for [Tardy]. Found is not kept.
type Event struct {
	Kind  Kind
	From  krpc.Contact
	Found []krpc.Contact
	// Distrust says of an Answer that those whom From named before were not there.
	Distrust bool
}

// Walk is one search. It is made by [New], or by [Walk.Reset] from the zero
// value or an old walk, and belongs to one goroutine.
//
// Candidates are told apart by address: the first id heard for an address is
// the one expected to answer there. Of each global IPv4 address, and of each
// global IPv6 /64, one candidate is admitted, so that one host cannot fill the
// results (libtorrent: one per /24 or /64); loopback, private and link-local
// addresses are exempt. At most max(100, 4K) candidates wait to be asked, the
// farthest giving way to nearer ones (libtorrent: 100).
//
// A walk trusts some candidates more than others; see grade.
type Walk struct {
	cfg       Config
	nodes     []node   // everyone admitted; the number of a node is its place here
	index     *index   // of them
	strangers []int32  // unasked, id unknown; first heard first
	waiting   []ranked // unasked and trusted; nearest last, where taking is cheap
	reserve   []ranked // unasked, all others; likewise
	spare     []int32  // numbers of candidates that were dropped
	nearest   []ranked // answered under the expected id; nearest first, at most K
	flying    []ranked // asked, neither slow nor settled; at most Width
	slow      int
	asked     int
	hits      int // answers
	misses    int // asked, and not heard from in time
}

// New returns a walk towards cfg.Target that knows nobody yet.
func New(cfg Config) *Walk {
	w := new(Walk)
	w.Reset(cfg)
	return w
}

// Reset makes w a new walk that reuses the memory of the old one.
func (w *Walk) Reset(cfg Config) {
	if cfg.K <= 0 {
		cfg.K = DefaultK
	}
	cfg.K = min(cfg.K, maxK)
	if cfg.Width <= 0 {
		cfg.Width = DefaultWidth
	}
	most := baseAsks + 4*cfg.K
	if cfg.MaxQueries <= 0 || cfg.MaxQueries > most {
		cfg.MaxQueries = most
	}
	if w.index == nil {
		w.index = new(index)
	}
	*w.index = index{}
	*w = Walk{
		cfg: cfg, nodes: w.nodes[:0], index: w.index,
		strangers: w.strangers[:0], waiting: w.waiting[:0], reserve: w.reserve[:0], spare: w.spare[:0],
		nearest: w.nearest[:0], flying: w.flying[:0],
	}
}

// Step applies one event and appends to asks the contacts to query now, a zero
// ID meaning that it is unknown. An answer from an address that was not asked,
// or that answered before, changes nothing: the network is allowed to repeat
// itself.
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

// Done reports whether the walk is over: no question is open that is worth
// waiting for, and nobody is left to ask who is nearer than the K-th nearest
// that answered. Of those who are doubtful that holds only while fewer than K have
// answered. A walk that never heard of anyone is done; more candidates from a Start may
// make a walk that was done go on.
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

// awaited reports whether one who is slow could improve the result, and is not doubtful.
// Where more than a fifth of those asked are gone, those who are slow most likely are.
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

// Closest appends to dst the nodes nearest to the target, nearest first, at most
// K of them: those that answered under the id that they were said to have. An id
// that answered from two addresses is listed once, where it answered first.
func (w *Walk) Closest(dst []krpc.Contact) []krpc.Contact {
	for _, r := range w.nearest {
		dst = append(dst, w.nodes[r.node].Contact)
	}
	return dst
}

// Hop returns how many answers lead from the start to addr: 0 for a candidate of
// a Start, else one more than the node that first named it. It is -1 for an
// address that is not a candidate.
func (w *Walk) Hop(addr netip.AddrPort) int {
	if n := w.find(addr); n != nil {
		return int(n.hop)
	}
	return -1
}

// Asked returns how many contacts Step has told the caller to query.
func (w *Walk) Asked() int { return w.asked }

// answer settles a question and takes in what the answer says. After a silence
// the answer still counts, unless it comes under another id.
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
	} else if timely { // somebody is there, but not who was named
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

// land takes candidate i off the open questions; it is false if there was none.
func (w *Walk) land(i int32) bool {
	switch w.nodes[i].state {
	case flying:
		at := slices.IndexFunc(w.flying, func(r ranked) bool { return r.node == i })
		w.flying = append(w.flying[:at], w.flying[at+1:]...)
	case slow, tardy:
		w.slow--
	default:
		return false
	}
	return true
}

// fill asks the best candidates while there is room in flight. Whoever has K
// nearer ones ahead of it, answered or in flight, must wait until one of those
// turns out to be slow or silent: asking it now would rarely be of use, and costs
// a fifth more queries.
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

// full reports whether as many have answered as are wanted.
func (w *Walk) full() bool { return len(w.nearest) == w.cfg.K }

// useful reports whether a node of this id, so far away, would be among the K
// nearest.
func (w *Walk) useful(far uint64, id *krpc.ID) bool {
	return !w.full() || w.compare(w.nearest[w.cfg.K-1], far, id) > 0
}
