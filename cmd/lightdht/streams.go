package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

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

// asks reports whether a person can be asked.
func (s *streams) asks() bool { return s.terminal && s.inTerminal }

// nobodyToAsk refuses to run what a person would have to agree to.
func (s *streams) nobodyToAsk(besides string) int {
	return s.misused("a script that others shared is run after you have seen what it is; here there is nobody to ask: say --yes, %s", besides)
}

// maxAnswer is how long an answer may be, in bytes; chosen by us.
const maxAnswer = 100

// ask asks a person, and returns the answer in small letters; "" at the end of the input. What
// follows the answer is left for the script to read. The error is that of ctx.
func (s *streams) ask(ctx context.Context, question string) (string, error) {
	fmt.Fprint(s.errout, question)
	answer := make(chan string, 1)
	go func() { // ends with the line, or with the process
		var line []byte
		for c := make([]byte, 1); len(line) < maxAnswer; line = append(line, c[0]) { // and no byte further
			if n, err := s.in.Read(c); n == 0 || err != nil || c[0] == '\n' {
				break
			}
		}
		answer <- strings.ToLower(strings.TrimSpace(string(line)))
	}()
	select {
	case text := <-answer:
		return text, nil
	case <-ctx.Done():
		fmt.Fprintln(s.errout) // what follows is not part of the question
		return "", ctx.Err()
	}
}

// page shows lines, one screen after the other. The error is that of ctx.
func (s *streams) page(ctx context.Context, lines iter.Seq[string]) error {
	rows, all, shown := 24, 0, 0
	if s.rows != nil {
		rows = max(s.rows(), 3)
	}
	for range lines {
		all++
	}
	for line := range lines {
		if shown > 0 && shown%(rows-1) == 0 {
			answer, err := s.ask(ctx, fmt.Sprintf("-- %d of %d lines; Enter goes on, q ends: ", shown, all))
			if err != nil || strings.HasPrefix(answer, "q") {
				return err
			}
		}
		fmt.Fprintln(s.errout, line)
		shown++
	}
	return nil
}

// typed reads a script from the standard input. The error is errInterrupted if ctx
// ends before.
func (s *streams) typed(ctx context.Context) ([]byte, error) {
	type input struct {
		text []byte
		err  error
	}
	all, read := io.LimitReader(s.in, experiment.MaxScript+1), make(chan input, 1)
	go func() { // ends with the input, or with the process
		text, err := io.ReadAll(all)
		read <- input{text, err}
	}()
	select {
	case in := <-read:
		return in.text, in.err
	case <-ctx.Done():
		return nil, errInterrupted
	}
}
