package sim

import (
	"math"
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

// entries lists what a member knows and has an answer of.
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
// depth where there are that many, and everyone's below.
func TestWarmTablesAreComplete(t *testing.T) {
	w := world(t, Config{Nodes: 1000})
	_, total := shape(t, w)
	if math.Abs(total-62.6) > 1 {
		t.Errorf("%.1f entries on average, theory says 62.6", total)
	}
	for _, e := range entries(t, w, 17) {
		m, ok := w.Find(e.Addr)
		if !ok || m.ID != e.ID || e.Status != table.Good || e.RTT == 0 || w.Now().Sub(e.LastReply) >= 15*time.Minute {
			t.Errorf("an entry is %+v; the member is %+v", e, m)
		}
	}
}

// Upkeep must not come in step: no second of the first half hour has more than
// a small multiple of the usual traffic.
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

// A cold network, settled, must be much like a warm one, its tables as full: the
// first refresh of each bucket finds whom the join passed by.
func TestColdResemblesWarm(t *testing.T) {
	cold, warm := world(t, Config{Nodes: 300, Cold: true}), world(t, Config{Nodes: 300})
	if got := recall(t, cold, joined(t, cold, dht.Config{}), 30); got < 0.95 {
		t.Errorf("in a cold network %.3f of the nearest are found, want 0.95", got)
	}
	coldDepths, coldTotal := shape(t, cold)
	warmDepths, warmTotal := shape(t, warm)
	t.Logf("cold %.1f: %.1f", coldTotal, coldDepths)
	t.Logf("warm %.1f: %.1f", warmTotal, warmDepths)
	if coldTotal < 0.97*warmTotal || coldTotal > 1.03*warmTotal {
		t.Errorf("%.1f entries in a cold member's table, %.1f in a warm one's", coldTotal, warmTotal)
	}
}

// Fifty who join at once through one that is alone must be known to it soon: it
// pings some twenty of them a second, and has a queue for 32.
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

// A network that has long been running sends what its pings every 15 minutes take,
// and little more: 48.7 entries make 97 datagrams and their answers in half an hour.
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
