package golden

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

var (
	rewrite = flag.Bool("rewrite", false, "write the golden files anew")
	arch    = flag.String("arch", "", "build the program for this architecture, as in 386; the machine must be able to run it, or -under does")
	under   = flag.String("under", "", "run the program under this one, as in qemu-aarch64, and each script only once")
)

// program is where the built one is; it checks for races if the test does.
var program string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "lightdht-golden")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		program = filepath.Join(dir, "lightdht")
		args := []string{"build", "-o", program}
		if underRace {
			args = append(args, "-race")
		}
		build := exec.Command("go", append(args, "../../cmd/lightdht")...)
		if *arch != "" {
			build.Env = append(os.Environ(), "GOARCH="+*arch, "CGO_ENABLED=0")
		}
		if out, err := build.CombinedOutput(); err != nil {
			panic(string(out))
		}
		return m.Run()
	}())
}

// outcome is all that a run says and leaves behind that must repeat.
type outcome struct {
	stdout, stderr    string // stderr ends with the digest of the trace
	results, manifest []byte // with --out
}

// run runs a script of testdata on a number of cores.
func run(t *testing.T, cores string, out string, args ...string) (o outcome) {
	t.Helper()
	flags := []string{"run", "--trace-digest"}
	if out != "" {
		flags = append(flags, "--out", out)
	}
	command := append(append(strings.Fields(*under), program), flags...)
	c := exec.Command(command[0], append(command[1:], args...)...)
	c.Dir = "testdata"
	c.Env = append(os.Environ(), "GOMAXPROCS="+cores)
	var stdout, stderr strings.Builder
	c.Stdout, c.Stderr = &stdout, &stderr
	if err := c.Run(); err != nil {
		t.Fatalf("%v: %v\n%s", c.Args, err, stderr.String())
	}
	o.stdout, o.stderr = stdout.String(), stderr.String()
	if out != "" {
		o.results = read(t, out)
		o.manifest = repeatable(t, read(t, strings.TrimSuffix(out, ".jsonl")+".manifest.json"))
	}
	return o
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// repeatable is a manifest without what may differ between two runs.
func repeatable(t *testing.T, manifest []byte) []byte {
	t.Helper()
	var all map[string]any
	if err := json.Unmarshal(manifest, &all); err != nil {
		t.Fatal(err)
	}
	if all["circumstances"] == nil || all["trace_digest"] == nil {
		t.Fatalf("there is something missing in the manifest: %s", manifest)
	}
	delete(all, "circumstances")
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Each script, on one core and on eight, with and without a file for its
// results: always the same bytes, those of the golden file.
func TestGolden(t *testing.T) {
	scripts, err := filepath.Glob("testdata/*.lua")
	if err != nil || len(scripts) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, script := range scripts {
		name := strings.TrimSuffix(filepath.Base(script), ".lua")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out := filepath.Join(t.TempDir(), "results.jsonl")
			first := run(t, "1", out, name+".lua")
			golden := "testdata/" + name + ".golden"
			if *rewrite {
				if err := os.WriteFile(golden, first.archive(), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			if want := read(t, golden); !bytes.Equal(first.archive(), want) {
				t.Errorf("it is not what it was; see the package comment\n%s", difference(string(first.archive()), string(want)))
			}
			if *under != "" {
				return
			}
			first.same(t, "on 8 cores, without --out", run(t, "8", "", name+".lua"))
			if !underRace { // it takes ten times as long there
				first.same(t, "on one core, without --out", run(t, "1", "", name+".lua"))
				first.same(t, "on 8 cores", run(t, "8", out, name+".lua"))
			}
		})
	}
}

// archive is a golden file.
func (o outcome) archive() []byte {
	return txtar.Format(&txtar.Archive{Files: []txtar.File{
		{Name: "stdout", Data: []byte(o.stdout)},
		{Name: "stderr", Data: []byte(o.stderr)},
	}})
}

// same fails the test if another run had another outcome.
func (o outcome) same(t *testing.T, how string, other outcome) {
	t.Helper()
	for _, part := range []struct {
		name      string
		got, want string
	}{
		{"stdout", other.stdout, o.stdout},
		{"stderr", other.stderr, o.stderr},
		{"results", string(other.results), string(o.results)},
		{"manifest", string(other.manifest), string(o.manifest)},
	} {
		if part.got != part.want && (part.got != "" || part.name == "stdout" || part.name == "stderr") {
			t.Errorf("%s, %s: it is not the same\n%s", how, part.name, difference(part.got, part.want))
		}
	}
}

// difference shows the first line that differs.
func difference(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(a), len(b)) {
		switch {
		case i >= len(a):
			return "it ends before: " + b[i]
		case i >= len(b):
			return "it goes on with: " + a[i]
		case a[i] != b[i]:
			return "got:  " + a[i] + "\nwant: " + b[i]
		}
	}
	return "no difference"
}

// What a member is and does follows from the seed and its number: with one more
// member, or a hundred, nothing of it changes for the others.
func TestMoreMembersChangeNothing(t *testing.T) {
	few := run(t, "2", "", "members.lua")
	for _, nodes := range []string{"121", "220"} {
		many := run(t, "2", "", "--sim", nodes, "members.lua")
		if many.stdout != few.stdout {
			t.Errorf("with %s members instead of 120:\n%s", nodes, difference(many.stdout, few.stdout))
		}
		if many.stderr == few.stderr {
			t.Errorf("with %s members instead of 120 the same was sent; is anybody there?", nodes)
		}
	}
	if !strings.Contains(few.stdout, `"token"`) || !strings.Contains(few.stdout, `"online":false`) {
		t.Error("the script shows less than it should")
	}
}
