package record

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// TestBlocks: what is held back is bounded, and nothing is lost at the seams.
func TestBlocks(t *testing.T) {
	var out strings.Builder
	text := NewText(&out)
	r := New(Limits{}, text)
	for i := range 2*blockRows + 1 {
		if i == blockRows-1 && out.Len() > 0 {
			t.Error("printed before a block was full")
		}
		if err := r.Add("", Row{{"i", i}}); err != nil {
			t.Fatal(err)
		}
		if i == blockRows-1 && out.Len() == 0 {
			t.Error("a full block was not printed")
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if headers := strings.Count(out.String(), "i\n"); headers != 3 || len(lines) != 2*blockRows+1+3+2 {
		t.Errorf("%d headers, %d lines", headers, len(lines))
	}
	if last := lines[len(lines)-1]; last != "2000" {
		t.Errorf("the last line is %q", last)
	}
}

func TestBlocksByBytes(t *testing.T) {
	var row Row
	for i := range 200 {
		row = append(row, Field{fmt.Sprint("c", i), i})
	}
	var out strings.Builder
	text := NewText(&out)
	r := New(Limits{}, text)
	for range blockRows / 2 {
		if err := r.Add("", row); err != nil {
			t.Fatal(err)
		}
		if text.bytes >= blockBytes {
			t.Fatalf("%d bytes are held", text.bytes)
		}
	}
	if out.Len() == 0 {
		t.Error("nothing was printed")
	}
}

func TestTextFails(t *testing.T) {
	closed := errors.New("closed")
	r := New(Limits{}, NewText(failingWriter{closed}))
	if err := r.Add("", Row{{"a", 1}}); err != nil {
		t.Error(err)
	}
	if err := r.Close(); !errors.Is(err, closed) {
		t.Error(err)
	}
}

func TestLinesFail(t *testing.T) {
	closed := errors.New("closed")
	if err := New(Limits{}, NewLines(failingWriter{closed})).Add("", nil); !errors.Is(err, closed) {
		t.Error(err)
	}
}

type failingWriter struct{ err error }

func (f failingWriter) Write([]byte) (int, error) { return 0, f.err }
