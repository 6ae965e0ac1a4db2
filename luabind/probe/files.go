package probe

import (
	"encoding/xml"
	"html/template"
	"io"
)

// suite and the types below are the part of JUnit's XML that build servers agree on.
type suite struct {
	XMLName  xml.Name `xml:"testsuite"`
	Name     string   `xml:"name,attr"`
	Tests    int      `xml:"tests,attr"`
	Failures int      `xml:"failures,attr"`
	Skipped  int      `xml:"skipped,attr"`
	Cases    []test   `xml:"testcase"`
}

type test struct {
	Class   string   `xml:"classname,attr"`
	Name    string   `xml:"name,attr"`
	Failure *outcome `xml:"failure,omitempty"`
	Skipped *outcome `xml:"skipped,omitempty"`
}

type outcome struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// WriteJUnit writes the report as JUnit's XML. A rule of the baseline and one that is no must do
// not count as failures; they, and what could not be told, are skipped with the reason.
func (r *Report) WriteJUnit(to io.Writer, known Baseline) error {
	news, _ := known.Compare(r)
	isNew := map[string]bool{}
	for _, row := range news {
		isNew[row.Rule] = true
	}
	s := suite{Name: "lightdht probe " + r.Target, Tests: len(r.Rows)}
	for _, row := range r.Rows {
		c := test{Class: row.Group + "." + row.Severity, Name: row.Rule}
		detail := outcome{row.Seen, row.Source + "\nsent: " + row.Query() + "\ngot: " + row.Answer()}
		switch {
		case row.Failed() && row.Severity == Must && isNew[row.Rule]:
			c.Failure = &detail
			s.Failures++
		case row.Verdict != Pass:
			detail.Message = row.Verdict + ": " + row.Seen
			c.Skipped = &detail
			s.Skipped++
		}
		s.Cases = append(s.Cases, c)
	}
	if _, err := io.WriteString(to, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(to)
	e.Indent("", "  ")
	if err := e.Encode(s); err != nil {
		return err
	}
	_, err := io.WriteString(to, "\n")
	return err
}

// page is the report for a browser. Nothing in it is fetched from elsewhere, and it has no script.
var page = template.Must(template.New("report").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>lightdht probe {{.Target}}</title>
<style>
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
body { max-width: 75em; margin: 2em auto; padding: 0 1em; }
h1 { font-size: 1.4em; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; margin: 1em 0; }
th, td { text-align: left; vertical-align: top; padding: .35em .6em; border-bottom: 1px solid #8884; overflow-wrap: anywhere; }
th { white-space: nowrap; }
td.verdict { font-weight: 600; white-space: nowrap; }
tr.fail td.verdict { color: #d55e00; } tr.pass td.verdict { color: #009e73; }
tr.unknown td.verdict, tr.skip td.verdict { color: #888; }
details { margin-top: .2em; } code { font-size: .85em; }
</style></head><body>
<h1>{{.Summary}}</h1>
{{with .Cost}}<p>{{.}}.</p>{{end}}
<table><thead><tr><th>verdict</th><th>severity</th><th>rule</th><th>source</th><th>seen</th></tr></thead><tbody>
{{range .Rows}}<tr class="{{.Verdict}}"><td class="verdict">{{.Verdict}}</td><td>{{.Severity}}</td><td>{{.Rule}}</td><td>{{.Source}}</td>
<td>{{.Seen}}{{if .Sent}}<details><summary>datagrams</summary><p>sent: <code>{{.Query}}</code></p><p>got: <code>{{.Answer}}</code></p></details>{{end}}</td></tr>
{{end}}</tbody></table>
</body></html>
`))

// WriteHTML writes the report as one page.
func (r *Report) WriteHTML(to io.Writer) error { return page.Execute(to, r) }
