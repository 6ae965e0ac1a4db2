package experiment

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/engine/record"
	"github.com/lightdht/lightdht/luabind/network"
)

// small are options for a small network, whose output goes to out.
func small(t *testing.T, out io.Writer) Options {
	t.Helper()
	network, err := network.ParseSettings([]string{"nodes=20"})
	if err != nil {
		t.Fatal(err)
	}
	return Options{Network: network, Stdin: strings.NewReader(""), Stdout: out, Stderr: io.Discard, Files: filepath.Join(t.TempDir(), "files")}
}

// The status and the error of a run say how it ended.
func TestStatus(t *testing.T) {
	is := func(want error) func(error) bool { return func(err error) bool { return errors.Is(err, want) } }
	for source, want := range map[string]struct {
		status Status
		is     func(error) bool
	}{
		`print("done")`:          {Done, is(nil)},
		`error("no")`:            {Failed, func(err error) bool { return errors.As(err, new(*engine.ScriptError)) }},
		`x =`:                    {Failed, func(err error) bool { return errors.As(err, new(*engine.ScriptError)) }},
		`check("that", false)`:   {CheckFailed, func(err error) bool { return errors.As(err, new(*ChecksError)) }},
		`while true do end`:      {OverLimit, func(err error) bool { return errors.As(err, new(*engine.LimitError)) }},
		`return dht.open{} , 17`: {Done, is(nil)},
	} {
		o := small(t, io.Discard)
		o.Limits.Instructions = 1000
		out, err := New("s.lua", source).Run(t.Context(), o)
		if out.Status != want.status || !want.is(err) || (err == nil) != (len(out.Faults) == 0) {
			t.Errorf("%s: status %d, %v", source, out.Status, err)
		}
		if out.Manifest.Exit == nil || *out.Manifest.Exit != int(want.status) {
			t.Errorf("%s: the manifest has the exit code %v", source, out.Manifest.Exit)
		}
	}
}

// Time that is over before there is a network, and a context that ends, are told from each other.
func TestCutShort(t *testing.T) {
	for want, ctx := range map[Status]func(*Options) context.Context{
		TimedOut: func(o *Options) context.Context {
			o.Timeout = time.Nanosecond
			return t.Context()
		},
		Interrupted: func(*Options) context.Context {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			return ctx
		},
		Unread: func(*Options) context.Context {
			ctx, cancel := context.WithCancelCause(t.Context())
			cancel(ErrUnread)
			return ctx
		},
	} {
		o := small(t, io.Discard)
		o.Keep = true
		c := ctx(&o)
		out, err := New("s.lua", "sleep(1)").Run(c, o)
		if out.Status != want || err == nil || out.Kept == nil {
			t.Errorf("status %d, %v, kept %v; want %d", out.Status, err, out.Kept, want)
		}
		if errors.Is(err, ErrOutOfTime) != (want == TimedOut) {
			t.Errorf("status %d: %v", want, err)
		}
	}
}

// What options ask for that cannot be had is refused before anything is run.
func TestRefused(t *testing.T) {
	dir := t.TempDir()
	alien := filepath.Join(dir, "alien.csv")
	if err := os.WriteFile(alien, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*Options){
		"--timeout must not be negative":       func(o *Options) { o.Timeout = -1 },
		"--allow-read: there is no folder":     func(o *Options) { o.Read = []string{filepath.Join(dir, "none")} },
		"has no manifest beside it":            func(o *Options) { o.Out = alien },
		"--out and --run-dir would both write": func(o *Options) { o.RunDir, o.Out = dir, filepath.Join(dir, record.ResultsFile) },
	} {
		var out strings.Builder
		o := small(t, &out)
		change(&o)
		outcome, err := New("s.lua", `print("run")`).Run(t.Context(), o)
		if err == nil || outcome.Status != Misused || out.Len() > 0 || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: status %d, %v, %q", want, outcome.Status, err, out.String())
		}
	}
}

// Zero limits are the defaults, and negative ones are none.
func TestLimitsSettled(t *testing.T) {
	usual := Limits{}.settled()
	if usual.Memory != DefaultLimits.Memory || usual.Busy != DefaultLimits.Busy || usual.Rows != DefaultLimits.Rows || usual.Instructions != 0 {
		t.Errorf("the zero value is %+v", usual)
	}
	none := Limits{Unlimited, Unlimited, Unlimited, Unlimited, Unlimited, Unlimited, Unlimited}.settled()
	if none != (Limits{}) {
		t.Errorf("no limits are %+v", none)
	}
	if got := (Limits{Nodes: 3}).settled().Nodes; got != 3 {
		t.Errorf("3 nodes are %d", got)
	}
}

// Records go to each place that the options name, the same to all.
func TestResults(t *testing.T) {
	var out strings.Builder
	o := small(t, &out)
	held := &record.Held{}
	o.RunDir, o.Sinks = filepath.Join(t.TempDir(), "run"), []record.Sink{held}
	outcome, err := New("s.lua", `record{ n = 1 } print("between") record{ n = 2 }`).Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if want := "{\"n\":1}\nbetween\n{\"n\":2}\n"; out.String() != want {
		t.Errorf("printed %q, want %q", out.String(), want)
	}
	kept, err := os.ReadFile(filepath.Join(o.RunDir, record.ResultsFile))
	if want := "{\"n\":1}\n{\"n\":2}\n"; err != nil || string(kept) != want {
		t.Errorf("kept %q, %v", kept, err)
	}
	if outcome.Manifest.Rows != 2 || outcome.Trace == (record.Digest{}) || outcome.Trace != outcome.Manifest.Trace {
		t.Errorf("%d rows, trace %v", outcome.Manifest.Rows, outcome.Trace)
	}
}
