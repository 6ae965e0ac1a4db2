package engine

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/cockroachdb/datadriven"
)

// TestScripts plays testdata/scripts: each file is a list of scripts with what they print and how
// they end. Every script runs in an engine of its own, under virtual time, with a fixed random
// source and date.
func TestScripts(t *testing.T) {
	datadriven.Walk(t, "testdata/scripts", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			if d.Cmd != "run" {
				d.Fatalf(t, "unknown command %q", d.Cmd)
			}
			return play(t, d.Input)
		})
	})
}

func play(t *testing.T, source string) string {
	var out strings.Builder
	e := newTestEngine(t, &out, NewVirtual())
	values, err := e.Run(context.Background(), "script.lua", source)
	for _, v := range values {
		fmt.Fprintf(&out, "=> %v\n", v)
	}
	if err != nil {
		fmt.Fprintf(&out, "error: %v\n", err)
	}
	if se, ok := errors.AsType[*ScriptError](err); ok && se.Traceback != "" {
		fmt.Fprintf(&out, "  %s\n", strings.ReplaceAll(se.Traceback, "\n", "\n  "))
	}
	return out.String()
}

func newTestEngine(t testing.TB, out *strings.Builder, clock Clock) *Engine {
	t.Helper()
	e, err := New(Options{
		Clock:     clock,
		Stdin:     strings.NewReader("first\n42 0x10\n\nlast"),
		Stdout:    out,
		Stderr:    out,
		Args:      []string{"script.lua", "one", "two"},
		Random:    rand.NewPCG(1, 2),
		StartTime: time.Date(2024, 2, 29, 23, 59, 50, 0, time.UTC),
		ScriptDir: "testdata/modules",
		Library:   fstest.MapFS{"lib/list.lua": {Data: []byte("return {name = ...}")}},
		Grants:    Grants{RunDir: t.TempDir()},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}
