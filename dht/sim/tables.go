package sim

import (
	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/table"
)

// Tables counts what is in the tables of the members that are online.
type Tables struct {
	Members                             int
	Good, Questionable, Bad, Unverified int // entries
}

// Tables looks through all of them.
func (w *World) Tables() (t Tables) {
	page := make([]table.Entry, 0, tablesPage)
	for _, number := range w.online {
		s := w.member(number)
		t.Members++
		page = t.count(s.time(), s.node, page)
	}
	return t
}

// tablesPage is how many entries are copied out of a table at a time.
const tablesPage = 256

// count adds the entries of one node. It returns the page that it was lent.
func (t *Tables) count(now dht.Time, n *dht.Node, page []table.Entry) []table.Entry {
	for next, end := 0, n.Table().End(); next < end; {
		page, next = n.Table().Page(now, next, page[:0])
		for i := range page {
			switch page[i].Status {
			case table.Good:
				t.Good++
			case table.Questionable:
				t.Questionable++
			case table.Bad:
				t.Bad++
			default:
				t.Unverified++
			}
		}
		if len(page) == 0 {
			break
		}
	}
	return page
}

// quickTries is how many members are drawn before all are looked at.
const quickTries = 64

// Random draws one of the members that match, from src; each is as likely as any
// other. False if there is none.
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
