package sim

import (
	"errors"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
)

func TestAddAndRemove(t *testing.T) {
	w := world(t, Config{Nodes: 100})
	added, err := w.Add(10)
	if err != nil || len(added) != 10 || added[0].Index != 100 || w.Size() != 110 || w.Len() != 110 {
		t.Fatalf("added %v, %v; %d of %d online", added, err, w.Size(), w.Len())
	}
	left := w.Remove(30)
	if len(left) != 30 || w.Size() != 80 || w.Len() != 110 {
		t.Fatalf("%d left, %d of %d online", len(left), w.Size(), w.Len())
	}
	for _, m := range left {
		if found, ok := w.Find(m.Addr); !ok || found.Online || found != m {
			t.Errorf("%+v left, but is found as %+v", m, found)
		}
		if w.RemoveAddr(m.Addr) {
			t.Errorf("%+v left twice", m)
		}
	}
	one := w.All()[slices.IndexFunc(w.All(), func(m Member) bool { return m.Online })]
	if !w.RemoveAddr(one.Addr) || w.Size() != 79 {
		t.Errorf("%v did not leave: %d online", one, w.Size())
	}
	for _, n := range []int{0, -1, maxMembers} {
		if _, err := w.Add(n); err == nil {
			t.Errorf("added %d", n)
		}
	}
	for _, i := range []int{-1, 110} {
		if _, ok := w.Member(i); ok {
			t.Errorf("there is a member %d", i)
		}
		if _, ok := w.Host(i); ok {
			t.Errorf("member %d was lent", i)
		}
	}
}

// New members must become part of the network: they find others, and are found.
func TestNewcomersAreFound(t *testing.T) {
	w := world(t, Config{Nodes: 200})
	h := joined(t, w, dht.Config{})
	w.pass(time.Minute)
	added, err := w.Add(20)
	if err != nil {
		t.Fatal(err)
	}
	w.pass(time.Minute)
	found := 0
	for _, m := range added {
		r := await(t, w, h, findNode(m.ID))
		if len(r.Closest) > 0 && r.Closest[0].ID == m.ID {
			found++
		}
	}
	if found < 18 {
		t.Errorf("%d of 20 newcomers are found by their id", found)
	}
}

// Members that left silently cost a lookup time, but do not change its result.
func TestLookupsSurviveLeavers(t *testing.T) {
	w := world(t, Config{Nodes: 400})
	h := joined(t, w, dht.Config{})
	w.Remove(100)
	if got := recall(t, w, h, 20); got < 0.9 {
		t.Errorf("a quarter left; of the 8 nearest of the rest, %.2f are found", got)
	}
}

func TestEntry(t *testing.T) {
	w := world(t, Config{Nodes: 50, Link: Link{NAT: 0.9}})
	reachable := 0
	for _, m := range w.All() {
		if m.Reachable {
			reachable++
		}
	}
	for _, n := range []int{1, 3, 200} {
		got := w.Entry(n)
		if len(got) != min(n, reachable) {
			t.Errorf("%d entries of %d reachable, want %d", len(got), reachable, n)
		}
		seen := map[netip.AddrPort]bool{}
		for _, addr := range got {
			if m, ok := w.Find(addr); !ok || !m.Online || !m.Reachable || seen[addr] {
				t.Errorf("entry %v is %+v", addr, m)
			}
			seen[addr] = true
		}
	}
}

// The caller may use members of the population.
func TestHostOfAMember(t *testing.T) {
	w := world(t, Config{Nodes: 100})
	a, _ := w.Host(10)
	b, _ := w.Host(20)
	hash := w.All()[30].ID
	if r := await(t, w, a, announce(hash, 1234)); r.Stored < 7 || r.Err != nil {
		t.Fatalf("stored %d times: %v", r.Stored, r.Err)
	}
	want := netip.AddrPortFrom(a.Addr().Addr(), 1234)
	if r := await(t, w, b, getPeers(hash)); !slices.Equal(r.Peers, []netip.AddrPort{want}) {
		t.Errorf("found %v, want %v: %v", r.Peers, want, r.Err)
	}
	if err := errors.Join(a.Close(), b.Close()); err != nil || w.Size() != 100 {
		t.Errorf("closing the handles left %d members: %v", w.Size(), err)
	}
}
