package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/lightdht/lightdht/engine/stdio"
	"github.com/lightdht/lightdht/engine/visible"
	"github.com/lightdht/lightdht/luabind/experiment"
)

// errUnread is the cause of a context that ends because the reader of the output has
// gone, as after "| head".
var errUnread = experiment.ErrUnread

// streams are the standard streams of the process, and what is known of the terminals
// behind them.
type streams struct {
	in          io.Reader
	out         io.Writer
	errout      io.Writer
	inTerminal  bool       // in is a terminal: a person may answer questions
	outTerminal bool       // out is one
	terminal    bool       // errout is one: progress may be shown
	rows        func() int // of the terminal; nil: unknown
}

// say prints one line of progress or advice, for people only.
func (s *streams) say(quiet bool, format string, args ...any) {
	if !quiet {
		fmt.Fprintf(s.errout, "%s\n", visible.Text(fmt.Sprintf(format, args...)))
	}
}

// complain prints one error message. Parts of it that others wrote cannot command
// the terminal.
func (s *streams) complain(format string, args ...any) {
	io.WriteString(s.errout, complaint(format, args...))
}

// maxComplaint bounds a message, in bytes: a script may raise a string of megabytes.
const maxComplaint = 64 << 10

// brief is the beginning of a text that is too long for a message.
func brief(text string) string {
	if len(text) <= maxComplaint {
		return text
	}
	return fmt.Sprintf("%s... (%d bytes in all)", text[:maxComplaint], len(text))
}

// misused says what was wrong with the command line.
func (s *streams) misused(format string, args ...any) int {
	s.complain(format, args...)
	return exitMisused
}

// report prints err and picks the exit code for it.
func (s *streams) report(err error) int {
	s.complain("%v", err)
	return exitCode(err)
}

// setRaw has terminals get what is written as it is.
func (s *streams) setRaw(raw bool) {
	for _, w := range []io.Writer{s.out, s.errout} {
		if s, ok := w.(*stdio.Stream); ok {
			s.Raw = raw
		}
	}
}

// outcome is the exit code of a command that ended with code and wrote to out.
func (s *streams) outcome(ctx context.Context, code int, out *stdio.Stream) int {
	out.Flush()
	switch err := out.Err(); {
	case errors.Is(context.Cause(ctx), errUnread):
		return exitUnread
	case err != nil && code == exitDone:
		s.complain("cannot write the output: %v", err)
		return exitFailed
	}
	return code
}
