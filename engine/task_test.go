package engine

import (
	"context"
	"errors"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// ping is a module whose only function waits 10 ms and returns "pong:" and its argument.
var ping = Module{Name: "ping", Open: func(e *Engine, L *lua.LState) lua.LValue {
	return L.NewFunction(func(L *lua.LState) int {
		reply := "pong:" + L.CheckAny(1).String()
		w := e.Begin("ping")
		e.Clock().AfterFunc(10*time.Millisecond, w.Wake)
		if err := e.Park(L, w); err != nil {
			L.Push(lua.LNil)
			L.Push(NewErrorValue(L, "cancelled", "ping: "+err.Error(), nil))
			return 2
		}
		L.Push(lua.LString(reply))
		L.Push(lua.LNumber(e.Now().Seconds()))
		return 2
	})
}}

// remote is ping answered by another goroutine, as a network would.
var remote = Module{Name: "ping", Open: func(e *Engine, L *lua.LState) lua.LValue {
	return L.NewFunction(func(L *lua.LState) int {
		reply := "pong:" + L.CheckAny(1).String()
		w := e.Begin("ping")
		go func() {
			<-time.After(10 * time.Millisecond) // in a synctest bubble, so it takes no time
			e.Post(w.Wake)
		}()
		if err := e.Park(L, w); err != nil {
			e.Raise(L, err)
		}
		L.Push(lua.LString(reply))
		return 1
	})
}}

func newEngine(t testing.TB, o Options) (*Engine, *strings.Builder) {
	t.Helper()
	var out strings.Builder
	o.Stdout, o.Stderr = &out, &out
	e, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return e, &out
}

func TestEverywhere(t *testing.T) {
	source, err := os.ReadFile("testdata/everywhere.lua")
	if err != nil {
		t.Fatal(err)
	}
	check := func(t *testing.T, clock Clock, m Module) {
		e, out := newEngine(t, Options{Clock: clock, Modules: []Module{m}})
		defer e.Close()
		if _, err := e.Run(t.Context(), "everywhere.lua", string(source)); err != nil {
			t.Error(err)
		}
		if got := out.String(); !strings.HasSuffix(got, " places, 0 failures\n") {
			t.Error(got)
		}
	}
	t.Run("virtual", func(t *testing.T) { check(t, NewVirtual(), ping) })
	t.Run("wall", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) { check(t, NewWall(), ping) })
	})
	t.Run("posted", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) { check(t, NewWall(), remote) })
	})
}

func TestSameRunTwice(t *testing.T) {
	run := func() string {
		e, out := newEngine(t, Options{Clock: NewVirtual(), Modules: []Module{ping}})
		defer e.Close()
		_, err := e.Run(t.Context(), "s.lua", `
			for i = 1, 50 do spawn(function()
				for k = 1, 5 do
					sleep((i * 7 + k * 3) % 11 / 1000)
					print(i, k, {}, select(2, ping(i)))
				end
			end) end`)
		if err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	first := run()
	for range 20 {
		if run() != first {
			t.Fatal("two runs differ")
		}
	}
}

// Close unwinds tasks wherever they are, and leaves no goroutine behind.
func TestCloseLeavesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // it fails if a goroutine of the bubble is left; those of other tests do not count
		e, _ := newEngine(t, Options{Clock: NewWall()})
		before := runtime.NumGoroutine()
		ended := make(chan error)
		go func() {
			_, err := e.Run(context.Background(), "s.lua", `
				for i = 1, 1000 do spawn(function() while true do pcall(sleep, 1e9) end end) end
				spawn(function() coroutine.wrap(function()
					pcall(function() table.sort({1, 2, 3}, function(a, b) sleep(1e6) end) end)
					print("not reached")
				end)() end)
				spawn(function() spawn(sleep, 1e9):wait() end)
				sleep(1e9)`)
			ended <- err
		}()
		synctest.Wait()
		if n := runtime.NumGoroutine(); n < before+1000 {
			t.Errorf("%d goroutines, the tasks have not started", n)
		}
		closed := make(chan error)
		go func() { closed <- e.Close() }()
		err := <-ended
		if i, ok := errors.AsType[*Interrupted](err); !ok || !errors.Is(i.Cause, ErrClosed) {
			t.Errorf("Run ended with %v", err)
		}
		if err := <-closed; err != nil {
			t.Error(err)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
		if _, err := e.Run(context.Background(), "s.lua", ""); err != ErrClosed {
			t.Errorf("Run after Close: %v", err)
		}
	})
}

// A wake-up that comes too late must not end the next wait.
func TestStaleWake(t *testing.T) {
	var waits []Wait
	e, out := newEngine(t, Options{Clock: NewVirtual(), Modules: []Module{{Name: "block", Open: func(e *Engine, L *lua.LState) lua.LValue {
		return L.NewFunction(func(L *lua.LState) int {
			w := e.Begin("block")
			waits = append(waits, w)
			err := e.Park(L, w)
			L.Push(lua.LBool(err == nil))
			return 1
		})
	}}, {Name: "wake", Open: func(e *Engine, L *lua.LState) lua.LValue {
		return L.NewFunction(func(L *lua.LState) int {
			waits[L.CheckInt(1)-1].Wake()
			return 0
		})
	}}}})
	defer e.Close()
	_, err := e.Run(t.Context(), "s.lua", `
		local t = spawn(function()
			print("first", block())
			print("second", block(), task.now())
		end)
		sleep(1) t:cancel()
		sleep(1) wake(1) wake(1)
		print(t:status())
		sleep(1) print(t:status())`)
	if err != nil {
		t.Fatal(err)
	}
	// The second block raises, because the task knows that it was cancelled.
	if got, want := out.String(), "first\tfalse\ncancelled\ncancelled\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	out.Reset()
	waits = nil
	_, err = e.Run(t.Context(), "s.lua", `
		local t = spawn(function() block() print("one") block() print("two", task.now()) end)
		sleep(1) wake(1) wake(1)
		sleep(1) wake(1)
		sleep(1) print(t:status()) wake(2)`) // the clock stood at 3
	if err != nil {
		t.Fatal(err)
	}
	if got, want := out.String(), "one\nwaiting\ntwo\t6\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// An event handler's task does not keep Run alive; its results and errors go to its starter.
func TestGo(t *testing.T) {
	var events []string
	on := Module{Name: "after", Open: func(e *Engine, L *lua.LState) lua.LValue {
		return L.NewFunction(func(L *lua.LState) int { // after(seconds, handler)
			fn := L.CheckFunction(2)
			e.Clock().AfterFunc(time.Duration(L.CheckInt(1))*time.Second, func() {
				e.Go("handler", fn, []lua.LValue{lua.LNumber(7)}, func(results []lua.LValue, err error) {
					text := "nothing"
					if err != nil {
						text = err.Error()
					} else if len(results) > 0 {
						text = results[0].String()
					}
					events = append(events, text)
				})
			})
			return 0
		})
	}}
	e, _ := newEngine(t, Options{Clock: NewVirtual(), Modules: []Module{on}})
	defer e.Close()
	_, err := e.Run(t.Context(), "s.lua", `
		after(1, function(x) return x + 1 end)
		after(1, function() error("in a handler") end)
		after(2, function() sleep(1e9) end)
		after(2, function() spawn(sleep, 1e9) end)
		sleep(3)`)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(events, "; "), "8; s.lua:3: in a handler; nothing"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestHoldIsNoDeadlock(t *testing.T) {
	for _, held := range []bool{false, true} {
		e, out := newEngine(t, Options{Clock: NewVirtual(), Modules: []Module{{Name: "later", Open: func(e *Engine, L *lua.LState) lua.LValue {
			return L.NewFunction(func(L *lua.LState) int {
				fn := L.CheckFunction(1)
				release := func() {}
				if held {
					release = e.Hold("later")
				}
				e.Clock().AfterFunc(time.Second, func() {
					e.Go("later", fn, nil, nil)
					release()
					release()
				})
				return 0
			})
		}}}})
		_, err := e.Run(t.Context(), "s.lua", `
			local a, b
			a = spawn(function() b:wait() end)
			b = spawn(function() a:wait() end)
			later(function() a:cancel() print("cancelled") end)
			a:wait()`)
		_, deadlock := errors.AsType[*Deadlock](err)
		if deadlock == held || held && out.String() != "cancelled\n" {
			t.Errorf("held %v: %v, %q", held, err, out)
		}
		e.Close()
	}
}

func TestRunReturnsValues(t *testing.T) {
	e, _ := newEngine(t, Options{Clock: NewVirtual()})
	defer e.Close()
	type point struct{ X int }
	if err := e.Set("p", &point{3}); err != nil {
		t.Fatal(err)
	}
	values, err := e.Run(t.Context(), "s.lua", `
		p.X = p.X + 1
		local cycle = {} cycle.me = cycle
		return nil, true, 1.5, "s", {1, {2}}, {a = {b = 1}}, {}, {1, x = 2}, print, p, #cycle`)
	if err != nil {
		t.Fatal(err)
	}
	if p, ok := values[9].(*point); !ok || p.X != 4 {
		t.Errorf("the Go value came back as %v", values[9])
	}
	values[9] = nil
	want := `[<nil> true 1.5 s [1 [2]] map[a:map[b:1]] [] map[1:1 x:2] <nil> <nil> 0]`
	if got := sprint(values); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// The first Run's globals are there in the second; a failed run leaves the engine fit for another.
func TestRunAgain(t *testing.T) {
	e, out := newEngine(t, Options{Clock: NewVirtual()})
	defer e.Close()
	for _, source := range []string{"x = 1", "spawn(function() sleep(1) error('a') end) error('b')", "print(x, task.now())"} {
		if _, err := e.Run(t.Context(), "s.lua", source); (err != nil) != strings.Contains(source, "error") {
			t.Errorf("%s: %v", source, err)
		}
	}
	if !strings.HasSuffix(out.String(), "1\t0\n") { // the task was killed when the main one failed, before its second was over
		t.Error(out)
	}
}

// A Go error raised through Lua is the Cause of Run's error; a callback that gopher-luar made keeps
// the script's line.
func TestCause(t *testing.T) {
	broken := Module{Name: "broken", Open: func(e *Engine, L *lua.LState) lua.LValue {
		return L.NewFunction(func(L *lua.LState) int {
			e.Raise(L, errStop)
			return 0
		})
	}}
	e, _ := newEngine(t, Options{Clock: NewVirtual(), Modules: []Module{broken, {Name: "absent", Open: func(*Engine, *lua.LState) lua.LValue { return nil }, Absent: "it is elsewhere"}}})
	defer e.Close()
	if err := e.Set("call", func(f func()) { f() }); err != nil {
		t.Fatal(err)
	}
	for _, source := range []string{"\nbroken()", "\nlocal co = coroutine.wrap(function() broken() end) co()", "\nassert(spawn(broken):wait())"} {
		_, err := e.Run(t.Context(), "s.lua", source)
		if !errors.Is(err, errStop) || err.Error() != "s.lua:2: stop" {
			t.Errorf("%q: %v", source, err)
		}
	}
	_, err := e.Run(t.Context(), "s.lua", "call(function()\n  error('inside')\nend)")
	if se, ok := errors.AsType[*ScriptError](err); !ok || se.Error() != "s.lua:2: inside" || se.Traceback == "" {
		t.Errorf("from a callback: %v", err)
	}
	if v, err := e.Run(t.Context(), "s.lua", "return absent == nil"); err != nil || v[0] != true {
		t.Error(v, err)
	}
	for _, source := range []string{"absent.size()", "absent()", "absent.x = 1", "absent:size()"} {
		if _, err := e.Run(t.Context(), "s.lua", source); err == nil || err.Error() != "s.lua:1: there is no 'absent' here: it is elsewhere" {
			t.Errorf("%q: %v", source, err)
		}
	}
	if _, err := e.Run(t.Context(), "s.lua", "absent = 3 absent()"); err == nil || strings.Contains(err.Error(), "elsewhere") {
		t.Error(err)
	}
}

// Folders that are granted, and nothing around them.
func TestGrants(t *testing.T) {
	read, write := t.TempDir(), t.TempDir()
	if err := os.WriteFile(read+"/in.txt", []byte("content"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/etc/passwd", read+"/link"); err != nil {
		t.Fatal(err)
	}
	e, out := newEngine(t, Options{Clock: NewVirtual(), Grants: Grants{Read: []string{read}, Write: []string{write}}})
	for name, dir := range map[string]string{"read": read, "write": write} {
		if err := e.Set(name, dir); err != nil {
			t.Fatal(err)
		}
	}
	_, err := e.Run(t.Context(), "s.lua", `
		print(io.open(read .. "/in.txt"):read())
		print(io.open(read .. "/link") == nil, io.open(read .. "/../x") == nil, io.open(read .. "/new", "w") == nil)
		print(io.open("relative", "w"))
		local f = io.open(write .. "/new/out.txt", "w")
		f:write("not closed by the script")`)
	if err != nil {
		t.Error(err)
	}
	want := "content\ntrue\ttrue\ttrue\nnil\tcannot write \"relative\": not granted to this script\n"
	if out.String() != want {
		t.Errorf("got %s", out)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
	if b, err := os.ReadFile(write + "/new/out.txt"); string(b) != "not closed by the script" {
		t.Errorf("%q, %v", b, err)
	}
}
