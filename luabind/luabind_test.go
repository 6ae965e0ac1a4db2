package luabind

import (
	"bytes"
	"context"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lightdht/lightdht/engine"
)

// run is what a script left behind.
type run struct {
	bindings       *Bindings
	stdout, stderr bytes.Buffer
	err            error
}

// runScript runs a script with bindings alone, on no network.
func runScript(t testing.TB, name, source string, o Options) *run {
	t.Helper()
	r := &run{bindings: New(o)}
	e, err := engine.New(engine.Options{
		Clock:   engine.NewVirtual(),
		Stdout:  &r.stdout,
		Stderr:  &r.stderr,
		Random:  rand.NewPCG(1, 2),
		Modules: r.bindings.Modules(),
		Log: slog.New(slog.NewTextHandler(&r.stderr, &slog.HandlerOptions{
			ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
				if a.Key == slog.TimeKey {
					return slog.Attr{}
				}
				return a
			},
		})),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	_, r.err = e.Run(context.Background(), name, source)
	return r
}

// The scripts in testdata assert in Lua. Those in folders need a network and are
// run elsewhere.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.lua")
	if err != nil || len(files) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			r := runScript(t, filepath.Base(file), string(source), Options{})
			if r.err != nil {
				t.Error(r.err)
			}
			if _, failed := r.bindings.Checks(); failed > 0 {
				t.Error(r.stdout.String())
			}
		})
	}
}

func TestOutput(t *testing.T) {
	tests := []struct{ name, source, stdout, stderr string }{
		{"pass", `check("arithmetic", 1 + 1 == 2)`, "ok    arithmetic\n", ""},
		{"fail", `check("arithmetic", false)`, "FAIL  arithmetic\n", ""},
		{"fail with detail", `check("arithmetic", nil, 3)`, "FAIL  arithmetic: 3\n", ""},
		{"detail of a pass", `check("a", 5, "not shown")`, "ok    a\n", ""},
		{"detail with __tostring", `check("a", false, setmetatable({}, {__tostring = function() return "why" end}))`, "FAIL  a: why\n", ""},
		{"info", `log.info("found", 3, true, nil)`, "", "level=INFO msg=\"found 3 true nil\"\n"},
		{"warn", `log.warn("careful")`, "", "level=WARN msg=careful\n"},
		{"debug is not shown", `log.debug("detail")`, "", ""},
		{"nothing", `log.info()`, "", "level=INFO msg=\"\"\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := runScript(t, "s.lua", tt.source, Options{})
			if r.err != nil || r.stdout.String() != tt.stdout || r.stderr.String() != tt.stderr {
				t.Errorf("error %v\nstdout %q\nstderr %q", r.err, r.stdout.String(), r.stderr.String())
			}
		})
	}
}

func TestChecksAreCounted(t *testing.T) {
	r := runScript(t, "s.lua", `check("a", true) check("b", false) pcall(check) check("c", 0)`, Options{})
	if passed, failed := r.bindings.Checks(); r.err != nil || passed != 2 || failed != 1 {
		t.Errorf("%d passed, %d failed, %v", passed, failed, r.err)
	}
}

// Errors name the line of the script that made the call, wherever it was made.
func TestErrorsNameTheLine(t *testing.T) {
	tests := []struct{ name, source, want string }{
		{"plain", "\nid.flip('abc', 1)", `s.lua:2: bad argument #1 to 'flip' (info-hash or id expected: 40 hex digits, got "abc")`},
		{"in a function", "local function f()\n  id.raw(7)\nend\nf()", `s.lua:2: bad argument #1 to 'raw' (info-hash or id expected: 40 hex digits, got 7)`},
		{"tail call", "local function f()\n  return id.raw()\nend\nf()", `bad argument #1 to 'raw' (info-hash or id expected: 40 hex digits, got no value)`},
		{"task", "\n\nspawn(function() hex.encode({}) end):wait()\nspawn(function()\n hex.encode({}) end)", `s.lua:5: bad argument #1 to 'encode' (string expected, got a table)`},
		{"coroutine", "local f = coroutine.wrap(function()\n id.flip(id.random(), 160) end)\nf()", `s.lua:2: bad argument #2 to 'flip' (integer 0 to 159 expected, got 160)`},
		{"unknown name", "\nid.randon()", `s.lua:2: unknown function 'id.randon' (did you mean 'random'?)`},
		{"unknown and unlike", "id.fnord()", `s.lua:1: unknown function 'id.fnord'`},
		{"colon", "id:random()", `s.lua:1: 'random' is called with a dot, not with a colon`},
		{"unknown field", "print(json.nul)", `s.lua:1: unknown field 'json.nul' (did you mean 'null'?)`},
		{"key of another type", "print(json[1])", `s.lua:1: unknown field json[1]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := runScript(t, "s.lua", tt.source, Options{})
			if r.err == nil || !strings.HasSuffix(r.err.Error(), tt.want) {
				t.Errorf("got  %v\nwant %v", r.err, tt.want)
			}
		})
	}
}
