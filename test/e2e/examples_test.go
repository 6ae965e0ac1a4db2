package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lightdht/lightdht/engine/record"
	"github.com/lightdht/lightdht/luabind/experiment"
)

// shorter are arguments for the examples that take long.
var shorter = map[string][]string{
	"05-sybils.lua": {"--most=100"},
	"07-churn.lua":  {"--hours=0.1"},
	"11-keep.lua":   {"--hours=1", "--pieces=3"},
}

// program is the example of package experiment, with results in a file: what a Go program is that
// runs a script. TestMain calls it in a process of its own.
func program(args []string) error {
	x, err := experiment.Open(args[1], args[2:]...)
	if err != nil {
		return err
	}
	_, err = x.Run(context.Background(), experiment.Options{Out: args[0]})
	return err
}

// runProgram is main of that process; it ends with the exit code of the command.
func runProgram(args []string) int {
	err := program(args)
	var failed *experiment.ChecksError
	switch {
	case err == nil:
		return int(experiment.Done)
	case errors.As(err, &failed):
		return int(experiment.CheckFailed)
	}
	fmt.Fprintln(os.Stderr, err)
	return int(experiment.Failed)
}

// A Go program of ten lines gives the bytes that the command gives, for each example: output,
// results, manifest. Of the manifest the version is left out, as the command and this test are two
// builds, and the circumstances, which are when and where it ran.
func TestExamplesFromGo(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob("../../examples/*.lua")
	if err != nil || len(paths) < 13 {
		t.Fatalf("%d examples, %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			command := &product{dir: t.TempDir(), name: filepath.Join(binary, "lightdht"), args: []string{"run", "--out"}}
			program := &product{dir: t.TempDir(), name: self, env: "LIGHTDHT_EXAMPLE=1"}
			for _, p := range []*product{command, program} {
				p.make(t, path)
			}
			if command.code != program.code || command.stdout != program.stdout {
				t.Errorf("exit codes %d and %d; the command prints\n%s\nthe program\n%s", command.code, program.code, command.stdout, program.stdout)
			}
			if !bytes.Equal(command.results, program.results) {
				t.Errorf("the command records\n%s\nthe program\n%s", command.results, program.results)
			}
			if !bytes.Equal(command.manifest, program.manifest) {
				t.Errorf("the command's manifest is\n%s\nthe program's\n%s", command.manifest, program.manifest)
			}
		})
	}
}

// product is what one of the two makes of an example, in a folder of its own.
type product struct {
	dir, name string
	args      []string
	env       string

	code              int
	stdout            string
	results, manifest []byte
}

func (p *product) make(t *testing.T, path string) {
	t.Helper()
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(p.dir, "out.jsonl")
	cmd := exec.Command(p.name, append(append(p.args, out, path), shorter[filepath.Base(path)]...)...)
	cmd.Dir, cmd.Env = p.dir, append(os.Environ(), p.env)
	var stdout strings.Builder
	cmd.Stdout = &stdout
	p.code, p.stdout = code(cmd.Run()), stdout.String()
	if p.results, err = os.ReadFile(out); err != nil {
		t.Fatal(err)
	}
	m, err := record.ReadManifest(record.ManifestPath(out))
	if err != nil {
		t.Fatal(err)
	}
	m.Version = ""
	if p.manifest, err = m.Repeatable(); err != nil {
		t.Fatal(err)
	}
}
