package store

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

// record is one peer in the model of a [Peers], which keeps all of them in one list.
type record struct {
	infoHash krpc.ID
	Peer
}

type model struct {
	cfg  PeersConfig
	list []record
}

func (m *model) expire(now krpc.Time) {
	m.list = slices.DeleteFunc(m.list, func(r record) bool { return r.Last.Add(m.cfg.Expiry) <= now })
}

func (m *model) count(match func(record) bool) (n int) {
	for _, r := range m.list {
		if match(r) {
			n++
		}
	}
	return n
}

func (m *model) hashes() int {
	seen := map[krpc.ID]bool{}
	for _, r := range m.list {
		seen[r.infoHash] = true
	}
	return len(seen)
}

func (m *model) full(h krpc.ID, ip netip.Addr) bool {
	return m.find(h, ip) == nil && m.noRoom(h, ip)
}

// noRoom reports whether another peer at ip is refused.
func (m *model) noRoom(h krpc.ID, ip netip.Addr) bool {
	known := m.count(func(r record) bool { return r.infoHash == h }) > 0
	family := m.count(func(r record) bool { return r.infoHash == h && r.Addr.Addr().Is4() == ip.Is4() })
	net, _ := ip.Prefix(map[bool]int{true: 32, false: 64}[ip.Is4()])
	held := m.count(func(r record) bool { return net.Contains(r.Addr.Addr()) })
	return !known && m.hashes() >= m.cfg.MaxHashes ||
		family >= m.cfg.MaxPeersPerHash ||
		!ip.IsPrivate() && held >= m.cfg.MaxPerHost
}

func (m *model) find(h krpc.ID, ip netip.Addr) *record {
	return m.first(func(r *record) bool { return r.infoHash == h && r.Addr.Addr() == ip })
}

// same finds the peer that an announce of addr renews.
func (m *model) same(h krpc.ID, addr netip.AddrPort) *record {
	byPort := m.cfg.SharedHosts || addr.Addr().IsPrivate()
	return m.first(func(r *record) bool {
		return r.infoHash == h && r.Addr.Addr() == addr.Addr() && (!byPort || r.Addr == addr)
	})
}

func (m *model) first(match func(*record) bool) *record {
	for i := range m.list {
		if match(&m.list[i]) {
			return &m.list[i]
		}
	}
	return nil
}

func (m *model) announce(now krpc.Time, h krpc.ID, addr netip.AddrPort, seed bool) bool {
	r := m.same(h, addr)
	if addr.Port() == 0 || r == nil && m.noRoom(h, addr.Addr()) {
		return false
	}
	if r == nil {
		m.list = append(m.list, record{infoHash: h})
		r = &m.list[len(m.list)-1]
	}
	r.Peer = Peer{addr, seed, now}
	return true
}

// check compares everything visible, at a time for which both have expired.
func (m *model) check(p *Peers) error {
	var got []record
	p.Each(func(h krpc.ID, peer Peer) { got = append(got, record{h, peer}) })
	order := func(a, b record) int {
		if c := a.infoHash.Compare(b.infoHash); c != 0 {
			return c
		}
		return a.Addr.Compare(b.Addr)
	}
	want := slices.Clone(m.list)
	slices.SortFunc(got, order)
	slices.SortFunc(want, order)
	if !slices.Equal(got, want) {
		return fmt.Errorf("holds %v, want %v", got, want)
	}
	if p.Total() != len(want) || p.Hashes() != m.hashes() {
		return fmt.Errorf("%d peers, %d hashes, want %d, %d", p.Total(), p.Hashes(), len(want), m.hashes())
	}
	first := krpc.Time(1 << 62)
	for _, r := range want {
		first = min(first, r.Last.Add(m.cfg.Expiry))
	}
	if next, ok := p.Next(); ok != (len(want) > 0) || ok && next > first {
		return fmt.Errorf("next %v, %v, but somebody expires at %v", next, ok, first)
	}
	return nil
}

// compare plays raw, eight bytes a call, to a small store and to the model.
func compare(raw []byte) error {
	if err := compareWith(raw, false); err != nil {
		return err
	}
	return compareWith(raw, true)
}

func compareWith(raw []byte, sharedHosts bool) error {
	cfg := PeersConfig{SharedHosts: sharedHosts, MaxHashes: 6, MaxPeersPerHash: 5, MaxPerHost: 4, Expiry: 30 * time.Minute}
	p, m, now, src := NewPeers(cfg), &model{cfg: cfg}, krpc.Time(0), rand.NewPCG(1, 2)
	for ; len(raw) >= 8; raw = raw[8:] {
		now += krpc.Time(binary.BigEndian.Uint16(raw)) * minute / 32768
		h, ip := hash(int(raw[2]%9)), netip.AddrFrom4([4]byte{20, 0, 0, raw[3] % 12})
		switch raw[4] % 4 {
		case 1:
			ip = netip.AddrFrom16([16]byte{0x20, 7: raw[3] % 3, 15: raw[3] % 8})
		case 2:
			ip = netip.AddrFrom4([4]byte{10, 0, 0, raw[3] % 8})
		}
		addr := netip.AddrPortFrom(ip, uint16(raw[5]%3))
		m.expire(now)
		switch raw[6] % 8 {
		case 0:
			p.Expire(now)
			if err := m.check(p); err != nil {
				return err
			}
			if got, want := p.Full(h, ip), m.full(h, ip); got != want {
				return fmt.Errorf("full(%v, %v) = %v", h, ip, got)
			}
		case 1, 2:
			limit := int(raw[7] % 7)
			got := p.Sample(now, h, ip.Is6(), raw[6]%8 == 2, limit, src, nil)
			all := m.count(func(r record) bool { return r.infoHash == h && r.Addr.Addr().Is4() == ip.Is4() })
			if len(got) != min(limit, all) {
				return fmt.Errorf("%d of %d peers sampled, limit %d", len(got), all, limit)
			}
			for i, a := range got {
				if r := m.same(h, a); r == nil || r.Addr != a || slices.Contains(got[:i], a) {
					return fmt.Errorf("sample %v of %v", got, m.list)
				}
			}
		default:
			got, want := p.Announce(now, h, addr, raw[7]&1 == 0), m.announce(now, h, addr, raw[7]&1 == 0)
			if got != want {
				return fmt.Errorf("announce(%v, %v, %v) = %v", now, h, addr, got)
			}
		}
	}
	p.Expire(now)
	return m.check(p)
}

func TestAgainstModel(t *testing.T) {
	for seed := range 100 {
		raw := make([]byte, 8*1000)
		rand.NewChaCha8([32]byte{byte(seed)}).Read(raw)
		if err := compare(raw); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}

func FuzzPeers(f *testing.F) {
	raw := make([]byte, 8*100)
	rand.NewChaCha8([32]byte{1}).Read(raw)
	f.Add(raw)
	f.Fuzz(func(t *testing.T, raw []byte) {
		if err := compare(raw[:min(len(raw), 1<<13)]); err != nil {
			t.Fatal(err)
		}
	})
}

// Removing from the middle is rare in use: only a swarm that is overdue leaves,
// and mostly from the top.
func TestHeap(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	var h heap[*swarm]
	for range 20000 {
		switch i := rnd.IntN(40); {
		case i >= len(h):
			h.push(&swarm{due: krpc.Time(rnd.IntN(100))})
		case rnd.IntN(2) == 0:
			h.remove(h[i])
		default:
			h[i].due = krpc.Time(rnd.IntN(100))
			h.fix(h[i])
		}
		for i, s := range h {
			if s.place != i || s.due < h[max(0, i-1)/2].due {
				t.Fatalf("%d of %d is out of place", i, len(h))
			}
		}
	}
}
