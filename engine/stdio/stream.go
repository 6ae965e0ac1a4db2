package stdio

import (
	"errors"
	"io"
	"sync"
	"syscall"

	"github.com/lightdht/lightdht/engine/visible"
)

// ErrClosed is the error of a write if the standard output was closed when the program began.
var ErrClosed = errors.New("the standard output is closed; what is to be thrown away goes to /dev/null")

// Stream is the standard output or error output. Its exported fields are set before anything is
// written.
type Stream struct {
	To       io.Writer
	Terminal bool   // To is one: control characters are made visible
	Raw      bool   // the terminal gets them as they are
	Closed   bool   // To was closed when the program began
	Unread   func() // is called once, when the reader of To has gone; what is written from then on is dropped

	screen  sync.Mutex      // over visible, while it is written to a terminal
	visible *visible.Writer // to the terminal; nil: nothing has been written yet

	mu   sync.Mutex
	err  error
	gone bool // its reader
}

// Write writes to the file or terminal.
func (s *Stream) Write(p []byte) (int, error) {
	if !s.Terminal || s.Raw {
		return s.pass(p)
	}
	s.screen.Lock()
	defer s.screen.Unlock()
	if s.visible == nil {
		s.visible = visible.NewWriter(drawing{s})
	}
	return s.visible.Write(p)
}

// drawing is a stream for what the program draws itself, such as a bar, with control characters.
type drawing struct{ *Stream }

func (d drawing) Write(p []byte) (int, error) { return d.pass(p) }

// Drawn is the stream behind w, for drawing; another writer stays as it is.
func Drawn(w io.Writer) io.Writer {
	if s, ok := w.(*Stream); ok {
		return drawing{s}
	}
	return w
}

// pass writes to the file or terminal as it is.
func (s *Stream) pass(p []byte) (int, error) {
	s.mu.Lock()
	gone := s.gone
	s.mu.Unlock()
	if gone {
		return len(p), nil
	}
	n, err := 0, ErrClosed
	if !s.Closed {
		n, err = s.To.Write(p) // which may wait for the reader
	}
	if err == nil {
		return n, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if errors.Is(err, syscall.EPIPE) {
		s.gone = true
		s.Unread()
		return len(p), nil
	}
	if s.err == nil {
		s.err = err
	}
	return n, err
}

// Flush writes the bytes of an incomplete character.
func (s *Stream) Flush() {
	s.screen.Lock()
	defer s.screen.Unlock()
	if s.visible != nil {
		s.visible.Flush() // an error is remembered
	}
}

// Err is the first error of a write, or nil.
func (s *Stream) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// Direct is the terminal behind a stream, for a line editor; another writer is returned
// as it is.
func Direct(w io.Writer) io.Writer {
	if s, ok := w.(*Stream); ok && s.Terminal {
		return s.To
	}
	return w
}

// Shown is w for the output of strangers that comes to through in the end: if that is a stream on a
// terminal, it makes control characters visible.
func Shown(w io.Writer, through io.Writer) io.Writer {
	if s, ok := through.(*Stream); ok && s.Terminal && !s.Raw {
		return visible.NewWriter(w)
	}
	return w
}
