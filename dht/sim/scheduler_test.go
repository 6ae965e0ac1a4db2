package sim

import (
	"fmt"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// eventfulWorld uses all models of a world.
func eventfulWorld(cores int) Config {
	return Config{
		Nodes: minPrefetchNodes, Seed: 3, Cores: cores, Digest: true, V6: 0.2, Dead: 0.1,
		Link:    Link{Loss: 0.05, NAT: 0.2, MTU: 300, Fragment: true, Inbound: Inbound{Datagrams: 50}},
		Churn:   Churn{Session: Law{Dist: Exponential, Mean: 10 * time.Minute}, Core: 0.2},
		Skew:    Skew{Offset: time.Minute, Drift: 500},
		Mix:     Mix{ReadOnly: 0.05, Silent: 0.05, Slow: 0.05, Liars: 0.05, WrongID: 0.05, Followers: 0.05, Crowds: 0.05},
		Traffic: Traffic{Every: time.Minute, Torrents: 500, Lookups: 0.5},
	}
}

// hurry makes a world use all its cores, even if that is slower at the moment.
func hurry(w *World) { w.probe.cost[0] = 1e300 }

// story is what a caller sees of a world.
func story(t *testing.T, w *World) (told []string) {
	hurry(w)
	tell := func(what string, seen any) {
		told = append(told, fmt.Sprintf("%s: %+v, after %+v, digest %x", what, seen, w.Stats(), w.Digest()))
	}
	h := joined(t, w, dht.Config{})
	tell("joined", h.Addr())
	r := await(t, w, h, findNode(krpc.ID{1}))
	tell("found", r.Closest)
	w.pass(2 * time.Second)
	tell("passed", w.Size())
	for i := range 40 { // some are away, or leave
		if m, ok := w.Host(i * 7); ok {
			m.Do(func(now dht.Time, n *dht.Node) {
				announce(w.Torrent(i), 1)(now, n, func(_ dht.Time, r *dht.Result) { tell("a member stored", r.Stored) })
			})
		}
	}
	w.pass(3 * time.Second)
	if err := w.SetLink(Link{Latency: Latency{Constant: 60 * time.Millisecond}, Loss: 0.1}); err != nil {
		t.Fatal(err)
	}
	w.pass(time.Second)
	tell("constant latency", w.Size())
	if err := w.Partition(0.3); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Add(20); err != nil {
		t.Fatal(err)
	}
	w.Remove(30)
	w.pass(time.Second)
	tell("partition", w.All()[len(w.All())-1])
	w.Heal()
	if err := w.SetTraffic(Traffic{Every: 30 * time.Second}); err != nil {
		t.Fatal(err)
	}
	await(t, w, h, getPeers(w.Torrent(0)))
	w.pass(time.Second)
	tell("more traffic", w.Traffic())
	known := 0
	for i := range w.Len() {
		if n := w.member(uint32(i)).node; n != nil {
			known += n.Table().Len()
		}
	}
	tell("known", known)
	return told
}

// The number of cores changes nothing in a world.
func TestCoresDoNotShow(t *testing.T) {
	notUnderRace(t) // TestShardsDoNotRace is for that
	var want []string
	for _, cores := range []int{1, 2, 3, 16} {
		w := world(t, eventfulWorld(cores))
		got := story(t, w)
		w.Close()
		if want == nil {
			want = got
		}
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("on %d cores\n%s\nand on one\n%s", cores, got[i], want[i])
			}
		}
	}
}

// Shards that run at once share nothing, with all models on.
func TestShardsDoNotRace(t *testing.T) {
	w := world(t, eventfulWorld(4))
	defer w.Close()
	hurry(w)
	open(t, w, dht.Config{})
	w.pass(3 * time.Second)
	if s := w.Stats(); w.probe.turn == 0 || s.Searches == 0 {
		t.Errorf("%d windows with many events: %+v", w.probe.turn, s)
	}
}

// Nor does it matter whether a window was run in parallel, serially, or event by event.
func TestWindowsDoNotShow(t *testing.T) {
	notUnderRace(t)
	var seen []string
	for _, by := range []func(w *World){hurry, func(w *World) { w.pool = nil }, func(w *World) { w.strayUntil = never }} {
		w := world(t, eventfulWorld(2))
		by(w)
		w.pass(5 * time.Second)
		seen = append(seen, fmt.Sprintf("%+v %x", w.Stats(), w.Digest()))
		w.Close()
	}
	if seen[0] != seen[1] || seen[0] != seen[2] {
		t.Errorf("by many %s,\nby one %s,\nby events %s", seen[0], seen[1], seen[2])
	}
}

// A function of the caller's is called at its time, whatever goes on around it.
func TestCallerComesFirst(t *testing.T) {
	notUnderRace(t)
	w := world(t, eventfulWorld(4))
	defer w.Close()
	begun, calls := w.Now(), 0
	for i := range 1000 {
		d := time.Duration(i) * time.Millisecond
		w.After(d, func() {
			if w.Now() != begun.Add(d) {
				t.Errorf("called after %v instead of %v", w.Now().Sub(begun), d)
			}
			calls++
		})
	}
	w.pass(time.Second)
	if calls != 1000 {
		t.Errorf("%d calls of 1000", calls)
	}
}

// A member that a caller gives work moves to the caller's shard; one that is only read does not.
func TestMembersAreClaimed(t *testing.T) {
	w := world(t, Config{Nodes: 50, Seed: 1})
	h, _ := w.Host(10)
	h.Do(func(_ dht.Time, n *dht.Node) { n.Table().Len() })
	if h.station.shard == w.front() {
		t.Error("a look claims a member")
	}
	await(t, w, h, findNode(krpc.ID{1}))
	if h.station.shard != w.front() || w.shardOf(10) != w.front() || w.shardOf(11) == w.front() {
		t.Error("a member that searches for the caller is not the caller's")
	}
	hooked, _ := w.Host(20)
	hooked.Do(func(_ dht.Time, n *dht.Node) { n.SetHooks(dht.Hooks{}) })
	if hooked.station.shard != w.front() {
		t.Error("a member with hooks is not the caller's")
	}
}
