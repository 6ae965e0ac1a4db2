package interop

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
)

// eachClient runs a test against every client by itself.
func eachClient(t *testing.T, test func(t *testing.T, c client)) {
	for _, c := range clients {
		t.Run(c.name, func(t *testing.T) { test(t, c) })
	}
}

// TestTheyJoinThroughUs starts two strangers whose only way to each other is lightdht: it must
// answer them, verify them, name the one to the other, and keep what they announce.
func TestTheyJoinThroughUs(t *testing.T) {
	eachClient(t, func(t *testing.T, c client) {
		hub := member(t, "")
		announcer := startPeer(t, c, 1, hub.addr)
		announcer.nodes(t, 0, 1)
		weName(t, hub.addr, announcer.addrs[0])

		searcher := startPeer(t, c, 1, hub.addr)
		searcher.nodes(t, 0, 2) // lightdht, and the node that it named
		hash := infoHash()
		want := announcer.announce(t, 0, hash, 7001)
		searcher.finds(t, 0, hash, want)
		if kept := run(t, hub.addr, "testdata/kept.lua", hub.addr, hash); !slices.Equal(kept, []string{want}) {
			t.Errorf("lightdht keeps %q, not %s", kept, want)
		}
	})
}

// TestWeJoinThroughThem has lightdht join through a client that knows nobody, and counts it as
// good.
func TestWeJoinThroughThem(t *testing.T) {
	eachClient(t, func(t *testing.T, c client) {
		p := startPeer(t, c, 1)
		known := run(t, p.addrs[0], "testdata/join.lua")
		if want := p.addrs[0] + "\tgood"; !slices.Contains(known, want) {
			t.Errorf("after joining through %s our table holds %q, not %q", c.name, known, want)
		}
	})
}

// TestWeFindTheirs looks up what a client announced to another of its kind.
func TestWeFindTheirs(t *testing.T) {
	eachClient(t, func(t *testing.T, c client) {
		keeper := startPeer(t, c, 1)
		announcer := startPeer(t, c, 1, keeper.addrs[0])
		announcer.nodes(t, 0, 1)

		hash := infoHash()
		want := announcer.announce(t, 0, hash, 7002)
		weFind(t, keeper.addrs[0], hash, want)
	})
}

// TestTheyFindOurs announces with lightdht what a client then looks up, with a port of our choice
// and without one.
func TestTheyFindOurs(t *testing.T) {
	eachClient(t, func(t *testing.T, c client) {
		keeper := startPeer(t, c, 1)
		searcher := startPeer(t, c, 1, keeper.addrs[0])
		searcher.nodes(t, 0, 1)

		explicit := infoHash()
		we := weAnnounce(t, keeper.addrs[0], explicit, "7003")
		searcher.finds(t, 0, explicit, host(we.addr)+":7003")

		implied := infoHash()
		we = weAnnounce(t, keeper.addrs[0], implied)
		searcher.finds(t, 0, implied, we.addr)
	})
}

// weFind runs a lookup of our own until it finds the wanted peer.
func weFind(t *testing.T, join, hash, want string) {
	t.Helper()
	var found []string
	tries := 0
	eventually(t, func() bool {
		tries++
		found = run(t, join, "testdata/find.lua", hash)
		return slices.Contains(found, want)
	}, func() string { return fmt.Sprintf("lightdht found %q, not %s", found, want) })
	t.Logf("lightdht found %s in lookup %d", want, tries)
}

// weAnnounce announces and goes on serving until the test ends.
func weAnnounce(t *testing.T, join, hash string, port ...string) *program {
	t.Helper()
	p, line := serve(t, join, "testdata/announce.lua", append([]string{hash}, port...)...)
	if stored, err := strconv.Atoi(line); err != nil || stored == 0 {
		t.Fatalf("lightdht announced to %q nodes", line)
	}
	return p
}

// weName waits until a node of ours passes addr on to those who ask it: it must have verified it by
// then.
func weName(t *testing.T, hub, addr string) {
	t.Helper()
	serve(t, hub, "testdata/named.lua", hub, addr)
}
