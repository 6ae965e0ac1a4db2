package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht/share"
	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/engine/files"
	"github.com/lightdht/lightdht/luabind/experiment"
)

// offering makes a host whose user types what is given, and a script to be agreed to.
func offering(t *testing.T, typed, source string) (*host, *runOptions, *offer, *strings.Builder) {
	t.Helper()
	errout := &strings.Builder{}
	h := &host{streams: streams{in: strings.NewReader(typed), errout: errout}, ran: files.Shelf{Dir: t.TempDir()}}
	s := experiment.New("walk.lua", source)
	s.Foreign = true
	if err := s.Arguments(nil); err != nil {
		t.Fatal(err)
	}
	o := &runOptions{flags: runFlags(t)}
	o.maxMemory, o.maxOutput = 1<<30, 3<<29
	o.boundTime()
	return h, o, &offer{script: s, name: "walk.lua", size: len(source), link: &share.Link{}}, errout
}

// The prompt names the network, the time, how much and which files, and asks until there is an
// answer.
func TestConsent(t *testing.T) {
	const source = "experiment{ title = 'A walk', network = { nodes = 50 } }\nprint('hello')\n"
	for typed, want := range map[string]bool{"y\n": true, "Yes\n": true, "n\n": false, "": false, "v\nd\ny\n": true, "v\n": false, "\n": false, "vv\n": false} {
		h, o, f, errout := offering(t, typed, source)
		yes, err := h.consent(t.Context(), o, f)
		if yes != want || err != nil {
			t.Errorf("%q: %v, %v", typed, yes, err)
		}
		for _, part := range []string{
			"walk.lua, 72 bytes, lightdht:", "nobody has signed it", "  | A walk\n", "It runs on a network that is simulated, seed = 1, nodes = 50,", "It gets 20000 nodes at most (--sim).",
			"It may run for 10m0s (--timeout), and take 1 GiB of memory (--max-memory).\n", "print and write 1.5 GiB (--max-output)", "It may write in walk.run, and touch nothing else",
		} {
			if !strings.Contains(errout.String(), part) {
				t.Errorf("%q: it does not say %q:\n%s", typed, part, errout)
			}
		}
		if strings.HasPrefix(typed, "v\n") != strings.Contains(errout.String(), "    2 | print('hello')\n") {
			t.Errorf("%q: the source is there, or not:\n%s", typed, errout)
		}
		if questions := strings.Count(errout.String(), "Run it?"); strings.HasPrefix(typed, "v\n") != (questions > 1) {
			t.Errorf("%q: asked %d times", typed, questions)
		}
	}
}

// Ctrl-C is an answer at every question.
func TestConsentInterrupted(t *testing.T) {
	h, o, f, _ := offering(t, "", strings.Repeat("-- x\n", 100))
	silent, end := io.Pipe()
	defer end.Close()
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	h.in = silent
	if yes, err := h.consent(ctx, o, f); yes || err == nil {
		t.Errorf("at the first: %v, %v", yes, err)
	}
	if err := h.page(ctx, numberedLines(listing(f.script))); err == nil {
		t.Error("between two pages it went on")
	}
}

// What differs from the version run last is told; versions under one key are the same script's.
func TestDifferences(t *testing.T) {
	h, o, f, _ := offering(t, "", "print('one')\nprint('same')\n")
	if got := fmt.Sprint(f.differences(h.ran)); !strings.Contains(got, "none was run before") {
		t.Error(got)
	}
	h.remember(o, f)
	if got := fmt.Sprint(f.differences(h.ran)); got != "[it is the version run last]" {
		t.Error(got)
	}
	f.script.Source = "print('\x1b[2J')\nprint('same')"
	got := strings.Join(f.differences(h.ran), "\n")
	for _, part := range []string{"  | -print('one')", `  | +print('\x1b[2J')`, "  |  print('same')"} {
		if !strings.Contains(got, part) {
			t.Errorf("%q is not in\n%s", part, got)
		}
	}
	f.link = &share.Link{Name: "walks"}
	if got := fmt.Sprint(f.differences(h.ran)); !strings.Contains(got, "none was run before") {
		t.Errorf("under another key: %s", got)
	}
}

// A screen is filled, and no more, until the user goes on.
func TestPage(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(strings.Repeat("x\n", 25)), "\n")
	for typed, want := range map[string]int{"": 25, "\n\n": 25, "q\n": 9, "\nq\n": 18} {
		var errout strings.Builder
		h := &host{streams: streams{in: strings.NewReader(typed), errout: &errout, rows: func() int { return 10 }}}
		if err := h.page(t.Context(), slices.Values(lines)); err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(errout.String(), "x\n"); got != want {
			t.Errorf("%q: %d lines, want %d", typed, got, want)
		}
	}
}

// What others have made is bounded where flags do not say otherwise.
func TestGivenBounds(t *testing.T) {
	for header, c := range map[string]struct {
		flags string
		want  string // of the error; "": it may run
	}{
		"":                          {"", ""},
		"nodes = 20000":             {"", ""},
		"nodes = 20001":             {"", "what others have made gets 20000 at most; --sim 20001 lets it have them"},
		"nodes = 400000":            {"--sim=400000", ""},
		"nodes = 300000":            {"--sim=20", ""},
		"nodes = 15000, v6 = 1":     {"", "asks for a network of 30000 nodes"},
		"nodes = 1e6, seed = 3":     {"--set=nodes=1000000", ""},
		"nodes = 1000000, seed = 4": {"--join=127.0.0.1:1", ""},
	} {
		_, _, f, _ := offering(t, "", "experiment{ title = 'x', network = {"+header+"} }")
		flags, options := runCommand().flagSet()
		if c.flags != "" {
			if err := flags.Parse([]string{c.flags}); err != nil {
				t.Fatal(err)
			}
		}
		o := options.(*runOptions)
		if err := o.boundNodes(f.script); c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s with %s: %v", header, c.flags, err)
		}
	}
	for flag, want := range map[string]time.Duration{"": givenTimeout, "--timeout=0": 0, "--timeout=1h": time.Hour} {
		flags, options := runCommand().flagSet()
		if flag != "" {
			if err := flags.Parse([]string{flag}); err != nil {
				t.Fatal(err)
			}
		}
		o := options.(*runOptions)
		if o.boundTime(); o.timeout != want {
			t.Errorf("%s: %v, want %v", flag, o.timeout, want)
		}
	}
}

// The end of the time that nobody asked for names the flag.
func TestUsualTimeIsOver(t *testing.T) {
	var errout strings.Builder
	h := &host{streams: streams{errout: &errout}}
	over := &experiment.TimeoutError{After: time.Minute, At: &engine.Interrupted{Cause: errors.New("x")}}
	out := experiment.Outcome{Status: experiment.TimedOut, Faults: []error{over}}
	code := h.tellOutcome(&runOptions{timeout: givenTimeout, usual: true}, &out)
	if want := "lightdht: out of time after 10m0s: interrupted; what others have made gets that long, unless --timeout says otherwise\n"; code != exitTimeout || errout.String() != want {
		t.Errorf("%d, %q", code, errout.String())
	}
}
