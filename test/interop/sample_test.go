package interop

import (
	"errors"
	"slices"
	"testing"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// Of BEP 51.
const (
	longest    = 21600 // seconds until a node may be sampled again
	mostSample = 20    // info-hashes in one answer of libtorrent, and in ours
)

// sample is an answer to sample_infohashes.
type sample struct {
	hashes   []string // sorted
	num      int
	interval int
}

// fill announces torrents to one node, and returns them, sorted.
func fill(t *testing.T, keeper string, n int) []string {
	t.Helper()
	we := guest(t)
	var torrents []string
	for range n {
		torrent := infoHash()
		we.announce(t, keeper, krpcID(t, torrent), false)
		torrents = append(torrents, torrent)
	}
	slices.Sort(torrents)
	return torrents
}

// check compares a sample with all that its sender keeps.
func (s sample) check(t *testing.T, stored []string) {
	t.Helper()
	if want := min(len(stored), mostSample); len(s.hashes) != want || s.num != len(stored) || s.interval != longest {
		t.Errorf("%d samples of %d, interval %d; not %d of %d, interval %d", len(s.hashes), s.num, s.interval, want,
			len(stored), longest)
	}
	if len(slices.Compact(slices.Clone(s.hashes))) != len(s.hashes) {
		t.Errorf("twice the same in %q", s.hashes)
	}
	for _, hash := range s.hashes {
		if !slices.Contains(stored, hash) {
			t.Errorf("a sample of what it does not store: %s", hash)
		}
	}
}

// TestWeSampleTheirs samples what libtorrent stores (BEP 51). Within the interval it gives
// everybody the same.
func TestWeSampleTheirs(t *testing.T) {
	keeper := startPeer(t, libtorrent, 1).addrs[0]
	guest(t).sample(t, keeper).check(t, nil)

	stored := fill(t, keeper, 3)
	we := guest(t)
	we.sample(t, keeper).check(t, stored)
	_, err := we.Query(t.Context(), krpc.Contact{Addr: addrPort(t, keeper)}, dht.Call{Method: "sample_infohashes"})
	if !errors.Is(err, dht.ErrTooSoon) {
		t.Errorf("sampling again within the interval: %v", err)
	}

	stored = append(stored, fill(t, keeper, mostSample+10)...)
	first := guest(t).sample(t, keeper)
	first.check(t, stored)
	if second := guest(t).sample(t, keeper); !slices.Equal(first.hashes, second.hashes) {
		t.Errorf("two samples within the interval:\n%q\n%q", first.hashes, second.hashes)
	}
}

func (n *node) sample(t *testing.T, addr string) sample {
	t.Helper()
	m := n.ask(t, addr, dht.Call{Method: "sample_infohashes", Target: krpcID(t, infoHash())})
	if m.Has&krpc.HasSamples == 0 {
		t.Fatalf("%s answers without samples", addr)
	}
	s := sample{num: int(m.Num), interval: int(m.Interval)}
	if whole := m.EachSample(func(id krpc.ID) { s.hashes = append(s.hashes, id.String()) }); !whole {
		t.Errorf("%s sends a part of an info-hash", addr)
	}
	slices.Sort(s.hashes)
	return s
}

// TestTheySampleOurs has libtorrent sample what a node of ours stores (BEP 51).
func TestTheySampleOurs(t *testing.T) {
	hub := startNode(t, dht.Config{})
	p := startPeer(t, libtorrent, 2, hub.addr)
	weName(t, hub.addr, p.addrs[1])
	p.sample(t, 0, hub.addr).check(t, nil)

	stored := fill(t, hub.addr, 3)
	p.sample(t, 0, hub.addr).check(t, stored) // with less than a full sample there is no reason to wait

	stored = append(stored, fill(t, hub.addr, mostSample+10)...)
	first, second := p.sample(t, 0, hub.addr), p.sample(t, 1, hub.addr)
	first.check(t, stored)
	if !slices.Equal(first.hashes, second.hashes) {
		t.Errorf("two samples within the interval:\n%q\n%q", first.hashes, second.hashes)
	}
}

// sample has one of the client's nodes sample another node, which must also name the other one (BEP
// 51).
func (p *peer) sample(t *testing.T, node int, addr string) sample {
	t.Helper()
	a := await(t, p.name+" to sample", p.ask(request{Node: node, Do: "sample", Addr: addr, Target: infoHash()}))
	if a.Error != "" {
		t.Fatalf("%s sampled %s: %s", p.name, addr, a.Error)
	}
	if other := p.addrs[1-node]; !slices.Contains(a.Named, other) { // an answer does not name the one who asks
		t.Errorf("%s names %q beside its samples, without %s", addr, a.Named, other)
	}
	slices.Sort(a.Samples)
	return sample{a.Samples, a.Num, int(a.Wait)}
}

// TestWeSampleOthers samples clients that do not know BEP 51.
func TestWeSampleOthers(t *testing.T) {
	for _, other := range []struct {
		client
		code int
	}{{bittorrentDHT, silent}, {anacrolix, krpc.CodeMethodUnknown}} {
		t.Run(other.name, func(t *testing.T) {
			addr := addrPort(t, startPeer(t, other.client, 1).addrs[0])
			_, err := guest(t).Query(t.Context(), krpc.Contact{Addr: addr}, dht.Call{Method: "sample_infohashes"})
			if got := code(t, err); got != other.code {
				t.Errorf("%s answers with %d, not %d", other.name, got, other.code)
			}
		})
	}
}
