package engine

import (
	"strings"
	"testing"
)

// A variable of a console knows in later chunks why it is nil, until something sets it.
func TestLaterChunksKnowWhy(t *testing.T) {
	const open = `local f = io.open("nowhere/x")`
	for _, c := range []struct {
		chunks []string
		known  bool
	}{
		{[]string{open, "f:read()"}, true},
		{[]string{open, "1 + 1", "local function show() return f.x end", "show()"}, true},
		{[]string{"local f, err = io.open('nowhere/x')", "f:read()"}, true},
		{[]string{open, "print(f)", "#f"}, true},
		{[]string{open, "f = nil", "f:read()"}, false},
		{[]string{open + " f = nil", "f:read()"}, false},
		{[]string{open, "local function set() f = nil end", "set()", "f:read()"}, false},
		{[]string{open + " local function set() f = nil end", "f:read()"}, false},
		{[]string{open, "local f", "f:read()"}, false},
		{[]string{"local f if not f then f = io.open('nowhere/x') end", "f:read()"}, false},
	} {
		s := newSession(t, NewVirtual())
		for i, chunk := range c.chunks {
			_, err := s.eval(chunk)
			if i < len(c.chunks)-1 {
				if err != nil {
					t.Fatal(err)
				}
				continue
			}
			if err == nil || strings.Contains(err.Error(), "upvalue 'f' (nil: ") != c.known {
				t.Errorf("%q end with %v", c.chunks, err)
			}
		}
	}
}

// TestFailedCallsAreBounded: old ones are forgotten.
func TestFailedCallsAreBounded(t *testing.T) {
	e, _ := newEngine(t, Options{Clock: NewVirtual()})
	source := ""
	for range 3 * maxFailedCalls {
		source += "io.open('nowhere')\n"
	}
	if _, err := e.Run(t.Context(), "x", source); err != nil {
		t.Fatal(err)
	}
	if n, m := len(e.reasons.at), len(e.reasons.order); n != maxFailedCalls || m != maxFailedCalls {
		t.Errorf("%d failed calls are remembered, in an order of %d", n, m)
	}
}
