package probe

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Report is what was found out about a node.
type Report struct {
	Target  string // HOST:PORT
	Version string // what the node says of its software; "" if nothing
	Rows    []Row
	Queries int    // how many were sent
	Cost    string // what it took, if the node had to be waited for; "" otherwise
}

// Count returns how many rows have a verdict; of one severity, unless that is "".
func (r *Report) Count(verdict, severity string) (n int) {
	for _, row := range r.Rows {
		if row.Verdict == verdict && (severity == "" || row.Severity == severity) {
			n++
		}
	}
	return n
}

// Faults returns the rules that the node breaks, the gravest first.
func (r *Report) Faults() (rows []Row) {
	for _, severity := range []string{Must, Should, Note} {
		for _, row := range r.Rows {
			if row.Failed() && row.Severity == severity {
				rows = append(rows, row)
			}
		}
	}
	return rows
}

// Summary is the report in a sentence.
func (r *Report) Summary() string {
	name := r.Target
	if r.Version != "" {
		name += " (" + r.Version + ")"
	}
	return fmt.Sprintf("%s: %d rules: %d passed; %d failed (%d must, %d should, %d note), %d skipped, %d unknown", name, len(r.Rows),
		r.Count(Pass, ""), r.Count(Fail, ""), r.Count(Fail, Must), r.Count(Fail, Should), r.Count(Fail, Note), r.Count(Skip, ""), r.Count(Unknown, ""))
}

// maxLine bounds a line of a report that is read, in bytes: a row has two datagrams of at most 64
// KiB, escaped.
const maxLine = 1 << 20

// ReadRows reads the rows of a report in JSON Lines. A last line that was cut short is left out.
func ReadRows(from io.Reader) (rows []Row, err error) {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, maxLine)
	var broken error
	for n := 1; lines.Scan(); n++ {
		if broken != nil {
			return nil, broken
		}
		var row Row
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil || row.Rule == "" || row.Verdict == "" {
			broken = fmt.Errorf("line %d is no row of a report of lightdht probe", n)
			continue
		}
		rows = append(rows, row)
	}
	if lines.Err() != nil {
		return nil, fmt.Errorf("a line is longer than %d bytes; is it a report of lightdht probe?", maxLine)
	}
	if broken != nil && len(rows) == 0 {
		return nil, broken
	}
	return rows, nil
}

// WriteRow writes a row as a line of JSON.
func WriteRow(to io.Writer, row Row) error {
	line, err := json.Marshal(row)
	if err != nil {
		return err
	}
	_, err = to.Write(append(line, '\n'))
	return err
}

// Baseline are the rules that a node is known to break.
type Baseline []string

// ReadBaseline reads rules, one a line. Empty lines and those that begin with # are comments.
func ReadBaseline(text string) (b Baseline) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			b = append(b, line)
		}
	}
	return b
}

// Compare sorts the faults of a report: news are not in the baseline; mended are rules of the
// baseline that the node keeps to now.
func (b Baseline) Compare(r *Report) (news []Row, mended []string) {
	for _, row := range r.Faults() {
		if !slices.Contains(b, row.Rule) {
			news = append(news, row)
		}
	}
	for _, rule := range b {
		if slices.ContainsFunc(r.Rows, func(row Row) bool { return row.Rule == rule && row.Verdict == Pass }) {
			mended = append(mended, rule)
		}
	}
	return news, mended
}
