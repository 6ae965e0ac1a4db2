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

// model is the walk again, as plainly as possible: one list of candidates in the order heard,
// searched and sorted again for every question.
type model struct {
	cfg      Config
	cands    []*candidate
	ranked   []*candidate // answered as expected, in the order of answering
	inFlight []*candidate // asked, in that order
	asked    int
	hits     int
	misses   int
}

type candidate struct {
	krpc.Contact
	hop     int
	state   string
	by      *candidate // who named it; nil: our own side
	hearsay bool       // which was merely told
	excess  bool       // too many share its network
	balance int        // of those it named
}

// grade is the grade of a candidate, as a number.
func (c *candidate) grade() int {
	switch {
	case c.excess:
		return 3
	case c.hearsay:
		return 2
	case c.by == nil:
		return 0
	}
	return min(max(-c.by.balance, 0), 2)
}

func (m *model) step(ev Event) (asks []krpc.Contact) {
	c := m.at(ev.From.Addr)
	open := c != nil && (c.state == "flying" || c.state == "slow" || c.state == "tardy")
	flying := open && c.state == "flying"
	switch ev.Kind {
	case Start, Hearsay:
		for _, f := range ev.Found {
			if ev.Kind == Start || !f.ID.IsZero() {
				m.hear(f, 0, nil, ev.Kind == Hearsay)
			}
		}
	case Answer:
		known := c != nil && !ev.From.ID.IsZero() && (c.ID.IsZero() || c.ID == ev.From.ID)
		if !open && !(known && c.state == "silent") {
			break
		}
		c.state = "answered"
		switch {
		case known && flying:
			m.weigh(c, 1)
		case known:
			m.weigh(c, 2)
		case flying:
			m.weigh(c, -1)
		}
		if known {
			c.ID = ev.From.ID
			m.ranked = append(m.ranked, c)
		}
		if ev.Distrust && c.balance == 0 {
			c.balance = -2
		}
		left := max(8, m.cfg.K)
		for i, f := range ev.Found {
			if i < 64 && left > 0 && !f.ID.IsZero() && m.hear(f, c.hop+1, c, false) {
				left--
			}
		}
	case Slow:
		if flying {
			c.state = "slow"
			m.weigh(c, -1)
		}
	case Tardy:
		if open {
			c.state = "tardy"
		}
		if flying {
			m.weigh(c, -1)
		}
	case Silence:
		if open {
			c.state = "silent"
		}
		if flying {
			m.weigh(c, -1)
		}
	}
	for m.asked < m.cfg.MaxQueries {
		best := m.pick()
		if best == nil {
			break
		}
		best.state = "flying"
		m.inFlight = append(m.inFlight, best)
		m.asked++
		asks = append(asks, best.Contact)
	}
	return asks
}

// weigh changes the balance of the namer of c.
func (m *model) weigh(c *candidate, change int) {
	switch change {
	case -1:
		m.misses++
		defer m.desert(c.Addr.Addr())
	case 2:
		m.misses = max(m.misses-1, 0)
		m.hits++
	case 1:
		m.hits++
	}
	if c.by == nil || c.hearsay || c.excess {
		return
	}
	c.by.balance = min(max(c.by.balance+change, -100), 100)
	m.trim()
}

// trim drops the farthest waiting candidates, trusted or not, if they are too many.
func (m *model) trim() {
	for _, trusted := range []bool{true, false} {
		list := m.unasked(trusted)
		slices.SortFunc(list, m.order)
		for len(list) > max(100, 4*m.cfg.K) {
			drop := list[len(list)-1]
			list = list[:len(list)-1]
			m.cands = slices.DeleteFunc(m.cands, func(c *candidate) bool { return c == drop })
		}
	}
}

func (m *model) at(addr netip.AddrPort) *candidate {
	for _, c := range m.cands {
		if c.Addr == addr {
			return c
		}
	}
	return nil
}

func (m *model) hear(f krpc.Contact, hop int, by *candidate, hearsay bool) bool {
	ip := f.Addr.Addr()
	if !ip.IsValid() || f.Addr.Port() == 0 || ip.IsMulticast() || ip.IsUnspecified() {
		return false
	}
	if !f.ID.IsZero() && !m.improves(f.ID) {
		return false
	}
	new := &candidate{Contact: f, hop: hop, state: "unasked", by: by, hearsay: hearsay}
	if !f.ID.IsZero() && m.outranked(new) {
		return false
	}
	for _, c := range m.cands {
		if c.Addr == f.Addr || sameHost(c.Addr.Addr(), ip) {
			if c.Contact == f && !c.excess && c.grade() > 0 && new.grade() == 0 {
				c.by, c.hearsay = by, false
			}
			m.trim()
			return false
		}
	}
	if f.ID.IsZero() && len(m.strangers()) >= max(100, 4*m.cfg.K) {
		return false
	}
	if new.excess = !f.ID.IsZero() && m.cfg.Diverse && m.crowded(ip); new.excess && m.outranked(new) {
		return false
	}
	if new.excess && m.deserted(ip) {
		return false
	}
	m.cands = append(m.cands, new)
	m.trim()
	return true
}

// outranked reports whether c would be the farthest in a list that is full.
func (m *model) outranked(c *candidate) bool {
	list := m.unasked(c.grade() == 0)
	return len(list) >= max(100, 4*m.cfg.K) && m.order(c, slices.MaxFunc(list, m.order)) >= 0
}

// crowded reports whether half of K candidates share the /24 of an address.
func (m *model) crowded(ip netip.Addr) bool {
	n := 0
	for _, c := range m.cands {
		if a := c.Addr.Addr(); a.Is4() && ip.Is4() && !c.excess && netip.PrefixFrom(ip, 24).Masked().Contains(a) {
			n++
		}
	}
	return ip.Is4() && !ip.IsPrivate() && !ip.IsLoopback() && n >= (m.cfg.K+1)/2
}

// deserted reports whether K more of a /24 were silent than answered.
func (m *model) deserted(ip netip.Addr) bool {
	n := 0
	for _, c := range m.cands {
		if !c.Addr.Addr().Is4() || !ip.Is4() || !netip.PrefixFrom(ip, 24).Masked().Contains(c.Addr.Addr()) {
			continue
		}
		switch c.state {
		case "answered":
			n++
		case "slow", "tardy", "silent":
			n--
		}
	}
	return n <= -m.cfg.K && !ip.IsPrivate() && !ip.IsLoopback()
}

// desert drops those who are too many in a /24 that is deserted.
func (m *model) desert(ip netip.Addr) {
	if m.cfg.Diverse && m.deserted(ip) {
		m.cands = slices.DeleteFunc(m.cands, func(c *candidate) bool {
			return c.excess && c.state == "unasked" && netip.PrefixFrom(ip, 24).Masked().Contains(c.Addr.Addr())
		})
	}
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

// unasked are the waiting candidates with a known id: the trusted ones, or all others.
func (m *model) unasked(trusted bool) (list []*candidate) {
	for _, c := range m.cands {
		if c.state == "unasked" && !c.ID.IsZero() && (c.grade() == 0) == trusted {
			list = append(list, c)
		}
	}
	return list
}

func (m *model) strangers() (list []*candidate) {
	for _, c := range m.cands {
		if c.state == "unasked" && c.ID.IsZero() {
			list = append(list, c)
		}
	}
	return list
}

// best returns the nearest candidate of those grades that could improve the result, or nil.
func (m *model) best(from, to int) *candidate {
	list := append(m.unasked(true), m.unasked(false)...)
	list = slices.DeleteFunc(list, func(c *candidate) bool {
		return c.grade() < from || c.grade() > to || !m.improves(c.ID)
	})
	if len(list) == 0 {
		return nil
	}
	return slices.MinFunc(list, m.order)
}

// pick returns the candidate to ask now, or nil. It takes the place of an untrusted candidate for a
// trusted one.
func (m *model) pick() *candidate {
	trusted, others := m.flying(0, 0), m.flying(1, 3)
	share := m.cfg.Width / 3
	free := len(trusted)+len(others) < m.cfg.Width
	if !free && len(others) <= share {
		return nil
	}
	full := len(m.closest()) == m.cfg.K
	if s := m.strangers(); len(s) > 0 && !full {
		return m.makeRoom(s[0])
	}
	fits := func(c *candidate) bool {
		if c == nil {
			return false
		}
		worst := 3
		if m.cfg.K < 2*m.cfg.Width {
			worst = c.grade()
		}
		return m.ahead(c, worst) < m.cfg.K
	}
	best, other := m.best(0, 0), m.best(1, 2)
	if fits(best) {
		return m.makeRoom(best)
	}
	if free && len(others) < share && fits(other) && (best == nil || m.order(other, best) < 0) {
		return other
	}
	if doubted := m.best(1, 1); free && fits(doubted) {
		return doubted
	}
	if !free || best != nil || len(trusted) > 0 || full {
		return nil
	}
	for _, c := range []*candidate{m.best(1, 2), m.best(1, 3)} {
		if fits(c) {
			return c
		}
	}
	return nil
}

// makeRoom takes the place of the untrusted candidate that was asked first, if there is no free
// place.
func (m *model) makeRoom(c *candidate) *candidate {
	if m.count("flying") == m.cfg.Width {
		m.flying(1, 3)[0].state = "slow"
	}
	return c
}

// flying are the candidates in flight of some grades, in the order of being asked.
func (m *model) flying(from, to int) (list []*candidate) {
	for _, c := range m.inFlight {
		if c.state == "flying" && c.grade() >= from && c.grade() <= to {
			list = append(list, c)
		}
	}
	return list
}

// ahead counts the candidates nearer than c that have answered or are in flight, of a grade or a
// better one.
func (m *model) ahead(c *candidate, worst int) (n int) {
	nearer := func(o krpc.Contact) bool {
		return !c.ID.IsZero() && o.ID.Xor(m.cfg.Target).Compare(c.ID.Xor(m.cfg.Target)) < 0
	}
	for _, o := range m.closest() {
		if nearer(o) {
			n++
		}
	}
	open := 0
	for _, f := range m.flying(0, worst) {
		if !f.ID.IsZero() && nearer(f.Contact) {
			open++
		}
	}
	if m.misses > 1 {
		open = open * m.hits / (m.hits + m.misses)
	}
	return n + open
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
	full := len(m.closest()) == m.cfg.K
	if len(m.flying(0, 1)) > 0 || !full && m.count("flying") > 0 {
		return false
	}
	more := full && m.best(0, 1) != nil || !full && len(m.strangers())+len(m.unasked(true))+len(m.unasked(false)) > 0
	if more && m.asked < m.cfg.MaxQueries {
		return false
	}
	return m.count("slow")+m.count("tardy") == 0 || full && !more && !((m.misses <= 1 || 4*m.misses <= m.hits) && slices.ContainsFunc(m.cands, func(c *candidate) bool {
		return c.state == "slow" && !c.ID.IsZero() && c.grade() <= 1 && m.improves(c.ID)
	}))
}

// world turns a string of bytes into an adversary: the next bytes pick all parts of its events,
// from so few choices that they often coincide.
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
	ev := Event{Kind: [...]Kind{Answer, Answer, Slow, Tardy, Silence, Start, Hearsay}[g.pick(7)]}
	ev.From = g.contact()
	if len(asked) > 0 && g.pick(8) > 0 {
		c := asked[len(asked)-1-g.pick(min(len(asked), 10))]
		ev.From.Addr = c.Addr
		if g.pick(8) > 0 && !c.ID.IsZero() {
			ev.From.ID = c.ID
		}
	}
	ev.Distrust = g.pick(9) == 0
	if ev.Kind != Slow && ev.Kind != Tardy && ev.Kind != Silence {
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
	cfg := Config{K: 1 + g.pick(9), Width: 1 + g.pick(5), MaxQueries: 1 + g.pick(500), Diverse: g.pick(2) == 0}
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
