package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// A folder of runs names its script as seen from where the folder is, so that both can be moved.
func TestOwner(t *testing.T) {
	outside, err := filepath.Abs("/elsewhere/x.lua")
	if err != nil {
		t.Fatal(err)
	}
	far, err := filepath.Rel(absolute("."), outside)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, folder, want string }{
		{"x.lua", "x.run", "x.lua"}, {"./x.lua", "x.run", "x.lua"}, {"sub/x.lua", "x.run", "sub/x.lua"}, {"../x.lua", "x.run", "../x.lua"},
		{"x.lua", "runs/one/files", "../../x.lua"}, {outside, "x.run", filepath.ToSlash(far)},
	} {
		s := &script{name: c.name, dir: filepath.Dir(c.name), args: []string{c.name}}
		if got := s.owner(c.folder); got != c.want {
			t.Errorf("%s in %s: %s, want %s", c.name, c.folder, got, c.want)
		}
	}
	if got := (&script{name: "(command line)", dir: ".", args: []string{"(command line)"}}).owner("x.run"); !strings.HasSuffix(got, "(command line)") {
		t.Errorf("what is typed: %s", got)
	}
}
