package state

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/table"
	"github.com/lightdht/lightdht/dht/udp"
)

// node makes a node on the loopback interface.
func node(t *testing.T) *udp.Host {
	t.Helper()
	n, err := udp.Listen(udp.Config{Listen: netip.MustParseAddrPort("127.0.0.1:0")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.Close() })
	return n
}

// hold reserves a file for the test.
func hold(t *testing.T, path string) *File {
	t.Helper()
	f, err := Hold(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Release)
	return f
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
	own := node(t)
	want := acquaintances(1000) // several pages
	own.Do(func(now dht.Time, n *dht.Node) {
		for _, e := range want {
			n.Table().Restore(now, e)
		}
	})
	var text bytes.Buffer
	if err := Write(&text, own); err != nil {
		t.Fatal(err)
	}
	got, err := Read(&text, nil)
	if err != nil {
		t.Fatal(err)
	}
	var id krpc.ID
	own.Do(func(_ dht.Time, n *dht.Node) { id = n.ID() })
	if got.ID != id || got.Nodes != len(want) {
		t.Fatalf("the id is %v and there are %d nodes; want %v and %d", got.ID, got.Nodes, id, len(want))
	}
	for i, e := range slices.Concat(got.Pages...) {
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
		s, err := Read(strings.NewReader(test.text), nil)
		if test.damage == "" && err != nil || test.damage != "" && (err == nil || !strings.Contains(err.Error(), test.damage)) {
			t.Errorf("%s: the error is %v, want %q", name, err, test.damage)
		}
		if s.ID[19] != test.id || s.Nodes != test.entries {
			t.Errorf("%s: id %v, %d nodes", name, s.ID, s.Nodes)
		}
	}
}

func TestDamagedStateIsSetAside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "me.jsonl")
	f := hold(t, path)
	for i, c := range []struct{ text, told string }{
		{"", "}); it is kept as " + path + ".damaged-1, and a new one is begun"},
		{savedHeader + savedLine + "x", "and what it has before that, 1 node, is used"},
		{savedHeader + savedLine + savedLine + "x", "and what it has before that, 2 nodes, is used"},
	} {
		os.WriteFile(path, []byte(c.text), 0o600)
		s, err := f.Load(nil)
		damage, ok := errors.AsType[*Damage](err)
		if !ok || s.Nodes != i || damage.Nodes != i || !strings.HasPrefix(err.Error(), "--state: "+path+" is damaged (") || !strings.Contains(err.Error(), c.told) {
			t.Fatalf("%d nodes, %v", s.Nodes, err)
		}
		if kept, err := os.ReadFile(fmt.Sprintf("%s.damaged-%d", path, i+1)); err != nil || string(kept) != c.text || damage.Aside != fmt.Sprintf("%s.damaged-%d", path, i+1) {
			t.Errorf("%s has %q (%v)", damage.Aside, kept, err)
		}
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Error("it is there under its old name too")
		}
	}
	if s, err := f.Load(nil); err != nil || !s.ID.IsZero() || s.Nodes != 0 {
		t.Errorf("of no file: %+v, %v", s, err)
	}
}

// A file that cannot be read is not damaged, and stays where it is.
func TestUnreadableStateStays(t *testing.T) {
	dir := t.TempDir()
	if _, err := (&File{path: dir}).Load(nil); err == nil || !strings.HasPrefix(err.Error(), "--state: ") || !strings.Contains(err.Error(), "is a directory") {
		t.Errorf("of a folder: %v", err)
	}
	path := filepath.Join(dir, strings.Repeat("x", 250)) // too long a name for another ending
	os.WriteFile(path, nil, 0o600)
	_, err := (&File{path: path}).Load(nil)
	if _, aside := errors.AsType[*Damage](err); err == nil || aside || !strings.Contains(err.Error(), "and cannot be set aside: ") {
		t.Errorf("what cannot be set aside: %v", err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

// A file is written at once, when the keeper is closed, and then has what the node knows by then.
func TestKeep(t *testing.T) {
	own := node(t)
	f := hold(t, filepath.Join(t.TempDir(), "me.jsonl"))
	k, err := f.Keep(own, func(text string) { t.Error(text) })
	if err != nil {
		t.Fatal(err)
	}
	if s, err := f.Load(nil); err != nil || s.ID.IsZero() || s.Nodes != 0 {
		t.Errorf("at once: %v, %d nodes, %v", s.ID, s.Nodes, err)
	}
	own.Do(func(now dht.Time, n *dht.Node) {
		for _, e := range acquaintances(2*PageSize + 1) {
			n.Table().Restore(now, e)
		}
	})
	if err := k.Close(); err != nil {
		t.Fatal(err)
	}
	var told []int
	s, err := f.Load(func(nodes int) { told = append(told, nodes) })
	if err != nil || s.Nodes != 2*PageSize+1 || !slices.Equal(told, []int{PageSize, 2 * PageSize}) {
		t.Errorf("at the end: %d nodes, progress %v, %v", s.Nodes, told, err)
	}
	nowhere := &File{path: filepath.Join(t.TempDir(), "none", "me.jsonl")}
	if _, err := nowhere.Keep(own, nil); !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), "--state: ") {
		t.Errorf("in no folder: %v", err)
	}
}

func TestKeeperSavesNowAndThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var saved, warned atomic.Int32
		var failing atomic.Bool
		save := func() error {
			saved.Add(1)
			if failing.Load() {
				return fs.ErrPermission
			}
			return nil
		}
		warn := func(text string) {
			warned.Add(1)
			if text != "--state: permission denied; it is tried again" {
				t.Errorf("it said %q", text)
			}
		}
		k, err := keep(save, warn)
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
		if warned.Load() != 1 {
			t.Errorf("warned %d times", warned.Load())
		}
		if err := k.Close(); !errors.Is(err, fs.ErrPermission) || saved.Load() != 6 {
			t.Errorf("the last time, %d: %v", saved.Load(), err)
		}
		if _, err := keep(save, warn); !errors.Is(err, fs.ErrPermission) {
			t.Errorf("at the first: %v", err)
		}
	})
}

func FuzzReadState(f *testing.F) {
	f.Add([]byte(savedHeader + savedLine))
	f.Add([]byte(savedHeader[:40]))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := Read(bytes.NewReader(text), nil)
		if err != nil {
			return
		}
		if s.ID.IsZero() { // the node draws one then
			s.ID = krpc.ID{1}
		}
		var again bytes.Buffer
		w := &idWriter{w: &again, id: s.ID}
		if err := table.Encode(w, func(yield func(table.Entry) bool) {
			for _, e := range slices.Concat(s.Pages...) {
				if !yield(e) {
					return
				}
			}
		}); err != nil {
			t.Fatal(err)
		}
		second, err := Read(&again, nil)
		if err != nil || second.ID != s.ID || second.Nodes != s.Nodes {
			t.Fatalf("%v, and %d nodes of %d", err, second.Nodes, s.Nodes)
		}
	})
}
