package files

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// A replaced file has the new content or the old one, is for its owner alone, and leaves nothing
// beside it.
func TestReplace(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "me.jsonl")
	content := func(text string) func(io.Writer) error {
		return func(w io.Writer) error {
			_, err := io.WriteString(w, text)
			return err
		}
	}
	if err := errors.Join(Replace(path, content("first")), Replace(path, content("second"))); err != nil {
		t.Fatal(err)
	}
	failed := errors.New("disk full")
	err := Replace(path, func(w io.Writer) error {
		io.WriteString(w, "thi")
		return failed
	})
	if err != failed {
		t.Errorf("the error is %v", err)
	}
	got, _ := os.ReadFile(path)
	files, _ := os.ReadDir(dir)
	if string(got) != "second" || len(files) != 1 {
		t.Errorf("it holds %q, among %d files", got, len(files))
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v (%v)", info.Mode(), err)
	}
}

// A file that is set aside gets the first name that is free.
func TestSetAside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "me")
	for _, ending := range []string{"1", "2", "3"} {
		if err := Create(path, []byte(ending)); err != nil {
			t.Fatal(err)
		}
		kept, err := SetAside(path)
		if text, _ := os.ReadFile(kept); err != nil || !strings.HasSuffix(kept, "me.damaged-"+ending) || string(text) != ending {
			t.Errorf("%s holds %q, %v", kept, text, err)
		}
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Error("it still has its old name")
		}
	}
}
