package sim

import "time"

// A cold network grows by a tenth a second, but by at least one member a
// second, so that newcomers always find most of the others settled.
const (
	growth = 10 * time.Second // divided by the members so far: the pause until the next one joins
	// settling is the time from the last member's join until New returns. A join fills the
	// buckets near a node's own id; the others are filled by their first refresh, a minute
	// later. After 20 minutes upkeep is regular.
	settling = 20 * time.Minute
)

// cold lets the members join one after another, each through three random ones that are there
// already.
func (b builder) cold() error {
	w := b.World
	for n := range w.cfg.Nodes {
		if n > 0 {
			w.pass(min(time.Second, growth/time.Duration(n)))
		}
		through := w.Entry(EntryNodes)
		s, err := b.member()
		if err != nil {
			return err
		}
		if s.online {
			w.join(s, through)
		}
		if made := n + 1; made%16 == 0 || made == w.cfg.Nodes {
			b.progress(made, w.cfg.Nodes)
		}
	}
	w.pass(settling)
	return nil
}

// pass lets d of virtual time pass.
func (w *World) pass(d time.Duration) {
	over := false
	w.After(d, func() { over = true })
	for !over {
		w.Step()
	}
}
