package stdio

import (
	"os"
	"path/filepath"
	"testing"
)

// Devices, files and pipes are no terminals.
func TestIsTerminal(t *testing.T) {
	for name, want := range map[string]bool{
		os.DevNull: false, "/dev/full": false, "/dev/zero": false, filepath.Join(t.TempDir(), "file"): false,
		"/dev/ptmx": true, // the other side of a terminal that nobody has
	} {
		f, err := os.OpenFile(name, os.O_RDWR, 0)
		if os.IsNotExist(err) && filepath.Base(name) == "file" {
			f, err = os.Create(name)
		}
		if err != nil {
			continue // not everywhere
		}
		defer f.Close()
		if got := IsTerminal(f); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	if IsTerminal(r) || IsTerminal(w) {
		t.Error("a pipe is taken for a terminal")
	}
	w.Close()
	if IsTerminal(w) {
		t.Error("what is closed is taken for one")
	}
}
