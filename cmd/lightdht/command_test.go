package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lightdht/lightdht/engine/files"
)

// A command explains itself with an example that can be typed.
func TestEveryCommandHasAnExample(t *testing.T) {
	for _, c := range commands() {
		var out strings.Builder
		(&host{streams: streams{out: &out}}).printHelp(c)
		if !strings.Contains(out.String(), "\n  lightdht "+c.name) && !strings.Contains(out.String(), "<(lightdht "+c.name) {
			t.Errorf("%s has no example:\n%s", c.name, out.String())
		}
		if !strings.Contains(out.String(), "usage: lightdht "+c.name) || c.short == "" {
			t.Errorf("%s does not say what it is", c.name)
		}
	}
}

// What the list names, the folder and the help text have, and nothing else.
func TestTemplatesAreListed(t *testing.T) {
	found, err := fs.Glob(templates, "templates/*.lua")
	if err != nil || len(found) != len(templateNames) {
		t.Errorf("%d names for %d files (%v)", len(templateNames), len(found), err)
	}
	for _, name := range templateNames {
		if _, err := templates.ReadFile("templates/" + name + ".lua"); err != nil {
			t.Error(err)
		}
		if !strings.Contains(newCommand().help, "\n  "+name+" ") {
			t.Errorf("the help text does not say what %s is", name)
		}
	}
}

func TestNewFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.lua")
	if err := files.Create(path, []byte("first")); err != nil {
		t.Fatal(err)
	}
	if err := files.Create(path, []byte("second")); !os.IsExist(err) {
		t.Errorf("it was written twice (%v)", err)
	}
	if text, err := os.ReadFile(path); string(text) != "first" {
		t.Errorf("it holds %q (%v)", text, err)
	}
}
