package interop

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// scratch holds the programs built for this run.
var scratch string

func TestMain(m *testing.M) {
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "lightdht-interop-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	scratch = dir
	return m.Run()
}

// Both are built once, by the first test that needs them.
var (
	lightdhtProgram  = sync.OnceValues(func() (string, error) { return build("../..", "./cmd/lightdht") })
	anacrolixProgram = sync.OnceValues(func() (string, error) { return build(".", "./anacrolix") })
)

// build compiles a main package of the module in dir and returns the program's path.
func build(dir, pkg string) (string, error) {
	program := filepath.Join(scratch, filepath.Base(pkg))
	cmd := exec.Command("go", "build", "-o", program, pkg)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build %s: %w\n%s", pkg, err, out)
	}
	return program, nil
}
