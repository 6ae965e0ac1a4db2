package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"syscall"
	"testing"

	"github.com/lightdht/lightdht/engine/stdio"
)

// A terminal shows what is written, and obeys what this program draws; a pipe gets the bytes.
func TestStreams(t *testing.T) {
	for name, c := range map[string]struct {
		terminal, raw bool
		want          string
	}{
		"terminal":     {true, false, "a\\x1b[2J€\\u009b\n\rdrawn\\xe2"},
		"raw terminal": {true, true, "a\x1b[2J€\u009b\n\rdrawn\xe2"},
		"pipe":         {false, false, "a\x1b[2J€\u009b\n\rdrawn\xe2"},
	} {
		var out bytes.Buffer
		s := &stdio.Stream{To: &out, Terminal: c.terminal}
		h := &host{streams: streams{out: s, errout: io.Discard}}
		h.setRaw(c.raw)
		for _, text := range []string{"a\x1b", "[2J\xe2", "\x82\xac\u009b\n"} {
			if n, err := io.WriteString(h.out, text); n != len(text) || err != nil {
				t.Errorf("%s: %d bytes written, %v", name, n, err)
			}
		}
		io.WriteString(stdio.Drawn(h.out), "\rdrawn")
		io.WriteString(h.out, "\xe2")
		if code := h.outcome(t.Context(), exitDone, s); code != exitDone || out.String() != c.want {
			t.Errorf("%s: exit code %d, %q, want %q", name, code, out.String(), c.want)
		}
	}
}

// Output that could not be written is no success; that nobody reads it is no failure of the script.
func TestStreamsThatFail(t *testing.T) {
	gone := func(s *stdio.Stream, err error) *stdio.Stream {
		s.To = writerFunc(func([]byte) (int, error) { return 0, err })
		s.Unread = func() {}
		return s
	}
	for name, c := range map[string]struct {
		s     *stdio.Stream
		write bool
		code  int
		want  string
	}{
		"closed":                   {&stdio.Stream{To: io.Discard, Closed: true}, true, exitFailed, "lightdht: cannot write the output: the standard output is closed; what is to be thrown away goes to /dev/null\n"},
		"closed, nothing to say":   {&stdio.Stream{To: io.Discard, Closed: true}, false, exitDone, ""},
		"full":                     {gone(&stdio.Stream{}, syscall.ENOSPC), true, exitFailed, "lightdht: cannot write the output: no space left on device\n"},
		"a full terminal":          {gone(&stdio.Stream{Terminal: true}, syscall.EIO), true, exitFailed, "lightdht: cannot write the output: input/output error\n"},
		"nobody reads it":          {gone(&stdio.Stream{}, syscall.EPIPE), true, exitDone, ""},
		"half a character, closed": {&stdio.Stream{To: io.Discard, Closed: true, Terminal: true}, true, exitFailed, "lightdht: cannot write the output: the standard output is closed; what is to be thrown away goes to /dev/null\n"},
	} {
		var errout strings.Builder
		h := &host{streams: streams{out: c.s, errout: &errout}}
		if c.write {
			io.WriteString(h.out, "text\xe2")
		}
		if code := h.outcome(t.Context(), exitDone, c.s); code != c.code || errout.String() != c.want {
			t.Errorf("%s: exit code %d, %q, want %d, %q", name, code, errout.String(), c.code, c.want)
		}
	}
	ctx, end := context.WithCancelCause(t.Context())
	end(errUnread)
	if code := (&host{}).outcome(ctx, exitDone, &stdio.Stream{}); code != exitUnread {
		t.Errorf("nobody read it: %d", code)
	}
	if _, err := (&stdio.Stream{Closed: true}).Write([]byte("x")); !errors.Is(err, stdio.ErrClosed) {
		t.Errorf("the writer is not told: %v", err)
	}
}
