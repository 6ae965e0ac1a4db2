package conformance

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/lightdht/lightdht/test/interop/netns"
)

const (
	// variable runs the test: it takes too long to run with the others.
	variable = "LIGHTDHT_MAKES"
	// timeLimit is for the whole test. A probe that waits out a ban of some minutes is still within
	// it.
	timeLimit = 25 * time.Minute
	// residents is how many nodes of ours are around the clients, so that these have a choice in
	// naming others.
	residents = 30
	// acquainted is how many others a client should know before it is examined, and settling how
	// long it may take for that.
	acquainted = 24
	settling   = time.Minute
)

// Rows of addresses.
const (
	residentRow = 90
	clientRow   = 20 // two for each client
	proberRow   = 50 // two for each client
	sharedRow   = 80 // one for all probes
	rawRow      = 2  // two of this process
)

var makes = []netns.Client{
	{Name: "lightdht", Requires: func(*testing.T) {}, Version: func(*testing.T, *netns.Process) string { return "devel" }, Start: startLightdht},
	netns.Libtorrent, netns.QBittorrent, netns.Transmission, netns.RTorrent, netns.Aria2, netns.BittorrentDHT, netns.Anacrolix,
}

func startLightdht(t *testing.T, g *netns.Guest, entries []string) *netns.Process {
	t.Helper()
	return g.Home.Lightdht(t, "node", g.Addr.String(), entries[0])
}

// TestMakes examines every client.
func TestMakes(t *testing.T) {
	if os.Getenv(variable) == "" {
		t.Skip("examines every client at the default rate, for ten minutes: " + variable + "=1 runs it")
	}
	if !netns.Inside() {
		netns.Outside(t, timeLimit)
		return
	}
	w := newWorld(t)
	t.Run("each", func(t *testing.T) { // returns when all are done
		for i, c := range makes {
			t.Run(c.Name+"/from two addresses", func(t *testing.T) {
				t.Parallel()
				first, second := netns.AddrOf(proberRow, 2*i), netns.AddrOf(proberRow, 2*i+1)
				prober := netns.OnBridge(t, fmt.Sprintf("probe%d", i), first, second)
				w.examine(t, c, 2*i, prober, first+","+second)
			})
			t.Run(c.Name+"/from one address of all", func(t *testing.T) {
				t.Parallel()
				w.examine(t, c, 2*i+1, w.shared, netns.AddrOf(sharedRow, 0))
			})
		}
	})
	t.Log("\n" + w.table())
}

// A world is the bridge with the nodes that stay.
type world struct {
	entries []string // of the nodes that stay
	shared  netns.Host
	keep    string // a directory for reports
	groups  results
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{keep: os.Getenv(variable)}
	if w.keep == "1" {
		w.keep = t.TempDir()
	}
	netns.Prepare(t, netns.AddrOf(residentRow, 0))
	for n := range 2 {
		netns.IP(t, "addr add "+netns.AddrOf(rawRow, n)+"/17 dev "+netns.BridgeName)
	}
	var addrs []string
	for n := range residents {
		addrs = append(addrs, netns.AddrOf(residentRow, n))
		w.entries = append(w.entries, addrs[n]+":6881")
	}
	w.shared = netns.OnBridge(t, "shared", netns.AddrOf(sharedRow, 0))
	hosts := netns.OnBridge(t, "residents", addrs...)
	hosts.Lightdht(t, "node", w.entries[0], "")
	args := append([]string{"--allow-net", "10.77.0.0/17", "testdata/residents.lua"}, w.entries[2:]...)
	hosts.Lightdht(t, "run", w.entries[1], w.entries[0], args...).Says(t, "open")
	w.acquaint(t, w.entries[0], acquainted/2, true)
	return w
}

// acquaint waits until a node names enough others; one that need not is given some time to.
func (w *world) acquaint(t *testing.T, addr string, enough int, must bool) {
	t.Helper()
	x, named, end := newExchange(t, addr), map[string]bool{}, time.Now().Add(settling)
	netns.Eventually(t, func() bool {
		for _, contact := range contacts(x.a.findNode(random())) {
			named[contact] = true
		}
		return len(named) >= enough || !must && time.Now().After(end)
	}, func() string { return fmt.Sprintf("%s names %d others, not %d", addr, len(named), enough) })
	t.Logf("%s names %d others", addr, len(named))
}

// examine puts a client to the test, compares what it does with the table, and confirms what it
// must not do.
func (w *world) examine(t *testing.T, c netns.Client, number int, prober netns.Host, listen string) {
	c.Requires(t)
	addr := netns.AddrOf(clientRow, number)
	g := &netns.Guest{Home: netns.OnBridge(t, fmt.Sprintf("client%d", number), addr), Addr: netip.MustParseAddrPort(addr + ":6881"), Dir: t.TempDir()}
	version := c.Version(t, c.Start(t, g, w.entries))
	w.acquaint(t, g.Addr.String(), acquainted, false)
	r := w.probe(t, prober, g.Addr, listen, filepath.Join(w.keep, fmt.Sprintf("%s-%d.jsonl", c.Name, number%2)))
	if number%2 == 0 {
		w.groups.add(c.Name+" "+version, r)
	}
	for _, difference := range expected(t, c.Name, version).compare(r) {
		t.Error(difference)
	}
	w.confirm(t, c, g, slices.DeleteFunc(r, func(row row) bool { return row.Severity != "must" || row.Verdict != "fail" }))
	if c.Name == "lightdht" {
		controls(t, g)
	}
}

// controls shows that the raw exchanges can tell: a node that keeps to the rules breaks none by
// them, either.
func controls(t *testing.T, g *netns.Guest) {
	t.Helper()
	for rule, broken := range confirmations {
		if x := newExchange(t, g.Addr.String()); broken(x) {
			t.Errorf("a raw exchange says of lightdht, too, that it breaks the rule %q:\n%s", rule, x.said())
		}
	}
}

// probe runs the command to its end.
func (w *world) probe(t *testing.T, from netns.Host, target netip.AddrPort, listen, report string) []row {
	t.Helper()
	begin := time.Now()
	p := from.Start(t, "probe of "+target.String(), nil, netns.Program("lightdht"), "probe", target.String(), "--listen", listen, "--out", report, "--quiet")
	code := p.Wait()
	summary := p.Stdout.End()
	if code != 0 && code != 3 { // 3: a rule is broken that must not be
		t.Fatalf("the probe ended with exit code %d:\n%s\n%s", code, summary, p.Stderr.End())
	}
	t.Logf("after %v:\n%s", time.Since(begin).Round(time.Second), summary)
	return readReport(t, report)
}

// confirm repeats by hand what the client must not do. Where the client has ended, another one is
// started in its place.
func (w *world) confirm(t *testing.T, c netns.Client, g *netns.Guest, musts []row) {
	slices.SortStableFunc(musts, func(a, b row) int { return kills(a) - kills(b) })
	for _, r := range musts {
		broken := confirmations[r.Rule]
		if broken == nil {
			t.Errorf("no raw exchange confirms that %s breaks the rule %q: %s", c.Name, r.Rule, r.Seen)
			continue
		}
		x := newExchange(t, g.Addr.String())
		if x.a.ask(ping) == "" {
			g.Dir = t.TempDir()
			c.Start(t, g, w.entries)
			w.acquaint(t, g.Addr.String(), acquainted, false)
		}
		if !broken(x) {
			t.Errorf("a raw exchange does not confirm that %s breaks the rule %q: %s\n%s", c.Name, r.Rule, r.Seen, x.said())
		}
	}
}

// kills puts those rules last that a client breaks by its end.
func kills(r row) int {
	if confirmedByEnd[r.Rule] {
		return 1
	}
	return 0
}
