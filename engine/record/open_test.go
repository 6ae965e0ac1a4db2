package record

import (
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	for name, want := range map[string]string{
		"x.txt": `record: no form of output is known for "x.txt", a name with the ending ".txt"; known: .csv, .jsonl`,
		"x":     `record: no form of output is known for "x", a name without an ending; known: .csv, .jsonl`,
	} {
		if _, err := Open(name); errorText(err) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"no/such/folder.csv", "no/such/folder.jsonl"} {
		if _, err := Open(filepath.Join(dir, name)); !errors.Is(err, os.ErrNotExist) || !strings.HasPrefix(err.Error(), "record: open ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestOldResults: a file of an earlier run is emptied when this one begins.
func TestOldResults(t *testing.T) {
	for _, name := range []string{"x.csv", "x.jsonl"} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte("old\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		sink, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if data, err := os.ReadFile(path); err != nil || len(data) > 0 {
			t.Errorf("%s holds %q, %v", name, data, err)
		}
		if err := sink.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestWiderKeepsMode: replacing the file is not to be noticed from outside, if its folder is
// reached through a link neither.
func TestWiderKeepsMode(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need a privilege, and modes are others")
	}
	dir := t.TempDir()
	real, link := filepath.Join(dir, "real", "x.csv"), filepath.Join(dir, "link")
	if err := errors.Join(os.Mkdir(filepath.Dir(real), 0o700), os.WriteFile(real, nil, 0o640), os.Symlink(filepath.Dir(real), link)); err != nil {
		t.Fatal(err)
	}
	sink, err := Open(filepath.Join(link, "x.csv"))
	if err != nil {
		t.Fatal(err)
	}
	r := New(Limits{}, sink)
	for _, row := range []Row{{{"a", 1}}, {{"b", 2}}, {{"a", 3}}} {
		if err := r.Add("", row); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(real); err != nil || string(data) != "a,b\n1,\n,2\n3,\n" {
		t.Errorf("%q, %v", data, err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Error("the link is gone", err)
	}
	if info, err := os.Stat(real); err != nil || info.Mode() != 0o640 {
		t.Error("the mode has changed", info.Mode(), err)
	}
	if left, err := os.ReadDir(filepath.Dir(real)); err != nil || len(left) != 1 {
		t.Error("something is left behind:", left, err)
	}
}

// TestWiderFails: the rows that were there stay there.
func TestWiderFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "folder", "x.csv")
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	sink, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	r := New(Limits{}, sink)
	if err := r.Add("", Row{{"a", 1}}); err != nil {
		t.Fatal(err)
	}
	moved := filepath.Dir(path) + ".moved"
	if err := os.Rename(filepath.Dir(path), moved); err != nil {
		t.Skip("an open file holds its folder here:", err)
	}
	if err := r.Add("", Row{{"b", 1}}); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	if data, err := os.ReadFile(filepath.Join(moved, "x.csv")); err != nil || string(data) != "a\n1\n" {
		t.Errorf("%q, %v", data, err)
	}
	if err := r.Close(); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

func TestFullDisk(t *testing.T) {
	f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	r := New(Limits{}, lineFile{&file{f: f}})
	defer r.Close()
	for range 2 {
		if err := r.Add("", Row{{"a", 1}}); !errors.Is(err, syscall.ENOSPC) {
			t.Error(err)
		}
	}
}

// TestNoOrdinaryFile: what is no file of this name alone stays as it is.
func TestNoOrdinaryFile(t *testing.T) {
	link := filepath.Join(t.TempDir(), "x.csv")
	if err := os.Symlink(os.DevNull, link); err != nil {
		t.Skip(err)
	}
	if _, err := Open(link); err == nil || !strings.Contains(err.Error(), "is a link to "+os.DevNull) {
		t.Error(err)
	}
	file := filepath.Join(filepath.Dir(link), "mine")
	if err := errors.Join(os.Remove(link), os.WriteFile(file, []byte("mine"), 0o600), os.Link(file, link)); err != nil {
		t.Skip(err)
	}
	if _, err := Open(link); err == nil || !strings.Contains(err.Error(), "has a second name") {
		t.Error(err)
	}
	if data, err := os.ReadFile(file); err != nil || string(data) != "mine" {
		t.Errorf("now it holds %q, %v", data, err)
	}
}

// TestBigFileWidened: more than a buffer's worth, with quotes and line ends on every boundary.
func TestBigFileWidened(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.csv")
	sink, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	r := New(Limits{}, sink)
	const n = 20000
	text := func(i int) string {
		if i == n/2 {
			return strings.Repeat("long, ", 50000) // without a line's end in several buffers
		}
		return strings.Repeat("\"\n,", i%7)
	}
	for i := range n {
		if err := r.Add("", Row{{"i", i}, {"text", text(i)}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(r.Add("", Row{{"late", 1}, {"later", 2}}), r.Close()); err != nil {
		t.Fatal(err)
	}
	records := readCSV(t, path)
	if len(records) != n+2 {
		t.Fatalf("%d records", len(records))
	}
	for i, r := range records[1 : n+1] {
		if len(r) != 4 || r[1] != text(i) || r[2] != "" || r[3] != "" {
			t.Fatalf("row %d: %q", i, r)
		}
	}
	if last := strings.Join(records[n+1], "|"); last != "||1|2" {
		t.Errorf("%q", last)
	}
}

func readCSV(t *testing.T, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return records
}

// FuzzCSV: what encoding/csv reads is what was recorded, with and without columns that come later.
// That reader turns CR LF into LF.
func FuzzCSV(f *testing.F) {
	f.Add("a", "b", "1", "x,y")
	f.Add("a\nb", "\"", "", " \r\n\"")
	f.Fuzz(func(t *testing.T, column, later, first, second string) {
		if column == "" || column == later {
			t.Skip()
		}
		path := filepath.Join(t.TempDir(), "x.csv")
		sink, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		r := New(Limits{}, sink)
		defer r.Close()
		if err := r.Add("", Row{{column, first}}); err != nil {
			t.Skip(err)
		}
		want := [][]string{{column}, {first}}
		if err := r.Add("", Row{{later, second}, {column, "1"}}); err == nil {
			want = [][]string{{column, later}, {first, ""}, {"1", second}}
		}
		got := readCSV(t, path)
		for i := range want {
			for j := range want[i] {
				if w := strings.ReplaceAll(want[i][j], "\r\n", "\n"); len(got) != len(want) || len(got[i]) != len(want[i]) || got[i][j] != w {
					t.Fatalf("%q, want %q", got, want)
				}
			}
		}
	})
}
