package language

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	seed     = flag.Uint64("seed", 0, "of the first program")
	programs = flag.Uint64("programs", checked, "how many programs to run")
	report   = flag.String("report", "", "write every distinct finding to this file")
)

// reducible is how many findings are reduced for a report, and shownFindings how many findings a
// failure prints: reducing takes a fraction of a second each.
const (
	reducible     = 250
	shownFindings = 10
)

// newGate compares the engine with lua5.1, or skips the test where that is not installed.
func newGate(t *testing.T) gate {
	t.Helper()
	dir := t.TempDir()
	g := gate{workers: 2, make: func() (implementation, judge, error) {
		r, err := newReference(dir)
		if err == nil {
			t.Cleanup(r.close)
		}
		return subject{}, r, err
	}}
	_, _, err := g.make()
	switch {
	case err == nil:
	case os.Getenv("CI") == "true":
		t.Fatalf("lua5.1, which the gate compares with: %v", err)
	default:
		t.Skipf("lua5.1, which the gate compares with, is not installed (apt-get install lua5.1): %v", err)
	}
	return g
}

// TestLanguage is the gate: programs come to the same in the engine and in lua5.1.
func TestLanguage(t *testing.T) {
	g := newGate(t)
	if *programs == 1 {
		t.Logf("the program:\n%s", program(*seed))
	}
	start := time.Now()
	found, err := g.run(*seed, *programs)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d programs from seed %d took %v", *programs, *seed, time.Since(start).Round(time.Millisecond))
	if len(found) == 0 {
		return
	}
	count, limit := len(found), shownFindings
	if *report != "" {
		limit = reducible
		found = found[:min(len(found), reducible)]
	}
	distinct := reducedFindings(t, g, found, limit)
	if *report != "" {
		if err := os.WriteFile(*report, []byte(reportOf(distinct, count)), 0o644); err != nil {
			t.Error(err)
		}
	}
	for _, f := range distinct[:min(len(distinct), shownFindings)] {
		t.Error(f)
	}
	t.Errorf("%d of %d programs differ", count, *programs)
}

// reducedFindings reduces findings and keeps one of each sort, until there are enough.
func reducedFindings(t *testing.T, g gate, found []finding, enough int) (distinct []finding) {
	got, want, err := g.make()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, f := range found {
		if len(distinct) == enough {
			break
		}
		small := reduced(f, got, want)
		if key := small.key(); !seen[key] {
			seen[key] = true
			distinct = append(distinct, small)
		}
	}
	slices.SortStableFunc(distinct, func(a, b finding) int { return cmp.Compare(a.sort, b.sort) })
	return distinct
}

func reportOf(findings []finding, of int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d distinct findings in %d programs that differ\n", len(findings), of)
	for i, f := range findings {
		if i == 0 || findings[i-1].sort != f.sort {
			fmt.Fprintf(&b, "\n## %s\n", f.sort)
		}
		fmt.Fprintf(&b, "\n%s", f)
	}
	return b.String()
}
