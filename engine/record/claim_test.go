package record

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestClaim: what an earlier run left is replaced, and nothing else, which stays as it is.
func TestClaim(t *testing.T) {
	const refused, noManifest = "has no manifest beside it", "is no manifest of a run"
	manifest, err := Manifest{Script: NewScript("x.lua", "")}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		file, manifest string // the file before; "-": no file
		want           string // of the error
	}{
		"nothing":            {"-", "-", ""},
		"an empty file":      {"", "-", ""},
		"results":            {"a\n1\n", string(manifest), ""},
		"results gone":       {"-", string(manifest), ""},
		"somebody's data":    {"a\n1\n", "-", refused},
		"another manifest":   {"a\n1\n", "{}", noManifest},
		"another's alone":    {"-", `{"name": "my extension"}`, noManifest},
		"an empty manifest":  {"a\n1\n", "", noManifest},
		"a manifest cut off": {"a\n1\n", string(manifest[:len(manifest)-5]), noManifest},
	} {
		for _, ending := range []string{".csv", ".jsonl"} {
			path := filepath.Join(t.TempDir(), "x"+ending)
			for file, text := range map[string]string{path: c.file, ManifestPath(path): c.manifest} {
				if text == "-" {
					continue
				}
				if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			open, err := Claim(path)
			for file, text := range map[string]string{path: c.file, ManifestPath(path): c.manifest} {
				if data, err := os.ReadFile(file); text == "-" && !os.IsNotExist(err) || text != "-" && string(data) != text {
					t.Errorf("%s, %s: as soon as it is claimed %s holds %q, %v", name, ending, file, data, err)
				}
			}
			if got := errorText(err); c.want == "" && got != "" || !strings.Contains(got, c.want) {
				t.Errorf("%s, %s: %v, want %q", name, ending, err, c.want)
			}
			want := c.file
			if err == nil {
				sink, err := open()
				if err != nil {
					t.Fatal(err)
				}
				if err := sink.Close(); err != nil {
					t.Error(err)
				}
				want = ""
			}
			if data, err := os.ReadFile(path); want != "-" && (err != nil || string(data) != want) {
				t.Errorf("%s, %s: now it holds %q, %v", name, ending, data, err)
			}
		}
	}
	if _, err := Claim("x.txt"); err == nil || !strings.Contains(err.Error(), "no form of output is known") {
		t.Errorf("another form: %v", err)
	}
	folder := t.TempDir()
	if err := errors.Join(
		os.Mkdir(filepath.Join(folder, "folder.csv"), 0o700), os.Mkdir(filepath.Join(folder, "locked"), 0o500),
		os.WriteFile(filepath.Join(folder, "locked.jsonl"), nil, 0o400),
	); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"folder.csv": "is a directory", "no/such/x.jsonl": "no such file", "locked/x.csv": "permission denied", "locked.jsonl": "permission denied",
	} {
		if os.Geteuid() == 0 && strings.HasPrefix(want, "permission") {
			continue // there is nothing that root may not do
		}
		if _, err := Claim(filepath.Join(folder, name)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
}

// TestClaimTables: so it is with the files of further tables, when their turn comes.
func TestClaimTables(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.csv")
	other := strings.TrimSuffix(path, ".csv") + ".other.csv"
	if err := os.WriteFile(other, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	record := func() error {
		open, err := Claim(path)
		if err != nil {
			t.Fatal(err)
		}
		sink, err := open()
		if err != nil {
			t.Fatal(err)
		}
		r := New(Limits{}, sink)
		defer r.Close()
		if err := r.Add("", Row{{"a", 1}}); err != nil {
			t.Error(err)
		}
		return r.Add("other", Row{{"a", 1}})
	}
	if err := record(); err == nil || !strings.Contains(err.Error(), other+" is there already") {
		t.Errorf("it is replaced: %v", err)
	}
	if data, err := os.ReadFile(other); err != nil || string(data) != "mine" {
		t.Errorf("now it holds %q, %v", data, err)
	}
	if err := WriteManifest(ManifestPath(path), Manifest{Script: NewScript("x.lua", "")}); err != nil {
		t.Fatal(err)
	}
	if err := record(); err != nil {
		t.Errorf("that of an earlier run: %v", err)
	}
	if data, err := os.ReadFile(other); err != nil || string(data) != "a\n1\n" {
		t.Errorf("now it holds %q, %v", data, err)
	}
}
