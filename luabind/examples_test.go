package luabind

import (
	"bytes"
	"context"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht/sim"
	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/engine/record"
	"github.com/lightdht/lightdht/scripts"
)

// Every function has an example, and every example does what it says.
func TestExamples(t *testing.T) {
	var names []string
	for _, f := range catalogue().Functions() {
		names = append(names, f.Script+".lua")
		t.Run(f.Script, func(t *testing.T) {
			t.Parallel()
			source := example(f.Script)
			if source == "" {
				t.Fatalf("%s has no example: write luabind/examples/%s.lua, a few lines that print something", f.Name, f.Script)
			}
			checkExample(t, f.Script, source)
		})
	}
	there, err := fs.Glob(examples, "examples/*.lua")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range there {
		if !slices.Contains(names, filepath.Base(file)) {
			t.Errorf("%s is an example of nothing", file)
		}
	}
}

// checkExample runs an example and compares what it prints with what it says.
func checkExample(t *testing.T, name, source string) {
	t.Helper()
	out, errout := runExample(t, name+".lua", source)
	if out == "" && errout == "" {
		t.Error("it prints nothing")
	}
	if want := stated(source); want != "" && out != want {
		t.Errorf("it prints\n%sand says\n%s", out, want)
	}
	if short := name[strings.LastIndexByte(name, '.')+1:]; !strings.Contains(source, short) {
		t.Errorf("it does not use %s", short)
	}
	for line := range strings.Lines(source) {
		if len(strings.TrimRight(line, "\n")) > 98 {
			t.Errorf("a line that is too long to read: %s", line)
		}
	}
}

// stated is what an example says that it prints: its comments "--> text".
func stated(source string) string {
	var b strings.Builder
	for line := range strings.Lines(source) {
		if _, text, ok := strings.Cut(line, "--> "); ok {
			b.WriteString(text)
			if !strings.HasSuffix(text, "\n") {
				b.WriteByte('\n')
			}
		}
	}
	return b.String()
}

// runExample runs a script as the command line does, on a small network, in a
// folder with a file of two lines, which also come from stdin.
func runExample(t *testing.T, name, source string) (stdout, stderr string) {
	t.Helper()
	const lines = "first\nsecond\n"
	world, own := openWorld(t, sim.Config{Nodes: 100, Seed: 1})
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "example.txt"), []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errout bytes.Buffer
	b := New(Options{
		Network: NewSim(world, own), Results: record.New(record.Limits{}, record.NewLines(&out)),
	})
	e, err := engine.New(engine.Options{
		Clock: SimClock(world), Stdin: strings.NewReader(lines), Stdout: &out, Stderr: &errout,
		Args: []string{name}, Random: rand.NewPCG(1, 1), StartTime: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		ScriptDir: folder, Library: scripts.FS, Modules: b.Modules(),
		Grants: engine.Grants{RunDir: t.TempDir()}, Log: slog.New(slog.NewTextHandler(&errout, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if _, err := e.Run(ctx, name, source); err != nil {
		t.Errorf("%v\n%s", err, errout.String())
	}
	return out.String(), errout.String()
}

// The example at the top of each module of the library runs. A simulation has no node at
// the address of the one that tests a node, so it tests a member, with few probes.
func TestLibraryExamples(t *testing.T) {
	inSimulation := strings.NewReplacer(`conformance.run("127.0.0.1:6881")`, `conformance.run(sim.random().addr, { only = "ping" })`)
	for _, m := range library() {
		var code []string
		for line := range strings.Lines(m.Text) {
			if strings.HasPrefix(line, "  ") {
				code = append(code, line)
			}
		}
		if len(code) == 0 {
			t.Errorf("%s has no example at its top", m.Name)
		}
		runExample(t, m.Name+".lua", inSimulation.Replace(strings.Join(code, "")))
	}
}
