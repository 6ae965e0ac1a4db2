package lookup

import (
	"net/netip"
	"slices"

	"github.com/lightdht/lightdht/dht/krpc"
)

// grade is how far a candidate is trusted to exist. Anybody can invent contacts by the thousand,
// nearer to any target than all that exist, but no invented contact answers. So the contacts that
// one node named are trusted until more of them failed to answer than answered.
type grade uint8

const (
	trusted  grade = iota // it answered us before, or was named by a trusted source
	doubted               // of the contacts with the same namer, one more was missed than answered
	doubtful              // two more or worse; or it is hearsay of some earlier time
	last                  // too many candidates share its network
)

// grade returns the grade of candidate i.
func (w *Walk) grade(i int32) grade { return w.gradeOf(w.nodes[i].by) }

// gradeOf returns the grade of the candidates that a source named.
func (w *Walk) gradeOf(by source) grade {
	switch by {
	case ownWord:
		return trusted
	case hearsay:
		return doubtful
	case excess:
		return last
	}
	switch b := w.nodes[by-1].balance; {
	case b >= 0:
		return trusted
	case b == -1:
		return doubted
	}
	return doubtful
}

// disbelief is the balance from which on the contacts that a node names are doubtful.
const disbelief = -2

// Namers calls f with the address of each candidate that named contacts of which it is known
// whether they exist, and whether too many did not for it to be trusted any longer.
func (w *Walk) Namers(f func(addr netip.AddrPort, distrust bool)) {
	for i := range w.nodes {
		if n := &w.nodes[i]; n.balance != 0 {
			f(n.Addr, n.balance <= disbelief)
		}
	}
}

// listOf returns the list of waiting candidates for a source.
func (w *Walk) listOf(by source) *[]ranked {
	if w.gradeOf(by) == trusted {
		return &w.waiting
	}
	return &w.reserve
}

// missed notes that candidate i did not answer in time: its namer loses trust.
func (w *Walk) missed(i int32) {
	w.misses++
	w.weigh(w.nodes[i].by, -1)
	w.desert(w.nodes[i].Addr.Addr())
}

// proved notes that candidate i answered. If the answer was late, it also makes good for the miss.
func (w *Walk) proved(i int32, timely bool) {
	w.hits++
	if timely {
		w.weigh(w.nodes[i].by, 1)
		return
	}
	w.misses = max(w.misses-1, 0)
	w.weigh(w.nodes[i].by, 2)
}

// weigh changes the balance of a source. The waiting candidates that it named change lists if they
// are no longer trusted, or trusted again.
func (w *Walk) weigh(by source, change int8) {
	if by == ownWord || by >= excess {
		return
	}
	n := &w.nodes[by-1]
	before := n.balance >= 0
	n.balance = min(max(n.balance+change, -100), 100)
	switch after := n.balance >= 0; {
	case before && !after:
		w.moveAll(by, &w.waiting, &w.reserve)
	case after && !before:
		w.moveAll(by, &w.reserve, &w.waiting)
	}
}

// moveAll moves the candidates that a source named from one list to the other.
func (w *Walk) moveAll(by source, from, to *[]ranked) {
	kept := (*from)[:0]
	for _, r := range *from {
		if n := &w.nodes[r.node]; n.by == by {
			at := w.rankIn(*to, r.far, &n.Contact)
			if at == 0 && len(*to) >= w.room() {
				w.drop(r.node)
			} else {
				insert(to, w.makePlace(to, at), r)
			}
		} else {
			kept = append(kept, r)
		}
	}
	*from = kept
}

// vouch notes that a trusted source named the very contact that candidate i is.
func (w *Walk) vouch(i int32, c *krpc.Contact, by source) {
	n := &w.nodes[i]
	if n.by == excess || w.grade(i) == trusted || w.gradeOf(by) != trusted || n.ID != c.ID || n.Addr != c.Addr {
		return
	}
	if n.state != unasked { // there is nothing to move
		n.by = by
		return
	}
	far := w.far(&n.ID)
	at := w.rankIn(w.waiting, far, c)
	if at == 0 && len(w.waiting) >= w.room() {
		return
	}
	j := slices.IndexFunc(w.reserve, func(r ranked) bool { return r.node == i })
	w.reserve = slices.Delete(w.reserve, j, j+1)
	n.by = by
	insert(&w.waiting, w.makePlace(&w.waiting, at), ranked{far, i})
}

// mostShared is how many candidates of one IPv4 /24 a search treats like all others, under
// Config.Diverse: half of those wanted. libtorrent admits one of each /24 and refuses the
// rest. Half is right for us, for two reasons. First, what is stored lies at the nodes nearest
// to its target. Where several honest nodes share a /24, as at a hosting company or behind a
// provider's NAT, a limit of one takes the one that was heard of first, which differs between
// the node that stores and the node that looks for it. Second, a small network may lie in one
// /24 altogether. An attacker with one /24 cannot have more than half of the results before
// all other networks are exhausted, and one with many /24s is not stopped by a limit of one
// either. (Reasoned from the code, not measured.)
func (w *Walk) mostShared() int { return (w.cfg.K + 1) / 2 }

// crowded reports whether an IPv4 /24 has as many candidates as one network should have.
func (w *Walk) crowded(ip netip.Addr) bool {
	left := w.mostShared()
	for i := range w.nodes {
		if n := &w.nodes[i]; n.by != excess && sameNetwork(n.Addr.Addr(), ip) {
			if left--; left == 0 {
				return true
			}
		}
	}
	return false
}

// deserted reports whether K more candidates of an IPv4 /24 were silent than answered. Those
// beyond mostShared are not asked then: the nodes that named them may want us to flood it.
func (w *Walk) deserted(ip netip.Addr) bool {
	balance := 0
	for i := range w.nodes {
		if n := &w.nodes[i]; sameNetwork(n.Addr.Addr(), ip) {
			switch n.state {
			case answered:
				balance++
			case slow, tardy, silent:
				balance--
			}
		}
	}
	return balance <= -w.cfg.K
}

// desert drops the waiting candidates beyond mostShared of a /24 that is deserted.
func (w *Walk) desert(ip netip.Addr) {
	if !w.cfg.Diverse || !w.deserted(ip) {
		return
	}
	w.reserve = slices.DeleteFunc(w.reserve, func(r ranked) bool {
		n := &w.nodes[r.node]
		if n.by != excess || !sameNetwork(n.Addr.Addr(), ip) {
			return false
		}
		w.drop(r.node)
		return true
	})
}

// sameNetwork reports whether two addresses lie in one public IPv4 /24.
func sameNetwork(a, b netip.Addr) bool {
	if !a.Is4() || !b.Is4() {
		return false
	}
	x, y := a.As4(), b.As4()
	return [3]byte(x[:3]) == [3]byte(y[:3]) && krpc.ClassOf(a) == krpc.Public
}

// more reports whether an unasked candidate could still improve the result and should be asked for
// that.
func (w *Walk) more() bool {
	if !w.full() {
		return len(w.strangers)+len(w.waiting)+len(w.reserve) > 0
	}
	return w.near(w.waiting) >= 0 || w.nearGraded(w.reserve, doubted) >= 0
}

// near returns the place of the nearest in a list if it could improve the result; else -1.
func (w *Walk) near(list []ranked) int {
	at := len(list) - 1
	if at >= 0 && w.useful(list[at].far, &w.nodes[list[at].node].ID) {
		return at
	}
	return -1
}

// nearGraded is near among the candidates of a list with at least the grade worst.
func (w *Walk) nearGraded(list []ranked, worst grade) int {
	for at := w.near(list); at >= 0; at-- {
		r := list[at]
		if !w.useful(r.far, &w.nodes[r.node].ID) {
			break
		}
		if w.grade(r.node) <= worst {
			return at
		}
	}
	return -1
}

// pick removes and returns the candidate to ask now; false if there is no room in flight, or all
// must wait. A candidate without an id is given the longest distance.
//
// Trusted candidates come first. Of the places in flight that these leave free, the others have one
// of three, and the doubted all. While no trusted one is left to ask or to wait for, all candidates
// have all places. If one of the others is in the way of a trusted one, it is treated as slow.
func (w *Walk) pick() (ranked, bool) {
	held, places := w.held(), w.cfg.Width/3
	free := held.trusted+held.others < w.cfg.Width
	if !free && held.others <= places {
		return ranked{}, false
	}
	if len(w.strangers) > 0 && !w.full() {
		i := w.strangers[0]
		w.strangers = w.strangers[:copy(w.strangers, w.strangers[1:])]
		return w.makeRoom(ranked{^uint64(0), i}), true
	}
	best := w.near(w.waiting)
	if best >= 0 && w.fits(w.waiting[best]) {
		return w.makeRoom(take(&w.waiting, best)), true
	}
	if !free {
		return ranked{}, false
	}
	if held.others < places {
		if at := w.nearGraded(w.reserve, doubtful); at >= 0 && (best < 0 || w.before(w.reserve[at], w.waiting[best])) && w.fits(w.reserve[at]) {
			return take(&w.reserve, at), true
		}
	}
	worst := doubted
	if best < 0 && held.trusted == 0 && !w.full() {
		worst = last
	}
	for g := doubted; g <= worst; g++ {
		if at := w.nearGraded(w.reserve, g); at >= 0 && w.fits(w.reserve[at]) {
			return take(&w.reserve, at), true
		}
	}
	return ranked{}, false
}

// take removes and returns the candidate at a place of a list.
func take(list *[]ranked, at int) ranked {
	r := (*list)[at]
	*list = slices.Delete(*list, at, at+1)
	return r
}

// fits reports whether fewer than K are ahead of a waiting candidate. All in flight count, unless K
// is so small that untrusted candidates could hold up the others.
func (w *Walk) fits(r ranked) bool {
	worst := last
	if w.cfg.K < 2*w.cfg.Width {
		worst = w.grade(r.node)
	}
	return w.ahead(r, worst) < w.cfg.K
}

// before reports whether a is nearer than b.
func (w *Walk) before(a, b ranked) bool { return w.farther(b, a.far, &w.nodes[a.node].Contact) }

// ahead counts the nodes nearer than r that have answered, and, of those in flight with at least
// the grade worst, as many as are likely to: if many are gone, it would take long to wait for each
// of them first.
func (w *Walk) ahead(r ranked, worst grade) (n int) {
	id := &w.nodes[r.node].ID
	for n < len(w.nearest) && w.nearer(w.nearest[n], r.far, id) {
		n++
	}
	open := 0
	for _, f := range w.flying {
		if w.nearer(f, r.far, id) && !w.nodes[f.node].ID.IsZero() && w.grade(f.node) <= worst {
			open++
		}
	}
	if w.misses > 1 { // one may be chance
		open = open * w.hits / (w.hits + w.misses)
	}
	return n + open
}

// held counts the candidates in flight.
func (w *Walk) held() (n struct{ trusted, others int }) {
	for _, r := range w.flying {
		if w.grade(r.node) == trusted {
			n.trusted++
		} else {
			n.others++
		}
	}
	return n
}

// makeRoom takes the place of an untrusted candidate for r, which is trusted, if there is no free
// place.
func (w *Walk) makeRoom(r ranked) ranked {
	if len(w.flying) < w.cfg.Width {
		return r
	}
	at := slices.IndexFunc(w.flying, func(f ranked) bool { return w.grade(f.node) != trusted })
	i := w.flying[at].node
	w.land(i)
	w.nodes[i].state = slow
	w.slow++
	return r
}
