package sim

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// busy is a run with some of every model in it.
func busy(t testing.TB, cfg Config) string {
	cfg.Digest = true
	w := world(t, cfg)
	a, b := joined(t, w, dht.Config{}), joined(t, w, dht.Config{})
	hash := krpc.ID{7}
	await(t, w, a, announce(hash, 6000))
	if err := w.SetLink(Link{Loss: 0.1, NAT: 0.2}); err != nil {
		t.Fatal(err)
	}
	w.Remove(20)
	if _, err := w.Add(20); err != nil {
		t.Fatal(err)
	}
	w.pass(20 * time.Minute)
	peers := await(t, w, b, getPeers(hash)).Peers
	return fmt.Sprintf("%x %v %+v", w.Digest(), peers, w.Stats())
}

func TestSameSeedSameRun(t *testing.T) {
	for _, cold := range []bool{false, true} {
		cfg := Config{Nodes: 150, Seed: 5, Cold: cold}
		first := busy(t, cfg)
		before := runtime.GOMAXPROCS(1)
		second := busy(t, cfg)
		runtime.GOMAXPROCS(8)
		third := busy(t, cfg)
		runtime.GOMAXPROCS(before)
		if first != second || first != third {
			t.Errorf("cold %v: three runs of one seed differ:\n%s\n%s\n%s", cold, first, second, third)
		}
		cfg.Seed++
		if other := busy(t, cfg); other == first {
			t.Errorf("cold %v: another seed gave the same run: %s", cold, other)
		}
	}
}

// everything is a configuration in which all that can be is switched on.
var everything = Config{
	Nodes: 200, Seed: 9, V6: 0.3, K: 6, Alpha: 4, Dead: 0.1, Partition: 0.1,
	Link: Link{Loss: 0.05, NAT: 0.2, MTU: 300, Fragment: true, Inbound: Inbound{Bytes: 20_000, Wait: 50 * time.Millisecond}},
	Churn: Churn{
		Session: Law{Dist: Weibull, Shape: 0.5, Scale: time.Hour}, Downtime: Law{Dist: Exponential, Mean: time.Hour}, Core: 0.2,
	},
	Skew:    Skew{Offset: 3 * time.Second, Drift: 200},
	Mix:     Mix{ReadOnly: 0.05, Silent: 0.05, Slow: 0.05, Liars: 0.05, WrongID: 0.05, Followers: 0.05, Crowds: 0.05},
	Traffic: Traffic{Every: 5 * time.Minute, Torrents: 50, Lookups: 0.3},
}

// eventful is a run with everything in it, during which everything is changed.
func eventful(t testing.TB, cfg Config) string {
	cfg.Digest = true
	w := world(t, cfg)
	h := joined(t, w, dht.Config{})
	w.pass(10 * time.Minute)
	if _, err := w.AddSybils(krpc.ID{3}, 5, Liar); err != nil {
		t.Fatal(err)
	}
	w.Heal()
	w.Remove(5)
	err := errors.Join(
		w.SetLink(Link{Loss: 0.01, Inbound: Inbound{Datagrams: 100}}), w.SetSkew(Skew{Drift: 20}),
		w.SetChurn(Churn{Session: Law{Dist: Constant, Mean: 20 * time.Minute}}), w.SetTraffic(Traffic{Every: time.Minute}),
		w.Partition(0.2), w.SetBehavior(7, Slow),
	)
	if err != nil {
		t.Fatal(err)
	}
	w.pass(10 * time.Minute)
	found := await(t, w, h, findNode(krpc.ID{3})).Closest
	everyDatagram(t, w)
	return fmt.Sprintf("%x %v %+v %v", w.Digest(), found, w.Stats(), w.All())
}

func TestSameSeedSameRunOfEverything(t *testing.T) {
	first := eventful(t, everything)
	before := runtime.GOMAXPROCS(8)
	second := eventful(t, everything)
	runtime.GOMAXPROCS(before)
	if first != second {
		t.Errorf("two runs of one seed differ:\n%s\n%s", first, second)
	}
}

// The properties of a node must depend on the seed and its number only.
func TestMoreNodesDoNotChangeTheOthers(t *testing.T) {
	small, large := world(t, Config{Nodes: 10}), world(t, Config{Nodes: 20})
	for i, m := range small.All() {
		if n, _ := large.Member(i); n != m {
			t.Errorf("member %d is %+v in a network of 10, %+v in one of 20", i, m, n)
		}
	}
}

func TestConfigNamesWhatItRefuses(t *testing.T) {
	for _, c := range []struct {
		cfg  Config
		want string
	}{
		{Config{Nodes: -3}, "sim: nodes must be at least 1, got -3"},
		{Config{Nodes: 1 << 30}, "sim: nodes must be at most 16777216, got 1073741824"},
		{Config{Cores: -1}, "sim: cores must be at least 1, got -1"},
		{Config{K: -1}, "sim: k must be 1 to 100, got -1"},
		{Config{MaxBytes: -1}, "sim: the memory limit must not be negative, got -1 bytes"},
		{Config{Link: Link{Loss: 1.5}}, "sim: loss is a probability, 0 to 1, got 1.5"},
		{Config{Nodes: 2_000_000, MaxBytes: 8 << 30},
			"sim: 2000000 nodes need about 15.3 GiB, and 8.0 GiB may be used: at most 1048576 nodes fit"},
	} {
		_, err := New(c.cfg)
		if err == nil || err.Error() != c.want {
			t.Errorf("%+v: got %v, want %s", c.cfg, err, c.want)
		}
	}
	var tooLarge *TooLargeError
	if _, err := New(Config{Nodes: 11, MaxBytes: 10 * BytesPerNode}); !errors.As(err, &tooLarge) || tooLarge.Fit != 10 {
		t.Errorf("got %v, want a TooLargeError with room for 10", err)
	}
	w := world(t, Config{Nodes: 6, MaxBytes: 10 * BytesPerNode})
	if _, err := w.Add(5); !errors.As(err, &tooLarge) || tooLarge.Nodes != 11 || w.Len() != 6 {
		t.Errorf("got %v with %d members, want a TooLargeError for 11", err, w.Len())
	}
	if _, err := w.Add(4); err != nil {
		t.Error(err)
	}
}

func TestAfter(t *testing.T) {
	w := world(t, Config{Nodes: 1})
	var got []string
	say := func(s string) func() { return func() { got = append(got, fmt.Sprint(s, w.Now().Sub(w.Epoch()))) } }
	w.After(2*time.Second, say("late "))
	w.After(time.Second, say("first "))
	w.After(time.Second, func() {
		say("second ")()
		w.After(-time.Hour, say("nested "))
	})
	stop := w.After(time.Second, say("never "))
	stop()
	stop()
	reused := w.After(1500*time.Millisecond, say("reused ")) // has the number of the one stopped
	stop()
	w.pass(3 * time.Second)
	reused()
	want := "first 1s, second 1s, nested 1s, reused 1.5s, late 2s"
	if s := strings.Join(got, ", "); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
}

func TestStoppedTimersLeaveNothing(t *testing.T) {
	w := world(t, Config{Nodes: 1})
	before, set := len(w.front().alarms), alarmsSet(w)
	for range 10_000 {
		w.After(time.Hour, func() {})()
	}
	if n := len(w.front().alarms) - before; n > 1 || alarmsSet(w) > set+1 {
		t.Errorf("%d alarms are left of 10,000 that were stopped", n)
	}
}

func TestEmptyWorldEnds(t *testing.T) {
	w := world(t, Config{Nodes: 1})
	w.Remove(1)
	for range 100 {
		if !w.Step() {
			return
		}
	}
	t.Error("something happens in a world without nodes")
}

// Every datagram must be accounted for, however it ends.
func TestEveryDatagramIsCounted(t *testing.T) {
	w := world(t, Config{Nodes: 200, Link: Link{Loss: 0.2, NAT: 0.3}})
	h := joined(t, w, dht.Config{})
	w.Remove(50)
	recall(t, w, h, 10)
	everyDatagram(t, w)
	s := w.Stats()
	if s.Lost == 0 || s.Unreachable == 0 || s.Delivered == 0 {
		t.Errorf("some never happens: %+v", s)
	}
	if s.Online != 150 {
		t.Errorf("%d online, want 150", s.Online)
	}
}

func TestLossRate(t *testing.T) {
	w := world(t, Config{Nodes: 300, Link: Link{Loss: 0.25}})
	recall(t, w, joined(t, w, dht.Config{}), 50)
	s := w.Stats()
	if rate := float64(s.Lost) / float64(s.Sent); s.Sent < 1000 || rate < 0.22 || rate > 0.28 {
		t.Errorf("%.3f of %d datagrams were lost, want 0.25", rate, s.Sent)
	}
	if err := w.SetLink(Link{Loss: 1}); err != nil {
		t.Fatal(err)
	}
	w.pass(time.Minute)
	delivered := w.Stats().Delivered
	w.pass(30 * time.Minute)
	if n := w.Stats().Delivered - delivered; n != 0 {
		t.Errorf("%d datagrams arrived although all are lost", n)
	}
}

// ask sends one ping and reports the round trip, or the error.
func ask(t testing.TB, w *World, h *Host, to netip.AddrPort) (rtt time.Duration, err error) {
	t.Helper()
	over := false
	h.Do(func(now dht.Time, n *dht.Node) {
		n.Query(now, krpc.Contact{Addr: to}, dht.Call{Method: "ping"}, func(_ dht.Time, r dht.Reply) {
			over, rtt, err = true, r.RTT, r.Err
		})
	})
	for !over {
		if !w.Step() {
			t.Fatal("nothing happens any more")
		}
	}
	return rtt, err
}

func TestRoundTripIsThePairs(t *testing.T) {
	w := world(t, Config{Nodes: 20})
	h := open(t, w, dht.Config{})
	for _, m := range w.All() {
		rtt, err := ask(t, w, h, m.Addr)
		if want := time.Duration(2 * w.link.delay(uint32(m.Index), h.station.number)); err != nil || rtt != want {
			t.Errorf("member %d answered in %v, %v; want %v", m.Index, rtt, err, want)
		}
	}
	if err := w.SetLink(Link{Latency: Latency{Constant: 30 * time.Millisecond}}); err != nil {
		t.Fatal(err)
	}
	if rtt, err := ask(t, w, h, w.All()[3].Addr); rtt != 30*time.Millisecond || err != nil {
		t.Errorf("got %v, %v; want 30ms", rtt, err)
	}
}

// A member behind NAT can be asked only by nodes that it asked, for as long as its NAT remembers.
func TestNAT(t *testing.T) {
	w := world(t, Config{Nodes: 3, Link: Link{NAT: 1}})
	h := open(t, w, dht.Config{})
	inside, _ := w.Host(1)
	if _, err := ask(t, w, h, inside.Addr()); !errors.Is(err, dht.ErrTimeout) {
		t.Fatalf("a stranger's question: %v, want a timeout", err)
	}
	if m, _ := w.Member(1); m.Reachable {
		t.Error("it says it is reachable")
	}
	if _, err := ask(t, w, inside, h.Addr()); err != nil {
		t.Fatalf("its own question: %v", err)
	}
	if _, err := ask(t, w, h, inside.Addr()); err != nil {
		t.Fatalf("a question of one it asked: %v", err)
	}
	w.pass(time.Minute)
	if _, err := ask(t, w, h, inside.Addr()); err != nil {
		t.Fatalf("a minute later: %v", err)
	}
	other := open(t, w, dht.Config{})
	if _, err := ask(t, w, other, inside.Addr()); !errors.Is(err, dht.ErrTimeout) {
		t.Fatalf("another stranger's question: %v, want a timeout", err)
	}
	w.pass(natMemory + time.Second)
	if _, err := ask(t, w, h, inside.Addr()); !errors.Is(err, dht.ErrTimeout) {
		t.Fatalf("when the NAT has forgotten: %v, want a timeout", err)
	}
	if len(w.Entry(3)) != 0 {
		t.Error("there is nobody reachable, and yet an entry")
	}
}

func TestHostAddresses(t *testing.T) {
	w := world(t, Config{Nodes: 5})
	mine := netip.MustParseAddrPort("10.1.2.3:999")
	h := open(t, w, dht.Config{Addr: mine})
	if _, err := ask(t, w, h, w.All()[0].Addr); err != nil || h.Addr() != mine {
		t.Fatalf("at %v: %v", h.Addr(), err)
	}
	w.RemoveAddr(w.All()[3].Addr)
	for _, addr := range []netip.AddrPort{
		mine, netip.MustParseAddrPort("[::1]:1"), netip.MustParseAddrPort("10.0.0.1:0"),
		addressOf(2), addressOf(3), addressOf(99), addressOf(maxMembers + 99),
	} {
		if _, err := w.Open(dht.Config{Addr: addr}); err == nil {
			t.Errorf("opened a node at %v", addr)
		}
	}
	if err := errors.Join(h.Close(), h.Close()); err != nil {
		t.Error(err)
	}
	given := open(t, w, dht.Config{})
	given.Close()
	for _, addr := range []netip.AddrPort{mine, given.Addr()} {
		again := open(t, w, dht.Config{Addr: addr})
		if _, err := ask(t, w, open(t, w, dht.Config{}), again.Addr()); err != nil {
			t.Errorf("%v is free again, but: %v", addr, err)
		}
	}
	if w.Size() != 4 || w.Len() != 5 {
		t.Errorf("%d of %d members, want 4 of 5: opened nodes are none", w.Size(), w.Len())
	}
}

// A caller that holds a node that left must not wait for ever.
func TestSearchOfANodeThatLeftEnds(t *testing.T) {
	w := world(t, Config{Nodes: 50})
	lent, _ := w.Host(7)
	mine := joined(t, w, dht.Config{})
	for _, h := range []*Host{lent, mine} {
		var before, after *dht.Result
		h.Do(func(now dht.Time, n *dht.Node) {
			n.FindNode(now, krpc.ID{1}, dht.SearchConfig{}, func(_ dht.Time, r *dht.Result) { before = r })
		})
		mine.Close()
		w.RemoveAddr(lent.Addr())
		w.pass(time.Minute)
		h.Do(func(now dht.Time, n *dht.Node) {
			n.FindNode(now, krpc.ID{2}, dht.SearchConfig{}, func(_ dht.Time, r *dht.Result) { after = r })
		})
		w.pass(time.Hour)
		if before == nil || after == nil {
			t.Fatal("a search has no end")
		}
		if after.Err == nil || after.Trace.Replies != 0 {
			t.Errorf("a node that left found %+v", after)
		}
	}
	if _, ok := w.Host(7); ok {
		t.Error("a member that left was lent")
	}
}

func TestWait(t *testing.T) {
	w := world(t, Config{Nodes: 20})
	h := joined(t, w, dht.Config{})
	done := make(chan struct{})
	w.After(time.Minute, func() { close(done) })
	if err := h.Wait(context.Background(), done); err != nil || w.Now().Sub(w.Epoch()) < time.Minute {
		t.Errorf("%v after %v", err, w.Now().Sub(w.Epoch()))
	}
	ctx, cancel := context.WithCancel(context.Background())
	w.After(time.Minute, cancel)
	if err := h.Wait(ctx, nil); err != context.Canceled {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	lent, _ := w.Host(3)
	if err := errors.Join(h.Close(), lent.Close()); err != nil {
		t.Error(err)
	}
	if err := h.Wait(context.Background(), nil); err != ErrHostClosed {
		t.Errorf("got %v, want %v", err, ErrHostClosed)
	}
	done = make(chan struct{})
	w.After(time.Minute, func() { close(done) })
	if err := lent.Wait(context.Background(), done); err != nil {
		t.Errorf("a member's handle cannot be closed, and yet: %v", err)
	}
	w.Close()
	if err := lent.Wait(context.Background(), nil); err != ErrIdle {
		t.Errorf("got %v, want %v", err, ErrIdle)
	}
}

func TestClosedWorldIsQuiet(t *testing.T) {
	w := world(t, Config{Nodes: 10})
	h, _ := w.Host(2)
	stop := w.After(time.Second, func() { t.Error("called after Close") })
	w.Close()
	h.Do(func(now dht.Time, n *dht.Node) {
		n.FindNode(now, krpc.ID{1}, dht.SearchConfig{}, func(dht.Time, *dht.Result) {})
	})
	stop()
	w.After(time.Second, func() { t.Error("called after Close") })()
	_, addErr := w.Add(1)
	_, openErr := w.Open(dht.Config{})
	if w.Step() || w.Size() != 0 || !errors.Is(addErr, ErrClosed) || !errors.Is(openErr, ErrClosed) {
		t.Errorf("size %d, add %v, open %v", w.Size(), addErr, openErr)
	}
}
