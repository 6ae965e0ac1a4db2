package record

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

var rewriteGolden = flag.Bool("rewrite-golden", false, "write testdata/*.golden.json anew")

func testManifest() Manifest {
	r := New(Limits{})
	r.Add("", Row{{"hops", 3}})
	seed, exit := uint64(1)<<63+1, 0
	return Manifest{
		Version:    "1.0",
		Script:     NewScript("folder/hops.lua", "print(\"<héllo>\")\n"),
		Modules:    []Module{{"walks", Digest{1, 2, 3}}},
		Args:       []Raw{"--fast", "\xff"},
		Parameters: Row{{"rounds", 5}, {"loss", 0.1}, {"name", "x"}, {"warm", true}},
		Seed:       &seed,
		Network:    Row{{"nodes", 1000}, {"latency.median", 0.1}},
		Trace:      Digest{4, 5, 6},
		Results:    r.Digest(),
		Rows:       r.Rows(),
		Exit:       &exit,
		Circumstances: Circumstances{
			Start:   time.Date(2026, 1, 2, 3, 4, 5, 6, time.FixedZone("east", 3600)),
			End:     time.Date(2026, 1, 2, 3, 4, 6, 0, time.UTC),
			Machine: Machine{"linux", "amd64", 2, "go1.26"},
		},
	}
}

// TestManifestGolden: the form is an agreement with every version to come. A change of it
// changes Schema, but for a field that most do without.
func TestManifestGolden(t *testing.T) {
	for name, m := range map[string]Manifest{
		"full": testManifest(), "empty": {Script: NewScript("x.lua", "")},
		"idle":  {Script: NewScript("x.lua", ""), Skipped: 2_592_000},
		"sweep": {Script: NewScript("x.lua", ""), Sweep: Row{{"seed", "1..3"}, {"loss", "0,0.1"}}},
	} {
		got, err := m.Encode()
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", name+".golden.json")
		if *rewriteGolden {
			if err := os.WriteFile(path, got, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s:\n%s", name, got)
		}
		if _, err := ParseManifest(want); err != nil {
			t.Error(err)
		}
	}
}

func TestManifestThereAndBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), ManifestPath("x.csv"))
	m := testManifest()
	for range 2 { // the second time it replaces the first
		if err := WriteManifest(path, m); err != nil {
			t.Fatal(err)
		}
	}
	got, err := ReadManifest(path)
	if err != nil {
		t.Fatal(err)
	}
	m.Schema = Schema
	m.Circumstances.Start = m.Circumstances.Start.UTC()
	for _, row := range []Row{m.Parameters, m.Network} {
		for i, f := range row {
			if n, ok := f.Value.(int); ok {
				row[i].Value = int64(n)
			}
		}
	}
	if !reflect.DeepEqual(got, m) {
		t.Errorf("got %+v\nwant %+v", got, m)
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 || left[0].Name() != "x.manifest.json" {
		t.Error(left, err)
	}
}

// TestRepeatable: everything that may differ is left out, and nothing else.
func TestRepeatable(t *testing.T) {
	m, again := testManifest(), testManifest()
	again.Circumstances = Circumstances{time.Now(), time.Now(), ThisMachine()}
	first, err := m.Repeatable()
	if err != nil {
		t.Fatal(err)
	}
	if second, err := again.Repeatable(); err != nil || !bytes.Equal(first, second) {
		t.Errorf("%s\n%s, %v", first, second, err)
	}
	again.Network[0].Value = 1001
	if second, _ := again.Repeatable(); bytes.Equal(first, second) {
		t.Error("another network is not noticed")
	}
}

func TestParseManifestErrors(t *testing.T) {
	valid, err := testManifest().Encode()
	if err != nil {
		t.Fatal(err)
	}
	swap := func(from, to string) string {
		if !strings.Contains(string(valid), from) {
			t.Fatalf("there is no %s", from)
		}
		return strings.Replace(string(valid), from, to, 1)
	}
	tests := []struct{ in, want string }{
		{"", "record: manifest: unexpected end of JSON input"},
		{"{}", `record: manifest: no "schema", so this is something else`},
		{"[]", `record: manifest: unexpected array in field ""`},
		{swap(`"schema": 1`, `"schema": 2`), "record: manifest: schema 2 is of a newer lightdht; this one knows 1"},
		{swap(`"schema": 1`, `"schema": 0`), "record: manifest: there is no schema 0"},
		{swap(`"schema": 1`, `"schema": "1"`), `record: manifest: unexpected string in field "schema"`},
		{swap(`"schema"`, `"new": 1, "schema"`), `record: manifest: unknown field "new"`},
		{swap(`llo>`, `llo!>`), `record: manifest: the source of "hops.lua" does not have the digest d4e3`},
		{swap(`"rounds": 5`, `"rounds": [5]`), `record: manifest: column "rounds": a list or an object is no value of a row`},
		{swap(`"rows": 1`, `"rows": 1.5`), `record: manifest: unexpected number 1.5 in field "rows"`},
		{swap(`"010203`, `"0102`), "record: manifest: a SHA-256 has 64 hex digits, not 62 characters"},
		{swap(`"010203`, `"01020x`), "record: manifest: \"01020x"},
		{swap(`"2026-`, `"26-`), "record: manifest: parsing time"},
		{string(valid) + "{}", "record: manifest: invalid character '{' after top-level value"},
		{strings.Repeat("[", 1<<20), "record: manifest: invalid character '[' exceeded max depth"},
		{strings.Repeat(" ", MaxManifest) + " ", "record: a manifest of more than 4194304 bytes"},
	}
	for _, tt := range tests {
		if _, err := ParseManifest([]byte(tt.in)); !strings.HasPrefix(errorText(err), tt.want) {
			t.Errorf("%.40q: %v, want %s", tt.in, err, tt.want)
		}
	}
}

func TestReadManifestErrors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.json")
	if _, err := ReadManifest(path); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	if err := os.WriteFile(path, []byte("{}"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadManifest(path); !strings.HasPrefix(errorText(err), "record: "+path+": manifest: no ") {
		t.Error(err)
	}
	if err := os.Truncate(path, 1<<40); err != nil { // a hole, of which no more is read than allowed
		t.Skip(err)
	}
	if _, err := ReadManifest(path); !strings.HasSuffix(errorText(err), "a manifest of more than 4194304 bytes") {
		t.Error(err)
	}
}

func TestWriteManifestErrors(t *testing.T) {
	dir := t.TempDir()
	m := testManifest()
	if err := WriteManifest(filepath.Join(dir, "none", "m.json"), m); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	taken := filepath.Join(dir, "folder")
	if err := os.Mkdir(taken, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := WriteManifest(taken, m); err == nil || !strings.HasSuffix(err.Error(), "is a directory, not a file") {
		t.Error(err)
	}
	m.Script.Source += "x"
	if err := WriteManifest(filepath.Join(dir, "m.json"), m); err == nil || !strings.Contains(err.Error(), "does not have the digest") {
		t.Error(err)
	}
	m.Script = NewScript("x.lua", strings.Repeat("x", MaxManifest))
	if err := WriteManifest(filepath.Join(dir, "m.json"), m); err == nil || !strings.Contains(err.Error(), "at most 4194304") {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Error("something was left behind:", left, err)
	}
}

func TestFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "runs", "1")
	f, err := CreateFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	sink, err := f.Results()
	if err != nil {
		t.Fatal(err)
	}
	r := New(Limits{}, sink)
	m := testManifest()
	m.Exit, m.Results, m.Rows = nil, r.Digest(), 0
	if err := errors.Join(f.Write(m), r.Add("", Row{{"hops", 3}})); err != nil {
		t.Fatal(err)
	}
	if begun, err := OpenFolder(dir).Manifest(); err != nil || begun.Exit != nil {
		t.Errorf("while running: %v, %v", begun.Exit, err)
	}
	m = testManifest()
	if err := errors.Join(r.Close(), f.Write(m)); err != nil {
		t.Fatal(err)
	}
	ended, err := OpenFolder(dir).Manifest()
	if err != nil || ended.Exit == nil || *ended.Exit != 0 || ended.Results != r.Digest() {
		t.Errorf("%+v, %v", ended, err)
	}
	for name, want := range map[string]string{ScriptFile: string(m.Script.Source), ResultsFile: "{\"hops\":3}\n"} {
		if data, err := os.ReadFile(f.Path(name)); err != nil || string(data) != want {
			t.Errorf("%s: %q, %v", name, data, err)
		}
	}
	if _, err := CreateFolder(dir); err == nil || !strings.HasSuffix(err.Error(), "holds a run already; choose another folder or remove it") {
		t.Error(err)
	}
}

// FuzzParseManifest: no input does harm, and what was read can be written and read again.
func FuzzParseManifest(f *testing.F) {
	for _, m := range []Manifest{testManifest(), {Script: NewScript("x.lua", "")}} {
		data, err := m.Encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := ParseManifest(data)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "record: ") || m.Schema != 0 {
				t.Fatal(m, err)
			}
			return
		}
		first, err := m.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseManifest(first)
		if err != nil {
			t.Fatalf("%s: %v", first, err)
		}
		if second, err := again.Encode(); err != nil || !bytes.Equal(first, second) {
			t.Fatalf("%s\nbecame\n%s, %v", first, second, err)
		}
	})
}
