package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The README shows a script and what it prints: both must be the real ones.
func TestREADME(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile("../../examples/02-get-peers.lua")
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(string(script), "\n}\n\n") // after its experiment{} header
	if body == "" || !strings.Contains(string(readme), body) {
		t.Errorf("the README's script is not that of examples/02-get-peers.lua:\n%s", body)
	}
	out, err := exec.Command(filepath.Join(binary, "lightdht"), "run", "../../examples/02-get-peers.lua").Output()
	if err != nil {
		t.Fatal(err)
	}
	shown := "    $ go run ./cmd/lightdht run examples/02-get-peers.lua\n    " + strings.ReplaceAll(strings.TrimSpace(string(out)), "\n", "\n    ") + "\n"
	if !strings.Contains(string(readme), shown) {
		t.Errorf("the README does not show what the script prints:\n%s", shown)
	}
}

// The README's picture is what examples/14-picture.lua prints. To renew it:
//
//	go run ./cmd/lightdht run examples/14-picture.lua > .github/lookups.svg
func TestPicture(t *testing.T) {
	shown, err := os.ReadFile("../../.github/lookups.svg")
	if err != nil {
		t.Fatal(err)
	}
	drawn, err := exec.Command(filepath.Join(binary, "lightdht"), "run", "../../examples/14-picture.lua").Output()
	if err != nil {
		t.Fatal(err)
	}
	if string(shown) != string(drawn) {
		t.Error("lookups.svg is not what the example prints; run: go run ./cmd/lightdht run examples/14-picture.lua > .github/lookups.svg")
	}
}
