package store

import (
	"math"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

// Up to 20 info-hashes, all of them are shown; beyond that, one draw until the interval is over.
func TestSamplesStand(t *testing.T) {
	p, src := NewPeers(PeersConfig{Expiry: 100 * time.Hour}), rand.NewPCG(1, 2)
	s := Samples{Interval: time.Hour}
	now := krpc.Time(0)
	for i := range 19 {
		if got, num, interval := s.Take(now, p, src); len(got) != i || num != i || interval != time.Hour {
			t.Fatalf("%d hashes: %d, %d, %v", i, len(got), num, interval)
		}
		mustAnnounce(t, p, now, hash(i), host(i))
		now += minute
	}
	for i := 19; i < 60; i++ {
		mustAnnounce(t, p, now, hash(i), host(i))
	}
	first, num, interval := s.Take(now, p, src)
	first = slices.Clone(first)
	if len(first) != MaxSamples || num != 60 || interval != time.Hour {
		t.Fatalf("%d of %d for %v", len(first), num, interval)
	}
	for _, c := range []struct{ after, left time.Duration }{
		{0, time.Hour},
		{1, time.Hour}, // whole seconds, so that no one asks too early
		{time.Second, time.Hour - time.Second},
		{59*time.Minute + 30*time.Second + 1, 30 * time.Second},
		{time.Hour - 1, time.Second},
	} {
		if got, _, left := s.Take(now.Add(c.after), p, src); !slices.Equal(got, first) || left != c.left {
			t.Errorf("after %v: %v left, want %v; %v", c.after, left, c.left, got)
		}
	}
	if got, _, left := s.Take(now.Add(time.Hour), p, src); slices.Equal(got, first) || left != time.Hour {
		t.Errorf("after its interval: the same, %v left", left)
	}
	if got, _, left := s.Take(0, p, src); len(got) != MaxSamples || left != time.Hour {
		t.Errorf("after the clock was set back: %d for %v", len(got), left)
	}
}

// An expired info-hash is neither counted nor in the next draw.
func TestSamplesOfWhatIsThere(t *testing.T) {
	p, src := NewPeers(PeersConfig{}), rand.NewPCG(1, 2)
	var s Samples
	mustAnnounce(t, p, 0, hash(1), host(1))
	mustAnnounce(t, p, 10*minute, hash(2), host(1))
	now := krpc.Time(DefaultExpiry)
	if got, num, interval := s.Take(now, p, src); !slices.Equal(got, []krpc.ID{hash(2)}) || num != 1 || interval != MaxSampleInterval {
		t.Errorf("%v, %d, %v", got, num, interval)
	}
}

func TestSampleInterval(t *testing.T) {
	for set, want := range map[time.Duration]time.Duration{
		0: 6 * time.Hour, 7 * time.Hour: 6 * time.Hour, time.Minute: time.Minute, -1: 0,
	} {
		s := Samples{Interval: set}
		if _, _, got := s.Take(5, NewPeers(PeersConfig{}), source); got != want {
			t.Errorf("of %v: %v, want %v", set, got, want)
		}
	}
}

// Every info-hash and every pair is equally likely: chi-square with a fixed seed.
func TestSamplesAreUniform(t *testing.T) {
	const hashes, rounds = 30, 20000
	p, src := NewPeers(PeersConfig{}), rand.NewPCG(1, 2)
	for i := range hashes {
		mustAnnounce(t, p, 0, hash(i), host(i))
	}
	s := Samples{Interval: -1}
	single, pairs := make([]int, hashes), make([]int, hashes*hashes)
	for range rounds {
		got, _, _ := s.Take(0, p, src)
		for i, h := range got {
			a := int(h[3])
			single[a]++
			for _, h := range got[:i] {
				pairs[min(a, int(h[3]))*hashes+max(a, int(h[3]))]++
			}
		}
	}
	var proper []int
	for a := range hashes {
		if pairs[a*hashes+a] != 0 {
			t.Fatalf("%d twice in one draw", a)
		}
		proper = append(proper, pairs[a*hashes+a+1:(a+1)*hashes]...)
	}
	for name, seen := range map[string][]int{"hash": single, "pair": proper} {
		total, chi := 0, 0.0
		for _, n := range seen {
			total += n
		}
		want := float64(total) / float64(len(seen))
		for _, n := range seen {
			chi += (float64(n) - want) * (float64(n) - want) / want
		}
		// They are drawn without repetition, so it is below that of free draws.
		if df := float64(len(seen) - 1); chi > df+6*math.Sqrt(2*df) {
			t.Errorf("%s: chi-square %.1f with %.0f degrees of freedom: %v", name, chi, df, seen)
		}
	}
}

// BEP 33: noseed prefers peers that still download; seeds fill the rest.
func TestSampleWithoutSeeds(t *testing.T) {
	p := NewPeers(PeersConfig{})
	isSeed := func(addr netip.AddrPort) bool { return addr.Addr().As4()[3]%2 == 1 }
	for i := range 20 {
		p.Announce(0, hash(1), host(i), isSeed(host(i)))
	}
	for _, c := range []struct {
		noSeed             bool
		limit, want, seeds int
	}{
		{true, 4, 4, 0},
		{true, 10, 10, 0},
		{true, 13, 13, 3},
		{true, 20, 20, 10},
		{true, 99, 20, 10},
		{true, 0, 0, 0},
		{false, 99, 20, 10},
	} {
		got, seeds := p.Sample(1, hash(1), false, c.noSeed, c.limit, source, nil), 0
		for i, addr := range got {
			if isSeed(addr) {
				seeds++
			} else if c.noSeed && seeds > 0 {
				t.Errorf("%+v: place %d of %v is behind a seed", c, i, got)
			}
		}
		unique := slices.Clone(got)
		slices.SortFunc(unique, netip.AddrPort.Compare)
		if len(got) != c.want || seeds != c.seeds || len(slices.Compact(unique)) != c.want {
			t.Errorf("%+v: %d, %d of them seeds", c, len(got), seeds)
		}
	}
	// Neither half is taken in the order it lies in.
	others, seeds := map[netip.AddrPort]bool{}, map[netip.AddrPort]bool{}
	for range 500 {
		others[p.Sample(1, hash(1), false, true, 1, source, nil)[0]] = true
		seeds[p.Sample(1, hash(1), false, true, 11, source, nil)[10]] = true
	}
	if len(others) != 10 || len(seeds) != 10 {
		t.Errorf("%d of 10 others and %d of 10 seeds come at all", len(others), len(seeds))
	}
}

// BEP 33: the filters are of one family; without peers there are no filters.
func TestFilters(t *testing.T) {
	p := NewPeers(PeersConfig{Expiry: time.Hour})
	p.Announce(0, hash(1), host(9), true)
	p.Announce(minute, hash(1), host(1), true)
	p.Announce(minute, hash(1), host(2), false)
	p.Announce(minute, hash(1), host(3), true)
	p.Announce(minute, hash(1), host(3), false) // not any more
	p.Announce(minute, hash(1), host6(4), false)
	p.Announce(minute, hash(2), host6(4), false)

	var seeds, others, wantSeeds, wantOthers krpc.Bloom
	wantSeeds.Add(host(1).Addr())
	wantOthers.Add(host(2).Addr())
	wantOthers.Add(host(3).Addr())
	if !p.Filters(60*minute, hash(1), false, &seeds, &others) || seeds != wantSeeds || others != wantOthers {
		t.Errorf("IPv4: seeds about %.0f, others about %.0f", seeds.Count(), others.Count())
	}
	seeds, others, wantOthers = krpc.Bloom{}, krpc.Bloom{}, krpc.Bloom{}
	wantOthers.Add(host6(4).Addr())
	if !p.Filters(60*minute, hash(1), true, &seeds, &others) || seeds.Count() != 0 || others != wantOthers {
		t.Errorf("IPv6: seeds about %.0f, others about %.0f", seeds.Count(), others.Count())
	}
	for _, c := range []struct {
		h   krpc.ID
		now krpc.Time
	}{{hash(2), 60 * minute}, {hash(3), 60 * minute}, {hash(1), 61 * minute}} {
		if p.Filters(c.now, c.h, false, &seeds, &others) || seeds.Count() != 0 || others != wantOthers {
			t.Errorf("%v at %v: filters of nobody", c.h, c.now)
		}
	}
}

func BenchmarkFilters(b *testing.B) {
	p := NewPeers(PeersConfig{})
	for i := range DefaultMaxPeersPerHash {
		mustAnnounce(b, p, 0, hash(1), host(i))
	}
	var seeds, others krpc.Bloom
	for b.Loop() {
		p.Filters(1, hash(1), false, &seeds, &others)
	}
}

func BenchmarkTake(b *testing.B) {
	p := NewPeers(PeersConfig{})
	for i := range DefaultMaxHashes {
		mustAnnounce(b, p, 0, hash(i), host(i))
	}
	s := Samples{Interval: -1}
	for b.Loop() {
		s.Take(1, p, source)
	}
}

// The bits of an entry are those that Bloom.Add would set.
func TestBloomBits(t *testing.T) {
	for i := range 5000 { // enough that in some both bits are the same
		ip := host(i).Addr()
		e, got, want := entry{bits: bloomBits(ip)}, krpc.Bloom{}, krpc.Bloom{}
		e.addTo(&got)
		if want.Add(ip); got != want {
			t.Fatalf("%v has bits %v", ip, e.bits)
		}
	}
}
