package e2e

import (
	"crypto/sha256"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lightdht/lightdht/engine/bundle"
)

// quicker has arguments for examples that are not over in a second or two.
var quicker = map[string][]string{
	"05-sybils.lua": {"--pairs=5"},
	"07-churn.lua":  {"--lookups=5", "--hours=0.25"},
	"11-keep.lua":   {"--looks=1", "--pieces=4", "--hours=1"},
}

// Every example says what it is, can be packed, and comes out the same when it
// is run again out of the archive.
func TestExamplesPackAndVerify(t *testing.T) {
	examples, err := filepath.Glob("../../examples/*.lua")
	if err != nil || len(examples) == 0 {
		t.Fatalf("no examples (%v)", err)
	}
	program := filepath.Join(binary, "lightdht")
	for _, path := range examples {
		name := filepath.Base(path)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			archive := filepath.Join(t.TempDir(), "x.lightdht")
			args := append([]string{"pack", path, "-o", archive, "--run"}, quicker[name]...)
			if out, err := exec.Command(program, args...).CombinedOutput(); err != nil {
				t.Fatalf("it cannot be packed: %v\n%s", err, out)
			}
			if out, err := exec.Command(program, "help", archive).CombinedOutput(); err != nil || strings.HasPrefix(string(out), "usage") {
				t.Errorf("it does not say what it is (%v):\n%s", err, out)
			}
			var said strings.Builder
			verify := exec.Command(program, "verify", archive)
			verify.Stderr = &said
			if out, err := verify.Output(); err != nil || string(out) != "same\n" {
				t.Errorf("it comes out otherwise (%v):\n%s%s", err, out, said.String())
			}
		})
	}
}

// What does not come out as the archive says is told, the first of it, with exit
// code 3.
func TestVerifyTellsTheFirstDifference(t *testing.T) {
	program, dir := filepath.Join(binary, "lightdht"), t.TempDir()
	script, archive := filepath.Join(dir, "s.lua"), filepath.Join(dir, "s.lightdht")
	source := "print('hello')\nrecord{ n = 1 }\nrecord{ n = #dht.find_node(id.random()) }\n"
	if err := os.WriteFile(script, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(program, "pack", "--sim", "20", script, "-o", archive, "--run").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	data, err := os.ReadFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	rows := func(text string) func(r *bundle.Run) {
		return func(r *bundle.Run) { r.Results, r.Manifest.Results = []byte(text), sha256.Sum256([]byte(text)) }
	}
	for want, change := range map[string]func(r *bundle.Run){
		`different: row 2 was {"n":7}, now it is {"n":8}`:           rows("{\"n\":1}\n{\"n\":7}\n"),
		`different: row 2 was missing, now it is {"n":8}`:           rows("{\"n\":1}\n"),
		`different: row 3 was {"n":\x1b[0m}, now it is missing`:     rows("{\"n\":1}\n{\"n\":8}\n{\"n\":\x1b[0m}\n"),
		`different: line of output 1 was hullo, now it is hello`:    func(r *bundle.Run) { r.Output = []byte("hullo\n") },
		`different: the exit code was unknown, now it is 0`:         func(r *bundle.Run) { r.Manifest.Exit = nil },
		`different: the digest of all datagrams was 00000000000000`: func(r *bundle.Run) { r.Manifest.Trace = [32]byte{31: 1} },
		`; it was packed by lightdht 0.0.1, and this is `:           func(r *bundle.Run) { r.Output = nil },
	} {
		b, err := bundle.Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		change(b.Run)
		if strings.Contains(want, "0.0.1") {
			b.Version = "0.0.1"
		}
		changed, err := b.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(archive, changed, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(program, "verify", archive).CombinedOutput()
		if code(err) != 3 || !strings.Contains(string(out), want) || strings.Count(string(out), "\n") != 1 {
			t.Errorf("exit code %d, want 3; want %q:\n%s", code(err), want, out)
		}
	}
}
