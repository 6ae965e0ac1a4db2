package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"syscall"
	"testing"
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
		s := &stream{to: &out, terminal: c.terminal}
		h := &host{streams: streams{out: s, errout: io.Discard}}
		h.setRaw(c.raw)
		for _, text := range []string{"a\x1b", "[2J\xe2", "\x82\xac\u009b\n"} {
			if n, err := io.WriteString(h.out, text); n != len(text) || err != nil {
				t.Errorf("%s: %d bytes written, %v", name, n, err)
			}
		}
		io.WriteString(drawn(h.out), "\rdrawn")
		io.WriteString(h.out, "\xe2")
		if code := h.outcome(t.Context(), exitDone, s); code != exitDone || out.String() != c.want {
			t.Errorf("%s: exit code %d, %q, want %q", name, code, out.String(), c.want)
		}
	}
}

// Output that could not be written is no success; that nobody reads it is no failure of the script.
func TestStreamsThatFail(t *testing.T) {
	gone := func(s *stream, err error) *stream {
		s.to = writerFunc(func([]byte) (int, error) { return 0, err })
		s.unread = func() {}
		return s
	}
	for name, c := range map[string]struct {
		s     *stream
		write bool
		code  int
		want  string
	}{
		"closed":                   {&stream{to: io.Discard, closed: true}, true, exitFailed, "lightdht: cannot write the output: the standard output is closed; what is to be thrown away goes to /dev/null\n"},
		"closed, nothing to say":   {&stream{to: io.Discard, closed: true}, false, exitDone, ""},
		"full":                     {gone(&stream{}, syscall.ENOSPC), true, exitFailed, "lightdht: cannot write the output: no space left on device\n"},
		"a full terminal":          {gone(&stream{terminal: true}, syscall.EIO), true, exitFailed, "lightdht: cannot write the output: input/output error\n"},
		"nobody reads it":          {gone(&stream{}, syscall.EPIPE), true, exitDone, ""},
		"half a character, closed": {&stream{to: io.Discard, closed: true, terminal: true}, true, exitFailed, "lightdht: cannot write the output: the standard output is closed; what is to be thrown away goes to /dev/null\n"},
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
	if code := (&host{}).outcome(ctx, exitDone, &stream{}); code != exitUnread {
		t.Errorf("nobody read it: %d", code)
	}
	if _, err := (&stream{closed: true}).Write([]byte("x")); !errors.Is(err, errClosed) {
		t.Errorf("the writer is not told: %v", err)
	}
}
