package lookup

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"github.com/lightdht/lightdht/dht/krpc"
)

// numbered returns a contact on a host of its own.
func numbered(id krpc.ID, i int) krpc.Contact {
	ip := [4]byte{20}
	binary.BigEndian.PutUint32(ip[:], 20<<24+uint32(i))
	return krpc.Contact{ID: id, Addr: netip.AddrPortFrom(netip.AddrFrom4(ip), 6881)}
}

// A network that answers every query with ever nearer nodes does not keep a walk busy for ever.
func TestInventedNodes(t *testing.T) {
	for _, cfg := range []Config{{}, {K: 20}, {MaxQueries: 30}, {MaxQueries: math.MaxInt32}} {
		w, made := New(cfg), 0
		invent := func(n int) (list []krpc.Contact) {
			for range n {
				made++
				id := krpc.ID{1}
				binary.BigEndian.PutUint64(id[8:], 1<<40-uint64(made))
				list = append(list, numbered(id, made))
			}
			return list
		}
		asks := w.Step(Event{Found: invent(8)}, nil)
		for len(asks) > 0 {
			to := asks[0]
			asks = w.Step(Event{Kind: Answer, From: to, Found: invent(80)}, asks[1:])
		}
		want := baseAsks + 4*max(cfg.K, DefaultK)
		if cfg.MaxQueries == 30 {
			want = 30
		}
		if !w.Done() || w.Asked() != want {
			t.Errorf("%+v: done %v after %d queries, want %d", cfg, w.Done(), w.Asked(), want)
		}
		if room := max(minWait, 4*w.cfg.K); len(w.nodes) > want+room {
			t.Errorf("%+v: %d candidates remembered", cfg, len(w.nodes))
		}
	}
}

// The number of candidates without ids is bounded, too.
func TestManyStrangers(t *testing.T) {
	w := New(Config{MaxQueries: 1000})
	for i := range 5000 {
		w.Step(Event{Found: []krpc.Contact{numbered(krpc.ID{}, i)}}, nil)
	}
	if len(w.nodes) > minWait+DefaultWidth {
		t.Errorf("%d remembered", len(w.nodes))
	}
}

func TestDefaults(t *testing.T) {
	for _, c := range []struct{ give, want Config }{
		{Config{}, Config{K: 8, Width: 3, MaxQueries: 1032}},
		{Config{K: -1, Width: -1, MaxQueries: -1}, Config{K: 8, Width: 3, MaxQueries: 1032}},
		{Config{K: 1 << 30, MaxQueries: 7}, Config{K: 1024, Width: 3, MaxQueries: 7}},
	} {
		if got := New(c.give).cfg; got != c.want {
			t.Errorf("%+v becomes %+v, want %+v", c.give, got, c.want)
		}
	}
}

func TestClosestAppends(t *testing.T) {
	first := numbered(krpc.ID{9}, 9)
	if got := New(Config{}).Closest([]krpc.Contact{first}); !slices.Equal(got, []krpc.Contact{first}) {
		t.Errorf("got %v", got)
	}
}

// graph is a network for measuring: 16384 nodes, by distance from the target. The
// node of rank r names eight of about rank r/4; every third stays silent.
type graph struct {
	nodes []krpc.Contact
	known [][]krpc.Contact
	rank  map[netip.AddrPort]int
}

func newGraph(target krpc.ID) *graph {
	rnd := rand.New(rand.NewPCG(1, 2))
	n := &graph{rank: make(map[netip.AddrPort]int)}
	for i := range 1 << 14 {
		n.nodes = append(n.nodes, numbered(krpc.RandomID(rnd), i))
	}
	slices.SortFunc(n.nodes, func(a, b krpc.Contact) int { return krpc.Closer(target, a.ID, b.ID) })
	for r, c := range n.nodes {
		n.rank[c.Addr] = r
		var known []krpc.Contact
		for range 8 {
			known = append(known, n.nodes[r/8+rnd.IntN(r/4+16)])
		}
		n.known = append(n.known, known)
	}
	return n
}

// run walks from the far end and returns the number of events.
func (n *graph) run(w *Walk, asks []krpc.Contact) (steps int, _ []krpc.Contact) {
	asks = w.Step(Event{Found: n.nodes[len(n.nodes)-8:]}, asks[:0])
	for steps = 1; len(asks) > 0; steps++ {
		to := asks[len(asks)-1]
		asks = asks[:len(asks)-1]
		r := n.rank[to.Addr]
		if r%3 == 2 {
			asks = w.Step(Event{Kind: Silence, From: to}, asks)
		} else {
			asks = w.Step(Event{Kind: Answer, From: to, Found: n.known[r]}, asks)
		}
	}
	return steps, asks
}

// A walk that reuses an old one finds the same, and allocates nothing.
func TestReset(t *testing.T) {
	cfg := Config{Target: krpc.ID{7}}
	n, w := newGraph(cfg.Target), New(Config{K: 100})
	_, asks := n.run(w, nil)
	w.Reset(cfg)
	allocs := testing.AllocsPerRun(10, func() {
		w.Reset(cfg)
		_, asks = n.run(w, asks)
	})
	fresh := New(cfg)
	n.run(fresh, nil)
	if got, want := w.Closest(nil), fresh.Closest(nil); !slices.Equal(got, want) || len(got) != DefaultK {
		t.Errorf("after Reset: %v, want %v", got, want)
	}
	if w.Asked() != fresh.Asked() || !w.Done() {
		t.Errorf("after Reset: %d asked, done %v; want %d", w.Asked(), w.Done(), fresh.Asked())
	}
	if allocs > 0 {
		t.Errorf("%v allocations", allocs)
	}
}

func BenchmarkStep(b *testing.B) {
	cfg := Config{Target: krpc.ID{7}}
	n, w := newGraph(cfg.Target), New(cfg)
	asks := make([]krpc.Contact, 0, 16)
	steps := 0
	b.ReportAllocs()
	for b.Loop() {
		w.Reset(cfg)
		var s int
		s, asks = n.run(w, asks)
		steps += s
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(steps), "ns/step")
	b.ReportMetric(float64(steps)/float64(b.N), "steps/op")
	b.ReportMetric(float64(len(w.nodes)), "candidates/op")
}

// Ids that differ from each other in the last bit only are ranked all the same.
func TestLastBitsDecide(t *testing.T) {
	w := New(Config{K: 4, Width: 1})
	contacts := make([]krpc.Contact, 8)
	for i := range contacts {
		contacts[i] = numbered(krpc.ID{krpc.IDLen - 1: byte(i + 1)}, i)
	}
	asks := w.Step(Event{Found: []krpc.Contact{contacts[5], contacts[3], contacts[7], contacts[0]}}, nil)
	found := []krpc.Contact{contacts[6], contacts[2], contacts[4], contacts[1]}
	for len(asks) > 0 {
		asks, found = w.Step(Event{Kind: Answer, From: asks[0], Found: found}, asks[1:]), nil
	}
	if got := w.Closest(nil); !slices.Equal(got, contacts[:4]) || w.Asked() != 4 {
		t.Errorf("found %v with %d questions", got, w.Asked())
	}
}
