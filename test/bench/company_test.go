package bench

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/sim"
)

// company is what a node has met before its lookups are timed.
type company struct {
	name   string
	forged int // pings, each with another id, from another address, where nobody is
	rogues int // members that answer every query with 70 contacts that do not exist
	lie    lie
}

// lie is which contacts a rogue makes up.
type lie int

const (
	anywhere lie = iota
	nearTarget
	nearAsker
)

var companies = []company{
	{name: "1,000 forged pings", forged: 1_000},
	{name: "20,000 forged pings", forged: 20_000},
	{name: "100,000 forged pings", forged: 100_000},
	{name: "1 rogue, ids anywhere", rogues: 1},
	{name: "1 rogue, ids near the target", rogues: 1, lie: nearTarget},
	{name: "1 rogue, ids near ourselves", rogues: 1, lie: nearAsker},
	{name: "20 rogues, ids anywhere", rogues: 20},
	{name: "20 rogues, ids near the target", rogues: 20, lie: nearTarget},
	{name: "20 rogues, ids near ourselves", rogues: 20, lie: nearAsker},
}

// setting is what the node under attack is.
type setting struct {
	table  dht.TableKind
	public bool
}

func (s setting) String() string {
	return fmt.Sprintf("%s, %s rules", [...]string{"flat", "buckets"}[s.table], map[bool]string{true: "public", false: "private"}[s.public])
}

var settings = []setting{{dht.FlatTable, false}, {dht.FlatTable, true}, {dht.BucketsTable, false}, {dht.BucketsTable, true}}

// lookupsIn returns how long lookups take, in virtual time, of a node that is attacked.
func lookupsIn(t testing.TB, s setting, c company, lookups int) (took []time.Duration) {
	w, err := sim.New(sim.Config{Nodes: 1000, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	h := openIn(t, w, dht.Config{ID: krpc.ID{0x5a, 1}, KeepID: true, Table: s.table, Public: s.public})
	await(t, w, func(done func()) {
		h.Do(func(now dht.Time, n *dht.Node) { n.Bootstrap(now, w.Entry(3), func(dht.Time, *dht.Result) { done() }) })
	})
	src := rand.NewPCG(1, uint64(c.forged))
	forge(h, c.forged, src)
	for i := range c.rogues {
		meet(t, w, h, rogue(t, w, c.lie, uint64(i)))
	}
	src = rand.NewPCG(2, 3)
	for range lookups {
		target := krpc.RandomID(src)
		await(t, w, func(done func()) {
			h.Do(func(now dht.Time, n *dht.Node) {
				n.GetPeers(now, target, dht.SearchConfig{}, func(_ dht.Time, r *dht.Result) {
					took = append(took, r.Trace.Duration)
					if len(r.Closest) < 8 {
						t.Errorf("%v, %s: %d found", s, c.name, len(r.Closest))
					}
					done()
				})
			})
		})
	}
	slices.Sort(took)
	return took
}

// nobody returns addresses where no node is: no member of a world has one of 203.0.0.0/8.
func nobody(src *rand.PCG) netip.AddrPort {
	ip := [4]byte{203}
	binary.BigEndian.PutUint16(ip[1:], uint16(src.Uint64()))
	ip[3] = byte(1 + src.Uint64()%254)
	return netip.AddrPortFrom(netip.AddrFrom4(ip), 6881)
}

// forge has a node receive pings of nobody, all at once.
func forge(h *sim.Host, pings int, src *rand.PCG) {
	for range pings {
		q := krpc.Query{Method: "ping", Tx: []byte("aa"), ID: krpc.RandomID(src)}
		h.Do(func(now dht.Time, n *dht.Node) { n.Receive(now, nobody(src), q.Append(nil)) })
	}
}

// rogue opens a node that names 70 contacts in each of its answers, who do not exist.
func rogue(t testing.TB, w *sim.World, lie lie, number uint64) *sim.Host {
	src := rand.NewPCG(number, 7)
	h := openIn(t, w, dht.Config{Table: dht.BucketsTable})
	h.Do(func(_ dht.Time, n *dht.Node) {
		n.SetHooks(dht.Hooks{Query: func(now dht.Time, q *dht.Incoming) bool {
			var nodes []byte
			for range 70 {
				id := krpc.RandomID(src)
				switch m := &q.Message; {
				case lie == nearTarget && m.Has&krpc.HasTarget != 0:
					id = id.WithPrefix(m.Target, 40)
				case lie == nearTarget && m.Has&krpc.HasInfoHash != 0:
					id = id.WithPrefix(m.InfoHash, 40)
				case lie == nearAsker:
					id = id.WithPrefix(m.ID, 20)
				}
				nodes = krpc.AppendContact(nodes, krpc.Contact{ID: id, Addr: nobody(src)})
			}
			_, err := q.Reply(now, fmt.Appendf(nil, "d5:nodes%d:%s5:token5:roguee", len(nodes), nodes))
			return err == nil
		}})
	})
	return h
}

// meet has a node ask a rogue, once, and take in what it answers.
func meet(t testing.TB, w *sim.World, h, rogue *sim.Host) {
	var to krpc.Contact
	rogue.Do(func(_ dht.Time, n *dht.Node) { to = krpc.Contact{ID: n.ID(), Addr: n.Addr()} })
	await(t, w, func(done func()) {
		h.Do(func(now dht.Time, n *dht.Node) {
			n.Query(now, to, dht.Call{Method: "find_node", Target: n.ID()}, func(_ dht.Time, r dht.Reply) {
				if r.Err != nil {
					t.Error(r.Err)
				}
				done()
			})
		})
	})
}

func openIn(t testing.TB, w *sim.World, cfg dht.Config) *sim.Host {
	h, err := w.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// await steps the world until done was called.
func await(t testing.TB, w *sim.World, begin func(done func())) {
	over := false
	begin(func() { over = true })
	for !over {
		if !w.Step() {
			t.Fatal("nothing happens any more")
		}
	}
}

// The same as figures: how long a lookup takes, in virtual time.
func BenchmarkLookupsInBadCompany(b *testing.B) {
	for _, s := range settings {
		for _, c := range append([]company{{name: "alone"}}, companies...) {
			b.Run(fmt.Sprintf("%v/%s", s, c.name), func(b *testing.B) {
				var took []time.Duration
				for b.Loop() {
					took = lookupsIn(b, s, c, 60)
				}
				b.ReportMetric(took[30].Seconds(), "median-s")
				b.ReportMetric(took[59].Seconds(), "worst-s")
			})
		}
	}
}

// Nobody can stall the lookups of a node: not with pings that are forged, nor with
// answers full of contacts that do not exist.
func TestLookupsInBadCompany(t *testing.T) {
	for _, s := range settings {
		alone := lookupsIn(t, s, company{}, 60)
		for _, c := range companies {
			took := lookupsIn(t, s, c, 60)
			median, worst := ratio(took[30], alone[30]), ratio(took[59], alone[59])
			t.Logf("%-25v %-32s median %.2f s, worst %.2f s: %.2f, %.2f times those of a node alone", s, c.name, took[30].Seconds(), took[59].Seconds(), median, worst)
			if median > 1.5 || worst > 3 {
				t.Errorf("%v, %s: median %.2f times that of a node alone, worst %.2f", s, c.name, median, worst)
			}
		}
		t.Logf("%v alone: median %v, worst %v", s, alone[30], alone[59])
	}
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(b) }
