package store

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

const minute = krpc.Time(time.Minute)

var source = rand.NewPCG(1, 2)

func hash(i int) (id krpc.ID) {
	binary.BigEndian.PutUint32(id[:], uint32(i))
	return id
}

// host returns address i of 20.0.0.0/8.
func host(i int) netip.AddrPort {
	var ip [4]byte
	binary.BigEndian.PutUint32(ip[:], 20<<24+uint32(i))
	return netip.AddrPortFrom(netip.AddrFrom4(ip), 6881)
}

// host6 returns an address in /64 number i.
func host6(i int) netip.AddrPort {
	ip := [16]byte{0x2a, 0x00, 0x0d, 0xb8, 15: 1}
	binary.BigEndian.PutUint32(ip[4:], uint32(i))
	return netip.AddrPortFrom(netip.AddrFrom16(ip), 6881)
}

func mustAnnounce(t testing.TB, p *Peers, now krpc.Time, h krpc.ID, addr netip.AddrPort) {
	t.Helper()
	if !p.Announce(now, h, addr, false) {
		t.Fatalf("announce of %v by %v at %v refused", h, addr, now)
	}
}

func TestAnnounceRenews(t *testing.T) {
	p := NewPeers(PeersConfig{})
	mustAnnounce(t, p, 0, hash(1), netip.MustParseAddrPort("20.0.0.1:1000"))
	mustAnnounce(t, p, 1, hash(1), netip.MustParseAddrPort("[::ffff:20.0.0.1]:2000"))
	if !p.Announce(2, hash(1), netip.MustParseAddrPort("20.0.0.1:3000"), true) {
		t.Error("refused")
	}
	var got []Peer
	p.Each(func(h krpc.ID, peer Peer) {
		if h != hash(1) {
			t.Errorf("under %v", h)
		}
		got = append(got, peer)
	})
	// BEP 33: one entry for an info-hash and IP; port and seed flag may change.
	want := []Peer{{Addr: netip.MustParseAddrPort("20.0.0.1:3000"), Seed: true, Last: 2}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Where several nodes may share a host, another port is another peer.
func TestPeersOfOneHost(t *testing.T) {
	for _, c := range []struct {
		ip     string
		shared bool
		want   int
	}{
		{"20.0.0.1", false, 1},
		{"20.0.0.1", true, 3},
		{"2001:4860::1", false, 1},
		{"2001:4860::1", true, 3},
		{"127.0.0.1", false, 3},
		{"10.0.0.1", false, 3},
		{"192.168.7.1", false, 3},
		{"169.254.1.1", false, 3},
		{"::1", false, 3},
		{"fe80::1", false, 3},
		{"fd00::1", false, 3},
	} {
		p := NewPeers(PeersConfig{SharedHosts: c.shared})
		ip := netip.MustParseAddr(c.ip)
		for i := range 6 { // each port twice
			mustAnnounce(t, p, krpc.Time(i), hash(1), netip.AddrPortFrom(ip, uint16(1001+i%3)))
		}
		if got := p.Sample(6, hash(1), ip.Is6(), false, 10, source, nil); len(got) != c.want || p.Total() != c.want {
			t.Errorf("%s, shared hosts %v: %v, %d stored, want %d", c.ip, c.shared, got, p.Total(), c.want)
		}
	}
}

func TestUnusableAddresses(t *testing.T) {
	p := NewPeers(PeersConfig{})
	for _, addr := range []netip.AddrPort{
		{},
		netip.MustParseAddrPort("20.0.0.1:0"),
		netip.MustParseAddrPort("0.0.0.0:1"),
		netip.MustParseAddrPort("[::]:1"),
		netip.MustParseAddrPort("224.0.0.1:1"),
		netip.MustParseAddrPort("[ff02::1]:1"),
	} {
		if p.Announce(0, hash(1), addr, false) {
			t.Errorf("%v stored", addr)
		}
	}
	if p.Total() != 0 || p.Hashes() != 0 || p.swarms != nil {
		t.Error("something is left of what was refused")
	}
}

func TestExpiry(t *testing.T) {
	p := NewPeers(PeersConfig{Expiry: 30 * time.Minute})
	if _, ok := p.Next(); ok {
		t.Error("an empty store wants to be woken")
	}
	mustAnnounce(t, p, 0, hash(1), host(1))
	mustAnnounce(t, p, 10*minute, hash(1), host(2))
	mustAnnounce(t, p, 20*minute, hash(1), host6(3))
	mustAnnounce(t, p, 5*minute, hash(2), host(1))
	mustAnnounce(t, p, 25*minute, hash(2), host(1)) // renewed
	for _, c := range []struct {
		now                krpc.Time
		total, hashes, one int
	}{
		{30*minute - 1, 4, 2, 3},
		{30 * minute, 3, 2, 2},
		{40*minute - 1, 3, 2, 2},
		{40 * minute, 2, 2, 1},
		{50 * minute, 1, 1, 0},
		{55*minute - 1, 1, 1, 0},
		{55 * minute, 0, 0, 0},
	} {
		p.Expire(c.now)
		if p.Total() != c.total || p.Hashes() != c.hashes || p.Count(hash(1)) != c.one {
			t.Errorf("at %v: %d peers, %d hashes, %d in one, want %+v",
				c.now, p.Total(), p.Hashes(), p.Count(hash(1)), c)
		}
		if next, ok := p.Next(); ok != (c.total > 0) || ok && next <= c.now {
			t.Errorf("at %v: next %v, %v", c.now, next, ok)
		}
	}
	if len(p.held) != 0 {
		t.Errorf("hosts still counted: %v", p.held)
	}
}

// Also without a call of Expire, expired peers are neither served nor take up room.
func TestExpiryUnasked(t *testing.T) {
	p := NewPeers(PeersConfig{MaxHashes: 2, MaxPeersPerHash: 2, MaxPerHost: 2, Expiry: 30 * time.Minute})
	mustAnnounce(t, p, 0, hash(1), host(1))
	mustAnnounce(t, p, minute, hash(1), host(2))
	mustAnnounce(t, p, 0, hash(2), host(1))
	if got := p.Sample(30*minute, hash(1), false, false, 9, source, nil); !slices.Equal(got, []netip.AddrPort{host(2)}) {
		t.Errorf("served %v", got)
	}
	mustAnnounce(t, p, 30*minute, hash(1), host(3)) // in the place of 1
	mustAnnounce(t, p, 31*minute, hash(3), host(1)) // in the place of hash 2
	mustAnnounce(t, p, 31*minute, hash(1), host(1)) // no longer counted for hash 2
}

// A swarm that was large once does not hold on to its memory.
func TestExpiryFreesMemory(t *testing.T) {
	p := NewPeers(PeersConfig{Expiry: 30 * time.Minute})
	for i := range 500 {
		mustAnnounce(t, p, krpc.Time(i), hash(1), host(i))
	}
	p.Expire(30*minute + 489)
	if list := p.swarms[hash(1)].four; len(list) != 10 || cap(list) > 40 {
		t.Errorf("%d peers in room for %d", len(list), cap(list))
	}
}

// One call of Expire does a bounded amount of work, and Next says to call again.
func TestExpireIsBounded(t *testing.T) {
	p := NewPeers(PeersConfig{})
	for i := range 1000 {
		mustAnnounce(t, p, 0, hash(i), host(i))
	}
	now, calls := minute*60, 0
	for next, ok := p.Next(); ok && next <= now; next, ok = p.Next() {
		before := p.Hashes()
		p.Expire(now)
		if calls++; before-p.Hashes() > sweepsPerExpire || calls > 1000 {
			t.Fatalf("call %d removed %d", calls, before-p.Hashes())
		}
	}
	if p.Hashes() != 0 || calls < 1000/sweepsPerExpire {
		t.Errorf("%d left after %d calls", p.Hashes(), calls)
	}
}

func TestMaxHashes(t *testing.T) {
	p := NewPeers(PeersConfig{})
	for i := range 10 * DefaultMaxHashes {
		full := p.Full(hash(i), host(i).Addr())
		if stored := p.Announce(0, hash(i), host(i), false); stored != (i < DefaultMaxHashes) || stored == full {
			t.Fatalf("hash %d: stored %v, full %v", i, stored, full)
		}
	}
	if p.Hashes() != DefaultMaxHashes || p.Full(hash(0), host(1).Addr()) {
		t.Errorf("%d hashes; a known one has room: %v", p.Hashes(), !p.Full(hash(0), host(1).Addr()))
	}
}

func TestMaxPeersPerHash(t *testing.T) {
	p := NewPeers(PeersConfig{})
	for i := range 10 * DefaultMaxPeersPerHash {
		for _, addr := range []netip.AddrPort{host(i), host6(i)} { // each family has its own room
			full := p.Full(hash(1), addr.Addr())
			if stored := p.Announce(0, hash(1), addr, false); stored != (i < DefaultMaxPeersPerHash) || stored == full {
				t.Fatalf("peer %d: stored %v, full %v", i, stored, full)
			}
		}
	}
	if p.Total() != 2*DefaultMaxPeersPerHash {
		t.Errorf("%d peers", p.Total())
	}
	if p.Full(hash(1), host(0).Addr()) || !p.Announce(1, hash(1), host(0), false) {
		t.Error("who is stored may not renew")
	}
}

func TestMaxPerHost(t *testing.T) {
	neighbour := func(i int) netip.AddrPort { // in one /64
		ip := host6(1).Addr().As16()
		binary.BigEndian.PutUint32(ip[12:], uint32(i+1))
		return netip.AddrPortFrom(netip.AddrFrom16(ip), 6881)
	}
	for name, c := range map[string]struct {
		addr  func(int) netip.AddrPort
		limit int
		want  int
	}{
		"one IPv4 address":  {func(int) netip.AddrPort { return host(1) }, 0, DefaultMaxPerHost},
		"one IPv6 /64":      {neighbour, 0, DefaultMaxPerHost},
		"several hosts":     {host, 0, DefaultMaxHashes},
		"no limit":          {func(int) netip.AddrPort { return host(1) }, -1, DefaultMaxHashes},
		"a limit of seven":  {func(int) netip.AddrPort { return host(1) }, 7, 7},
		"a private address": {func(int) netip.AddrPort { return netip.MustParseAddrPort("10.0.0.1:1") }, 0, DefaultMaxHashes},
		"loopback":          {func(int) netip.AddrPort { return netip.MustParseAddrPort("[::1]:1") }, 0, DefaultMaxHashes},
	} {
		p := NewPeers(PeersConfig{MaxPerHost: c.limit})
		stored := 0
		for i := range DefaultMaxHashes {
			full := p.Full(hash(i), c.addr(i).Addr())
			ok := p.Announce(0, hash(i), c.addr(i), false)
			if ok == full {
				t.Fatalf("%s: announce %d: stored %v, full %v", name, i, ok, full)
			}
			if ok {
				stored++
			}
		}
		if stored != c.want {
			t.Errorf("%s: %d stored, want %d", name, stored, c.want)
		}
		p.Expire(60 * minute)
		for i := range DefaultMaxHashes / sweepsPerExpire {
			p.Expire(60*minute + krpc.Time(i))
		}
		if p.Total() != 0 || len(p.held) != 0 {
			t.Errorf("%s: %d left, hosts %v", name, p.Total(), p.held)
		}
	}
}

func TestSample(t *testing.T) {
	p := NewPeers(PeersConfig{})
	for i := range 20 {
		mustAnnounce(t, p, 0, hash(1), host(i))
		mustAnnounce(t, p, 0, hash(1), host6(i))
	}
	for _, c := range []struct{ limit, want int }{{-1, 0}, {0, 0}, {1, 1}, {7, 7}, {20, 20}, {math.MaxInt, 20}} {
		for _, v6 := range []bool{false, true} {
			first := host(99)
			got := p.Sample(1, hash(1), v6, false, c.limit, source, []netip.AddrPort{first})
			if got[0] != first || len(got) != 1+c.want {
				t.Errorf("limit %d: %v", c.limit, got)
			}
			got = got[1:]
			slices.SortFunc(got, netip.AddrPort.Compare)
			if len(slices.Compact(got)) != c.want {
				t.Errorf("limit %d: somebody twice in %v", c.limit, got)
			}
			for _, a := range got {
				if a.Addr().Is6() != v6 {
					t.Errorf("wrong family: %v", a)
				}
			}
		}
	}
	if got := p.Sample(1, hash(2), false, false, 9, source, nil); got != nil {
		t.Errorf("of nothing: %v", got)
	}
}

// Every peer, every pair of peers and every place in the answer is equally
// likely, whatever order the list is in: chi-square against the uniform
// expectation, with a fixed seed.
func TestSampleIsUniform(t *testing.T) {
	const peers, limit, rounds = 12, 4, 30000
	p, src := NewPeers(PeersConfig{}), rand.NewPCG(3, 4)
	for i := range peers {
		mustAnnounce(t, p, 0, hash(1), host(i))
	}
	var single, first [peers]int
	pairs := make([]int, peers*peers)
	dst := make([]netip.AddrPort, 0, limit)
	list := p.swarms[hash(1)].four
	order := slices.Clone(list)
	number := func(a netip.AddrPort) int { return int(a.Addr().As4()[3]) }
	for range rounds {
		copy(list, order) // or earlier samples would hide the faults of later ones
		dst = p.Sample(0, hash(1), false, false, limit, src, dst[:0])
		first[number(dst[0])]++
		for i, a := range dst {
			single[number(a)]++
			for _, b := range dst[:i] {
				pairs[min(number(a), number(b))*peers+max(number(a), number(b))]++
			}
		}
	}
	var proper []int
	for a := range peers {
		proper = append(proper, pairs[a*peers+a+1:a*peers+peers]...)
	}
	for name, seen := range map[string][]int{"peer": single[:], "first": first[:], "pair": proper} {
		total, chi := 0, 0.0
		for _, n := range seen {
			total += n
		}
		want := float64(total) / float64(len(seen))
		for _, n := range seen {
			chi += (float64(n) - want) * (float64(n) - want) / want
		}
		// Mean df, variance 2 df: six deviations are beyond any doubt.
		if df := float64(len(seen) - 1); chi > df+6*math.Sqrt(2*df) {
			t.Errorf("%s: chi-square %.1f with %.0f degrees of freedom: %v", name, chi, df, seen)
		}
	}
}

// The same history gives the same order, of samples and of Each.
func TestRepeatable(t *testing.T) {
	history := func() (seen []netip.AddrPort) {
		p, src := NewPeers(PeersConfig{Expiry: time.Minute}), rand.NewPCG(5, 6)
		rnd := rand.New(rand.NewPCG(7, 8))
		for now := range krpc.Time(3000) {
			p.Announce(now*minute/200, hash(rnd.IntN(20)), host(rnd.IntN(40)), false)
			seen = p.Sample(now*minute/200, hash(rnd.IntN(20)), false, false, 3, src, seen)
		}
		p.Each(func(h krpc.ID, peer Peer) { seen = append(seen, peer.Addr) })
		return seen
	}
	if a, b := history(), history(); !slices.Equal(a, b) {
		t.Error("two runs differ")
	}
}

func TestAllocs(t *testing.T) {
	p := NewPeers(PeersConfig{})
	for i := range 100 {
		mustAnnounce(t, p, 0, hash(1), host(i))
	}
	dst := make([]netip.AddrPort, 0, 100)
	if n := testing.AllocsPerRun(100, func() {
		dst = p.Sample(1, hash(1), false, false, 50, source, dst[:0])
		p.Full(hash(1), host(500).Addr())
		p.Announce(1, hash(1), host(5), false)
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkAnnounce(b *testing.B) {
	p, i := NewPeers(PeersConfig{MaxPerHost: -1}), 0
	for b.Loop() { // new ones until all 500 x 200 are there, renewals after that
		p.Announce(krpc.Time(i), hash(i%200), host(i%100000), false)
		i++
	}
}

func BenchmarkSample(b *testing.B) {
	for name, peers := range map[string]int{"8 of 8": 8, "50 of 500": 500} {
		b.Run(name, func(b *testing.B) {
			p, dst := NewPeers(PeersConfig{}), make([]netip.AddrPort, 0, 50)
			for i := range peers {
				mustAnnounce(b, p, 0, hash(1), host(i))
			}
			for b.Loop() {
				dst = p.Sample(1, hash(1), false, false, 50, source, dst[:0])
			}
		})
	}
}

// BenchmarkMemory reports the bytes that a stored peer costs, all told.
func BenchmarkMemory(b *testing.B) {
	for name, perHash := range map[string]int{"1 per hash": 1, "10 per hash": 10, "500 per hash": 500} {
		b.Run(name, func(b *testing.B) {
			var before, after runtime.MemStats
			for b.Loop() {
				runtime.GC()
				runtime.ReadMemStats(&before)
				p := NewPeers(PeersConfig{})
				for i := range 1000 * perHash {
					mustAnnounce(b, p, 0, hash(i%1000), host(i))
				}
				runtime.GC()
				runtime.ReadMemStats(&after)
				b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(p.Total()), "B/peer")
			}
		})
	}
}
