package interop

import (
	"crypto/ed25519"
	"slices"
	"strings"
	"testing"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// ofEachKind is how many nodes of each client the mixed network has.
const ofEachKind = 10

// TestMixedNetwork runs ten nodes of each client and one of ours, through which all of them join.
// What any kind puts or announces, lightdht among them, every other kind must find.
func TestMixedNetwork(t *testing.T) {
	t.Parallel() // it mostly waits
	hub := member(t, "")
	network := startNetwork(t, hub.addr)
	// Items first: programs of ours come and go, and libtorrent waits for those who have gone.
	putsOfEachKind(t, hub.addr, network)
	announcesOfEachKind(t, hub.addr, network)
}

func announcesOfEachKind(t *testing.T, hub string, network []*peer) {
	for i, announcer := range network {
		hash := infoHash()
		want := announcer.announce(t, i%ofEachKind, hash, 7004)
		t.Run(announcer.name+" announces", func(t *testing.T) {
			othersFind(t, network, announcer.name, hash, want)
			weFind(t, hub, hash, want)
			exampleFinds(t, hub, hash, want)
		})
	}
	t.Run("lightdht announces", func(t *testing.T) {
		hash := infoHash()
		we := weAnnounce(t, hub, hash, "7005")
		othersFind(t, network, "lightdht", hash, host(we.addr)+":7005")
	})
}

func putsOfEachKind(t *testing.T, hub string, network []*peer) {
	we := startNode(t, dht.Config{}, hub)
	for i, author := range network {
		t.Run(author.name+" puts", func(t *testing.T) {
			key := newKeys()
			o := offering{name: author.name, keyed: true, text: "by " + author.name, salt: "mixed", seq: 1}
			item := o.item(key)
			// Not "refused by none": anacrolix puts twice to some, and bittorrent-dht refuses what
			// it has.
			if a := author.put(t, i%ofEachKind, o, key); a.Error != "" || a.Stored < 5 {
				t.Errorf("%s put it at %d nodes, error %q", author.name, a.Stored, a.Error)
			}
			othersRead(t, network, author.name, item)
			we.reads(t, author.name, item, map[krpc.ID]krpc.Item{item.Target(): item})
		})
	}
	t.Run("lightdht puts", func(t *testing.T) {
		item := newKeys().item("by lightdht", "mixed", 1)
		result, err := we.Put(t.Context(), item, nil, dht.SearchConfig{})
		if err != nil || result.Stored < 8 {
			t.Errorf("we put it at %d nodes, %v", result.Stored, err)
		}
		othersRead(t, network, "lightdht", item)
		scriptsPutAndGet(t, hub)
	})
}

// othersRead looks an item up with one node of each kind but the author's.
func othersRead(t *testing.T, network []*peer, author string, item krpc.Item) {
	t.Helper()
	for _, reader := range network {
		if reader.name != author {
			reader.reads(t, ofEachKind-1, "by "+author, item)
		}
	}
}

// scriptsPutAndGet has one script put an item, and another get it.
func scriptsPutAndGet(t *testing.T, hub string) {
	t.Helper()
	key := newKeys()
	target := krpc.KeyTarget([32]byte(key.secret.Public().(ed25519.PublicKey)), []byte("script")).String()
	out := run(t, hub, "testdata/put.lua", "by a script", key.seed(), "script")
	if len(out) != 1 || !strings.HasPrefix(out[0], target+"\t") || strings.HasSuffix(out[0], "\t0") {
		t.Errorf("a script put it at %q, not at %s", out, target)
	}
	if out := run(t, hub, "testdata/get.lua", target, "script"); !slices.Equal(out, []string{"by a script\t0"}) {
		t.Errorf("a script got %q", out)
	}
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
