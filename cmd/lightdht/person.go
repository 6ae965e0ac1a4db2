package main

import (
	"context"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/lightdht/lightdht/luabind/experiment"
)

// asks reports whether a person can be asked.
func (s *streams) asks() bool { return s.terminal && s.inTerminal }

// nobodyToAsk refuses to run what a person would have to agree to.
func (s *streams) nobodyToAsk(besides string) int {
	return s.misused("a script that others shared is run after you have seen what it is; here there is nobody to ask: say --yes, %s", besides)
}

// maxAnswer is how long an answer may be, in bytes; chosen by us.
const maxAnswer = 100

// ask asks a person, and returns the answer in small letters; "" at the end of the input. What follows the answer is left
// for the script to read. The error is that of ctx.
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
