package sim

import (
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
)

// mute makes a world with models only: all tables are empty, so virtual days are cheap.
func mute(t testing.TB, cfg Config) *World {
	cfg.Link.Loss, cfg.Link.NAT = 1, 1
	return world(t, cfg)
}

// online returns the share of members online, and by how much it may be off:
// four standard deviations.
func online(w *World, want float64) (share, tolerance float64) {
	n := float64(w.Len())
	return float64(w.Size()) / n, 4 * math.Sqrt(want*(1-want)/n)
}

// A network under churn must begin in the stationary state: the share online is that of the law at
// the start, and a virtual day later.
func TestShareOnlineIsStationary(t *testing.T) {
	notUnderRace(t)
	hour := func(n time.Duration) Law { return Law{Dist: Exponential, Mean: n * time.Hour} }
	for _, c := range []struct {
		churn Churn
		want  float64
	}{
		{Churn{Session: hour(1)}, 1.0 / 2},
		{Churn{Session: hour(2), Downtime: hour(1)}, 2.0 / 3},
		{Churn{Session: Law{Dist: Weibull, Shape: 0.5, Scale: 30 * time.Minute}, Downtime: hour(3)}, 1.0 / 4}, // mean 2 * scale
		{Churn{Session: Law{Dist: Constant, Mean: time.Hour}, Downtime: hour(1)}, 1.0 / 2},
		{Churn{Session: hour(1), Core: 0.4}, 0.4 + 0.6/2},
	} {
		w := mute(t, Config{Nodes: 3000, Churn: c.churn})
		for _, when := range []string{"at the start", "a day later"} {
			if got, tolerance := online(w, c.want); math.Abs(got-c.want) > tolerance {
				t.Errorf("%+v: %s, a share of %.3f is online, want %.3f to %.3f", c.churn, when, got, c.want, tolerance)
			}
			if when == "at the start" {
				w.pass(24 * time.Hour)
			}
		}
		s := w.Stats()
		if s.Joins == 0 || s.Leaves == 0 || s.Online != w.Size() {
			t.Errorf("%+v: after a day, %+v", c.churn, s)
		}
	}
}

// A member met at a random moment, with Weibull sessions, is still online after t with the
// probability of theory, at the start and long after it.
func TestSurvivalOfARandomMember(t *testing.T) {
	law := Law{Dist: Weibull, Shape: 0.6, Scale: time.Hour}
	w := mute(t, Config{Nodes: 6000, Churn: Churn{Session: law}})
	for range 2 {
		met := slices.DeleteFunc(w.All(), func(m Member) bool { return !m.Online })
		began := w.Now()
		for _, after := range []time.Duration{10 * time.Minute, time.Hour, 4 * time.Hour} {
			w.pass(after - w.Now().Sub(began))
			still := 0
			for _, m := range met {
				if now, _ := w.Member(m.Index); now.Online && now.Since == m.Since {
					still++
				}
			}
			got, want := float64(still)/float64(len(met)), law.residual(float64(after))
			if math.Abs(got-want) > 0.03 { // more than four standard deviations of 3000
				t.Errorf("%v after meeting, %.3f are still there, want %.3f", after, got, want)
			}
		}
	}
}

// Since and Until must say how long sessions last and when they end.
func TestMembersKnowTheirSessions(t *testing.T) {
	w := mute(t, Config{Nodes: 200, Churn: Churn{Session: Law{Dist: Constant, Mean: time.Hour}, Core: 0.5}})
	core := 0
	for _, m := range w.All() {
		if m.Until == 0 {
			core++
			continue
		}
		if length := m.Until.Sub(m.Since); length != time.Hour || m.Since > w.Now() || m.Until < w.Now() {
			t.Fatalf("at %v, %+v: %v long", w.Now(), m, length)
		}
	}
	if core < 70 || core > 130 {
		t.Errorf("%d of 200 are in the core, want 100", core)
	}
	before := w.All()
	w.pass(time.Hour + time.Second)
	for i, m := range w.All() {
		if b := before[i]; b.Until != 0 && m.Since < b.Until || b.Until == 0 && m != b {
			t.Errorf("was %+v, is %+v", b, m)
		}
	}
}

// A member that comes back has its id, its address and its table, and is found.
func TestMembersComeBackAsThemselves(t *testing.T) {
	w := world(t, Config{Nodes: 300, Churn: Churn{Session: Law{Dist: Exponential, Mean: 2 * time.Hour}, Downtime: Law{Dist: Constant, Mean: 20 * time.Minute}}})
	h := joined(t, w, dht.Config{})
	before := w.All()
	away := slices.DeleteFunc(w.All(), func(m Member) bool { return m.Online })
	if len(away) < 20 {
		t.Fatalf("%d are away", len(away))
	}
	w.pass(21 * time.Minute)
	back, found := 0, 0
	for _, m := range away {
		now, _ := w.Member(m.Index)
		if now.ID != before[m.Index].ID || now.Addr != before[m.Index].Addr {
			t.Fatalf("was %+v, is %+v", before[m.Index], now)
		}
		if !now.Online || w.Now().Sub(now.Since) < 30*time.Second {
			continue
		}
		back++
		if r := await(t, w, h, findNode(m.ID)); len(r.Closest) > 0 && r.Closest[0].ID == m.ID {
			found++
		}
		if known := len(entries(t, w, m.Index)); known < 20 {
			t.Errorf("member %d came back and knows %d", m.Index, known)
		}
	}
	if back < 15 || found < back*8/10 {
		t.Errorf("%d of %d that were away came back; %d are found", back, len(away), found)
	}
	if got := recall(t, w, h, 20); got < 0.85 {
		t.Errorf("under churn %.3f of the nearest are found", got)
	}
}

// Announces that others stored at a member are lost when it leaves, as with a program that is
// started again.
func TestAnnouncesAreLostByLeaving(t *testing.T) {
	w := world(t, Config{Nodes: 50, Churn: Churn{Session: Law{Dist: Constant, Mean: 10 * time.Minute}, Downtime: Law{Dist: Constant, Mean: time.Second}}})
	h := joined(t, w, dht.Config{})
	hash := w.All()[0].ID
	await(t, w, h, announce(hash, 1))
	stored := func() (n int) {
		for i := range w.Len() {
			if lent, ok := w.Host(i); ok {
				lent.Do(func(_ dht.Time, n2 *dht.Node) { n += n2.Stats().PeersStored })
			}
		}
		return n
	}
	if n := stored(); n < 6 {
		t.Fatalf("%d members store it", n)
	}
	w.pass(11 * time.Minute)
	if n := stored(); n != 0 {
		t.Errorf("all were started anew, and %d members still store it", n)
	}
}

func TestSetChurn(t *testing.T) {
	w := mute(t, Config{Nodes: 2000})
	removed := w.Remove(100)
	churn := Churn{Session: Law{Dist: Exponential, Mean: time.Hour}}
	if err := w.SetChurn(churn); err != nil {
		t.Fatal(err)
	}
	if n := w.Size(); n < 850 || n > 1050 {
		t.Errorf("%d of 1900 are online at once, want 950", n)
	}
	if got := w.Churn(); got.Downtime != churn.Session {
		t.Errorf("in force is %+v", got)
	}
	w.pass(3 * time.Hour)
	for _, m := range removed {
		if now, _ := w.Member(m.Index); now.Online || now.Until != 0 {
			t.Fatalf("was told to leave, and is %+v", now)
		}
	}
	if err := w.SetChurn(Churn{Session: churn.Session, Core: 1}); err != nil {
		t.Fatal(err)
	}
	size := w.Size()
	w.pass(3 * time.Hour)
	if w.Size() != size {
		t.Errorf("with a core of 1, %d online became %d", size, w.Size())
	}
	if err := errors.Join(w.SetChurn(churn), w.SetChurn(Churn{})); err != nil || w.Churn() != (Churn{}) {
		t.Fatal(err, w.Churn())
	}
	size, alarms := w.Size(), alarmsSet(w)
	w.pass(3 * time.Hour)
	if w.Size() != size || alarmsSet(w) > alarms {
		t.Errorf("without churn, %d online became %d", size, w.Size())
	}
	if err := w.SetChurn(Churn{Core: 2}); err == nil || err.Error() != "sim: churn: core is a probability, 0 to 1, got 2" {
		t.Error(err)
	}
}

// The times at which a member comes and goes must not depend on other members.
func TestMoreNodesDoNotChangeTheChurnOfOthers(t *testing.T) {
	cfg := Config{Nodes: 30, Churn: Churn{Session: Law{Dist: Weibull}, Downtime: Law{Dist: Exponential, Mean: time.Hour}, Core: 0.2}}
	small := mute(t, cfg)
	cfg.Nodes = 60
	large := mute(t, cfg)
	for range 5 {
		for i, m := range small.All() {
			if n, _ := large.Member(i); n != m {
				t.Fatalf("member %d is %+v among 30, %+v among 60", i, m, n)
			}
		}
		small.pass(3 * time.Hour)
		large.pass(3 * time.Hour)
	}
}

func TestColdStartUnderChurn(t *testing.T) {
	w := world(t, Config{Nodes: 150, Cold: true, Churn: Churn{Session: Law{Dist: Exponential, Mean: 3 * time.Hour}, Downtime: Law{Dist: Exponential, Mean: time.Hour}}})
	if w.Len() != 150 || w.Size() < 95 || w.Size() > 130 {
		t.Errorf("%d of %d are online, want 112", w.Size(), w.Len())
	}
	if got := recall(t, w, joined(t, w, dht.Config{}), 20); got < 0.8 {
		t.Errorf("%.3f of the nearest are found", got)
	}
}

// A handle of a member and its searches stay valid while the member comes and goes.
func TestHostOfAMemberThatComesAndGoes(t *testing.T) {
	w := world(t, Config{Nodes: 60})
	h, _ := w.Host(5)
	always := Law{Dist: Constant, Mean: time.Minute}
	if err := w.SetChurn(Churn{Session: always, Downtime: always}); err != nil {
		t.Fatal(err)
	}
	answered, failed := 0, 0
	for range 40 {
		m, _ := w.Member(5)
		r := await(t, w, h, findNode(w.All()[9].ID))
		switch {
		case m.Online && r.Trace.Replies > 0:
			answered++
		case !m.Online && r.Trace.Replies == 0:
			failed++
		}
		w.pass(10 * time.Second)
	}
	if answered < 10 || failed < 10 {
		t.Errorf("%d of 40 searches were answered while online, %d failed while away", answered, failed)
	}
}
