package sim

import (
	"math"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/table"
)

const month = 30 * 24 * time.Hour

// A month without traffic passes after the nodes have lived through some hours.
func TestIdleMonthIsSkipped(t *testing.T) {
	notUnderRace(t)
	w := world(t, Config{Nodes: 200, Seed: 1})
	h := joined(t, w, dht.Config{})
	hash := krpc.ID{1, 2, 3}
	await(t, w, h, announce(hash, 7))
	began := w.Now()
	w.pass(month)
	if passed, s := w.Now().Sub(began), w.Stats(); passed != month || month-s.Skipped > 2*quietTime+time.Minute {
		t.Errorf("%v passed, of which %v were skipped", passed, s.Skipped)
	}
	entries, _ := h.node.Table().Page(w.now, 0, make([]dht.Entry, 0, 200))
	for _, e := range entries {
		seen := e.LastSeen.Add(w.Skipped(e.LastSeen))
		if ago := w.Now().Sub(seen); e.Status == table.Good && (ago < 0 || ago > 20*time.Minute) {
			t.Errorf("a good node was seen %v ago", ago)
		}
	}
	if r := await(t, w, h, getPeers(hash)); len(r.Peers) > 0 {
		t.Errorf("what was announced a month ago is still known: %v", r.Peers)
	}
	target := krpc.ID{9}
	var found, truth []krpc.ID
	for _, c := range await(t, w, h, findNode(target)).Closest {
		found = append(found, c.ID)
	}
	for _, m := range w.Closest(target, len(found)) {
		truth = append(truth, m.ID)
	}
	if len(found) != 8 || !slices.Equal(found, truth) {
		t.Errorf("found %v, nearest are %v", found, truth)
	}
}

// Tables after some days are the same whether the days were simulated or skipped, except for the
// replacement caches.
func TestSkippedDaysChangeNothing(t *testing.T) {
	notUnderRace(t)
	known := func(skip bool) (own, members int) {
		w := world(t, Config{Nodes: 100, Seed: 1, SimulateIdle: !skip})
		h := joined(t, w, dht.Config{})
		w.pass(48 * time.Hour)
		if skipped := w.Stats().Skipped > 0; skipped != skip {
			t.Errorf("asked to skip: %v, skipped: %v", skip, skipped)
		}
		for i := range w.Len() {
			entries, _ := w.member(uint32(i)).node.Table().Page(w.now, 0, make([]dht.Entry, 0, 100))
			for _, e := range entries {
				if e.Replies > 0 {
					members++
				}
			}
		}
		return h.node.Table().Len(), members
	}
	own, members := known(false)
	ownSkipped, membersSkipped := known(true)
	if own != ownSkipped || math.Abs(float64(membersSkipped-members)) > 0.01*float64(members) {
		t.Errorf("a node knows %d, or %d if days were skipped, and members %d or %d together", own, ownSkipped, members, membersSkipped)
	}
}

// Functions that fall into an idle time are called at their time, and in order.
func TestCallsAcrossIdleTime(t *testing.T) {
	notUnderRace(t)
	w := world(t, Config{Nodes: 20, Seed: 1})
	began := w.Now()
	var at []time.Duration
	note := func() { at = append(at, w.Now().Sub(began)) }
	w.After(20*24*time.Hour, note)
	w.After(10*24*time.Hour, func() { note(); w.After(time.Second, note) })
	stop := w.After(5*24*time.Hour, note)
	w.After(time.Hour, func() { note(); stop() })
	w.pass(month)
	const day = 24 * time.Hour
	want := []time.Duration{time.Hour, 10 * day, 10*day + time.Second, 20 * day}
	if !slices.Equal(at, want) {
		t.Errorf("called after %v, want %v", at, want)
	}
	if s := w.Stats(); s.Now != month || s.Skipped < month-4*(quietTime+time.Hour) {
		t.Errorf("%v passed, %v skipped", s.Now, s.Skipped)
	}
}

// A long wait of the caller's ends at its time, although nothing else happens meanwhile.
func TestAwaitedAcrossIdleTime(t *testing.T) {
	w := world(t, Config{Nodes: 20, Seed: 1})
	began, ended := w.Now(), time.Duration(0)
	open(t, w, dht.Config{}).Do(func(now dht.Time, n *dht.Node) {
		nobody := krpc.Contact{Addr: addressOf(ghosts)}
		n.Query(now, nobody, dht.Call{Method: "ping", Timeout: 5 * time.Hour}, func(dht.Time, dht.Reply) { ended = w.Now().Sub(began) })
	})
	w.pass(month)
	if ended != 5*time.Hour || w.Stats().Skipped == 0 {
		t.Errorf("a query of 5 hours ended after %v; %v were skipped", ended, w.Stats().Skipped)
	}
}

// Next returns the time at which a skip ends.
func TestNextTellsOfIdleTime(t *testing.T) {
	w := world(t, Config{Nodes: 20, Seed: 1})
	began, over := w.Now(), false
	w.After(month, func() { over = true })
	for !over {
		next, _ := w.Next()
		w.Step()
		if w.Now() < next {
			t.Fatalf("%v, announced for %v", w.Now(), next)
		}
	}
	if w.Now() != began.Add(month) {
		t.Errorf("over at %v", w.Now())
	}
}

// The times that nodes report are corrected by the time skipped before them.
func TestSkippedBefore(t *testing.T) {
	w := world(t, Config{Nodes: 20, Seed: 1})
	h := open(t, w, dht.Config{})
	clock := func() (at dht.Time) {
		h.Do(func(now dht.Time, _ *dht.Node) { at = now })
		return at
	}
	for range 3 {
		if at := clock(); at.Add(w.Skipped(at)) != w.Now() {
			t.Errorf("a node shows %v, %v were skipped, and it is %v", at, w.Skipped(at), w.Now())
		}
		w.pass(24 * time.Hour)
		w.pass(time.Second)
	}
	if w.Skipped(w.Epoch()) != 0 || w.Skipped(clock()) != w.Stats().Skipped {
		t.Error("what was skipped is not between the beginning and now")
	}
}

// Nothing is skipped if upkeep may change something, or a hook watches.
func TestNotIdle(t *testing.T) {
	notUnderRace(t)
	set := func(f func(w *World) error) func(t *testing.T, w *World) {
		return func(t *testing.T, w *World) {
			if err := f(w); err != nil {
				t.Fatal(err)
			}
		}
	}
	watched := func(h *Host) {
		h.Do(func(_ dht.Time, n *dht.Node) { n.SetHooks(dht.Hooks{Heard: func(dht.Time, dht.Entry) {}}) })
	}
	cases := map[string]struct {
		cfg   Config
		do    func(t *testing.T, w *World)
		mends bool // after a day
	}{
		"unwanted":      {cfg: Config{SimulateIdle: true}},
		"loss":          {cfg: Config{Link: Link{Loss: 0.1}}},
		"lines":         {cfg: Config{Link: Link{Inbound: Inbound{Datagrams: 100}}}},
		"cold":          {cfg: Config{Cold: true}, mends: true},
		"dead":          {cfg: Config{Dead: 0.1}, mends: true},
		"partition":     {cfg: Config{Partition: 0.1}},
		"churn":         {cfg: Config{Churn: Churn{Session: Law{Dist: Weibull}}}},
		"skew":          {cfg: Config{Skew: Skew{Offset: time.Second}}},
		"mix":           {cfg: Config{Mix: Mix{Silent: 0.1}}},
		"traffic":       {cfg: Config{Traffic: Traffic{Every: time.Hour}}},
		"set link":      {do: set(func(w *World) error { return w.SetLink(Link{}) }), mends: true},
		"set churn":     {do: set(func(w *World) error { return w.SetChurn(Churn{}) }), mends: true},
		"set traffic":   {do: set(func(w *World) error { return w.SetTraffic(Traffic{}) }), mends: true},
		"set skew":      {do: set(func(w *World) error { return w.SetSkew(Skew{}) }), mends: true},
		"set partition": {do: set(func(w *World) error { return w.Partition(0.5) })},
		"partition off": {do: set(func(w *World) error { m, _ := w.Member(3); return w.PartitionOff([]netip.AddrPort{m.Addr}) })},
		"healed":        {do: set(func(w *World) error { err := w.Partition(0.5); w.Heal(); return err }), mends: true},
		"no longer apart": {do: set(func(w *World) error {
			m, _ := w.Member(3)
			err := w.PartitionOff([]netip.AddrPort{m.Addr})
			w.Heal()
			return err
		}), mends: true},
		"set behavior":   {do: set(func(w *World) error { return w.SetBehavior(1, Liar) })},
		"added":          {do: set(func(w *World) error { _, err := w.Add(1); return err }), mends: true},
		"removed":        {do: set(func(w *World) error { w.Remove(1); return nil }), mends: true},
		"watched node":   {do: func(t *testing.T, w *World) { watched(open(t, w, dht.Config{})) }},
		"watched member": {do: func(_ *testing.T, w *World) { h, _ := w.Host(3); watched(h) }},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			c.cfg.Nodes, c.cfg.Seed = 20, 1
			w := world(t, c.cfg)
			if c.do != nil {
				c.do(t, w)
			}
			w.pass(20 * quietTime)
			if s := w.Stats(); s.Skipped != 0 {
				t.Errorf("%v were skipped", s.Skipped)
			}
			if c.mends {
				w.pass(20 * quietTime)
				if s := w.Stats(); s.Skipped == 0 {
					t.Error("nothing was skipped although the network has been left alone for a day")
				}
			}
		})
	}
}
