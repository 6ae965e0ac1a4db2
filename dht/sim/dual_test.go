package sim

import (
	"errors"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

func TestAddresses6(t *testing.T) {
	nets := map[netip.Prefix]bool{}
	for number := uint32(0); number < ghosts; number += 997 {
		addr := addressOf6(number)
		if back, ok := numberOf(addr); !ok || back != number {
			t.Fatalf("number %d has address %v, which has number %d, %v", number, addr, back, ok)
		}
		net, _ := addr.Addr().Prefix(64)
		if nets[net] || !addr.Addr().IsGlobalUnicast() || addr.Addr().IsPrivate() {
			t.Fatalf("number %d has address %v", number, addr)
		}
		nets[net] = true
	}
	mine := addressOf6(3)
	for _, foreign := range []netip.AddrPort{
		addressOf6(ghosts), netip.AddrPortFrom(mine.Addr(), 6882), netip.AddrPortFrom(mine.Addr().Next(), port),
		netip.AddrPortFrom(mine.Addr().WithZone("eth0"), port), netip.MustParseAddrPort("[2001:db8::1]:6881"),
		netip.MustParseAddrPort("[::ffff:1.2.3.4]:6881"),
	} {
		if number, ok := numberOf(foreign); ok {
			t.Errorf("%v has number %d", foreign, number)
		}
	}
}

// knownTo lists all contacts of a member.
func knownTo(t *testing.T, w *World, i int) []dht.Entry {
	t.Helper()
	h, ok := w.Host(i)
	if !ok {
		t.Fatalf("member %d is not there", i)
	}
	var page []dht.Entry
	h.Do(func(now dht.Time, n *dht.Node) { page, _ = n.Table().Page(now, 0, make([]dht.Entry, 0, 1000)) })
	return page
}

// A share of the members is in both networks, and only these are in the tables of the second.
func TestMembersOfBothNetworks(t *testing.T) {
	w := world(t, Config{Nodes: 1000, Seed: 1, V6: 0.3})
	both := 0
	for _, m := range w.All() {
		known6 := 0
		for _, e := range knownTo(t, w, m.Index) {
			other, ok := w.Find(e.Addr)
			if !ok || other.ID != e.ID || e.Addr.Addr().Is6() && other.Addr6 != e.Addr {
				t.Fatalf("%d knows %v, which is %+v", m.Index, e, other)
			}
			if e.Addr.Addr().Is6() {
				known6++
			}
		}
		if m.Addr6.IsValid() {
			both++
		}
		if m.Addr6.IsValid() != (known6 > 20) || !m.Addr6.IsValid() && known6 > 0 {
			t.Errorf("%d, with address %v, knows %d over IPv6", m.Index, m.Addr6, known6)
		}
		if found, ok := w.Find(addressOf6(uint32(m.Index))); ok != m.Addr6.IsValid() || ok && found != m {
			t.Errorf("%+v is found as %+v, %v", m, found, ok)
		}
	}
	if both < 250 || both > 350 {
		t.Errorf("%d of 1000 are in both, want some 300", both)
	}
}

// Whether there is an IPv6 network changes nothing about IPv4's tables, and a larger
// share only adds members to it.
func TestShareOfIPv6OnlyAdds(t *testing.T) {
	none, some, more := world(t, Config{Nodes: 300, Seed: 1}), world(t, Config{Nodes: 300, Seed: 1, V6: 0.2}), world(t, Config{Nodes: 300, Seed: 1, V6: 0.6})
	for i := range 300 {
		want := knownTo(t, none, i)
		got := slices.DeleteFunc(knownTo(t, more, i), func(e dht.Entry) bool { return e.Addr.Addr().Is6() })
		if !slices.EqualFunc(got, want, func(a, b dht.Entry) bool { return a.Contact == b.Contact && a.LastReply == b.LastReply }) {
			t.Fatalf("member %d knows others over IPv4 if there is IPv6", i)
		}
		if a, _ := some.Member(i); a.Addr6.IsValid() {
			if b, _ := more.Member(i); b.Addr6 != a.Addr6 {
				t.Errorf("member %d has address %v, and in a larger network %v", i, a.Addr6, b.Addr6)
			}
		}
	}
}

// recallIn is recall in one of both networks.
func recallIn(t *testing.T, w *World, h *Host, family dht.Family, targets int) float64 {
	t.Helper()
	src, found := rand.NewPCG(1, 2), 0
	for range targets {
		target := krpc.RandomID(src)
		truth := map[krpc.ID]bool{}
		for _, m := range w.ClosestIn(family, target, 8) {
			truth[m.ID] = true
		}
		r := await(t, w, h, func(now dht.Time, n *dht.Node, done func(dht.Time, *dht.Result)) {
			n.FindNode(now, target, dht.SearchConfig{Family: family}, done)
		})
		for _, c := range r.Closest {
			if truth[c.ID] && c.Addr.Addr().Is6() == (family == dht.V6) {
				found++
			}
		}
	}
	return float64(found) / float64(8*targets)
}

// Lookups end at the true closest of the network they search, warm and cold, with NAT
// and loss and for newcomers.
func TestLookupsInBothNetworks(t *testing.T) {
	for name, cfg := range map[string]Config{
		"warm": {Nodes: 1000, Seed: 1, V6: 0.3},
		"cold": {Nodes: 200, Seed: 1, V6: 0.5, Cold: true},
		"all":  {Nodes: 300, Seed: 1, V6: 1, Link: Link{MTU: 1280, Inbound: Inbound{Bytes: 100_000}}},
		"dead": {Nodes: 500, Seed: 1, V6: 0.5, Dead: 0.1},
	} {
		t.Run(name, func(t *testing.T) {
			w := world(t, cfg)
			h := joined(t, w, dht.Config{})
			if !h.Addr6().IsValid() {
				t.Fatal("an opened node has no IPv6 address")
			}
			for _, family := range []dht.Family{dht.V4, dht.V6} {
				if r := recallIn(t, w, h, family, 20); r < 0.97 {
					t.Errorf("family %d: recall %.3f", family, r)
				}
			}
		})
	}
}

// An announce is stored in both networks and found in both.
func TestAnnounceInBothNetworks(t *testing.T) {
	w := world(t, Config{Nodes: 300, Seed: 1, V6: 0.5})
	a, b := joined(t, w, dht.Config{}), joined(t, w, dht.Config{})
	hash := krpc.ID{7}
	if r := await(t, w, a, announce(hash, 7000)); r.Stored != 16 {
		t.Errorf("stored by %d, want 8 in each network", r.Stored)
	}
	r := await(t, w, b, getPeers(hash))
	for _, addr := range []netip.AddrPort{a.Addr(), a.Addr6()} {
		if peer := netip.AddrPortFrom(addr.Addr(), 7000); !slices.Contains(r.Peers, peer) {
			t.Errorf("%v is not among the peers %v", peer, r.Peers)
		}
	}
}

// A partition and churn affect nodes, not addresses.
func TestPartitionOfBothNetworks(t *testing.T) {
	w := world(t, Config{Nodes: 100, Seed: 1, V6: 1})
	h := joined(t, w, dht.Config{})
	if err := w.PartitionOff([]netip.AddrPort{h.Addr6()}); err != nil || !w.CutOff(h.Addr()) {
		t.Fatalf("cut off %v: %v", w.CutOff(h.Addr()), err)
	}
	m, _ := w.Member(3)
	for _, addr := range []netip.AddrPort{m.Addr, m.Addr6} {
		if r := ping(t, w, h, addr); r.Err == nil {
			t.Errorf("%v answered across the partition", addr)
		}
	}
	w.Heal()
	for _, addr := range []netip.AddrPort{m.Addr, m.Addr6} {
		if r := ping(t, w, h, addr); r.Err != nil || r.From.ID != m.ID {
			t.Errorf("%v: %v", addr, r.Err)
		}
	}
	if !w.RemoveAddr(m.Addr6) {
		t.Error("it did not leave by its IPv6 address")
	}
}

func ping(t *testing.T, w *World, h *Host, addr netip.AddrPort) (reply dht.Reply) {
	t.Helper()
	over := false
	h.Do(func(now dht.Time, n *dht.Node) {
		n.Query(now, krpc.Contact{Addr: addr}, dht.Call{Method: "ping"}, func(_ dht.Time, r dht.Reply) {
			r.Message, reply, over = nil, r, true
		})
	})
	for !over {
		w.Step()
	}
	return reply
}

// Liars lie in both networks, and are found out in both.
func TestLiarsInBothNetworks(t *testing.T) {
	w := world(t, Config{Nodes: 200, Seed: 1, V6: 1})
	h := joined(t, w, dht.Config{})
	if err := w.SetBehavior(3, Liar); err != nil {
		t.Fatal(err)
	}
	m, _ := w.Member(3)
	target := krpc.ID{200}
	for _, addr := range []netip.AddrPort{m.Addr, m.Addr6} {
		named := 0
		h.Do(func(now dht.Time, n *dht.Node) {
			n.Query(now, krpc.Contact{Addr: addr}, dht.Call{Method: "find_node", Target: target}, func(_ dht.Time, r dht.Reply) {
				r.Message.EachNode(func(c krpc.Contact) {
					named++
					if _, exists := w.Find(c.Addr); exists || c.ID.CommonPrefix(target) < 8 {
						t.Errorf("a liar named %v", c)
					}
				})
			})
		})
		w.pass(5 * time.Second)
		if named != 8 {
			t.Errorf("a liar at %v named %d", addr, named)
		}
	}
}

func TestChosenAddress6(t *testing.T) {
	w := world(t, Config{Nodes: 50, Seed: 1, V6: 0.5})
	chosen := netip.MustParseAddrPort("[2001:db8::1]:7000")
	h := open(t, w, dht.Config{Addr6: chosen})
	if h.Addr6() != chosen || !h.Addr().Addr().Is4() {
		t.Errorf("opened at %v and %v", h.Addr(), h.Addr6())
	}
	other := joined(t, w, dht.Config{})
	if r := ping(t, w, other, chosen); r.Err != nil {
		t.Errorf("nobody answers at the chosen address: %v", r.Err)
	}
	for _, addr := range []netip.AddrPort{chosen, addressOf6(maxMembers + 1), netip.MustParseAddrPort("1.2.3.4:5"), netip.MustParseAddrPort("[2001:db8::1]:0")} {
		if _, err := w.Open(dht.Config{Addr6: addr}); err == nil {
			t.Errorf("opened at %v", addr)
		}
	}
	h.Close()
	again := open(t, w, dht.Config{Addr6: chosen})
	if r := ping(t, w, other, chosen); r.Err != nil || again.Addr6() != chosen {
		t.Errorf("an address that was freed is not used again: %v", r.Err)
	}

	four := world(t, Config{Nodes: 50, Seed: 1})
	if _, err := four.Open(dht.Config{Addr6: chosen}); err == nil {
		t.Error("opened over IPv6 where there is none")
	}
	if h := open(t, four, dht.Config{}); h.Addr6().IsValid() {
		t.Errorf("an address %v where there is no IPv6", h.Addr6())
	}
	for _, share := range []float64{-0.1, 1.1} {
		if _, err := New(Config{V6: share}); err == nil {
			t.Errorf("a share of %v was taken", share)
		}
	}
}

// The same seed gives the same bytes.
func TestBothNetworksRepeat(t *testing.T) {
	run := func() [32]byte {
		w := world(t, Config{Nodes: 200, Seed: 1, V6: 0.4, Digest: true, Churn: Churn{Session: Law{Dist: Exponential, Mean: 10 * time.Minute}},
			Traffic: Traffic{Every: time.Minute}, Link: Link{Loss: 0.02, NAT: 0.2}})
		joined(t, w, dht.Config{})
		w.pass(3 * time.Minute)
		return w.Digest()
	}
	if run() != run() {
		t.Error("two runs differ")
	}
}

// IPv6 has longer headers, and one more in each fragment (RFC 8200).
func TestPiecesOverIPv6(t *testing.T) {
	whole, cut := newLink(Link{MTU: 1280}, 1), newLink(Link{MTU: 1280, Fragment: true}, 1)
	for _, c := range []struct {
		l    *link
		size int
		six  bool
		want int
	}{
		{whole, 1252, false, 1}, {whole, 1253, false, 0}, {whole, 1232, true, 1}, {whole, 1233, true, 0},
		{cut, 1252, false, 1}, {cut, 1253, false, 2}, {cut, 1232, true, 1}, {cut, 1233, true, 2},
		{cut, 2 * 1232, true, 3}, {newLink(Link{}, 1), maxPacket, true, 1},
	} {
		if got := c.l.pieces(c.size, c.six); got != c.want {
			t.Errorf("%d bytes over IPv6 %v travel in %d pieces, want %d", c.size, c.six, got, c.want)
		}
	}
}

// Members of both networks need more memory, and more of them do not fit.
func TestMemoryOfBothNetworks(t *testing.T) {
	var small, large *TooLargeError
	_, err := New(Config{Nodes: 1000, MaxBytes: 1 << 20})
	_, err6 := New(Config{Nodes: 1000, MaxBytes: 1 << 20, V6: 1})
	if !errors.As(err, &small) || !errors.As(err6, &large) || small.Fit != 128 || large.Fit >= small.Fit/2 {
		t.Errorf("fit %v over IPv4, and %v in both networks", err, err6)
	}
}
