package interop

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/udp"
)

// startNode6 opens a node on ::1 until the test ends.
func startNode6(t *testing.T, cfg dht.Config, join ...string) *node {
	t.Helper()
	return listen(t, udp.Config{Listen: addrPort(t, addrs6(t, 1)[0]), Node: cfg}, join...)
}

// startPeer6 runs a libtorrent node on ::1. Of the clients it is the one that knows BEP 32.
func startPeer6(t *testing.T, join ...string) *peer {
	t.Helper()
	return startPeerAt(t, libtorrent, addrs6(t, 1), join)
}

// TestTheyJoinOverIPv6 has two strangers meet through a node of ours, and one find what the other
// announces.
func TestTheyJoinOverIPv6(t *testing.T) {
	hub := startNode6(t, dht.Config{})
	announcer := startPeer6(t, hub.addr)
	announcer.nodes(t, 0, 1)
	verified(t, hub, announcer.addrs[0])
	searcher := startPeer6(t, hub.addr)
	searcher.nodes(t, 0, 2)

	torrent := infoHash()
	want := announcer.announce(t, 0, torrent, 0)
	searcher.finds(t, 0, torrent, want)
	m := startNode6(t, dht.Config{ReadOnly: true}).ask(t, hub.addr, dht.Call{Method: "get_peers", Target: krpcID(t, torrent)})
	if got := values(m); !slices.Equal(got, []string{want}) {
		t.Errorf("our node keeps %q, not %s", got, want)
	}
}

// verified waits until a node of ours counts an address as good.
func verified(t *testing.T, hub *node, addr string) {
	t.Helper()
	eventually(t, func() bool {
		entry, ok := hub.known(t, addr)
		return ok && entry.Replies > 0
	}, func() string { return hub.addr + " has not verified " + addr })
}

// values returns the peers in an answer.
func values(m *krpc.Message) (all []string) {
	m.EachValue(func(a netip.AddrPort) { all = append(all, a.String()) })
	return all
}

// TestWeJoinOverIPv6 has a node of ours join through libtorrent, find what is announced there, and
// be found.
func TestWeJoinOverIPv6(t *testing.T) {
	keeper := startPeer6(t)
	other := startPeer6(t, keeper.addrs[0])
	other.nodes(t, 0, 1)
	we := startNode6(t, dht.Config{}, keeper.addrs[0])
	verified(t, we, keeper.addrs[0])

	theirs := infoHash()
	want := other.announce(t, 0, theirs, 0)
	if got := we.peers(t, theirs, dht.V6); !slices.Contains(got, want) {
		t.Errorf("we found %q, not %s", got, want)
	}
	ours := infoHash()
	if result, err := we.AnnouncePeer(t.Context(), krpcID(t, ours), 0, dht.SearchConfig{}); err != nil || result.Stored == 0 {
		t.Fatalf("announced to %d nodes: %v", result.Stored, err)
	}
	other.finds(t, 0, ours, we.addr)
}

// peers looks a torrent up in one of the networks, or in both.
func (n *node) peers(t *testing.T, torrent string, family dht.Family) (all []string) {
	t.Helper()
	result, err := n.GetPeers(t.Context(), krpcID(t, torrent), dht.SearchConfig{Family: family})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range result.Peers {
		all = append(all, a.String())
	}
	slices.Sort(all)
	return all
}

// TestBothNetworks has a node of ours that is a member of both join through the IPv4 address of a
// libtorrent that is one too: only what that names of the other family (want, BEP 32) leads into
// the IPv6 network.
func TestBothNetworks(t *testing.T) {
	four, six := addrs(t, libtorrent.network, 1)[0], addrs6(t, 1)[0]
	startPeerAt(t, libtorrent, []string{four + "+" + six}, nil)
	in4, in6 := startPeer(t, libtorrent, 1, four), startPeer6(t, six)
	in4.isNamed(t, guest(t), four)
	in6.isNamed(t, startNode6(t, dht.Config{ReadOnly: true}), six)

	we := listen(t, udp.Config{Listen: addrPort(t, addrs(t, ours, 1)[0]), Listen6: addrPort(t, addrs6(t, 1)[0])})
	we.join(t, four)
	verified(t, we, in4.addrs[0])
	verified(t, we, in6.addrs[0])

	torrent := infoHash()
	their4, their6 := in4.announce(t, 0, torrent, 0), in6.announce(t, 0, torrent, 0)
	for _, search := range []struct {
		family dht.Family
		want   []string
	}{{dht.V4, []string{their4}}, {dht.V6, []string{their6}}, {dht.Both, []string{their4, their6}}} {
		if got := we.peers(t, torrent, search.family); !slices.Equal(got, search.want) {
			t.Errorf("in network %v we found %q, not %q", search.family, got, search.want)
		}
	}
	own := infoHash()
	if _, err := we.AnnouncePeer(t.Context(), krpcID(t, own), 0, dht.SearchConfig{}); err != nil {
		t.Fatal(err)
	}
	in4.finds(t, 0, own, we.addr)
	in6.finds(t, 0, own, we.host.Addr6().String())
	namesBoth(t, we, in4.addrs[0], in6.addrs[0])
}

// isNamed has a client look around until the node it joined through names it to others.
func (p *peer) isNamed(t *testing.T, asker *node, keeper string) {
	t.Helper()
	eventually(t, func() bool {
		await(t, p.name+" to look around", p.ask(request{Do: "look"}))
		m := asker.ask(t, keeper, dht.Call{Method: "find_node", Target: krpcID(t, infoHash())})
		return slices.Contains(contacts(m), p.addrs[0])
	}, func() string { return keeper + " does not name " + p.addrs[0] })
}

// contacts returns the addresses of the nodes in an answer.
func contacts(m *krpc.Message) (all []string) {
	m.EachNode(func(c krpc.Contact) { all = append(all, c.Addr.String()) })
	return all
}

// namesBoth asks a node of ours for nodes of each network, of both, and of none in particular.
func namesBoth(t *testing.T, hub *node, four, six string) {
	t.Helper()
	other := guest(t)
	for _, ask := range []struct {
		want           krpc.Want
		names4, names6 bool
	}{{0, true, false}, {krpc.Want4, true, false}, {krpc.Want6, false, true}, {krpc.Want4 | krpc.Want6, true, true}} {
		m := other.ask(t, hub.addr, dht.Call{Method: "find_node", Target: krpcID(t, infoHash()), Want: ask.want})
		named := contacts(m)
		if slices.Contains(named, four) != ask.names4 || slices.Contains(named, six) != ask.names6 {
			t.Errorf("asked for %v, our node names %q", ask.want, named)
		}
	}
}
