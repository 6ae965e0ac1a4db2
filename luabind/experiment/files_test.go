package experiment

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/lightdht/lightdht/engine/files"
)

// A folder of runs names its script as seen from where the folder is, so that both can be moved.
func TestOwner(t *testing.T) {
	outside, err := filepath.Abs("/elsewhere/x.lua")
	if err != nil {
		t.Fatal(err)
	}
	far, err := filepath.Rel(files.Absolute("."), outside)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, folder, want string }{
		{"x.lua", "x.run", "x.lua"}, {"./x.lua", "x.run", "x.lua"}, {"sub/x.lua", "x.run", "sub/x.lua"}, {"../x.lua", "x.run", "../x.lua"},
		{"x.lua", "runs/one/files", "../../x.lua"}, {outside, "x.run", filepath.ToSlash(far)},
	} {
		x := &Experiment{Name: c.name, Dir: filepath.Dir(c.name), Args: []string{c.name}}
		if got := x.owner(c.folder); got != c.want {
			t.Errorf("%s in %s: %s, want %s", c.name, c.folder, got, c.want)
		}
	}
	if got := (&Experiment{Name: "(command line)", Dir: ".", Args: []string{"(command line)"}}).owner("x.run"); !strings.HasSuffix(got, "(command line)") {
		t.Errorf("what is typed: %s", got)
	}
}
