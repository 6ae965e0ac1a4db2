package engine

import (
	"bytes"
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// session is an engine that serves, and its scope.
type session struct {
	t      *testing.T
	engine *Engine
	scope  *Scope
	errout *lockedBuffer

	printed writes // a chunk has called print
}

// writes is a stream that tells of the first write since it was last read.
type writes chan struct{}

func (s writes) Write(p []byte) (int, error) {
	select {
	case s <- struct{}{}:
	default:
	}
	return len(p), nil
}

type lockedBuffer struct {
	sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.Lock()
	defer b.Unlock()
	return b.Buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.Lock()
	defer b.Unlock()
	return b.Buffer.String()
}

func newSession(t *testing.T, clock Clock) *session {
	t.Helper()
	s := &session{t: t, errout: &lockedBuffer{}, printed: make(writes, 1)}
	e, err := New(Options{Clock: clock, Stdout: s.printed, Stderr: s.errout})
	if err != nil {
		t.Fatal(err)
	}
	s.engine, s.scope = e, e.NewScope()
	served := make(chan error, 1)
	go func() { served <- e.Serve(context.Background()) }() // ends with Close
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
		var interrupted *Interrupted
		if err := <-served; !errors.As(err, &interrupted) && !errors.Is(err, ErrClosed) {
			t.Errorf("Serve returned %v", err)
		}
	})
	return s
}

// outcome is how a chunk ended.
type outcomeOf struct {
	values string
	err    error
}

// start hands a chunk in.
func (s *session) start(source string) (*Task, <-chan outcomeOf) {
	s.t.Helper()
	started, ended := make(chan *Task, 1), make(chan outcomeOf, 1)
	s.engine.Post(func() {
		fn, _, err := s.scope.Load("chunk", source)
		if err != nil {
			started <- nil
			ended <- outcomeOf{err: err}
			return
		}
		started <- s.engine.Start("chunk", fn, func(values []lua.LValue, err error) {
			var text []string
			for _, v := range values {
				text = append(text, v.String())
			}
			ended <- outcomeOf{strings.Join(text, " "), err}
		})
	})
	return <-started, ended
}

func (s *session) eval(source string) (string, error) {
	s.t.Helper()
	_, ended := s.start(source)
	o := <-ended
	return o.values, o.err
}

func (s *session) want(source, want string) {
	s.t.Helper()
	if got, err := s.eval(source); err != nil || got != want {
		s.t.Errorf("%q gives %q, %v; want %q", source, got, err, want)
	}
}

// on runs f on the baton.
func (s *session) on(f func()) {
	done := make(chan struct{})
	s.engine.Post(func() { f(); close(done) })
	<-done
}

func TestScope(t *testing.T) {
	s := newSession(t, nil)
	for _, c := range [][2]string{
		{"1, 2 + 3", "1 5"},
		{"local a = 1", ""},
		{"a", "1"},
		{"local function inc(n) a = a + (n or 1) return a end", ""},
		{"inc()", "2"},
		{"a = 10", ""},
		{"inc(5)", "15"}, // the closure and later chunks share the variable
		{"local a = a * 2", ""},
		{"a", "30"},
		{"inc()", "16"}, // the closure still has the one that it was made with
		{"local b, c", ""},
		{"b, c", "nil nil"},
		{"local print", ""},
		{"print", "nil"},
		{"_G.print == nil", "false"},
		{"do local inner = 1 end", ""},
		{"inner", "nil"},
		{"for i = 1, 3 do local a = i end", ""},
		{"a", "30"},
		{"local f = 1; return f + 1", "2"},
		{"f", "1"},
		{"local _, second = 1, 2", ""},
		{"_, second", "nil 2"},
		{"local function even(n) if n == 0 then return true end return not even(n - 1) end", ""},
		{"even(10)", "true"},
		{"g = a", ""},
		{"_G.g, _G.a", "30 nil"}, // globals are globals, and locals are not
	} {
		s.want(c[0], c[1])
	}
	if got := strings.Join(s.scope.Names(), " "); got != "a b c even f inc print second" {
		t.Error("variables:", got)
	}
}

// A chunk that ends early keeps what it had declared by then, closures included.
func TestScopeSurvivesFailure(t *testing.T) {
	s := newSession(t, nil)
	_, err := s.eval("local n = 1\nlocal function up() n = n + 1 return n end\nerror('no')\nlocal never = 1")
	var script *ScriptError
	if !errors.As(err, &script) || script.Message != "no" || script.Position != "chunk:3" {
		t.Errorf("error %v", err)
	}
	s.want("up(), up(), n", "2 3 3")
	s.want("never", "nil")

	task, ended := s.start("local kept = 'yes'; local get = function() return kept end; print('kept') while true do end")
	<-s.printed
	s.engine.Interrupt(task)
	if o := <-ended; !errors.Is(o.err, ErrCancelled) {
		t.Errorf("interrupted with %v", o.err)
	}
	s.want("get()", "yes")
}

func TestScopeManyVariables(t *testing.T) {
	s := newSession(t, nil)
	for i := range 300 {
		s.want("local v"+strconv.Itoa(i)+" = "+strconv.Itoa(i), "")
	}
	s.want("v0 + v299", "299")
}

func TestIncomplete(t *testing.T) {
	for source, want := range map[string]bool{
		"":                       false,
		"1 +":                    true,
		"x, y":                   false,
		"x.y":                    false,
		"x, y =":                 true,
		"f(":                     true,
		"for i = 1, 3 do":        true,
		"for i = 1, 3 do end":    false,
		"x = [[one":              true,
		"--[[ one":               true,
		"x = 'one":               false, // an error, whatever comes
		"local function f()":     true,
		"if x then y() else":     true,
		"x = }":                  false,
		"{1, 2,":                 true,
		"local x = 1 +":          true,
		"x = [==[ a ]]":          true,
		"f(1":                    true,
		"if x then y() end end":  false,
		strings.Repeat("(", 999): false, // refused, not continued
	} {
		if got := Incomplete(source); got != want {
			t.Errorf("Incomplete(%q) = %v", source, got)
		}
	}
}

// Interrupt ends one task and leaves the others alone.
func TestInterrupt(t *testing.T) {
	s := newSession(t, nil)
	s.want("ticks = 0; spawn(function() while true do sleep(0.001) ticks = ticks + 1 end end)", "")
	for _, source := range []string{
		"sleep(1000)",
		"while true do end",
		"while true do pcall(sleep, 1000) end",
		"task.map({1, 2, 3}, function() sleep(1000) end)",
		"while true do pcall(function() while true do end end) end",
	} {
		task, ended := s.start(source)
		s.engine.Interrupt(task)
		if o := <-ended; o.err == nil {
			t.Errorf("%s: ended with %q", source, o.values)
		}
	}
	s.want("local t = ticks; while ticks == t do sleep(0.001) end", "")
	s.on(func() {
		if list := s.engine.Tasks(); len(list) != 1 || list[0].Title != "spawn" || list[0].What != "sleep" || list[0].Position != "chunk:1" {
			t.Errorf("left: %+v", list)
		}
	})
}

// A background task that never gives the baton away does not lock the person out.
func TestInterruptHog(t *testing.T) {
	s := newSession(t, nil)
	s.want("local hog = spawn(function() sleep(0) print('busy') while true do end end)", "")
	<-s.printed
	begun := make(chan struct{})
	s.engine.Post(func() { close(begun) })
	s.engine.Interrupt(nil)
	<-begun
	s.want("1", "1")
	if got := s.errout.String(); !strings.Contains(got, "kept all others from running") {
		t.Errorf("the user was told %q", got)
	}
}

func TestDetach(t *testing.T) {
	s := newSession(t, NewVirtual())
	task, ended := s.start("local t = ...; sleep(0.05) return 'late'")
	s.on(task.Detach)
	s.want("1", "1") // meanwhile
	if o := <-ended; o.values != "late" || o.err != nil {
		t.Errorf("ended with %q, %v", o.values, o.err)
	}
}

// Virtual time: full speed for a chunk, in step for background tasks, none when nothing runs.
func TestVirtualTimeOfServe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSession(t, NewVirtual())
		begun := time.Now()
		s.want("sleep(3600) return task.now()", "3600")
		if took := time.Since(begun); took > time.Second {
			t.Errorf("an hour took %v", took)
		}
		time.Sleep(time.Minute)
		s.want("task.now()", "3600")

		_, ended := s.start("spawn(function() sleep(10) done = task.now() end)")
		<-ended
		time.Sleep(9900 * time.Millisecond)
		s.want("done", "nil")
		time.Sleep(200 * time.Millisecond)
		s.want("done", "3610")
	})
}
