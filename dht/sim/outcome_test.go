package sim

import (
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// accounts checks that every query of a search has one outcome, and that the counts are
// those of the path.
func accounts(t *testing.T, what string, r *dht.Result) (pending int) {
	t.Helper()
	var counts [4]int
	for _, step := range r.Trace.Path {
		counts[step.Outcome]++
	}
	tr := r.Trace
	want := [4]int{dht.OutcomePending: tr.Pending, dht.OutcomeReply: tr.Replies, dht.OutcomeTimeout: tr.Timeouts, dht.OutcomeError: tr.Errors}
	if counts != want || tr.Queries != len(tr.Path) || tr.Queries != tr.Replies+tr.Timeouts+tr.Errors+tr.Pending {
		t.Errorf("%s: %d queries, %d replies, %d timeouts, %d errors, %d pending; the path has %v",
			what, tr.Queries, tr.Replies, tr.Timeouts, tr.Errors, tr.Pending, counts)
	}
	return tr.Pending
}

// Every query of a search has an outcome, also with dead contacts, loss, a stopped search and both
// networks.
func TestOutcomesAddUp(t *testing.T) {
	pending, stopped := 0, 0
	for seed := range uint64(40) {
		cfg := Config{Nodes: 150, Seed: seed + 1, Dead: 0.4}
		cfg.Link.Loss = 0.1 * float64(seed%4)
		cfg.V6 = float64(seed % 2)
		w := world(t, cfg)
		h, _ := w.Host(int(seed))
		hash := krpc.ID{byte(7 * seed), byte(seed)}
		pending += accounts(t, "get_peers", await(t, w, h, getPeers(hash)))
		pending += accounts(t, "announce_peer", await(t, w, h, announce(hash, 1)))
		item := krpc.Item{Value: []byte("i1e")}
		pending += accounts(t, "put", await(t, w, h, func(now dht.Time, n *dht.Node, done func(dht.Time, *dht.Result)) {
			n.Put(now, item, nil, dht.SearchConfig{}, done)
		}))
		r := await(t, w, h, func(now dht.Time, n *dht.Node, done func(dht.Time, *dht.Result)) {
			s := n.AnnouncePeer(now, hash, 2, dht.SearchConfig{}, done)
			w.After(time.Duration(seed)*20*time.Millisecond, func() { h.Do(func(dht.Time, *dht.Node) { s.Stop() }) })
		})
		if pending += accounts(t, "stopped", r); r.Err == dht.ErrStopped {
			stopped++
		}
	}
	if pending == 0 || stopped < 10 {
		t.Errorf("%d queries pending, %d searches stopped: too few to show anything", pending, stopped)
	}
}
