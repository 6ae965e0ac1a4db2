//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package state

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// A state is held by one process at a time, and leaves no lock behind.
func TestStateIsHeldByOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "me.jsonl")
	for range 3 {
		held, err := Hold(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Hold(path); err == nil || !strings.Contains(err.Error(), "--state: "+path+" is in use by another process") {
			t.Errorf("held twice: %v", err)
		}
		other, err := Hold(path + "2")
		if err != nil {
			t.Fatal(err)
		}
		other.Release()
		held.Release()
		if files, err := os.ReadDir(filepath.Dir(path)); err != nil || len(files) > 0 {
			t.Errorf("%v stays behind (%v)", files, err)
		}
	}
	if err := os.WriteFile(path+".lock", nil, 0o600); err != nil { // as after a kill
		t.Fatal(err)
	}
	held, err := Hold(path)
	if err != nil {
		t.Fatal(err)
	}
	held.Release()
	if _, err := Hold(filepath.Join(path, "nowhere")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("in no folder: %v", err)
	}
}

// Of many that ask for it at once only one has it at a time.
func TestStateIsNeverShared(t *testing.T) {
	path := filepath.Join(t.TempDir(), "me.jsonl")
	var holders, had atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 200 {
				held, err := Hold(path)
				if err != nil {
					continue
				}
				had.Add(1)
				if n := holders.Add(1); n != 1 {
					t.Errorf("%d at a time", n)
				}
				holders.Add(-1)
				held.Release()
			}
		})
	}
	all.Wait()
	if had.Load() == 0 {
		t.Error("nobody ever had it")
	}
}
