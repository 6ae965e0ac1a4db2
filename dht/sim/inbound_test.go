package sim

import (
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// flood lets h send n pings to one member at once.
func flood(w *World, h *Host, to Member, n int) (answered *int) {
	answered = new(int)
	h.Do(func(now dht.Time, node *dht.Node) {
		for range n {
			node.Query(now, krpc.Contact{Addr: to.Addr}, dht.Call{Method: "ping"}, func(_ dht.Time, r dht.Reply) {
				if r.Err == nil {
					*answered++
				}
			})
		}
	})
	return answered
}

// A line of 100 a second whose queue is 200 ms long takes 21 of 50 that come
// at once: one at once, and 20 that wait; the rest is dropped.
func TestInboundDropsTheTail(t *testing.T) {
	for _, in := range []Inbound{
		{Datagrams: 100, Wait: 200 * time.Millisecond},
		{Bytes: 9300, Wait: 200 * time.Millisecond}, // a ping has 65 bytes and 28 of headers
	} {
		w := world(t, Config{Nodes: 2, Link: Link{Latency: Latency{Constant: 50 * time.Millisecond}, Inbound: in}})
		h := open(t, w, dht.Config{})
		to, _ := w.Member(1)
		before := w.Stats()
		answered := flood(w, h, to, 50)
		w.pass(50*time.Millisecond + 100*time.Millisecond - 1) // all but the tenth are through
		if *answered < 8 || *answered > 10 {
			t.Errorf("%+v: after 100 ms %d are answered, want 9", in, *answered)
		}
		w.pass(time.Minute)
		dropped := w.Stats().Dropped - before.Dropped
		if *answered < 19 || *answered > 22 || uint64(*answered)+dropped != 50 {
			t.Errorf("%+v: %d answered, %d dropped, want 21 and 29", in, *answered, dropped)
		}
		everyDatagram(t, w)
	}
}

// everyDatagram checks that each is counted, however it ended.
func everyDatagram(t testing.TB, w *World) {
	t.Helper()
	s := w.Stats()
	ended := s.Delivered + s.Lost + s.Unreachable + s.Cut + s.TooLong + s.Dropped
	if underWay := underWay(w); s.Sent != ended+underWay {
		t.Errorf("sent %d, but %d ended and %d are under way: %+v", s.Sent, ended, underWay, s)
	}
}

func TestInboundIsNoDelayAtRest(t *testing.T) {
	w := world(t, Config{Nodes: 2, Link: Link{Latency: Latency{Constant: 50 * time.Millisecond}, Inbound: Inbound{Datagrams: 1000}}})
	if w.Link().Inbound.Wait != DefaultWait {
		t.Errorf("the default is not filled in: %+v", w.Link())
	}
	h := open(t, w, dht.Config{})
	if rtt, err := ask(t, w, h, w.All()[0].Addr); err != nil || rtt != 51*time.Millisecond {
		t.Errorf("%v, %v: want the round trip and a thousandth of a second", rtt, err)
	}
}

func TestMTU(t *testing.T) {
	const loss = 0.2
	for _, c := range []struct {
		name string
		link Link
		want float64 // share of answers that come
	}{
		{"fits", Link{MTU: 1500}, 1},
		{"lost", Link{MTU: 200}, 0},
		{"fragmented", Link{MTU: 200, Fragment: true}, 1},
		// The query travels in one piece, the answer of some 300 bytes in two.
		{"pieces lost", Link{MTU: 200, Fragment: true, Loss: loss}, (1 - loss) * (1 - loss) * (1 - loss)},
	} {
		w := world(t, Config{Nodes: 200, Link: c.link})
		h := open(t, w, dht.Config{})
		// A second each: upkeep suffers too, and after longer all contacts would be
		// lost, and answers short.
		const n = 600
		came := 0
		for i := range n {
			over := false
			h.Do(func(now dht.Time, node *dht.Node) {
				m, _ := w.Member(i % 200)
				node.Query(now, krpc.Contact{Addr: m.Addr}, dht.Call{Method: "find_node", Target: m.ID, Timeout: time.Second}, func(_ dht.Time, r dht.Reply) {
					over = true
					if r.Err == nil {
						came++
					}
				})
			})
			for !over {
				w.Step()
			}
		}
		if got := float64(came) / n; got < c.want-0.07 || got > c.want+0.07 {
			t.Errorf("%s: a share of %.3f was answered, want %.3f", c.name, got, c.want)
		}
		s := w.Stats()
		if (s.TooLong > 0) != (c.name == "lost") || (s.Fragmented > 0) != c.link.Fragment {
			t.Errorf("%s: %+v", c.name, s)
		}
		everyDatagram(t, w)
	}
}

func TestPieces(t *testing.T) {
	for _, c := range []struct {
		link       Link
		size, want int
	}{
		{Link{}, 0, 1}, {Link{}, maxPacket, 1}, {Link{}, maxPacket + 1, 0},
		{Link{MTU: 1500}, 1472, 1}, {Link{MTU: 1500}, 1473, 0},
		{Link{MTU: 1500, Fragment: true}, 1472, 1}, {Link{MTU: 1500, Fragment: true}, 1473, 2},
		{Link{MTU: 1500, Fragment: true}, 2*1480 - 8, 2}, {Link{MTU: 1500, Fragment: true}, 2*1480 - 7, 3},
		{Link{MTU: 68, Fragment: true}, maxPacket, 1365}, {Link{MTU: 68, Fragment: true}, maxPacket + 1, 0},
	} {
		l := newLink(c.link, 1)
		if got := l.pieces(c.size, false); got != c.want {
			t.Errorf("%+v: %d bytes travel in %d pieces, want %d", c.link, c.size, got, c.want)
		}
	}
}
