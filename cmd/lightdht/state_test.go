package main

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/table"
	"github.com/lightdht/lightdht/engine/files"
)

// filed is a host that has files, and a function that takes what it tells.
func filed() (h *host, told *[]string, tell func(string)) {
	told = new([]string)
	return &host{openFile: openFile, replaceFile: files.Replace, setAside: files.SetAside}, told, func(text string) { *told = append(*told, text) }
}

// acquaintances returns nodes that nobody has verified yet.
func acquaintances(count int) (entries []table.Entry) {
	for i := range count {
		entries = append(entries, table.Entry{
			Contact:   krpc.Contact{ID: krpc.ID{byte(i >> 8), byte(i), 1}, Addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 1, byte(i >> 8), byte(i)}), 6881)},
			FirstSeen: 1e18, LastSeen: 1e18 + 7, LastReply: 1e18 + 7, Queries: 3, Replies: 2, Failures: 1, Version: "LT\x02\x00", RTT: 25 * time.Millisecond,
		})
	}
	return entries
}

func TestStateRoundTrip(t *testing.T) {
	own := member(t)
	want := acquaintances(1000) // several pages
	own.Do(func(now dht.Time, n *dht.Node) {
		for _, e := range want {
			n.Table().Restore(now, e)
		}
	})
	var text bytes.Buffer
	if err := writeState(&text, own); err != nil {
		t.Fatal(err)
	}
	got, err := readState(&text)
	if err != nil {
		t.Fatal(err)
	}
	var id krpc.ID
	own.Do(func(_ dht.Time, n *dht.Node) { id = n.ID() })
	if got.id != id || len(got.entries) != len(want) {
		t.Fatalf("the id is %v and there are %d nodes; want %v and %d", got.id, len(got.entries), id, len(want))
	}
	for i, e := range got.entries {
		w := want[i]
		if e.Contact != w.Contact || e.FirstSeen != w.FirstSeen || e.LastReply != w.LastReply || e.Queries != w.Queries || e.Version != w.Version {
			t.Fatalf("node %d: %+v, want %+v", i, e, w)
		}
		if e.Status != table.Unverified {
			t.Fatalf("node %d is %v before it has answered", i, e.Status)
		}
	}
}

const (
	savedHeader = `{"format":"lightdht table","version":1,"id":"00000000000000000000000000000000000000aa"}` + "\n"
	savedLine   = `{"id":"00000000000000000000000000000000000000bb","addr":"127.0.0.1:6881"}` + "\n"
)

func TestDamagedState(t *testing.T) {
	for name, test := range map[string]struct {
		text, damage string
		id           byte
		entries      int
	}{
		"whole":           {savedHeader + savedLine, "", 0xaa, 1},
		"table alone":     {strings.Replace(savedHeader, `,"id":"00000000000000000000000000000000000000aa"`, "", 1) + savedLine, "", 0, 1},
		"header alone":    {savedHeader, "", 0xaa, 0},
		"without an end":  {strings.TrimSuffix(savedHeader, "\n"), "", 0xaa, 0},
		"empty":           {"", "line 1: not a saved table", 0, 0},
		"another file":    {"#!/bin/sh\n", "line 1: not a saved table", 0, 0},
		"zeros":           {strings.Repeat("\x00", 5000), "line 1: more than 4096 bytes", 0, 0},
		"cut":             {savedHeader + savedLine + savedLine[:30], "line 3: ", 0xaa, 1},
		"id of a foreign": {strings.Replace(savedHeader, "00aa", "zzaa", 1), "line 1: the id is", 0, 0},
		"id of nobody":    {strings.Replace(savedHeader, "aa", "00", 1), "line 1: the id is", 0, 0},
		"id of a number":  {strings.Replace(savedHeader, `"00000000000000000000000000000000000000aa"`, "7", 1), "line 1: the id is", 0, 0},
		"version":         {strings.Replace(savedHeader, "1", "2", 1), "saved in version 2", 0xaa, 0},
	} {
		s, err := readState(strings.NewReader(test.text))
		if test.damage == "" && err != nil || test.damage != "" && (err == nil || !strings.Contains(err.Error(), test.damage)) {
			t.Errorf("%s: the error is %v, want %q", name, err, test.damage)
		}
		if s.id[19] != test.id || len(s.entries) != test.entries {
			t.Errorf("%s: id %v, %d nodes", name, s.id, len(s.entries))
		}
	}
}

func TestDamagedStateIsSetAside(t *testing.T) {
	h, told, tell := filed()
	path := filepath.Join(t.TempDir(), "me.jsonl")
	for i, want := range []string{".damaged-1", ".damaged-2"} {
		text := strings.Repeat("x", i)
		os.WriteFile(path, []byte(text), 0o600)
		if s, err := h.loadState(path, tell); err != nil || len(s.entries) > 0 {
			t.Fatal(s, err)
		}
		if kept, err := os.ReadFile(path + want); err != nil || string(kept) != text {
			t.Errorf("%s has %q (%v)", want, kept, err)
		}
		if len(*told) != i+1 || !strings.Contains((*told)[i], want+", and a new one is begun") {
			t.Errorf("it said %q", *told)
		}
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Error("it is there under its old name too")
		}
	}
	if s, err := h.loadState(path, tell); err != nil || !s.id.IsZero() || len(*told) != 2 {
		t.Errorf("of no file: %+v, %v, %q", s, err, *told)
	}
}

// A file that cannot be read is not damaged, and stays where it is.
func TestUnreadableStateStays(t *testing.T) {
	h, told, tell := filed()
	path := t.TempDir()
	if _, err := h.loadState(path, tell); err == nil || !strings.HasPrefix(err.Error(), "--state: ") || !strings.Contains(err.Error(), "is a directory") {
		t.Errorf("of a folder: %v", err)
	}
	h.setAside = func(string) (string, error) { return "", fs.ErrPermission }
	file := filepath.Join(path, "me")
	os.WriteFile(file, nil, 0o600)
	if _, err := h.loadState(file, tell); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("that it could not be set aside: %v", err)
	}
	if len(*told) > 0 {
		t.Errorf("it said %q", *told)
	}
}

func TestReplaceFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "me.jsonl")
	text := func(text string) func(io.Writer) error {
		return func(w io.Writer) error {
			_, err := io.WriteString(w, text)
			return err
		}
	}
	if err := files.Replace(path, text("first")); err != nil {
		t.Fatal(err)
	}
	if err := files.Replace(path, text("second")); err != nil {
		t.Fatal(err)
	}
	failed := errors.New("disk full")
	err := files.Replace(path, func(w io.Writer) error {
		io.WriteString(w, "thi")
		return failed
	})
	if err != failed {
		t.Errorf("the error is %v", err)
	}
	got, _ := os.ReadFile(path)
	left, _ := os.ReadDir(dir)
	if string(got) != "second" || len(left) != 1 {
		t.Errorf("it holds %q, among %d files", got, len(left))
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v (%v)", info.Mode(), err)
	}
}

func TestKeeperSavesNowAndThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, told, tell := filed()
		var saved atomic.Int32
		var failing atomic.Bool
		h.replaceFile = func(string, func(io.Writer) error) error {
			saved.Add(1)
			if failing.Load() {
				return fs.ErrPermission
			}
			return nil
		}
		k, err := h.keepState("me.jsonl", nil, tell)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(3*saveEvery + time.Second)
		synctest.Wait()
		if saved.Load() != 4 { // one of them at once
			t.Errorf("saved %d times in 15 minutes", saved.Load())
		}
		failing.Store(true)
		time.Sleep(saveEvery)
		synctest.Wait()
		if len(*told) != 1 || !strings.Contains((*told)[0], "permission denied; it is tried again") {
			t.Errorf("it said %q", *told)
		}
		if err := k.close(); !errors.Is(err, fs.ErrPermission) || saved.Load() != 6 {
			t.Errorf("the last time, %d: %v", saved.Load(), err)
		}
		if _, err := h.keepState("me.jsonl", nil, tell); !errors.Is(err, fs.ErrPermission) {
			t.Errorf("at the first: %v", err)
		}
	})
}

func FuzzReadState(f *testing.F) {
	f.Add([]byte(savedHeader + savedLine))
	f.Add([]byte(savedHeader[:40]))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := readState(bytes.NewReader(text))
		if err != nil {
			return
		}
		if s.id.IsZero() { // then the node draws one
			s.id = krpc.ID{1}
		}
		var again bytes.Buffer
		w := &headed{w: &again, id: s.id}
		if err := table.Encode(w, func(yield func(table.Entry) bool) {
			for _, e := range s.entries {
				if !yield(e) {
					return
				}
			}
		}); err != nil {
			t.Fatal(err)
		}
		second, err := readState(&again)
		if err != nil || second.id != s.id || len(second.entries) != len(s.entries) {
			t.Fatalf("%v, and %d nodes of %d", err, len(second.entries), len(s.entries))
		}
	})
}

// To look through a large table takes seconds, and that is told.
func TestLargeStateIsTold(t *testing.T) {
	for count, want := range map[int]string{
		9_999:  "",
		10_000: "knows 10000 nodes from the last time (--state); asking which of them are still there, for 15s at most",
	} {
		p := &membership{restored: count}
		if got := p.returning(); got != want {
			t.Errorf("%d nodes: %q, want %q", count, got, want)
		}
	}
}
