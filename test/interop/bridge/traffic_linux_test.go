package bridge

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strings"
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

const (
	// settling is how long after the last one joined our nodes may still look for others: a young
	// bucket is refreshed between 15 and 75 s after it was parted from the last
	// (dht/table/young.go).
	settling = 90 * time.Second
	// quiet is for how long the queries of idle nodes are counted.
	quiet = time.Minute
)

// A node that keeps asking sends a query a second or more. Usual here is that an idle node asks
// nobody, or looks up one id in that minute, with some fifteen queries.
const (
	mostQueries = 30 // of one node of ours
	mostToOne   = 10 // to one address
)

// A way leads from one address to another.
type way struct{ from, to netip.AddrPort }

// idle counts queries while nobody asks for anything.
func (w *world) idle(t *testing.T) {
	<-time.After(time.Until(w.joined.Add(settling)))
	begin := time.Now()
	<-time.After(quiet) // the length of the measurement: nothing is waited for
	total, toOne := map[netip.AddrPort]int{}, map[way]int{}
	for _, p := range w.queriesSince(begin) {
		w.countFor(p)
		if isOurs(p.from.Addr()) {
			total[p.from]++
			toOne[way{p.from, p.to}]++
		}
	}
	for from, n := range total {
		if n > mostQueries {
			t.Errorf("our idle node %s sends %d queries in %v:\n%s", from, n, quiet, w.saidBy(from, begin))
		}
	}
	for way, n := range toOne {
		if n > mostToOne {
			t.Errorf("our idle node %s sends %d queries in %v to %s:\n%s", way.from, n, quiet, way.to, w.talk(way.from, way.to))
		}
	}
	t.Logf("of %d nodes of ours that sent queries while idle, the busiest sent %d in %v, to one address %d",
		len(total), most(total), quiet, most(toOne))
}

// queriesSince are all queries since a time.
func (w *world) queriesSince(begin time.Time) (queries []packet) {
	for _, p := range w.seen.all() {
		if p.at.After(begin) && isQuery(p) {
			queries = append(queries, p)
		}
	}
	return queries
}

// saidBy is what a node has asked since a time.
func (w *world) saidBy(from netip.AddrPort, begin time.Time) string {
	var lines []string
	for _, p := range w.queriesSince(begin) {
		if p.from == from {
			lines = append(lines, fmt.Sprintf("%s to %s: %q", p.at.Format(clock), p.to, p.payload))
		}
	}
	return strings.Join(lines, "\n")
}

// search is the end of what a client asked about its torrent, and of the peers that it was told.
func (w *world) search(g *guest) string {
	hash, err := hex.DecodeString(g.hash)
	if err != nil {
		return err.Error()
	}
	var lines []string
	for _, p := range w.seen.all() {
		asks := p.from == g.Addr && bytes.Contains(p.payload, hash)
		told := p.to == g.Addr && bytes.Contains(p.payload, []byte("6:values"))
		if asks || told {
			lines = append(lines, fmt.Sprintf("%s %s to %s: %q", p.at.Format(clock), p.from, p.to, p.payload))
		}
	}
	return strings.Join(lines[max(0, len(lines)-80):], "\n")
}

// clock is how times are printed.
const clock = "15:04:05.000"

func most[K comparable](counts map[K]int) (n int) {
	for _, count := range counts {
		n = max(n, count)
	}
	return n
}

// countFor adds a query between nodes of ours and a client to that client's row.
func (w *world) countFor(p packet) {
	if i, ok := w.guestAt(p.to.Addr()); ok && isOurs(p.from.Addr()) {
		w.rows[i].asked++
	}
	if i, ok := w.guestAt(p.from.Addr()); ok && isOurs(p.to.Addr()) {
		w.rows[i].asks++
	}
}

// guestAt is the number of the client with an address.
func (w *world) guestAt(addr netip.Addr) (int, bool) {
	for i, g := range w.guests {
		if g.Addr.Addr() == addr {
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
	if g.Process == nil || g.complaint == nil {
		return nil
	}
	return append(g.Stdout.Matching(g.complaint.MatchString), g.Stderr.Matching(g.complaint.MatchString)...)
}

// blame is the code of an error that says that the query was wrong: malformed, with invalid
// arguments, or with a bad token.
const blame = 203

// errorsOf are the errors that a client blamed some addresses with.
func (w *world) errorsOf(g *guest, to func(netip.Addr) bool) (errors []string) {
	for _, p := range w.seen.all() {
		value, _ := decode(p.payload)
		message, _ := value.(map[string]any)
		body, _ := message["e"].([]any)
		if p.from == g.Addr && to(p.to.Addr()) && message["y"] == "e" && slices.Contains(body, any(int64(blame))) {
			errors = append(errors, fmt.Sprintf("%q to %s", p.payload, p.to))
		}
	}
	return errors
}

// nobodyComplains reads what each client has logged, and what errors it sent to our nodes.
func (w *world) nobodyComplains(t *testing.T) {
	for i, g := range w.guests {
		lines := append(g.complaints(), w.errorsOf(g, isOurs)...)
		w.rows[i].complaints = len(lines)
		for _, line := range lines {
			t.Errorf("%s complains: %.300s", g.Name, line)
		}
	}
}
