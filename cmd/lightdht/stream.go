package main

import (
	"errors"
	"io"
	"sync"
	"syscall"

	"github.com/lightdht/lightdht/engine/visible"
	"github.com/lightdht/lightdht/luabind/experiment"
)

// errUnread is the cause of a context that ends because the reader of the output has
// gone, as after "| head".
var errUnread = experiment.ErrUnread

// errClosed is the error of a write if the standard output was closed when the program began.
var errClosed = errors.New("the standard output is closed; what is to be thrown away goes to /dev/null")

// stream is the standard output or error output. It remembers why it could not be
// written; once its reader has gone, what is written is dropped. Control characters are
// made visible on a terminal.
type stream struct {
	to       io.Writer
	terminal bool
	closed   bool   // since before the program began
	unread   func() // is called when its reader has gone

	screen  sync.Mutex      // over what follows, while it is written to a terminal
	visible *visible.Writer // to the terminal; nil: nothing has been written yet
	raw     bool            // the terminal gets what is written as it is; set before anything is

	mu   sync.Mutex
	err  error
	gone bool // its reader
}

// Write writes to the file or terminal.
func (s *stream) Write(p []byte) (int, error) {
	if !s.terminal || s.raw {
		return s.pass(p)
	}
	s.screen.Lock()
	defer s.screen.Unlock()
	if s.visible == nil {
		s.visible = visible.NewWriter(drawing{s})
	}
	return s.visible.Write(p)
}

// drawing is a stream for what this program draws itself, such as a bar, with control characters.
type drawing struct{ *stream }

func (d drawing) Write(p []byte) (int, error) { return d.pass(p) }

// drawn is the stream behind w, for drawing; another writer stays as it is.
func drawn(w io.Writer) io.Writer {
	if s, ok := w.(*stream); ok {
		return drawing{s}
	}
	return w
}

// pass writes to the file or terminal as it is.
func (s *stream) pass(p []byte) (int, error) {
	s.mu.Lock()
	gone := s.gone
	s.mu.Unlock()
	if gone {
		return len(p), nil
	}
	n, err := 0, errClosed
	if !s.closed {
		n, err = s.to.Write(p) // which may wait for the reader
	}
	if err == nil {
		return n, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if errors.Is(err, syscall.EPIPE) {
		s.gone = true
		s.unread()
		return len(p), nil
	}
	if s.err == nil {
		s.err = err
	}
	return n, err
}

// flush writes the bytes of an incomplete character.
func (s *stream) flush() {
	s.screen.Lock()
	defer s.screen.Unlock()
	if s.visible != nil {
		s.visible.Flush() // an error is remembered
	}
}

// failed is the first error of a write, or nil.
func (s *stream) failed() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// direct is the terminal behind a stream, for a line editor; another writer is returned
// as it is.
func direct(w io.Writer) io.Writer {
	if s, ok := w.(*stream); ok && s.terminal {
		return s.to
	}
	return w
}

// shown is w for what a script writes there, if that comes to a stream that is a terminal.
func shown(w io.Writer, through io.Writer) io.Writer {
	if s, ok := through.(*stream); ok && s.terminal && !s.raw {
		return visible.NewWriter(w)
	}
	return w
}
