package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What the README shows is what there is: the lines of its script are those of
// the example, and the output below is the one that the program gives.
func TestReadme(t *testing.T) {
	const command = "    $ go run ./cmd/lightdht run examples/02-get-peers.lua\n"
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	example, err := os.ReadFile("../../examples/02-get-peers.lua")
	if err != nil {
		t.Fatal(err)
	}
	_, script, _ := strings.Cut(string(readme), "```lua\n")
	script, _, ok := strings.Cut(script, "```\n")
	if !ok {
		t.Fatal("the README shows no script")
	}
	for line := range strings.Lines(script) {
		if !strings.Contains(string(example), line) {
			t.Errorf("the README's script has a line that the example has not: %s", line)
		}
	}
	_, shown, ok := strings.Cut(string(readme), command)
	if !ok {
		t.Fatalf("the README does not show %q", command)
	}
	shown, _, _ = strings.Cut(shown, "\n\n")
	run := exec.Command(filepath.Join(binary, "lightdht"), "run", "examples/02-get-peers.lua")
	run.Dir = "../.."
	out, err := run.Output()
	if err != nil {
		t.Fatal(err)
	}
	if got := "    " + strings.ReplaceAll(strings.TrimSpace(string(out)), "\n", "\n    "); got != shown {
		t.Errorf("the README shows\n%s\nand the program prints\n%s", shown, got)
	}
}
