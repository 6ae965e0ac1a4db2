package sim

import (
	"net/netip"
	"slices"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// Member describes one node of the population.
type Member struct {
	Index     int // counted from 0 in the order of joining; never given twice
	ID        krpc.ID
	Addr      netip.AddrPort
	Addr6     netip.AddrPort // not valid if it has none; see Config.V6
	Online    bool
	Since     dht.Time // of being online, or of having left
	Until     dht.Time // when churn lets it come back, or leave again; 0: never
	Reachable bool     // not behind NAT
	Behavior  Behavior
}

// Size returns how many members are online. Nodes opened by the caller are not members.
func (w *World) Size() int { return len(w.online) }

// Len returns how many members there have been: the indices are 0 to Len()-1.
func (w *World) Len() int { return w.members }

// Member returns the member of that index, also if it has left; false if there is no such member.
func (w *World) Member(i int) (Member, bool) {
	if i < 0 || i >= w.members {
		return Member{}, false
	}
	return w.describe(uint32(i)), true
}

// All returns every member there has been, by index.
func (w *World) All() []Member {
	all := make([]Member, w.members)
	for i := range all {
		all[i] = w.describe(uint32(i))
	}
	return all
}

// Find returns the member at an address, also if it has left.
func (w *World) Find(addr netip.AddrPort) (Member, bool) {
	number, ok := w.numberOf(addr)
	if !ok || int64(number) >= int64(w.members) {
		return Member{}, false
	}
	return w.describe(number), true
}

func (w *World) describe(number uint32) Member {
	s := w.member(number)
	return Member{
		Index: int(number), ID: s.id, Addr: w.crowding.at(number, false), Addr6: w.addr6Of(number),
		Online: s.online, Since: s.since, Until: w.churn.next(w.front(), number),
		Reachable: !w.link.behindNAT(number), Behavior: s.behavior,
	}
}

// Add lets n new members join now, each through three random members. It returns before they have
// joined; that takes a few virtual seconds.
func (w *World) Add(n int) ([]Member, error) {
	return w.add(n, func(number uint32) newcomer { return newcomer{behavior: w.behaviors.of(number)} })
}

// Fits reports whether the world may have n more members.
func (w *World) Fits(n int) bool { return w.cfg.fits(w.members + n) }

// add lets n new members join; who says what is fixed about the member of a number.
func (w *World) add(n int, who func(number uint32) newcomer) ([]Member, error) {
	if n < 1 || n > w.cfg.most()-w.members {
		return nil, problem("can add 1 to %d members, got %d", w.cfg.most()-w.members, n)
	}
	if !w.cfg.fits(w.members + n) {
		return nil, w.cfg.tooLarge(w.members + n)
	}
	w.disturb()
	added := make([]Member, 0, n)
	for range n {
		through := w.Entry(EntryNodes)
		s, err := w.enlist(who(uint32(w.members)))
		if err != nil {
			return added, err
		}
		w.front().stats.Joins++
		w.join(s, through)
		if w.churn != nil && !w.churn.stable(s) {
			src := newStream(w.churn.draws, s.number, 0)
			w.front().schedule(s, w.churn.timers.of(s.number), changeOnline, w.churn.Session.draw(&src))
		}
		w.traffic.employ(s)
		added = append(added, w.describe(s.number))
	}
	return added, nil
}

// Remove lets n random members leave, without a message, and returns them. If there are no more
// than n, all leave.
func (w *World) Remove(n int) []Member {
	var left []Member
	for range min(n, len(w.online)) {
		number := w.online[w.below(len(w.online))]
		w.leave(w.member(number))
		left = append(left, w.describe(number))
	}
	return left
}

// RemoveAddr lets one member leave, without a message; false if no member is online at the address.
func (w *World) RemoveAddr(addr netip.AddrPort) bool {
	m, ok := w.Find(addr)
	if !ok || !m.Online {
		return false
	}
	w.leave(w.member(uint32(m.Index)))
	return true
}

// EntryNodes is how many random members a new node joins through, unless its owner says otherwise.
const EntryNodes = 3

// Entry returns the addresses of n random members that are online, reachable and answer, for a
// newcomer to ask; fewer if there are no more. If there is an IPv6 network, those of n members of
// it come after them.
func (w *World) Entry(n int) []netip.AddrPort {
	addrs := w.entry(n, false)
	if w.six > 0 {
		addrs = append(addrs, w.entry(n, true)...)
	}
	return addrs
}

// entry returns the IPv4 or IPv6 addresses of n members.
func (w *World) entry(n int, six bool) []netip.AddrPort {
	var picked []uint32
	tries := 0
	for ; len(picked) < n && tries < 16*n; tries++ {
		number := w.draw()
		if number < maxMembers && w.askable(number, six) && !slices.Contains(picked, number) {
			picked = append(picked, number)
		}
	}
	if len(picked) < n { // few are reachable: look at all
		picked = w.reachable(six)
		for i := range min(n, len(picked)) {
			j := i + w.below(len(picked)-i)
			picked[i], picked[j] = picked[j], picked[i]
		}
	}
	addrs := make([]netip.AddrPort, 0, n)
	for _, number := range picked[:min(n, len(picked))] {
		addrs = append(addrs, w.addrOf(number, six))
	}
	return addrs
}

// askable reports whether a member, while online, would answer a query of a stranger over IPv4 or
// IPv6.
func (w *World) askable(number uint32, six bool) bool {
	return !w.link.behindNAT(number) && w.member(number).behavior.answers() && (!six || w.dual(number))
}

// reachable lists the members online that a stranger can ask.
func (w *World) reachable(six bool) []uint32 {
	var numbers []uint32
	for _, number := range w.online {
		if w.askable(number, six) {
			numbers = append(numbers, number)
		}
	}
	return numbers
}

// newcomer is what is fixed about a new member.
type newcomer struct {
	id       krpc.ID // zero: random
	behavior Behavior
	settled  bool // never comes or goes by itself
}

// enlist makes one more member, online but without contacts.
func (w *World) enlist(n newcomer) (*station, error) {
	number := uint32(w.members)
	s := w.nextMember()
	err := s.start(w, number, dht.Config{
		ID:       n.id,
		Addr:     w.crowding.at(number, false),
		Addr6:    w.addr6Of(number),
		Table:    dht.BucketsTable,
		K:        w.cfg.K,
		Alpha:    w.cfg.Alpha,
		ReadOnly: n.behavior == ReadOnly,
		Public:   w.cfg.Public,
		KeepID:   w.cfg.Public,
	})
	if err != nil {
		return nil, err
	}
	s.behavior, s.settled = n.behavior, n.settled
	w.members++
	w.busyUntil.grow(w.link.limited, w.members)
	w.list(s)
	w.byID.add(entry{id: s.id, number: number})
	return s, nil
}

// join lets a new member look up its own id, through members that are there.
func (w *World) join(s *station, through []netip.AddrPort) {
	if len(through) > 0 { // the first member has no node to ask
		s.node.Bootstrap(s.time(), through, func(dht.Time, *dht.Result) {})
	}
	s.rearm(w.now)
}

// leave takes a member off the network for good.
func (w *World) leave(s *station) {
	if w.churn != nil {
		w.front().unschedule(w.churn.timers.of(s.number))
	}
	if w.traffic != nil {
		s.shard.unschedule(w.traffic.timers.of(s.number))
	}
	w.front().stats.Leaves++
	w.disturb()
	w.delist(s)
	s.leave()
}

// stable reports whether a member never leaves by itself.
func (c *churn) stable(s *station) bool {
	return s.settled || mix(c.seed, uint64(s.number))>>11 < c.core
}
