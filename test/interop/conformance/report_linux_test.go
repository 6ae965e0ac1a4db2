package conformance

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A row is one of a probe's report.
type row struct {
	Group    string `json:"group"`
	Severity string `json:"severity"`
	Verdict  string `json:"verdict"`
	Rule     string `json:"rule"`
	Seen     string `json:"seen"`
}

func readReport(t *testing.T, path string) (rows []row) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		var r row
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		rows = append(rows, r)
	}
	return rows
}

// A faults table says which verdicts a rule may have that a client breaks, in this or another run;
// all other rules are not broken.
type faults map[string][]string

// expected reads the lines of the table that are of one version of a client.
func expected(t *testing.T, client, version string) faults {
	t.Helper()
	file, err := os.Open("testdata/faults.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	table, seen := faults{}, false
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if lines.Text() == "" || strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		fields := strings.SplitN(lines.Text(), " | ", 4)
		if len(fields) != 4 {
			t.Fatalf("testdata/faults.txt: four fields are needed: %s", lines.Text())
		}
		if fields[0] == client+" "+version {
			seen = true
			table[fields[3]] = strings.Split(fields[2], ", ")
		}
	}
	if !seen && client != "lightdht" {
		t.Logf("testdata/faults.txt has nothing of %s %s: all that it breaks is listed as a difference", client, version)
	}
	return table
}

// compare returns what a report has otherwise than the table.
func (f faults) compare(report []row) (differences []string) {
	for _, r := range report {
		known := f[r.Rule]
		if known == nil {
			known = []string{"pass", "skip", "unknown"}
		}
		if !slices.Contains(known, r.Verdict) {
			differences = append(differences, fmt.Sprintf("%s, expected %s: %s: %s: %s", r.Verdict, strings.Join(known, " or "), r.Severity, r.Rule, r.Seen))
		}
	}
	for rule, verdicts := range f {
		if !slices.ContainsFunc(report, func(r row) bool { return r.Rule == rule }) && !slices.Contains(verdicts, "unknown") {
			differences = append(differences, fmt.Sprintf("no verdict, expected %s: %s", strings.Join(verdicts, " or "), rule))
		}
	}
	return differences
}

// results are the verdicts on all clients, by groups of rules.
type results struct {
	sync.Mutex
	lines []string
}

var groups = []string{"krpc", "nodes", "peers", "items", "extras"}

// add counts the verdicts of a report: passed, failed must, failed should, unknown.
func (r *results) add(client string, report []row) {
	line := "| " + client
	for _, group := range groups {
		var passed, must, should, unknown int
		for _, row := range report {
			switch {
			case row.Group != group:
			case row.Verdict == "pass":
				passed++
			case row.Verdict == "unknown":
				unknown++
			case row.Verdict == "fail" && row.Severity == "must":
				must++
			case row.Verdict == "fail" && row.Severity == "should":
				should++
			}
		}
		line += fmt.Sprintf(" | %d / %d / %d / %d", passed, must, should, unknown)
	}
	r.Lock()
	defer r.Unlock()
	r.lines = append(r.lines, line+" |")
}

// table is that of the README of the examples.
func (w *world) table() string {
	w.groups.Lock()
	defer w.groups.Unlock()
	slices.Sort(w.groups.lines)
	return "| client | " + strings.Join(groups, " | ") + " |\n|---|---|---|---|---|---|\n" + strings.Join(w.groups.lines, "\n")
}
