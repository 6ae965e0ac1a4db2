package stdio

import (
	"bytes"
	"errors"
	"io"
	"syscall"
	"testing"
)

// failing is a writer that fails with an error, and counts.
type failing struct {
	err    error
	writes int
}

func (f *failing) Write([]byte) (int, error) {
	f.writes++
	return 0, f.err
}

// What cannot be written is remembered; a reader that has gone is told of once, and is no error.
func TestErrors(t *testing.T) {
	first, second := errors.New("first"), errors.New("second")
	to, gone := &failing{err: first}, 0
	s := &Stream{To: to, Unread: func() { gone++ }}
	for _, err := range []error{first, second} {
		to.err = err
		if _, got := s.Write([]byte("x")); got != err {
			t.Errorf("the writer is told %v, not %v", got, err)
		}
	}
	to.err = syscall.EPIPE
	for range 3 {
		if n, err := s.Write([]byte("xy")); n != 2 || err != nil {
			t.Errorf("without a reader: %d, %v", n, err)
		}
	}
	if s.Err() != first || gone != 1 || to.writes != 3 {
		t.Errorf("the error is %v, the reader went %d times, and there were %d writes", s.Err(), gone, to.writes)
	}
	closed := &Stream{To: &bytes.Buffer{}, Closed: true}
	if _, err := closed.Write([]byte("x")); err != ErrClosed || closed.Err() != ErrClosed {
		t.Errorf("closed: %v, %v", err, closed.Err())
	}
}

// A line editor gets the terminal itself; other writers stay what they are.
func TestWriters(t *testing.T) {
	var file bytes.Buffer
	terminal, pipe := &Stream{To: &file, Terminal: true}, &Stream{To: &file}
	if Direct(terminal) != io.Writer(&file) || Direct(pipe) != io.Writer(pipe) || Direct(&file) != io.Writer(&file) {
		t.Error("Direct gives another writer")
	}
	if Drawn(&file) != io.Writer(&file) {
		t.Error("Drawn gives another writer")
	}
	for text, through := range map[string]*Stream{"\\x1b": terminal, "\x1b": pipe} {
		file.Reset()
		io.WriteString(Shown(&file, through), "\x1b")
		if file.String() != text {
			t.Errorf("shown is %q, want %q", file.String(), text)
		}
	}
}
