package bridge

import (
	"net/netip"
	"testing"
	"time"
)

// isOurs reports whether an address is that of nodes of ours: the router's is.
func isOurs(addr netip.Addr) bool {
	if addr == netip.MustParseAddr(routerAddr) {
		return true
	}
	third := int(addr.As4()[2])
	return third >= announcer && third < clientRow || third >= plainRow && third < 128
}

// quiet is for how long the queries of idle nodes are counted.
const quiet = 40 * time.Second

// A node that keeps asking sends a query a second or more. These limits are far from that, and from what is usual here:
// some ten queries a minute of one node in its first minutes, and one or two to the same address.
const (
	mostQueries = 60 // a minute, of one node of ours
	mostToOne   = 20 // to one address
)

// A way leads from one address to another.
type way struct{ from, to netip.AddrPort }

// idle counts queries while nobody asks for anything.
func (w *world) idle(t *testing.T) {
	begin := time.Now()
	<-time.After(quiet) // the length of the measurement: nothing is waited for
	perMinute := 1 / time.Since(begin).Minutes()
	total, toOne := map[netip.AddrPort]float64{}, map[way]float64{}
	for _, p := range w.seen.all() {
		if p.at.Before(begin) || !isQuery(p) {
			continue
		}
		w.countFor(p, perMinute)
		if isOurs(p.from.Addr()) {
			total[p.from] += perMinute
			toOne[way{p.from, p.to}] += perMinute
		}
	}
	for from, n := range total {
		if n > mostQueries {
			t.Errorf("our idle node %s sends %.0f queries a minute", from, n)
		}
	}
	for way, n := range toOne {
		if n > mostToOne {
			t.Errorf("our idle node %s sends %.0f queries a minute to %s", way.from, n, way.to)
		}
	}
	t.Logf("of %d nodes of ours that sent queries while idle, the busiest sent %.0f a minute, to one address %.0f",
		len(total), most(total), most(toOne))
}

func most[K comparable](counts map[K]float64) (n float64) {
	for _, count := range counts {
		n = max(n, count)
	}
	return n
}

// countFor adds a query between nodes of ours and a client to that client's row.
func (w *world) countFor(p packet, n float64) {
	if i, ok := w.guestAt(p.to.Addr()); ok && isOurs(p.from.Addr()) {
		w.rows[i].asked += n
	}
	if i, ok := w.guestAt(p.from.Addr()); ok && isOurs(p.to.Addr()) {
		w.rows[i].asks += n
	}
}

// guestAt is the number of the client with an address.
func (w *world) guestAt(addr netip.Addr) (int, bool) {
	for i, g := range w.guests {
		if g.addr.Addr() == addr {
			return i, true
		}
	}
	return 0, false
}

func isQuery(p packet) bool {
	value, _ := decode(p.payload)
	message, _ := value.(map[string]any)
	return message["y"] == "q"
}

// packetsAreRight reads every packet of ours.
func (w *world) packetsAreRight(t *testing.T) {
	if lost := w.seen.lost(t); lost > 0 {
		t.Fatalf("the capture lost %d packets", lost)
	}
	c, n := checker{map[question][]string{}}, 0
	for _, p := range w.seen.all() {
		c.note(p.from, p.to, p.payload)
		if !isOurs(p.from.Addr()) || p.payload == nil {
			continue
		}
		n++
		err := c.check(p.from, p.to, p.payload)
		if err != nil {
			t.Errorf("%s to %s: %v in %q", p.from, p.to, err, p.payload)
		}
		if i, ok := w.guestAt(p.to.Addr()); ok {
			w.rows[i].note(err)
		}
		if !bridge.Contains(p.to.Addr()) {
			t.Errorf("%s sends to %s, which is nobody here", p.from, p.to)
		}
	}
	t.Logf("%d packets of ours were read", n)
	if n < 1000 {
		t.Errorf("only %d packets of ours went over the bridge", n)
	}
}

var bridge = netip.MustParsePrefix("10.77.0.0/17")

// note counts a packet of ours.
func (r *row) note(err error) {
	r.packets++
	if err != nil {
		r.faults++
	}
}

// complaints are those that a client has logged.
func (g *guest) complaints() []string {
	if g.process == nil || g.complaint == nil {
		return nil
	}
	return append(g.stdout.matching(g.complaint.MatchString), g.stderr.matching(g.complaint.MatchString)...)
}

// nobodyComplains reads what each client has logged.
func (w *world) nobodyComplains(t *testing.T) {
	for i, g := range w.guests {
		lines := g.complaints()
		w.rows[i].complaints = len(lines)
		for _, line := range lines {
			t.Errorf("%s complains: %.300s", g.name, line)
		}
	}
}
