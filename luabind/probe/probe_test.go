package probe

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
)

func examined() *Report {
	return &Report{Target: "192.0.2.1:6881", Version: "<b>", Rows: []Row{
		{"krpc", Must, Pass, "answers a ping", "BEP 5", "a response", `d1:qe\x0a`, ""},
		{"krpc", Must, Fail, "echoes", "BEP 5", "t = 61", `d1:t1:ae`, `d1:t2:\xff\x00e`},
		{"peers", Should, Fail, "refuses", "BEP 5", `<script>alert(1)</script>`, `d1:t1:ae`, ""},
		{"peers", Must, Unknown, "takes no token", "BEP 5", "needs a second IP address", "", ""},
	}}
}

func TestReport(t *testing.T) {
	r := examined()
	if got := r.Summary(); got != "192.0.2.1:6881 (<b>): 4 rules: 1 passed; 2 failed (1 must, 1 should, 0 note), 0 skipped, 1 unknown" {
		t.Error(got)
	}
	if f := r.Faults(); len(f) != 2 || f[0].Rule != "echoes" || f[1].Rule != "refuses" {
		t.Error(f)
	}
	news, mended := ReadBaseline("# known\n\nechoes\r\nanswers a ping\nno such rule\n").Compare(r)
	if len(news) != 1 || news[0].Rule != "refuses" || !slices.Equal(mended, []string{"answers a ping"}) {
		t.Error(news, mended)
	}
}

// Rows come back from JSON Lines, also if the file was cut short in the middle of one.
func TestRows(t *testing.T) {
	var file bytes.Buffer
	for _, row := range examined().Rows {
		if err := WriteRow(&file, row); err != nil {
			t.Fatal(err)
		}
	}
	whole := file.String()
	rows, err := ReadRows(strings.NewReader(whole))
	if err != nil || !slices.Equal(rows, examined().Rows) {
		t.Error(rows, err)
	}
	rows, err = ReadRows(strings.NewReader(whole[:len(whole)-9]))
	if err != nil || len(rows) != 3 {
		t.Error(len(rows), err)
	}
	for _, wrong := range []string{"hello\n", "{}\n", whole + "hello\n" + whole, strings.Repeat("x", maxLine+1)} {
		if rows, err := ReadRows(strings.NewReader(wrong)); err == nil {
			t.Errorf("%.20q gave %d rows", wrong, len(rows))
		}
	}
}

func FuzzReadRows(f *testing.F) {
	f.Add(`{"rule":"r","verdict":"pass","sent":"\\x0"}`)
	f.Fuzz(func(t *testing.T, text string) {
		rows, err := ReadRows(strings.NewReader(text))
		if err != nil && rows != nil {
			t.Error("rows and an error")
		}
		for _, row := range rows {
			row.Query()
			row.Answer()
		}
	})
}

func TestDecoded(t *testing.T) {
	for text, want := range map[string]string{
		`d1:ad2:id2:\xff\x00e1:q4:ping1:t2:aae`: `{a: {id: 0xff00}, q: "ping", t: "aa"}`,
		`li-3e0:e`:                              `[-3, ""]`,
		`hello`:                                 `hello`,
		`d1:t\x`:                                `d1:t\x`,
	} {
		if got := decoded(text); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

// What the node says is text in the page and in the XML, and nothing else.
func TestFiles(t *testing.T) {
	var page, junit bytes.Buffer
	if err := examined().WriteHTML(&page); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(page.String(), "<script>") || strings.Contains(page.String(), "(<b>)") || !strings.Contains(page.String(), "&lt;script&gt;") {
		t.Error("the page holds what the node said as it is")
	}
	if err := examined().WriteJUnit(&junit, Baseline{"refuses"}); err != nil {
		t.Fatal(err)
	}
	var s suite
	if err := xml.Unmarshal(junit.Bytes(), &s); err != nil {
		t.Fatal(err)
	}
	if s.Tests != 4 || s.Failures != 1 || s.Skipped != 2 || s.Cases[1].Failure == nil || s.Cases[1].Failure.Message != "t = 61" {
		t.Errorf("%+v", s)
	}
}

// A member of a simulated network is examined, and what has a verdict already is not tried again.
func TestRun(t *testing.T) {
	count := 0
	report, err := Run(t.Context(), Options{Only: "items", Tell: func(_ Row, done, total int) {
		if count++; done != count || total < 20 {
			t.Errorf("row %d of %d came as number %d", done, total, count)
		}
	}})
	if err != nil || report.Count(Fail, "") > 0 || report.Queries < 50 {
		t.Fatal(report.Summary(), report.Queries, err)
	}
	again, err := Run(t.Context(), Options{Only: "items", Known: report.Rows})
	if err != nil || !slices.Equal(again.Rows, report.Rows) || again.Queries > 5 {
		t.Error(again.Summary(), again.Queries, err)
	}
}

func TestRunEnds(t *testing.T) {
	if _, err := Run(t.Context(), Options{Only: "no such rule"}); err == nil || !strings.Contains(err.Error(), `"no such rule"`) || !strings.Contains(err.Error(), "krpc, nodes, peers, items, extras") {
		t.Error(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	report, err := Run(ctx, Options{Tell: func(Row, int, int) { stop() }})
	if err == nil || len(report.Rows) == 0 || len(report.Rows) > 120 {
		t.Error(len(report.Rows), err)
	}
	_, err = Run(t.Context(), Options{Target: netip.MustParseAddrPort("127.0.0.1:9"), Patience: time.Millisecond, Rate: 1000})
	if !errors.Is(err, ErrNoNode) {
		t.Error(err)
	}
}
