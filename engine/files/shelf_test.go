package files

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// A text is there until another comes under its name, or a hundred others under theirs.
func TestShelf(t *testing.T) {
	s := Shelf{filepath.Join(t.TempDir(), "state", "ran")}
	if _, err := s.Get("walk.lua"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nothing was kept: %v", err)
	}
	for _, text := range []string{"first", "second"} {
		if err := s.Put("../walk.lua\n", text); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Get("../walk.lua\n"); got != text || err != nil {
			t.Errorf("got %q, %v", got, err)
		}
	}
	if err := s.Put("long", strings.Repeat("x", MaxText+1)); !errors.Is(err, ErrTooLong) {
		t.Errorf("a long one: %v", err)
	}
	entries, err := os.ReadDir(s.Dir)
	if err != nil || len(entries) != 1 {
		t.Fatalf("%v, %v", entries, err)
	}
	if info, err := entries[0].Info(); err != nil || info.Mode() != 0o600 && runtime.GOOS != "windows" {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if err := os.Chtimes(filepath.Join(s.Dir, entries[0].Name()), time.Time{}, time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	for i := range 2 * maxShelved {
		if err := s.Put(fmt.Sprint(i), "x"); err != nil {
			t.Fatal(err)
		}
	}
	if entries, err := os.ReadDir(s.Dir); err != nil || len(entries) != maxShelved {
		t.Errorf("%d are kept, %v", len(entries), err)
	}
	if _, err := s.Get("../walk.lua\n"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the oldest is still there: %v", err)
	}
	if err := (Shelf{}).Put("x", "x"); err != nil {
		t.Errorf("without a folder: %v", err)
	}
}
