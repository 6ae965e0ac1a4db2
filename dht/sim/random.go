package sim

import (
	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// EachOnline calls f with the node of every member that is online, and the time of its clock. f
// must only read: the world does not notice what it starts.
func (w *World) EachOnline(f func(now dht.Time, n *dht.Node)) {
	for _, number := range w.online {
		s := w.member(number)
		f(s.time(), s.node)
	}
}

// quickTries is how many members are drawn before all are looked at.
const quickTries = 64

// Random draws one of the members that match, from src; all are equally likely. False if no member
// matches.
func (w *World) Random(src krpc.Source, match func(Member) bool) (Member, bool) {
	if w.members == 0 {
		return Member{}, false
	}
	for range quickTries {
		if m := w.describe(uint32(below(src, w.members))); match(m) {
			return m, true
		}
	}
	var chosen Member
	seen := 0
	for i := range w.members {
		if m := w.describe(uint32(i)); match(m) {
			if seen++; below(src, seen) == 0 {
				chosen = m
			}
		}
	}
	return chosen, seen > 0
}
