package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	lua "github.com/yuin/gopher-lua"
)

func sprint(v any) string { return fmt.Sprint(v) }

var errStop = errors.New("stop")

// signal is a module with which a script says that it has come to the place where it is to be
// interrupted.
func signal(reached func()) Module {
	return Module{Name: "here", Open: func(e *Engine, L *lua.LState) lua.LValue {
		return L.NewFunction(func(*lua.LState) int {
			reached()
			return 0
		})
	}}
}

func TestInterruptBusy(t *testing.T) {
	for _, test := range []struct{ name, source, where string }{
		{"loop", "here()\nwhile true do end", "s.lua:2"},
		{"pcall", "here()\nwhile true do\n  pcall(function() while true do end end)\nend", "s.lua:3"},
		{"tail calls", "here()\nlocal function f() return f() end\nf()", "s.lua:2"},
		{"coroutine", "here()\ncoroutine.wrap(function()\n  while true do end\nend)()", "s.lua:3"},
		{"metamethod", "here()\nlocal t = setmetatable({}, {__index = function()\n  while true do end\nend})\nprint(t.x)", "s.lua:3"},
		{"another task", "spawn(function()\n  here()\n  while true do end\nend)\nsleep(1e9)", "s.lua:5"},
		{"a Go callback", "here()\ncall(function()\n  while true do end\nend)", "s.lua:2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			e, out := newEngine(t, Options{Clock: NewVirtual(), Modules: []Module{signal(func() { cancel(errStop) })}})
			defer e.Close()
			if err := e.Set("call", func(f func()) { f() }); err != nil {
				t.Fatal(err)
			}
			_, err := e.Run(ctx, "s.lua", test.source)
			i, ok := errors.AsType[*Interrupted](err)
			if !ok || !errors.Is(err, errStop) || len(i.Waiting) == 0 || i.Waiting[0].Position != test.where {
				t.Errorf("got %v %q, want %s", err, out, test.where)
			}
			if v, err := e.Run(t.Context(), "s.lua", "sleep(1) return 1"); err != nil || len(v) != 1 {
				t.Errorf("the next run: %v, %v", v, err)
			}
		})
	}
}

func TestInterruptParked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		e, out := newEngine(t, Options{Clock: NewWall(), Modules: []Module{remote}})
		defer e.Close()
		time.AfterFunc(10*time.Second, func() { cancel(errStop) })
		start := time.Now()
		_, err := e.Run(ctx, "s.lua", `
			spawn(function()
				pcall(sleep, 1e6)
				print("not reached")
			end)
			local t = coroutine.wrap(function()
				spawn(sleep, 1e6):wait()
			end)
			pcall(t)
			print("not reached")`)
		if took := time.Since(start); took != 10*time.Second {
			t.Errorf("it took %v", took)
		}
		want := "interrupted at s.lua:7, waiting for task:wait"
		if err == nil || err.Error() != want || !errors.Is(err, errStop) || out.Len() > 0 {
			t.Errorf("got %v, %q, want %s", err, out, want)
		}
		i, _ := errors.AsType[*Interrupted](err)
		var all []string
		for _, w := range i.Waiting {
			all = append(all, fmt.Sprint(w, w.Main))
		}
		if got, want := strings.Join(all, "; "), "s.lua:7, waiting for task:wait true; s.lua:3, waiting for sleep false; waiting for sleep false"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

// A task that was woken, and whose turn has not come, is where it waited.
func TestInterruptWoken(t *testing.T) {
	e, _ := newEngine(t, Options{Clock: NewVirtual(), Modules: []Module{{Name: "here", Open: func(e *Engine, L *lua.LState) lua.LValue {
		return L.NewFunction(func(L *lua.LState) int {
			w := e.Begin("here")
			e.Clock().AfterFunc(0, func() {
				w.Wake()
				e.interrupt()
			})
			e.Park(L, w)
			return 0
		})
	}}}})
	defer e.Close()
	_, err := e.Run(t.Context(), "s.lua", "\nhere()")
	if err == nil || err.Error() != "interrupted at s.lua:2, waiting for here" {
		t.Errorf("got %v", err)
	}
}

func TestInterruptBefore(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errStop)
	e, out := newEngine(t, Options{})
	defer e.Close()
	if _, err := e.Run(ctx, "s.lua", "print(1)"); !errors.Is(err, errStop) || out.Len() > 0 {
		t.Errorf("got %v %q", err, out)
	}
}

// stuckReader never has anything to say.
type stuckReader chan struct{}

func (r stuckReader) Read([]byte) (int, error) {
	<-r
	return 0, errStop
}

// While standard input is silent, an interrupt still gets through, in real and in virtual time.
func TestInterruptRead(t *testing.T) {
	for _, wall := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			clock := NewVirtual()
			if wall {
				clock = NewWall()
			}
			ctx, cancel := context.WithCancelCause(t.Context())
			stdin := make(stuckReader)
			e, _ := newEngine(t, Options{Clock: clock, Stdin: stdin})
			time.AfterFunc(time.Second, func() { cancel(errStop) })
			_, err := e.Run(ctx, "s.lua", "spawn(function() sleep(0.5) end)\nprint(io.read())")
			if i, ok := errors.AsType[*Interrupted](err); !ok || i.Waiting[0].Position != "s.lua:2" {
				t.Errorf("wall %v: %v", wall, err)
			}
			close(stdin)
			e.Close()
		})
	}
}

func TestMaxInstructions(t *testing.T) {
	for _, source := range []string{"while true do end", "while true do pcall(function() while true do end end) end", "spawn(function() while true do sleep(0) end end)"} {
		e, _ := newEngine(t, Options{Clock: NewVirtual(), MaxInstructions: 12345})
		_, err := e.Run(t.Context(), "s.lua", source)
		limit, ok := errors.AsType[*LimitError](err)
		if !ok || limit.Limit != "instructions" || limit.Position != "s.lua:1" {
			t.Errorf("%s: %v", source, err)
		}
		if v, err := e.Run(t.Context(), "s.lua", "return 1"); err != nil || len(v) != 1 {
			t.Errorf("the next run: %v, %v", v, err)
		}
		e.Close()
	}
}
