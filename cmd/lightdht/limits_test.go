package main

import (
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/lightdht/lightdht/engine"
)

func TestSize(t *testing.T) {
	for text, want := range map[string]size{
		"0": 0, "1000": 1000, "1k": 1 << 10, "1.5 KiB": 1536, "500MB": 500 << 20, "4GiB": 4 << 30, "1T": 1 << 40, "7b": 7, "1e3": 1000,
	} {
		var s size
		if err := s.Set(text); err != nil || s != want {
			t.Errorf("%q: got %d, %v, want %d", text, s, err, want)
		}
	}
	for _, text := range []string{"", "x", "-1", "1x", "GiB", "1 2", "nan", "inf", "1e300", "9e9T", "1GiBs"} {
		var s size
		if err := s.Set(text); err == nil {
			t.Errorf("%q is taken for %d", text, s)
		}
	}
}

// Each limit that a flag sets is named with that flag, and there is no other.
func TestLimitNames(t *testing.T) {
	flags := pflag.NewFlagSet("run", pflag.ContinueOnError)
	new(limitFlags).register(flags)
	named := map[string]bool{}
	for limit, flag := range limitNames {
		named[flag] = true
		text, ok := overLimit(&engine.LimitError{Limit: limit, Text: "5 things", Position: "s.lua:1"})
		if want := "s.lua:1: over the limit of 5 things (--" + flag + ")"; !ok || text != want {
			t.Errorf("got %q, want %q", text, want)
		}
		if flags.Lookup(flag) == nil {
			t.Errorf("there is no flag --%s", flag)
		}
	}
	flags.VisitAll(func(f *pflag.Flag) {
		if !named[f.Name] {
			t.Errorf("no limit names --%s", f.Name)
		}
	})
	if _, ok := overLimit(engine.ErrClosed); ok {
		t.Error("closed is no limit")
	}
}

// A function that does not come to an end takes the process with it, even if the manifest cannot be
// written.
func TestStuck(t *testing.T) {
	for _, finishes := range []bool{true, false} {
		var errout strings.Builder
		codes, never := make(chan int, 1), make(chan struct{})
		h := &host{streams: streams{errout: &errout}, exit: func(code int) { codes <- code }}
		finished := false
		h.stuck(&engine.LimitError{Limit: "busy", Text: "10s without a blocking call", Position: "s.lua:7"}, func() {
			if !finishes {
				<-never
			}
			finished = true
		})
		close(never)
		if code := <-codes; code != exitLimit || finishes && !finished {
			t.Errorf("exit code %d, finished: %v", code, finished)
		}
		want := "lightdht: s.lua:7: over the limit of 10s without a blocking call (--max-busy); the function called there did not stop by itself\n"
		if errout.String() != want {
			t.Errorf("got %q, want %q", errout.String(), want)
		}
	}
}
