//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/lightdht/lightdht/engine/files"
)

// One holds a state at a time; whoever comes next takes it up where it was left.
func TestStateIsHeldByOne(t *testing.T) {
	h := &host{lockFile: files.Lock}
	path := filepath.Join(t.TempDir(), "me.jsonl")
	for range 3 {
		release, err := h.holdState(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.holdState(path); err == nil || !strings.Contains(err.Error(), "--state: "+path+" is in use by another process") {
			t.Errorf("held twice: %v", err)
		}
		other, err := h.holdState(path + "2")
		if err != nil {
			t.Fatal(err)
		}
		other()
		release()
		if files, err := os.ReadDir(filepath.Dir(path)); err != nil || len(files) > 0 {
			t.Errorf("%v stays behind (%v)", files, err)
		}
	}
	if err := os.WriteFile(path+".lock", nil, 0o600); err != nil { // as after a kill
		t.Fatal(err)
	}
	release, err := h.holdState(path)
	if err != nil {
		t.Fatal(err)
	}
	release()
	if _, err := h.holdState(filepath.Join(path, "nowhere")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("in no folder: %v", err)
	}
}

// Many who want it at once never have it together.
func TestStateIsNeverShared(t *testing.T) {
	h := &host{lockFile: files.Lock}
	path := filepath.Join(t.TempDir(), "me.jsonl")
	var holders, had atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 200 {
				release, err := h.holdState(path)
				if err != nil {
					continue
				}
				had.Add(1)
				if n := holders.Add(1); n != 1 {
					t.Errorf("%d at a time", n)
				}
				holders.Add(-1)
				release()
			}
		})
	}
	all.Wait()
	if had.Load() == 0 {
		t.Error("nobody ever had it")
	}
}
