package sim

import (
	"fmt"
	"math/bits"
	"net/netip"
	"slices"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

const blockBits = 10 // a block is some 100 KB

// Member is what there is to know of one node of the population.
type Member struct {
	Index     int // counted from 0 in the order of joining; never given twice
	ID        krpc.ID
	Addr      netip.AddrPort
	Online    bool
	Since     dht.Time // of being online, or of having left
	Reachable bool     // not behind NAT
}

// Size returns how many members are online. Nodes opened by a script are not
// members.
func (w *World) Size() int { return len(w.online) }

// Len returns how many members there have been: the indices are 0 to Len()-1.
func (w *World) Len() int { return w.members }

// Member returns the member of that index, also if it has left.
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
	number, ok := numberOf(addr)
	if !ok || int64(number) >= int64(w.members) {
		return Member{}, false
	}
	return w.describe(number), true
}

func (w *World) describe(number uint32) Member {
	s := w.member(number)
	return Member{
		Index: int(number), ID: s.id, Addr: addressOf(number),
		Online: s.online, Since: s.since, Reachable: !w.link.behindNAT(number),
	}
}

// Add lets n new members join now, each through three random members. It
// returns them before they have found their places; that takes a few virtual
// seconds.
func (w *World) Add(n int) ([]Member, error) {
	if n < 1 || n > maxMembers-w.members {
		return nil, fmt.Errorf("sim: can add 1 to %d members, got %d", maxMembers-w.members, n)
	}
	added := make([]Member, 0, n)
	for range n {
		number, err := w.join(nil)
		if err != nil {
			return added, err
		}
		added = append(added, w.describe(number))
	}
	return added, nil
}

// Remove lets n random members leave, without a word to anyone. It returns who
// left: all of them if there were no more than n.
func (w *World) Remove(n int) []Member {
	var left []Member
	for range min(n, len(w.online)) {
		number := w.online[w.below(len(w.online))]
		w.leave(w.member(number))
		left = append(left, w.describe(number))
	}
	return left
}

// RemoveAddr lets one member leave, without a word to anyone. false if no
// member is online at the address.
func (w *World) RemoveAddr(addr netip.AddrPort) bool {
	m, ok := w.Find(addr)
	if !ok || !m.Online {
		return false
	}
	w.leave(w.member(uint32(m.Index)))
	return true
}

// Entry returns the addresses of n random members that are online and
// reachable, for a newcomer to ask: fewer if there are no more.
func (w *World) Entry(n int) []netip.AddrPort {
	var picked []uint32
	tries := 0
	for ; len(picked) < n && tries < 16*n; tries++ {
		number := w.draw()
		if number < maxMembers && !w.link.behindNAT(number) && !slices.Contains(picked, number) {
			picked = append(picked, number)
		}
	}
	if len(picked) < n { // hardly anyone is reachable: look at all
		picked = w.reachable()
		for i := range min(n, len(picked)) {
			j := i + w.below(len(picked)-i)
			picked[i], picked[j] = picked[j], picked[i]
		}
	}
	addrs := make([]netip.AddrPort, 0, n)
	for _, number := range picked[:min(n, len(picked))] {
		addrs = append(addrs, addressOf(number))
	}
	return addrs
}

// draw returns a random member online; maxMembers if there is none.
func (w *World) draw() uint32 {
	if len(w.online) == 0 {
		return maxMembers
	}
	return w.online[w.below(len(w.online))]
}

// reachable lists the members online that are not behind NAT.
func (w *World) reachable() []uint32 {
	var numbers []uint32
	for _, number := range w.online {
		if !w.link.behindNAT(number) {
			numbers = append(numbers, number)
		}
	}
	return numbers
}

// below draws a number from 0 to n-1.
func (w *World) below(n int) int { return below(w.draws, n) }

// below draws a number from 0 to n-1; the bias is below n/2^64.
func below[T int | time.Duration](src krpc.Source, n T) T {
	hi, _ := bits.Mul64(src.Uint64(), uint64(n))
	return T(hi)
}

// member returns the station of a member; nil if there has been none of that
// number.
func (w *World) member(number uint32) *station {
	if int(number) >= w.members {
		return nil
	}
	return &w.blocks[number>>blockBits][number&(1<<blockBits-1)]
}

// enlist makes one more member, online but alone.
func (w *World) enlist() (*station, error) {
	number := uint32(w.members)
	if number>>blockBits == uint32(len(w.blocks)) {
		w.blocks = append(w.blocks, make([]station, 1<<blockBits))
	}
	s := &w.blocks[number>>blockBits][number&(1<<blockBits-1)]
	err := s.start(w, number, dht.Config{
		Addr:  addressOf(number),
		Table: dht.BucketsTable,
		K:     w.cfg.K,
	})
	if err != nil {
		return nil, err
	}
	w.members++
	s.place = int32(len(w.online))
	w.online = append(w.online, number)
	w.order.add(entry{id: s.id, number: number})
	return s, nil
}

// join makes one more member and lets it look for its place, through three
// random members; done, if not nil, is called when it has.
func (w *World) join(done func()) (number uint32, err error) {
	through := w.Entry(3)
	s, err := w.enlist()
	if err != nil {
		return 0, err
	}
	if len(through) > 0 {
		s.node.Bootstrap(w.now, through, func(dht.Time, *dht.Result) {
			if done != nil {
				done()
			}
		})
	} else if done != nil {
		done() // the first of all has nobody to ask
	}
	s.rearm(w.now)
	return s.number, nil
}

// leave takes a member off the network.
func (w *World) leave(s *station) {
	last := w.online[len(w.online)-1]
	w.online[s.place] = last
	w.member(last).place = s.place
	w.online = w.online[:len(w.online)-1]
	s.place = -1
	s.leave()
}
