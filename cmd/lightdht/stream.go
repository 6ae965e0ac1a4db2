package main

import (
	"context"
	"errors"
	"io"
	"sync"
	"syscall"
)

// errUnread is why a command ends early whose output nobody reads any more, as after
// "| head".
var errUnread = errors.New("nobody reads the output")

// stream is the standard output or error output. It remembers why it could not be
// written; once nobody reads it, what is written is thrown away.
type stream struct {
	to       io.Writer
	terminal bool
	unread   func() // is told when nobody reads it

	mu   sync.Mutex
	err  error
	gone bool // whoever read it
}

// Write writes to the file or terminal.
func (s *stream) Write(p []byte) (int, error) {
	s.mu.Lock()
	gone := s.gone
	s.mu.Unlock()
	if gone {
		return len(p), nil
	}
	n, err := s.to.Write(p) // which may wait for the reader
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

// failed is why not all that was written could be.
func (s *stream) failed() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// direct is the terminal behind a stream, for a line editor; what is none stays as it
// is.
func direct(w io.Writer) io.Writer {
	if s, ok := w.(*stream); ok && s.terminal {
		return s.to
	}
	return w
}

// outcome is the exit code of a command that ended with code and wrote to out.
func (h *host) outcome(ctx context.Context, code int, out *stream) int {
	switch err := out.failed(); {
	case errors.Is(context.Cause(ctx), errUnread):
		return exitUnread
	case err != nil && code == exitDone:
		h.complain("cannot write the output: %v", err)
		return exitFailed
	}
	return code
}
