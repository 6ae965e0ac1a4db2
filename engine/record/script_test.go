package record

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
)

// TestScripts plays testdata/scripts. "add" takes rows, as JSON, into a Results with all three
// forms of output; "show" prints one of them as it is at that moment, nothing having been closed:
// what kill -9 would leave.
func TestScripts(t *testing.T) {
	datadriven.Walk(t, "testdata/scripts", func(t *testing.T, path string) {
		p := player{t: t, dir: t.TempDir()}
		p.open(Limits{})
		datadriven.RunTest(t, path, p.command)
	})
}

type player struct {
	t       *testing.T
	dir     string
	results *Results
	text    *Text
	printed bytes.Buffer
}

func (p *player) open(limits Limits) {
	var sinks []Sink
	for _, name := range []string{"x.csv", "x.jsonl"} {
		sink, err := Open(filepath.Join(p.dir, name))
		if err != nil {
			p.t.Fatal(err)
		}
		sinks = append(sinks, sink)
	}
	p.printed.Reset()
	p.text = NewText(&p.printed)
	p.results = New(limits, append(sinks, p.text)...)
	p.t.Cleanup(func() { p.results.Close() })
}

func (p *player) command(t *testing.T, d *datadriven.TestData) string {
	switch d.Cmd {
	case "limit":
		var l Limits
		d.MaybeScanArgs(t, "rows", &l.Rows)
		d.MaybeScanArgs(t, "bytes", &l.Bytes)
		p.open(l)
		return ""
	case "add":
		var table string
		d.MaybeScanArgs(t, "table", &table)
		return p.add(table, d.Input)
	case "close":
		if err := p.results.Close(); err != nil {
			return err.Error()
		}
		return ""
	case "show":
		return p.show(d.CmdArgs[0].Key)
	}
	t.Fatalf("unknown command %q", d.Cmd)
	return ""
}

// add says nothing of rows that were taken.
func (p *player) add(table, input string) string {
	var out strings.Builder
	for line := range strings.Lines(input) {
		if err := p.results.Add(table, row(p.t, line)); err != nil {
			fmt.Fprintln(&out, err)
		}
	}
	return out.String()
}

// row keeps keys that are there twice, which UnmarshalJSON would refuse.
func row(t *testing.T, line string) (r Row) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(line))
	d.UseNumber()
	d.Token()
	for d.More() {
		f, err := readField(d)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		r = append(r, f)
	}
	return r
}

func (p *player) show(form string) string {
	if form == "text" {
		if err := p.text.Flush(); err != nil {
			return err.Error()
		}
		defer p.printed.Reset()
		return p.printed.String()
	}
	names, err := filepath.Glob(filepath.Join(p.dir, "*."+form))
	if err != nil {
		p.t.Fatal(err)
	}
	var out strings.Builder
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			p.t.Fatal(err)
		}
		fmt.Fprintf(&out, "[%s]\n%s", filepath.Base(name), data)
	}
	return out.String()
}
