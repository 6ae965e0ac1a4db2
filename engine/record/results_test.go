package record

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// TestDigest: the same whatever the output, and that of the .jsonl file.
func TestDigest(t *testing.T) {
	dir := t.TempDir()
	var digests []Digest
	for _, name := range []string{"", "x.csv", "x.jsonl", "X.JSONL"} {
		var sinks []Sink
		if name != "" {
			sink, err := Open(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			sinks = append(sinks, sink, NewText(new(strings.Builder)))
		}
		r := New(Limits{}, sinks...)
		for i := range 10 {
			if err := r.Add([]string{"", "even"}[i%2], Row{{"i", i}, {"x", float64(i) / 3}}); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		digests = append(digests, r.Digest())
	}
	for _, d := range digests {
		if d != digests[0] {
			t.Fatalf("digests differ: %v", digests)
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, "x.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	if digests[0] != sha256.Sum256(data) {
		t.Error("the digest is not that of the file")
	}
}

func TestTooMany(t *testing.T) {
	r := New(Limits{})
	var wide Row
	for i := range MaxColumns {
		wide = append(wide, Field{fmt.Sprint("c", i), i})
	}
	if err := r.Add("", wide); err != nil {
		t.Fatal(err)
	}
	if err := r.Add("", Row{{"c0", 1}, {"one more", 1}}); errorText(err) != `record: the column "one more" is one too many; at most 1000` {
		t.Error(err)
	}
	for i := 1; i < MaxTables; i++ {
		if err := r.Add(fmt.Sprint("t", i), Row{{"a", 1}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Add("t64", Row{{"a", 1}}); errorText(err) != `record: the table "t64" is one too many; at most 64` {
		t.Error(err)
	}
	if err := r.Add(strings.Repeat("t", 65), nil); errorText(err) != `record: the table name "tttttttttttttttttttttttttttttttt"... has 65 bytes, at most 64` {
		t.Error(err)
	}
	if err := r.Add("", Row{{"c7", 1}}); err != nil {
		t.Error("a refused row ended it all:", err)
	}
}

func TestLimitErrors(t *testing.T) {
	r := New(Limits{Rows: 1})
	r.Add("", nil)
	limit, ok := errors.AsType[*LimitError](r.Add("", nil))
	if !ok || *limit != (LimitError{"rows", 1}) {
		t.Errorf("%v, %v", limit, ok)
	}
	if r.Rows() != 1 {
		t.Errorf("%d rows", r.Rows())
	}
}

// TestLimitBoundsForms: no form takes more than the limit says, however the rows are made.
func TestLimitBoundsForms(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"x.csv", "x.jsonl"} {
		sink, err := Open(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		r := New(Limits{Bytes: 20000}, sink)
		for i := 0; err == nil; i++ {
			err = r.Add("", Row{{fmt.Sprint("c", i%300), strings.Repeat(`"`, i%5)}, {"a", nil}})
		}
		if _, ok := errors.AsType[*LimitError](err); !ok {
			t.Fatal(err)
		}
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() > 20000 || info.Size() < 2000 {
			t.Errorf("%s: %v, %v", name, info.Size(), err)
		}
		r.Close()
	}
}

// TestFailingSink: the others get no further row either, and all are closed.
func TestFailingSink(t *testing.T) {
	full := errors.New("full")
	var seen int
	bad := &badSink{err: full}
	r := New(Limits{}, sinkFunc(func(Entry) error { seen++; return nil }), bad)
	for range 2 {
		if err := r.Add("", Row{{"a", 1}}); err != full {
			t.Error(err)
		}
	}
	if seen != 1 {
		t.Errorf("the other sink saw %d rows", seen)
	}
	bad.err = nil // to close is no problem
	if err := r.Close(); !errors.Is(err, full) || bad.closed != 1 {
		t.Errorf("%v, closed %d times", err, bad.closed)
	}
	if err := r.Close(); err != nil || bad.closed != 1 {
		t.Errorf("again: %v, closed %d times", err, bad.closed)
	}
}

type badSink struct {
	err    error
	closed int
}

func (b *badSink) Put(Entry) error { return b.err }

func (b *badSink) Close() error {
	b.closed++
	return b.err
}

func TestManyGoroutines(t *testing.T) {
	var lines strings.Builder
	r := New(Limits{}, NewLines(&lines))
	var all sync.WaitGroup
	for g := range 4 {
		all.Go(func() {
			for i := range 100 {
				if err := r.Add("", Row{{"g", g}, {"i", i}}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if n := strings.Count(lines.String(), "\n"); n != 400 || r.Rows() != 400 {
		t.Errorf("%d lines, %d rows", n, r.Rows())
	}
	if r.Digest() != sha256.Sum256([]byte(lines.String())) {
		t.Error("the digest has another order")
	}
}
