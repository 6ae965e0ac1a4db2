package interop

import (
	"strings"
	"testing"
)

// ofEachKind is how many nodes of each client the mixed network has.
const ofEachKind = 10

// TestMixedNetwork runs ten nodes of each client and one of ours, through which all of them join. What any kind
// announces, lightdht among them, every other kind must find.
func TestMixedNetwork(t *testing.T) {
	hub := member(t, "")
	network := startNetwork(t, hub.addr)

	torrents := map[string]string{} // info-hash of the torrent that each kind announced
	for i, announcer := range network {
		hash := infoHash()
		torrents[announcer.name] = hash
		want := announcer.announce(t, i%ofEachKind, hash, 7004)
		t.Run(announcer.name+" announces", func(t *testing.T) {
			othersFind(t, network, announcer.name, hash, want)
			weFind(t, hub.addr, hash, want)
			exampleFinds(t, hub.addr, hash, want)
		})
	}
	t.Run("lightdht announces", func(t *testing.T) {
		hash := infoHash()
		we := weAnnounce(t, hub.addr, hash, "7005")
		othersFind(t, network, "lightdht", hash, host(we.addr)+":7005")
	})
}

// startNetwork starts the nodes of each client and waits until none of them is alone any more.
func startNetwork(t *testing.T, join string) []*peer {
	t.Helper()
	var network []*peer
	for _, c := range clients {
		network = append(network, startPeer(t, c, ofEachKind, join))
	}
	for _, p := range network {
		for i := range p.addrs {
			p.nodes(t, i, 3)
		}
	}
	return network
}

// othersFind looks a torrent up with one node of each kind but the announcer's.
func othersFind(t *testing.T, network []*peer, announcer, hash, want string) {
	t.Helper()
	for _, searcher := range network {
		if searcher.name != announcer {
			searcher.finds(t, ofEachKind-1, hash, want)
		}
	}
}

// exampleFinds runs the example that the README shows, as it is.
func exampleFinds(t *testing.T, join, hash, want string) {
	t.Helper()
	out := run(t, join, "../../examples/02-get-peers.lua", hash)
	t.Logf("examples/02-get-peers.lua printed %q", out)
	if !strings.Contains(strings.Join(out, "\n"), want) {
		t.Errorf("examples/02-get-peers.lua printed %q, without %s", out, want)
	}
}
