package sim

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

func TestMixShares(t *testing.T) {
	w := mute(t, Config{Nodes: 5000, Mix: Mix{ReadOnly: 0.1, Silent: 0.2, Slow: 0.05, Liars: 0.15, WrongID: 0.1, Followers: 0.08, Crowds: 0.12}})
	var count [lastBehavior + 1]int
	for _, m := range w.All() {
		count[m.Behavior]++
	}
	for b, want := range []float64{0.2, 0.1, 0.2, 0.05, 0.15, 0.1, 0.08, 0.12} {
		if got := float64(count[b]) / 5000; got < want-0.03 || got > want+0.03 {
			t.Errorf("a share of %.3f is %v, want %.3f", got, Behavior(b), want)
		}
	}
}

// probe is one answer to find_node.
func probe(t testing.TB, w *World, h *Host, to Member, target krpc.ID) (from krpc.Contact, nodes []krpc.Contact, took time.Duration, err error) {
	t.Helper()
	over := false
	began := w.Now()
	h.Do(func(now dht.Time, n *dht.Node) {
		n.Query(now, krpc.Contact{Addr: to.Addr}, dht.Call{Method: "find_node", Target: target, Timeout: time.Minute}, func(_ dht.Time, r dht.Reply) {
			over, from, err, took = true, r.From, r.Err, w.Now().Sub(began)
			if err == nil {
				r.Message.EachNode(func(c krpc.Contact) { nodes = append(nodes, c) })
			}
		})
	})
	for !over {
		w.Step()
	}
	return from, nodes, took, err
}

func TestBehaviors(t *testing.T) {
	for b := Normal; b <= lastBehavior; b++ {
		w := world(t, Config{Nodes: 200})
		added, err := w.AddAs(1, b)
		if err != nil || added[0].Behavior != b {
			t.Fatal(added, err)
		}
		m := added[0]
		w.pass(time.Minute) // it finds its place, and is found, if it answers
		if known := len(entries(t, w, m.Index)); known < 8 {
			t.Errorf("%v: it asked, but knows only %d", b, known)
		}
		h := joined(t, w, dht.Config{})
		target := krpc.ID{1, 2, 3}
		truth := w.Closest(target, 1)[0]
		from, nodes, took, err := probe(t, w, h, m, target)
		switch b {
		case ReadOnly, Silent:
			if !errors.Is(err, dht.ErrTimeout) {
				t.Errorf("%v: answered with %v, %v", b, nodes, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%v: %v", b, err)
			continue
		}
		if known := b != WrongID && b != Follower && b != Crowd; (from.ID == m.ID) != known {
			t.Errorf("%v: says it is %v, and is %v", b, from.ID, m.ID)
		}
		if took > time.Second && b != Slow {
			t.Errorf("%v: took %v", b, took)
		}
		exist := slices.ContainsFunc(nodes, func(c krpc.Contact) bool { _, ok := w.Find(c.Addr); return ok })
		if exist != (b != Liar) {
			t.Errorf("%v: named %v", b, nodes)
		}
		for _, c := range nodes {
			if (b == Liar || b == Crowd) && krpc.Closer(target, c.ID, truth.ID) > 0 {
				t.Errorf("a %v names %v, which is farther than %v", b, c, truth)
			}
			if (c.Addr == m.Addr) != (b == Crowd) {
				t.Errorf("a %v names %v", b, c)
			}
		}
		if again, _, _, _ := probe(t, w, h, m, target); (again.ID == from.ID) != (b != WrongID) {
			t.Errorf("a %v says it is %v, and then %v", b, from.ID, again.ID)
		}
		if b == Follower && krpc.Closer(target, from.ID, truth.ID) > 0 {
			t.Errorf("a follower says it is %v, which is farther than %v", from.ID, truth.ID)
		}
		if len(nodes) != 8 {
			t.Errorf("%v: named %d", b, len(nodes))
		}
	}
}

func TestSlowAnswersAreLate(t *testing.T) {
	w := world(t, Config{Nodes: 5, Mix: Mix{Slow: 1, Delay: 3 * time.Second}})
	h := open(t, w, dht.Config{})
	var sum time.Duration
	const n = 400
	for range n {
		_, _, took, err := probe(t, w, h, w.All()[2], krpc.ID{})
		if err != nil {
			t.Fatal(err)
		}
		sum += took
	}
	if mean := sum / n; mean < 2500*time.Millisecond || mean > 3700*time.Millisecond {
		t.Errorf("answers take %v on average, want 3 s and the round trip", mean)
	}
}

func TestSetBehavior(t *testing.T) {
	w := world(t, Config{Nodes: 20})
	h := open(t, w, dht.Config{})
	for _, b := range []Behavior{Silent, Normal, Silent} {
		if err := w.SetBehavior(4, b); err != nil {
			t.Fatal(err)
		}
		if m, _ := w.Member(4); m.Behavior != b || reaches(t, w, h, m.Addr) != (b == Normal) {
			t.Errorf("%v is not what it is told to be", b)
		}
	}
	if slices.Contains(w.Entry(100), w.All()[4].Addr) {
		t.Error("a silent member is an entry")
	}
	for want, err := range map[string]error{
		"sim: there is no member 20":            w.SetBehavior(20, Silent),
		"sim: there is no behavior of number 9": w.SetBehavior(1, 9),
		"sim: member 1 cannot change from normal to read_only: a node is read-only from the beginning or never": w.SetBehavior(1, ReadOnly),
		"sim: mix: the shares are more than 1 together: 1.2":                                                    Mix{Silent: 0.6, Liars: 0.6}.validate(),
		"sim: mix: slow is a probability, 0 to 1, got -1":                                                       Mix{Slow: -1}.validate(),
		"sim: mix: delay must be 1ms to 1h0m0s, got 2h0m0s":                                                     Mix{Delay: 2 * time.Hour}.validate(),
	} {
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	for b := Normal; b <= lastBehavior; b++ {
		if got, err := ParseBehavior(b.String()); got != b || err != nil {
			t.Errorf("%v is read as %v, %v", b, got, err)
		}
	}
	if _, err := ParseBehavior("nice"); err == nil {
		t.Error("nice is a behaviour")
	}
}

// A network with a few members of every behavior must still work.
func TestMixedNetworkWorks(t *testing.T) {
	w := world(t, Config{Nodes: 400, Mix: Mix{ReadOnly: 0.1, Silent: 0.1, Slow: 0.1, WrongID: 0.02}})
	h := joined(t, w, dht.Config{})
	w.pass(30 * time.Minute)
	hash := krpc.ID{9}
	await(t, w, h, announce(hash, 1))
	if r := await(t, w, joined(t, w, dht.Config{}), getPeers(hash)); len(r.Peers) != 1 {
		t.Errorf("found %v, %v", r.Peers, r.Err)
	}
}

func TestSybilsAreNearestToTheTarget(t *testing.T) {
	w := world(t, Config{Nodes: 300, Churn: Churn{Session: Law{Dist: Exponential, Mean: 5 * time.Hour}}})
	h := joined(t, w, dht.Config{})
	target := krpc.ID{0xde, 0xad}
	sybils, err := w.AddSybils(target, 20, Silent)
	if err != nil || len(sybils) != 20 {
		t.Fatal(len(sybils), err)
	}
	for _, m := range w.Closest(target, 20) {
		if !slices.ContainsFunc(sybils, func(s Member) bool { return s.Index == m.Index }) || m.Behavior != Silent || m.Until != 0 {
			t.Errorf("among the nearest is %+v", m)
		}
	}
	w.pass(10 * time.Minute)
	if honest := await(t, w, h, announce(target, 1)).Stored; honest < 4 {
		t.Errorf("stored at %d honest members around silent sybils", honest)
	}
	other := krpc.ID{0xbe, 0xef}
	if sybils, err = w.AddSybils(other, 20, Normal); err != nil {
		t.Fatal(err)
	}
	w.pass(10 * time.Minute)
	r := await(t, w, h, findNode(other))
	caught := 0
	for _, c := range r.Closest {
		if m, _ := w.Find(c.Addr); m.Index >= sybils[0].Index {
			caught++
		}
	}
	if caught < 7 {
		t.Errorf("%d of %d found are sybils that answer", caught, len(r.Closest))
	}
	if _, err := w.AddSybils(sybils[0].ID, 5, Normal); err == nil {
		t.Error("there is room beside an id itself")
	}
	if _, err := w.AddSybils(target, 0, Normal); err == nil {
		t.Error("added none")
	}
}

// The share of dead contacts in warm tables must be the configured one.
func TestDeadContacts(t *testing.T) {
	for _, want := range []float64{0.1, 0.5} {
		w := world(t, Config{Nodes: 500, Dead: want})
		dead, all := 0, 0
		for i := range 500 {
			for _, e := range entries(t, w, i) {
				all++
				if _, ok := w.Find(e.Addr); !ok {
					dead++
				}
			}
		}
		if got := float64(dead) / float64(all); got < want-0.03 || got > want+0.03 {
			t.Errorf("a share of %.3f of contacts is dead, want %.3f", got, want)
		}
		if got := recall(t, w, joined(t, w, dht.Config{}), 20); got < 0.8 {
			t.Errorf("with %.1f dead, %.3f of the nearest are found", want, got)
		}
	}
}
