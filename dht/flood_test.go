package dht_test

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// The cost of a datagram for the core that serves it, in the model of these tests. With an answer
// it is the budget of the architecture, mostly the kernel's share; without, the rest when nothing
// is sent and datagrams are read in batches. To save time, all rates are divided by slow: the core
// is slower by that factor, the backlog shorter, and the answer rate one a second instead of 50.
const (
	slow         = 50
	costOfAnswer = slow * 8 * time.Microsecond
	costOfNone   = slow * 400 * time.Nanosecond
	backlog      = 4096 / slow // datagrams that wait in the socket; the next ones are lost
	answerRate   = 50 / slow

	capacity  = int(time.Second / costOfAnswer) // answers a second: a slow-th of 125,000
	flooders  = 1000
	joinEvery = 10 * capacity / flooders // datagrams: they all take part after a second
	honests   = 10
)

// core is a node on one core of a machine, on virtual time: while it is busy with a
// datagram others wait, and when too many wait they are lost.
type core struct {
	node    *dht.Node
	src     *rand.Rand
	now     dht.Time
	free    dht.Time // when it is done with what it has taken on
	waiting [backlog]arrival
	in, out int // how many were ever put there, and taken out
	lost    int // datagrams for which there was no room
	sent    int
	packet  []byte
	asked   []asked // by the honest ones
}

// arrival is a datagram that waits: the n-th of the flooders or of the honest ones.
type arrival struct {
	at     dht.Time
	n      int
	honest bool
}

// asked is a query of an honest one.
type asked struct {
	at   dht.Time
	took time.Duration // 0: not answered
}

// isHonest reports whether an address is one that datagram gives to the honest.
func isHonest(a netip.AddrPort) bool { return a.Addr().As4()[0] == 30 }

func newCore(t testing.TB, cfg dht.Config) *core {
	t.Helper()
	c := &core{src: rand.New(rand.NewPCG(1, 2))}
	cfg.Addr = netip.MustParseAddrPort("40.0.0.1:6881")
	cfg.ID = krpc.ID{0x80, 1}
	node, err := dht.New(cfg, c, c.src)
	if err != nil {
		t.Fatal(err)
	}
	c.node = node
	for i := range 200 { // or there would be nobody to name
		node.Table().Answered(0, krpc.Contact{ID: numbered(i), Addr: knocker(1<<20 + i<<8)}, time.Millisecond, nil)
	}
	return c
}

// Send counts, and looks whether it is an answer to an honest one.
func (c *core) Send(to netip.AddrPort, packet []byte) {
	c.sent++
	var m krpc.Message
	if isHonest(to) && m.Parse(packet) == nil && m.Kind == krpc.KindResponse && len(m.Tx) == 4 {
		q := &c.asked[binary.BigEndian.Uint32(m.Tx)]
		q.took = c.now.Add(costOfAnswer).Sub(q.at)
	}
}

// arrive has a datagram arrive. The core first works off what it had time for.
func (c *core) arrive(a arrival) {
	c.work(a.at)
	if a.honest {
		c.asked = append(c.asked, asked{at: a.at})
	}
	if c.in-c.out == backlog {
		c.lost++
		return
	}
	c.waiting[c.in%backlog] = a
	c.in++
}

// work lets the core do what it has time for until now.
func (c *core) work(now dht.Time) {
	for ; c.out < c.in && c.free <= now; c.out++ {
		a := c.waiting[c.out%backlog]
		c.now = max(c.free, a.at)
		if next, ok := c.node.Next(); ok && next <= c.now {
			c.node.Advance(c.now)
		}
		sent := c.sent
		from, packet := c.datagram(a)
		c.node.Receive(c.now, from, packet)
		c.free = c.now.Add(costOfNone)
		if c.sent > sent {
			c.free = c.now.Add(time.Duration(c.sent-sent) * costOfAnswer)
		}
	}
}

// datagram writes what arrives: of an honest one get_peers; of anyone of the others, as
// often as not, the same, or garbage of one kind or another.
func (c *core) datagram(a arrival) (from netip.AddrPort, packet []byte) {
	q := krpc.Query{Method: "get_peers", ID: krpc.ID{0x30}, Target: krpc.ID{0x81}}
	if a.honest {
		q.Tx = binary.BigEndian.AppendUint32(nil, uint32(a.n))
		from = netip.AddrPortFrom(netip.AddrFrom4([4]byte{30, 0, 0, byte(a.n % honests)}), 6881)
		return from, q.Append(c.packet[:0])
	}
	draw := rand.NewPCG(uint64(a.n), 0).Uint64()
	active := min(flooders, 1+a.n/joinEvery)
	who, kind := int(draw%uint64(active)), draw/flooders%10
	if from = knocker(who << 8); who == 13 {
		from = netip.AddrPortFrom(from.Addr(), 0) // which cannot be
	}
	q.Tx, q.ID = []byte("tx"), numbered(1<<30+a.n) // another id each time
	packet = c.packet[:0]
	switch kind {
	case 1:
		for range 100 {
			packet = append(packet, byte(c.src.Uint64()))
		}
		return from, packet
	case 3:
		return from, append(packet, "d1:rd2:id20:abcdefghij0123456789e1:t4:floo1:y1:re"...)
	case 5:
		return from, append(packet, "d1:eli201e4:ouche1:t4:floo1:y1:ee"...)
	case 7:
		q.ID = c.node.ID()
	case 9:
		return from, q.Append(packet)[:60]
	}
	return from, q.Append(packet)
}

// flood has the flooders send ten times what a core can answer, half of it garbage,
// and the honest ones nine tenths of the rate that each of them may have, from one
// second to another.
func (c *core) flood(from, to int) {
	const perSecond = 10 * capacity
	const every = perSecond * 10 / (9 * honests * answerRate)
	for n := from * perSecond; n < to*perSecond; n++ {
		at := dht.Time(n * int(time.Second) / perSecond)
		c.arrive(arrival{at: at, n: n})
		if n%every == every/2 {
			c.arrive(arrival{at: at, n: len(c.asked), honest: true})
		}
	}
}

// share is which part of the honest ones' queries from the n-th on was answered, and
// how long that took at most.
func (c *core) share(n int) (part float64, longest time.Duration) {
	answered := 0
	for _, q := range c.asked[n:] {
		if q.took > 0 {
			answered++
			longest = max(longest, q.took)
		}
	}
	return float64(answered) / float64(len(c.asked)-n), longest
}

// Ten times the load that a core can answer arrives for half a minute, from a thousand addresses,
// half of it garbage. Honest nodes are served, except in the second in which all get the burst of a
// stranger. The flood takes no memory, and its senders are not handed to others.
func TestFlood(t *testing.T) {
	notUnderRace(t)
	for _, tt := range []struct {
		name string
		cfg  dht.Config
	}{
		{"flat table", dht.Config{TableLimit: 5_000}},
		{"buckets", dht.Config{Table: dht.BucketsTable}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.cfg.AnswerRate = answerRate
			c := newCore(t, tt.cfg)
			c.flood(0, 10)
			before, first := heap(), len(c.asked)
			c.flood(10, 30)
			more := heap() - before
			whole, _ := c.share(0)
			part, longest := c.share(first)
			t.Logf("honest: %.3f of %d; after ten seconds %.3f, in at most %v; %d datagrams lost; %+v",
				whole, len(c.asked), part, longest, c.lost, c.node.Stats())
			if whole < 0.95 || part < 0.99 {
				t.Errorf("%.3f of the honest ones' queries were answered, and %.3f after ten seconds; want 0.95 and 0.99", whole, part)
			}
			if more > 256<<10 {
				t.Errorf("20 seconds of flood took %d KB", more>>10)
			}
			c.addsUp(t)
			for _, named := range c.node.Table().Serve(c.now, krpc.ID{0x81}, 8, nil) {
				if e, _ := c.node.Table().Get(c.now, named.ID); e.Replies == 0 {
					t.Errorf("%v, who never answered, is handed to others", named)
				}
			}
		})
	}
}

// Without a cap for each address the same flood leaves little to the honest: what the
// other tests see is not for want of a flood.
func TestFloodWithoutCap(t *testing.T) {
	notUnderRace(t)
	c := newCore(t, dht.Config{AnswerRate: -1})
	c.flood(0, 5)
	if part, _ := c.share(0); part > 0.5 {
		t.Errorf("%.3f of the honest ones' queries were answered", part)
	}
}

// addsUp checks that what the counters say adds up to what arrived.
func (c *core) addsUp(t *testing.T) {
	t.Helper()
	s := c.node.Stats()
	if dropped := s.Junk + s.Martians + s.Reflected + s.Unmatched + s.RateLimited; s.PacketsIn != uint64(c.out) || s.PacketsIn != s.QueriesIn+dropped {
		t.Errorf("%d datagrams, of which %d were answered and %d dropped: %+v", c.out, s.QueriesIn, dropped, s)
	}
	if s.QueriesIn != s.RepliesOut+s.ErrorsOut || s.PacketsOut != s.QueriesIn+s.QueriesOut {
		t.Errorf("%d queries, %d answers, %d errors, %d datagrams sent", s.QueriesIn, s.RepliesOut, s.ErrorsOut, s.PacketsOut)
	}
	for name, n := range map[string]uint64{
		"junk": s.Junk, "martians": s.Martians, "reflected": s.Reflected, "unmatched": s.Unmatched, "rate limited": s.RateLimited,
	} {
		if n == 0 {
			t.Errorf("nothing was counted as %s", name)
		}
	}
}
