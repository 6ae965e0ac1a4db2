package lookup

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"github.com/lightdht/lightdht/dht/krpc"
)

// model is the walk once more, as slowly and plainly as possible: one list of
// candidates in the order heard, searched and sorted anew for every question.
type model struct {
	cfg    Config
	cands  []*candidate
	ranked []*candidate // answered as expected, in the order of answering
	asked  int
}

type candidate struct {
	krpc.Contact
	hop   int
	state string
}

func (m *model) step(ev Event) (asks []krpc.Contact) {
	c := m.at(ev.From.Addr)
	open := c != nil && (c.state == "flying" || c.state == "slow")
	switch ev.Kind {
	case Start:
		for _, f := range ev.Found {
			m.hear(f, 0)
		}
	case Answer:
		known := c != nil && !ev.From.ID.IsZero() && (c.ID.IsZero() || c.ID == ev.From.ID)
		if !open && !(known && c.state == "silent") {
			break
		}
		c.state = "answered"
		if known {
			c.ID = ev.From.ID
			m.ranked = append(m.ranked, c)
		}
		for i, f := range ev.Found {
			if i < 64 && !f.ID.IsZero() {
				m.hear(f, c.hop+1)
			}
		}
	case Slow:
		if open {
			c.state = "slow"
		}
	case Silence:
		if open {
			c.state = "silent"
		}
	}
	for m.count("flying") < m.cfg.Width && m.asked < m.cfg.MaxQueries {
		best := m.best()
		if best == nil || m.ahead(best) >= m.cfg.K {
			break
		}
		best.state = "flying"
		m.asked++
		asks = append(asks, best.Contact)
	}
	return asks
}

func (m *model) at(addr netip.AddrPort) *candidate {
	for _, c := range m.cands {
		if c.Addr == addr {
			return c
		}
	}
	return nil
}

func (m *model) hear(f krpc.Contact, hop int) {
	ip := f.Addr.Addr()
	if !ip.IsValid() || f.Addr.Port() == 0 || ip.IsMulticast() || ip.IsUnspecified() {
		return
	}
	if !f.ID.IsZero() && !m.improves(f.ID) {
		return
	}
	for _, c := range m.cands {
		if c.Addr == f.Addr || sameHost(c.Addr.Addr(), ip) {
			return
		}
	}
	new := &candidate{f, hop, "unasked"}
	rest := m.unasked(f.ID.IsZero())
	m.cands = append(m.cands, new)
	if len(rest) < max(100, 4*m.cfg.K) {
		return
	}
	drop := new
	if !f.ID.IsZero() {
		drop = slices.MaxFunc(append(rest, new), m.order)
	}
	m.cands = slices.DeleteFunc(m.cands, func(c *candidate) bool { return c == drop })
}

func sameHost(a, b netip.Addr) bool {
	global := func(ip netip.Addr) bool { return !ip.IsLoopback() && !ip.IsPrivate() && !ip.IsLinkLocalUnicast() }
	if !global(a) || !global(b) || a.Is4() != b.Is4() {
		return false
	}
	p, err := a.Prefix(map[bool]int{true: 32, false: 64}[a.Is4()])
	return err == nil && p.Contains(b)
}

func (m *model) order(a, b *candidate) int {
	da, db := a.ID.Xor(m.cfg.Target), b.ID.Xor(m.cfg.Target)
	if c := da.Compare(db); c != 0 {
		return c
	}
	return a.Addr.Compare(b.Addr)
}

func (m *model) unasked(stranger bool) (list []*candidate) {
	for _, c := range m.cands {
		if c.state == "unasked" && c.ID.IsZero() == stranger {
			list = append(list, c)
		}
	}
	return list
}

// best returns whom to ask next, or nil if nobody is worth asking.
func (m *model) best() *candidate {
	if s := m.unasked(true); len(s) > 0 && len(m.closest()) < m.cfg.K {
		return s[0]
	}
	list := m.unasked(false)
	if len(list) == 0 {
		return nil
	}
	if best := slices.MinFunc(list, m.order); m.improves(best.ID) {
		return best
	}
	return nil
}

// ahead counts those nearer than c that have answered or are in flight.
func (m *model) ahead(c *candidate) (n int) {
	others := m.closest()
	for _, f := range m.cands {
		if f.state == "flying" && !f.ID.IsZero() {
			others = append(others, f.Contact)
		}
	}
	for _, o := range others {
		if !c.ID.IsZero() && o.ID.Xor(m.cfg.Target).Compare(c.ID.Xor(m.cfg.Target)) < 0 {
			n++
		}
	}
	return n
}

func (m *model) improves(id krpc.ID) bool {
	top := m.closest()
	return len(top) < m.cfg.K || id.Xor(m.cfg.Target).Compare(top[m.cfg.K-1].ID.Xor(m.cfg.Target)) < 0
}

func (m *model) closest() (top []krpc.Contact) {
	for _, c := range m.ranked {
		if !slices.ContainsFunc(top, func(t krpc.Contact) bool { return t.ID == c.ID }) {
			top = append(top, c.Contact)
		}
	}
	slices.SortFunc(top, func(a, b krpc.Contact) int {
		return a.ID.Xor(m.cfg.Target).Compare(b.ID.Xor(m.cfg.Target))
	})
	return top[:min(len(top), m.cfg.K)]
}

func (m *model) count(state string) (n int) {
	for _, c := range m.cands {
		if c.state == state {
			n++
		}
	}
	return n
}

func (m *model) done() bool {
	if m.count("flying") > 0 {
		return false
	}
	if m.best() != nil {
		return m.asked >= m.cfg.MaxQueries && m.count("slow") == 0
	}
	return m.count("slow") == 0 || len(m.closest()) == m.cfg.K
}

// world turns a string of bytes into an adversary: everything in its events is
// picked by the next bytes, from few enough choices that they often coincide.
type world struct{ raw []byte }

func (g *world) pick(n int) int {
	if len(g.raw) < 2 {
		g.raw = nil
		return 0
	}
	v := int(binary.BigEndian.Uint16(g.raw))
	g.raw = g.raw[2:]
	return v % n
}

func (g *world) addr() netip.AddrPort {
	b, port := byte(g.pick(250)), uint16(6881+g.pick(2))
	switch g.pick(10) {
	case 0:
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), port+uint16(b))
	case 1:
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte{8, 8, 8, b % 40}), port)
	case 2:
		return netip.AddrPortFrom(netip.AddrFrom16([16]byte{0x2a, 7: b % 30, 15: b}), port)
	case 3:
		return netip.AddrPortFrom(netip.AddrFrom16([16]byte{0xfe, 0x80, 15: b}), port)
	case 4:
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte{240 * (b & 1)}), uint16(b&2)) // unusable
	}
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, b}), port)
}

func (g *world) contact() krpc.Contact {
	c := krpc.Contact{Addr: g.addr()}
	if g.pick(20) > 0 {
		c.ID[19-g.pick(20)] = byte(g.pick(250))
	}
	return c
}

func (g *world) event(asked []krpc.Contact) Event {
	ev := Event{Kind: [...]Kind{Answer, Answer, Slow, Silence, Start}[g.pick(5)]}
	ev.From = g.contact()
	if len(asked) > 0 && g.pick(8) > 0 {
		c := asked[len(asked)-1-g.pick(min(len(asked), 10))]
		ev.From.Addr = c.Addr
		if g.pick(8) > 0 && !c.ID.IsZero() {
			ev.From.ID = c.ID
		}
	}
	if ev.Kind == Start || ev.Kind == Answer {
		n := g.pick(12)
		if g.pick(30) == 0 {
			n = 70
		}
		for range n {
			ev.Found = append(ev.Found, g.contact())
		}
	}
	return ev
}

// compare plays raw to a walk and to the model until it is used up, then settles
// what is open, and reports the first difference or broken promise.
func compare(raw []byte) error {
	g := &world{raw}
	cfg := Config{K: 1 + g.pick(9), Width: 1 + g.pick(5), MaxQueries: 1 + g.pick(500)}
	cfg.Target[0] = byte(g.pick(4))
	w, m := New(cfg), &model{cfg: cfg}
	var asked []krpc.Contact
	step := func(ev Event) error {
		asks, want := w.Step(ev, nil), m.step(ev)
		for _, c := range asks {
			if slices.ContainsFunc(asked, func(a krpc.Contact) bool { return a.Addr == c.Addr }) {
				return fmt.Errorf("%v asked twice", c)
			}
			asked = append(asked, c)
		}
		switch {
		case !slices.Equal(asks, want):
			return fmt.Errorf("%+v: asked %v, want %v", ev, asks, want)
		case w.Done() != m.done():
			return fmt.Errorf("%+v: done %v, want %v", ev, w.Done(), m.done())
		case !slices.Equal(w.Closest(nil), m.closest()):
			return fmt.Errorf("%+v: closest %v, want %v", ev, w.Closest(nil), m.closest())
		case m.count("flying") > cfg.Width, w.Asked() != len(asked), len(asked) > cfg.MaxQueries:
			return fmt.Errorf("%d in flight, %d asked, said %d", m.count("flying"), len(asked), w.Asked())
		}
		return nil
	}
	for len(g.raw) > 0 {
		if err := step(g.event(asked)); err != nil {
			return err
		}
	}
	for i := 0; i < len(asked); i++ { // grows while silence lets others be asked
		if err := step(Event{Kind: Silence, From: asked[i]}); err != nil {
			return err
		}
	}
	for _, c := range m.cands {
		if got := w.Hop(c.Addr); got != c.hop {
			return fmt.Errorf("%v at hop %d, want %d", c.Contact, got, c.hop)
		}
	}
	if !w.Done() {
		return fmt.Errorf("not done after every question was settled")
	}
	return nil
}

func TestAgainstModel(t *testing.T) {
	rounds := 300
	if testing.Short() {
		rounds = 50
	}
	for seed := range rounds {
		rnd := rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)})
		raw := make([]byte, 500+seed*30)
		rnd.Read(raw)
		if err := compare(raw); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}

func FuzzStep(f *testing.F) {
	raw := make([]byte, 2000)
	rand.NewChaCha8([32]byte{1}).Read(raw)
	f.Add(raw)
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) > 1<<12 {
			return // the model is slow
		}
		if err := compare(raw); err != nil {
			t.Fatal(err)
		}
	})
}
