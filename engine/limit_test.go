package engine

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// Each limit ends a run whatever the script does to go on, names the line, and leaves the engine
// usable.
func TestLimits(t *testing.T) {
	const forever = "while true do pcall(string.rep, 'x', 100) end"
	for _, test := range []struct {
		name, source, want string
		o                  Options
	}{
		{"memory in a table", "local t = {}\nwhile true do pcall(function() t[#t + 1] = ('x'):rep(1e5) .. #t end) end",
			"s.lua:2: over the limit of 64 MiB of memory", Options{MaxMemory: 64 << 20}},
		{"memory in a string", "local s = 'x'\nwhile true do s = s .. s end",
			"s.lua:2: over the limit of 64 MiB of memory", Options{MaxMemory: 64 << 20}},
		{"memory in tasks", "while true do spawn(sleep, 1) end",
			"s.lua:1: over the limit of 64 MiB of memory", Options{MaxMemory: 64 << 20}},
		{"a loop", "\n" + forever, "s.lua:2: over the limit of 60ms without a blocking call", Options{MaxBusy: 60 * time.Millisecond}},
		{"a loop in a coroutine", "coroutine.wrap(function()\n " + forever + " end)()",
			"s.lua:2: over the limit of 60ms without a blocking call", Options{MaxBusy: 60 * time.Millisecond}},
		{"a loop in a task", "spawn(function()\n " + forever + " end)\nsleep(1)\nsleep(1)",
			"s.lua:2: over the limit of 60ms without a blocking call", Options{MaxBusy: 60 * time.Millisecond}},
		{"tasks", "for i = 1, 9 do\n  spawn(sleep, 1) end\npcall(pcall,\n  spawn, sleep, 1)\nspawn(sleep, 1)",
			"s.lua:3: over the limit of 10 tasks", Options{MaxTasks: 10}},
		{"tasks of map", "task.map({1, 2, 3}, sleep)", "s.lua:1: over the limit of 2 tasks", Options{MaxTasks: 2}},
		{"print", "while true do pcall(print, 'xxxx') end", "s.lua:1: over the limit of 1000 bytes of output", Options{MaxOutput: 1000}},
		{"io.write", "while true do pcall(io.write, 'xxxx') end", "s.lua:1: over the limit of 1000 bytes of output", Options{MaxOutput: 1000}},
		{"io.stderr", "while true do io.stderr:write('xxxx') end", "s.lua:1: over the limit of 1000 bytes of output", Options{MaxOutput: 1000}},
		{"a file", "local f = io.open('x', 'w')\nwhile true do f:write('xxxx') end", "s.lua:2: over the limit of 10 KiB of output", Options{MaxOutput: 10 << 10}},
		{"failures", "for i = 1, 100 do spawn(error, 'xxxxxxxxxx') end\nsleep(1)", "over the limit of 100 bytes of output", Options{MaxOutput: 100}},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.o.Clock = NewVirtual()
			test.o.Grants.RunDir = t.TempDir()
			e, _ := newEngine(t, test.o)
			defer e.Close()
			_, err := e.Run(t.Context(), "s.lua", test.source)
			limit, ok := errors.AsType[*LimitError](err)
			if !ok || !strings.HasSuffix(limit.Error(), test.want) {
				t.Fatalf("got %v, want %s", err, test.want)
			}
			if v, err := e.Run(t.Context(), "s.lua", "return 1"); err != nil || len(v) != 1 {
				t.Errorf("the next run: %v, %v", v, err)
			}
		})
	}
}

// What stays below a limit is let alone: garbage, tasks that have ended.
func TestWithinLimits(t *testing.T) {
	e, out := newEngine(t, Options{Clock: NewVirtual(), MaxMemory: 64 << 20, MaxTasks: 3, MaxOutput: 100})
	defer e.Close()
	_, err := e.Run(t.Context(), "s.lua", `
		for i = 1, 60 do
			spawn(function() sleep(0) end):wait()
			for k = 1, 3 do local s = ("x"):rep(5e6) .. i end -- 900 MB in all
		end
		print("done")`)
	if err != nil || out.String() != "done\n" {
		t.Errorf("%v, %q", err, out)
	}
}

// Time that passes in blocking calls is not busy.
func TestNotBusy(t *testing.T) {
	e, _ := newEngine(t, Options{Clock: NewWall(), MaxBusy: 400 * time.Millisecond})
	defer e.Close()
	if _, err := e.Run(t.Context(), "s.lua", "for i = 1, 3 do sleep(0.2) end"); err != nil {
		t.Error(err)
	}
}

// Output that was written before the limit is there.
func TestLimitKeepsOutput(t *testing.T) {
	dir := t.TempDir()
	e, _ := newEngine(t, Options{Clock: NewVirtual(), MaxOutput: 100, Grants: Grants{RunDir: dir}})
	_, err := e.Run(t.Context(), "s.lua", "local f = io.open('x', 'w')\nf:write('kept')\nwhile true do print('line') end")
	if _, ok := errors.AsType[*LimitError](err); !ok {
		t.Error(err)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "x")); string(b) != "kept" {
		t.Errorf("%q, %v", b, err)
	}
}

// A library function that does not come to an end is the host's to deal with. It hears of it with
// the line.
func TestStuck(t *testing.T) {
	stuck, release := make(chan *LimitError, 1), make(chan struct{})
	e, _ := newEngine(t, Options{
		MaxBusy: 50 * time.Millisecond, OnStuck: func(err *LimitError) { stuck <- err },
		Modules: []Module{{Name: "hang", Open: func(e *Engine, L *lua.LState) lua.LValue {
			return L.NewFunction(func(*lua.LState) int {
				e.Post(func() {}) // for the race detector: earlier writes are seen by later posts
				<-release
				return 0
			})
		}}},
	})
	defer e.Close()
	ended := make(chan error)
	go func() {
		_, err := e.Run(t.Context(), "s.lua", "\nhang()\nprint(1)")
		ended <- err
	}()
	if err := <-stuck; err.Position != "s.lua:2" || err.Limit != "busy" {
		t.Errorf("got %v", err)
	}
	close(release)
	if err := <-ended; err == nil || !strings.HasSuffix(err.Error(), ": over the limit of 50ms without a blocking call") {
		t.Errorf("got %v", err)
	}
}

// Nobody is stuck who waits for the host.
func TestExcused(t *testing.T) {
	asked := make(chan struct{}, 100)
	e, _ := newEngine(t, Options{
		MaxBusy: 8 * time.Millisecond,
		Excused: func() bool {
			select {
			case asked <- struct{}{}:
			default:
			}
			return true
		},
		Modules: []Module{{Name: "hang", Open: func(e *Engine, L *lua.LState) lua.LValue {
			return L.NewFunction(func(*lua.LState) int {
				for range 50 {
					<-asked
				}
				return 0
			})
		}}},
	})
	defer e.Close()
	if _, err := e.Run(t.Context(), "s.lua", "hang()"); err != nil {
		t.Error(err)
	}
}

// In a console a limit ends the task, not the session.
func TestLimitWhileServing(t *testing.T) {
	e, out := newEngine(t, Options{Clock: NewVirtual(), MaxMemory: 64 << 20, MaxBusy: time.Millisecond})
	ended := make(chan error, 2)
	served := make(chan error)
	go func() { served <- e.Serve(t.Context()) }()
	for _, source := range []string{"t = {}\nwhile true do t[#t + 1] = ('x'):rep(1e6) .. #t end", "return 1"} {
		e.Post(func() {
			fn, err := e.compiler.load("s.lua", source)
			if err != nil {
				t.Error(err)
			}
			e.Start("chunk", fn, func(_ []lua.LValue, err error) { ended <- err })
		})
		<-ended
	}
	e.Close()
	<-served
	if got, want := out.String(), "task 1 was stopped: s.lua:2: over the limit of 64 MiB of memory\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSizeText(t *testing.T) {
	for n, want := range map[int64]string{0: "0 bytes", 1000: "1000 bytes", 1536: "1.5 KiB", 1 << 30: "1 GiB", 10 << 40: "10 TiB"} {
		if got := sizeText(n); got != want {
			t.Errorf("%d: got %s, want %s", n, got, want)
		}
	}
}
