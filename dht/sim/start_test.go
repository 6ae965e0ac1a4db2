package sim

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/table"
)

func TestWarmNetworkFindsTheNearest(t *testing.T) {
	w := world(t, Config{})
	if got := recall(t, w, joined(t, w, dht.Config{}), 60); w.Size() != 500 || got < 0.95 {
		t.Errorf("of the true 8 nearest among %d, %.3f are found, want 0.95", w.Size(), got)
	}
}

func TestWarmNetworkFindsWhatWasAnnounced(t *testing.T) {
	w := world(t, Config{Nodes: 1000, Seed: 3})
	a, b := joined(t, w, dht.Config{}), joined(t, w, dht.Config{})
	for i := range 20 {
		hash := krpc.ID{byte(13 * i), byte(i)}
		stored := await(t, w, a, announce(hash, 1000)).Stored
		if r := await(t, w, b, getPeers(hash)); stored < 7 || len(r.Peers) != 1 {
			t.Errorf("%v: stored %d times, found %v", hash, stored, r.Peers)
		}
	}
}

// entries lists the contacts of a member that have answered it.
func entries(t testing.TB, w *World, i int) (members []table.Entry) {
	h, ok := w.Host(i)
	if !ok {
		t.Fatalf("no member %d", i)
	}
	h.Do(func(now dht.Time, n *dht.Node) {
		all, _ := n.Table().Page(now, 0, make([]table.Entry, 0, 1000))
		members = slices.DeleteFunc(all, func(e table.Entry) bool { return e.Replies == 0 })
	})
	return members
}

// shape is the mean number of entries of each depth, over the members.
func shape(t testing.TB, w *World) (depths [20]float64, total float64) {
	for i := range w.Len() {
		m, _ := w.Member(i)
		for _, e := range entries(t, w, i) {
			depths[min(m.ID.CommonPrefix(e.ID), 19)] += 1 / float64(w.Len())
			total += 1 / float64(w.Len())
		}
	}
	return depths, total
}

// In a network of n with buckets of k, an entry's place is one of k at each
// depth where there are that many, and everyone's below. How many that makes on average
// follows from the ids; of 1,000 networks of 1,000 the standard deviation was 0.07.
func TestWarmTablesAreComplete(t *testing.T) {
	w := world(t, Config{Nodes: 1000})
	_, total := shape(t, w)
	if math.Abs(total-62.55) > 4*0.07 {
		t.Errorf("%.2f entries on average, theory says 62.55", total)
	}
	for _, e := range entries(t, w, 17) {
		m, ok := w.Find(e.Addr)
		if !ok || m.ID != e.ID || e.Status != table.Good || e.RTT == 0 || w.Now().Sub(e.LastReply) >= 15*time.Minute {
			t.Errorf("an entry is %+v; the member is %+v", e, m)
		}
	}
}

// Upkeep must not be synchronized: no second of the first half hour has more than a small multiple
// of the usual traffic.
func TestWarmUpkeepIsSpread(t *testing.T) {
	w := world(t, Config{Nodes: 300})
	var busiest, before uint64
	const seconds = 1800
	for range seconds {
		w.pass(time.Second)
		sent := w.Stats().Sent
		busiest, before = max(busiest, sent-before), sent
	}
	if mean := float64(before) / seconds; mean == 0 || float64(busiest) > 4*mean {
		t.Errorf("%d datagrams in the busiest second, %.1f in the mean", busiest, mean)
	}
}

func TestWarmTablesStayGood(t *testing.T) {
	w := world(t, Config{Nodes: 300})
	_, before := shape(t, w)
	w.pass(2 * time.Hour)
	_, after := shape(t, w)
	good, all := 0, 0
	for i := range 300 {
		for _, e := range entries(t, w, i) {
			all++
			if e.Status == table.Good {
				good++
			}
		}
	}
	if after < 0.9*before || good < all*8/10 {
		t.Errorf("%.1f entries at first, %.1f after two hours; %d of %d are good", before, after, good, all)
	}
	if got := recall(t, w, joined(t, w, dht.Config{}), 20); got < 0.95 {
		t.Errorf("after two hours, %.3f of the nearest are found", got)
	}
}

// A cold network, once settled, is like a warm one, with the following differences. With one seed
// both have the same members, so the ids are no source of difference: a warm table is complete, and
// of a range with at most eight members both tables can only have the same.
//
// Cold members have had answers of 0.04 others fewer on average, which their refreshes have not
// met; of ten seeds the standard deviation was 0.02. Besides, a cold member has unasked contacts in
// its replacement caches: 0.28 (of 300) or 0.335 (of 1,000) for each that answered, with a standard
// deviation of 0.007. A table counts them, but never hands them out; warm replacement caches are
// empty. The test tolerates the mean and four standard deviations.
//
// Lookups hardly see a difference: 400 from the same members to the same targets take
// 0.3 more queries, within four standard errors of 0.07, and all find the nearest.
func TestColdResemblesWarm(t *testing.T) {
	for _, network := range []struct {
		nodes int
		heard float64
	}{{300, 0.28}, {1000, 0.335}} {
		t.Run(fmt.Sprint(network.nodes), func(t *testing.T) {
			if network.nodes > 300 {
				notUnderRace(t)
			}
			cold, warm := world(t, Config{Nodes: network.nodes, Cold: true}), world(t, Config{Nodes: network.nodes})
			resemble(t, cold, warm)
			_, answered := shape(t, cold)
			if got := unverified(t, cold) / answered; math.Abs(got-network.heard) > 0.03 {
				t.Errorf("a cold member has heard of %.3f others for each that answered it, want %.3f", got, network.heard)
			}
			if got := unverified(t, warm); got != 0 {
				t.Errorf("a warm member has heard of %.1f others that never answered it", got)
			}
			searchAlike(t, cold, warm)
		})
	}
}

// resemble compares the entries that answered.
func resemble(t *testing.T, cold, warm *World) {
	t.Helper()
	inCold, coldTotal := shape(t, cold)
	inWarm, warmTotal := shape(t, warm)
	t.Logf("cold %.2f: %.1f", coldTotal, inCold)
	t.Logf("warm %.2f: %.1f", warmTotal, inWarm)
	const apart = 0.12
	for depth := range inCold {
		if lacks := inWarm[depth] - inCold[depth]; math.Abs(lacks) > apart {
			t.Errorf("at depth %d a cold member lacks %.3f entries of a warm one's %.3f", depth, lacks, inWarm[depth])
		}
	}
	if lacks := warmTotal - coldTotal; math.Abs(lacks) > apart {
		t.Errorf("a cold member lacks %.3f entries of a warm one's %.2f", lacks, warmTotal)
	}
}

// unverified is how many contacts of a member, on average, have never answered it; it must hand out
// none of them.
func unverified(t *testing.T, w *World) (mean float64) {
	t.Helper()
	for i := range w.Len() {
		h, _ := w.Host(i)
		h.Do(func(now dht.Time, n *dht.Node) {
			all, _ := n.Table().Page(now, 0, make([]table.Entry, 0, 1000))
			named := n.Table().Serve(now, n.ID(), len(all), nil)
			for _, e := range all {
				if e.Replies > 0 {
					continue
				}
				mean += 1 / float64(w.Len())
				if slices.ContainsFunc(named, func(c krpc.Contact) bool { return c.ID == e.ID }) {
					t.Errorf("member %d names %v, who never answered it", i, e.ID)
				}
			}
		})
	}
	return mean
}

// searchAlike lets members of both networks look for the same targets.
func searchAlike(t *testing.T, cold, warm *World) {
	t.Helper()
	const lookups = 400
	src := rand.NewPCG(3, 4)
	var more, square float64 // queries in the cold network, beyond those in the warm one
	for i := range lookups {
		target, from := krpc.RandomID(src), i*cold.Len()/lookups
		d := float64(queries(t, cold, from, target) - queries(t, warm, from, target))
		more, square = more+d/lookups, square+d*d/lookups
	}
	deviation := math.Sqrt((square - more*more) / lookups)
	t.Logf("%.3f more queries in a cold network, with a standard error of %.3f", more, deviation)
	if math.Abs(more-0.3) > 4*deviation || deviation > 0.1 {
		t.Errorf("a lookup takes %.3f more queries in a cold network; the standard error is %.3f", more, deviation)
	}
}

// queries is how many queries a lookup takes; it must find the nearest.
func queries(t *testing.T, w *World, from int, target krpc.ID) int {
	t.Helper()
	h, _ := w.Host(from)
	m, _ := w.Member(from)
	r := await(t, w, h, findNode(target))
	nearest := slices.DeleteFunc(w.Closest(target, 9), func(c Member) bool { return c.ID == m.ID })
	for i, c := range r.Closest {
		if c.ID != nearest[i].ID {
			t.Errorf("member %d finds %v, and %v is the %d-th nearest to %v", from, c.ID, nearest[i].ID, i+1, target)
			break
		}
	}
	return r.Trace.Queries
}

// Fifty nodes that join at once through one lone node must be in its table soon: it pings some
// twenty of them a second, and its replacement cache holds 32.
func TestYoungNetworkFormsSoon(t *testing.T) {
	w := world(t, Config{Nodes: 1, Cold: true})
	entry := open(t, w, dht.Config{K: 64})
	for range 50 {
		open(t, w, dht.Config{}).Do(func(now dht.Time, n *dht.Node) {
			n.Bootstrap(now, []netip.AddrPort{entry.Addr()}, func(dht.Time, *dht.Result) {})
		})
	}
	named := 0
	for w.Stats().Now < 6*time.Second && named < 50 {
		w.Step()
		entry.Do(func(now dht.Time, n *dht.Node) { named = len(n.Table().Serve(now, krpc.ID{}, 64, nil)) })
	}
	t.Logf("%d are named after %v", named, w.Stats().Now)
	if named < 50 {
		t.Errorf("of 50 only %d are named after %v", named, w.Stats().Now)
	}
}

// A network that has long been running sends its pings every 15 minutes, and little more: 48.7
// entries make 97 datagrams and their answers in half an hour.
func TestEstablishedNetworkIsQuiet(t *testing.T) {
	w := world(t, Config{Nodes: 300})
	for range 2 {
		before := w.Stats().Sent
		w.pass(30 * time.Minute)
		if per := (w.Stats().Sent - before) / 300; per > 175 {
			t.Errorf("%d datagrams per member in half an hour", per)
		}
	}
}

func TestWarmMembersBehindNATAreNotKnown(t *testing.T) {
	w := world(t, Config{Nodes: 200, Link: Link{NAT: 0.5}})
	for i := range 200 {
		for _, e := range entries(t, w, i) {
			if m, _ := w.Find(e.Addr); !m.Reachable {
				t.Fatalf("member %d knows %+v", i, m)
			}
		}
	}
}

func TestTinyNetworks(t *testing.T) {
	for _, cold := range []bool{false, true} {
		for n := 1; n < 12; n++ {
			w := world(t, Config{Nodes: n, Cold: cold})
			h := joined(t, w, dht.Config{})
			if r := await(t, w, h, findNode(krpc.ID{1})); len(r.Closest) != min(n, 8) {
				t.Errorf("cold %v: %d of %d found", cold, len(r.Closest), n)
			}
		}
	}
}

func TestProgress(t *testing.T) {
	for _, cold := range []bool{false, true} {
		last, calls := 0, 0
		world(t, Config{Nodes: 40, Cold: cold, Progress: func(done, total int) {
			if done <= last || total != 40 {
				t.Errorf("%d of %d after %d", done, total, last)
			}
			last = done
			calls++
		}})
		if last != 40 || calls == 0 {
			t.Errorf("cold %v: %d calls, the last at %d", cold, calls, last)
		}
	}
}

// A million nodes must fit in 8 GiB. With each doubling a table has one bucket
// more, of eight members.
func TestMemoryPerNode(t *testing.T) {
	const nodes, doublings, bucket = 8000, 7, 8*(44+2) + 16
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	w := world(t, Config{Nodes: nodes})
	runtime.GC()
	runtime.ReadMemStats(&after)
	per := (after.HeapAlloc-before.HeapAlloc)/nodes + doublings*bucket
	t.Logf("%d bytes per node of %d", per, nodes<<doublings)
	if per > BytesPerNode {
		t.Errorf("%d bytes per node of %d, want at most %d", per, nodes<<doublings, BytesPerNode)
	}
	runtime.KeepAlive(w)
}

// Config.Bytes is the figure that a memory limit is compared with.
func TestBytesOfANetwork(t *testing.T) {
	for _, cfg := range []Config{{}, {Nodes: 1000}, {Nodes: 1000, V6: 0.5}} {
		bytes := cfg.Bytes()
		cfg.MaxBytes = bytes - 1
		var large *TooLargeError
		if _, err := New(cfg); !errors.As(err, &large) {
			t.Errorf("%+v: a byte too little: %v", cfg, err)
		}
		cfg.MaxBytes = bytes
		world(t, cfg).Close()
	}
	if bytes := (Config{Nodes: -1}).Bytes(); bytes != 0 {
		t.Errorf("no network takes %d bytes", bytes)
	}
}
