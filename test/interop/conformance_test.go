package interop

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
)

// A fault is a rule that a client is known to break, as the report must say.
type fault struct {
	rule, seen string // parts of what the report has
	again      int    // how often the rule may be tried again: it is tried at random points
}

// examined are the clients, those first whose probes take longest, and what a probe that knows
// nothing of them must find in each, besides much else.
var examined = []struct {
	client
	knows  int // nodes before the probe begins: libtorrent takes long to take many, and has no fault that needs them
	faults []fault
}{
	{anacrolix, neighbours / 3, []fault{
		{"names the nearest to the target that it knows", "nearer than those it names", 10},
		{"refuses a cas that is not the seq of what it holds", "a response", 0},
	}},
	{bittorrentDHT, neighbours / 3, []fault{
		{"names the K = 8 nearest nodes, and no more", "nodes", 0},
		{"has never answered, after one query", "names it at once", 0},
		{"is alive after the probe \"refuses a find_node for a target that is a number", "no answer", 0},
	}},
	{libtorrent, 1, []fault{
		{"has never answered, after two queries", "names a silent querier", 0},
		{"stores no peer of an announce of port 0", "serves port 0", 0},
	}},
}

// probing is how long all probes of one node may take.
const probing = 3 * time.Minute

// TestConformance puts each client to the test with "lightdht probe", and finds its faults in the
// report; in our own node it must find none. The rate is far above the default, which package
// conformance keeps to. All probes run at once, as they wait most of the time for answers that do
// not come.
func TestConformance(t *testing.T) {
	t.Parallel() // it mostly waits
	own := startProbe(t, settled(t))
	entry := startNode(t, dht.Config{}).addr
	populate(t, entry, neighbours)
	probes := map[string]*probe{}
	for _, c := range examined {
		if _, err := c.command(); err != nil {
			t.Run(c.name, func(t *testing.T) { c.require(t) }) // says what is missing
			continue
		}
		p := startPeer(t, c.client, 1, entry)
		p.nodes(t, 0, c.knows)
		probes[c.name] = startProbe(t, p.addrs[0])
		probes[c.name].fresh = func(t *testing.T) string {
			p := startPeer(t, c.client, 1, entry)
			p.nodes(t, 0, c.knows)
			return p.addrs[0]
		}
	}
	for _, c := range examined {
		if p := probes[c.name]; p != nil {
			t.Run(c.name, func(t *testing.T) { p.finds(t, c.faults) })
		}
	}
	t.Run("lightdht", func(t *testing.T) {
		for _, row := range own.rows(t, "fail") {
			t.Errorf("we break a rule: %+v", row)
		}
		if passed := len(own.rows(t, "pass")); passed < 100 {
			t.Errorf("we keep to %d rules only", passed)
		}
	})
}

// neighbours is how many nodes of ours are around the one that is probed.
const neighbours = 32

// populate has n nodes of ours join through an address.
func populate(t *testing.T, entry string, n int) {
	t.Helper()
	for range n {
		startNode(t, dht.Config{}, entry)
	}
}

// settled starts the program as a node that has verified as many others as it needs, so that it has
// no use for those that the probe brings: else they would become good while it looks on, and the
// nearest not be the same from one answer to the next.
func settled(t *testing.T) string {
	t.Helper()
	own := member(t, "").addr
	populate(t, own, 2*neighbours)
	asker, named := guest(t), map[string]bool{}
	eventually(t, func() bool {
		m := asker.ask(t, own, dht.Call{Method: "find_node", Target: krpcID(t, infoHash())})
		for _, addr := range contacts(m) {
			named[addr] = true
		}
		return len(named) >= 3*neighbours/4
	}, func() string { return fmt.Sprintf("our node names %d others", len(named)) })
	return own
}

// Where a fault shows by chance, that many other nodes of the client are tried, so often each.
const (
	freshNodes = 4
	freshTries = 3
)

// finding is one row of a report.
type finding struct {
	Rule     string `json:"rule"`
	Severity string `json:"severity"`
	Verdict  string `json:"verdict"`
	Seen     string `json:"seen"`
}

// A probe is a run of the command.
type probe struct {
	*program
	target, report string
	fresh          func(t *testing.T) string // starts another node of the same client and returns its address
}

func startProbe(t *testing.T, target string, flags ...string) *probe {
	t.Helper()
	report := filepath.Join(t.TempDir(), "report.jsonl")
	flags = append([]string{target, "--quiet", "--out", report, "--rate=50", "--patience=500ms"}, flags...)
	return &probe{program: start(t, "probe", "", flags...), target: target, report: report}
}

// finds checks that the report has these faults.
func (p *probe) finds(t *testing.T, known []fault) {
	failed := p.broken(t)
	for _, f := range known {
		for again := 0; again < f.again && !slices.ContainsFunc(failed, f.is); again++ {
			failed = append(failed, startProbe(t, p.target, "--only="+f.rule).broken(t)...)
		}
		for others := 0; f.again > 0 && others < freshNodes && !slices.ContainsFunc(failed, f.is); others++ {
			target := p.fresh(t) // the fault depends on what the client's table came to hold
			for again := 0; again < freshTries && !slices.ContainsFunc(failed, f.is); again++ {
				failed = append(failed, startProbe(t, target, "--only="+f.rule).broken(t)...)
			}
		}
		if !slices.ContainsFunc(failed, f.is) {
			t.Errorf("the report on %s does not say that it breaks the rule %q (%s)", p.target, f.rule, f.seen)
		}
	}
}

func (f fault) is(row finding) bool {
	return strings.Contains(row.Rule, f.rule) && strings.Contains(row.Seen, f.seen)
}

// broken returns the rules that the node breaks.
func (p *probe) broken(t *testing.T) []finding {
	t.Helper()
	failed := p.rows(t, "fail")
	for _, row := range failed {
		t.Logf("%s: %s: %s: %s", p.target, row.Severity, row.Rule, row.Seen)
	}
	return failed
}

// rows waits for the report, and returns what it has of one verdict.
func (p *probe) rows(t *testing.T, verdict string) (some []finding) {
	t.Helper()
	if _, _, code := p.restWithin(probing); code != 0 && code != 3 { // 3: a rule is broken that must not be
		t.Fatalf("the probe of %s ended with exit code %d", p.target, code)
	}
	file, err := os.Open(p.report)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows := 0
	for lines := bufio.NewScanner(file); lines.Scan(); rows++ {
		var row finding
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatalf("%v in %s", err, lines.Bytes())
		}
		if row.Verdict == verdict {
			some = append(some, row)
		}
	}
	t.Logf("%s: %d of %d rules: %s", p.target, len(some), rows, verdict)
	return some
}
