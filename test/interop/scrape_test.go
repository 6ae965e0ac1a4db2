package interop

import (
	"fmt"
	"math"
	"net/netip"
	"slices"
	"testing"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// swarm is who takes part in a torrent.
type swarm struct {
	seeds, others []string // addresses
}

// filters are what a node that knows of exactly this swarm must send (BEP 33).
func (s swarm) filters(t *testing.T) (seeds, others krpc.Bloom) {
	t.Helper()
	for _, addr := range s.seeds {
		seeds.Add(addrPort(t, addr).Addr())
	}
	for _, addr := range s.others {
		others.Add(addrPort(t, addr).Addr())
	}
	return seeds, others
}

// join has one more node of ours announce the torrent to the keeper.
func (s *swarm) join(t *testing.T, keeper string, torrent krpc.ID, seed bool) *node {
	t.Helper()
	n := guest(t)
	n.announce(t, keeper, torrent, seed)
	if seed {
		s.seeds = append(s.seeds, n.addr)
	} else {
		s.others = append(s.others, n.addr)
	}
	return n
}

// only has a search ask one node and no other.
func only(t *testing.T, addr string) dht.SearchConfig {
	t.Helper()
	return dht.SearchConfig{Start: []netip.AddrPort{addrPort(t, addr)}, MaxQueries: 1}
}

func (n *node) announce(t *testing.T, keeper string, torrent krpc.ID, seed bool) {
	t.Helper()
	cfg := only(t, keeper)
	cfg.Seed = seed
	result, err := n.AnnouncePeer(t.Context(), torrent, 0, cfg)
	if err != nil || result.Stored == 0 {
		t.Fatalf("announcing as a seed (%v): stored at %d nodes, %v", seed, result.Stored, err)
	}
}

// TestWeScrapeTheirs announces a swarm to libtorrent, and scrapes it (BEP 33).
func TestWeScrapeTheirs(t *testing.T) {
	keeper := startPeer(t, libtorrent, 1).addrs[0]
	we, torrent := guest(t), krpcID(t, infoHash())
	scrapes(t, we, keeper, torrent, swarm{})

	var s swarm
	for i := range 8 {
		s.join(t, keeper, torrent, i < 3)
	}
	scrapes(t, we, keeper, torrent, s)
	withoutSeeds(t, we, keeper, torrent, s)

	finished := s.join(t, keeper, torrent, false)
	finished.announce(t, keeper, torrent, true)
	s.others = s.others[:len(s.others)-1]
	s.seeds = append(s.seeds, finished.addr)
	scrapes(t, we, keeper, torrent, s)
}

// scrapes asks one node for its filters, and a search for the size of the swarm.
func scrapes(t *testing.T, we *node, keeper string, torrent krpc.ID, want swarm) {
	t.Helper()
	m := we.ask(t, keeper, dht.Call{Method: "get_peers", Target: torrent, Scrape: true})
	seeds, others := want.filters(t)
	stored := len(want.seeds)+len(want.others) > 0
	switch {
	case !stored && m.Has&(krpc.HasSeedFilter|krpc.HasPeerFilter) != 0:
		t.Errorf("%s sends filters of a torrent it does not know", keeper)
	case stored && (!slices.Equal(m.SeedFilter, seeds[:]) || !slices.Equal(m.PeerFilter, others[:])):
		t.Errorf("%s sends the filters\n%x\n%x, not\n%x\n%x", keeper, m.SeedFilter, m.PeerFilter, seeds, others)
	}
	result, err := we.Scrape(t.Context(), torrent, only(t, keeper))
	if err != nil {
		t.Fatal(err)
	}
	found := result.Swarm
	if math.Round(found.Seeds) != float64(len(want.seeds)) || math.Round(found.Peers) != float64(len(want.others)) {
		t.Errorf("scraped %s: %.2f seeds and %.2f others (%d filters), not %d and %d", keeper, found.Seeds, found.Peers,
			found.Filters, len(want.seeds), len(want.others))
	}
}

// withoutSeeds asks one node for peers that are no seeds.
func withoutSeeds(t *testing.T, we *node, keeper string, torrent krpc.ID, s swarm) {
	t.Helper()
	m := we.ask(t, keeper, dht.Call{Method: "get_peers", Target: torrent, NoSeed: true})
	got, want := slices.Sorted(slices.Values(values(m))), slices.Sorted(slices.Values(s.others))
	if !slices.Equal(got, want) {
		t.Errorf("asked for those who are no seeds, %s names %q, not %q", keeper, got, want)
	}
}

// TestTheyAnnounceToUs has a seed and another peer of libtorrent announce to a node of ours, whose
// filters must say so. libtorrent itself does not send scrapes.
func TestTheyAnnounceToUs(t *testing.T) {
	hub := startNode(t, dht.Config{})
	p := startPeer(t, libtorrent, 2, hub.addr)
	p.nodes(t, 0, 1)
	p.nodes(t, 1, 1)
	we := guest(t)

	whole, seed := p.seed(t, 0)
	s := swarm{seeds: []string{seed}}
	scrapes(t, we, hub.addr, krpcID(t, whole), s)
	s.join(t, hub.addr, krpcID(t, whole), false)
	scrapes(t, we, hub.addr, krpcID(t, whole), s)

	part := infoHash()
	other := p.announce(t, 1, part, 0)
	scrapes(t, we, hub.addr, krpcID(t, part), swarm{others: []string{other}})
}

// TestWeScrapeWithoutFilters scrapes clients that do not know BEP 33: the peers that they list
// count as peers that are no seeds.
func TestWeScrapeWithoutFilters(t *testing.T) {
	for _, c := range []client{bittorrentDHT, anacrolix} {
		t.Run(c.name, func(t *testing.T) {
			keeper := startPeer(t, c, 1).addrs[0]
			torrent := krpcID(t, infoHash())
			var s swarm
			for range 4 {
				s.join(t, keeper, torrent, false)
			}
			we := guest(t)
			var found dht.Swarm
			eventually(t, func() bool { // anacrolix answers before it has stored a peer
				result, err := we.Scrape(t.Context(), torrent, only(t, keeper))
				if err != nil {
					t.Fatal(err)
				}
				found = result.Swarm
				return math.Round(found.Peers) == 4
			}, func() string { return fmt.Sprintf("scraped %+v, not 4 peers", found) })
			if found.Seeds != 0 || found.Filters != 0 || found.Lists != 1 {
				t.Errorf("scraped %+v, not just peers of 1 list", found)
			}
		})
	}
}

func krpcID(t *testing.T, text string) krpc.ID {
	t.Helper()
	id, err := krpc.ParseID(text)
	if err != nil {
		t.Fatal(err)
	}
	return id
}
