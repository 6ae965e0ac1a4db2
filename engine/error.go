package engine

import (
	"errors"
	"io/fs"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
	"github.com/lightdht/lightdht/engine/visible"
)

// ErrCancelled is what the blocking call of a cancelled task fails with.
var ErrCancelled = errors.New("task cancelled")

// ErrClosed is returned by Run and Set after Close.
var ErrClosed = errors.New("engine: closed")

// ScriptError is an error that a script raised and did not catch, or a syntax error.
type ScriptError struct {
	Message   string // without position
	Position  string // "script.lua:12", or "" if unknown
	Traceback string // the Lua functions that were running, innermost first, one per line; "" if a file is the trouble
	Cause     error  // a Go error that came through Lua ([Deadlock], [ErrCancelled], what a binding raised), or nil
	Value     any    // what the script raised, as a plain Go value
	Reported  bool   // a task failed while nobody waited for it, and Stderr has been told
}

// Error is the message after its position.
func (e *ScriptError) Error() string {
	if e.Position == "" {
		return e.Message
	}
	return visible.Line(e.Position) + ": " + e.Message
}

// Unwrap returns the Go error behind it.
func (e *ScriptError) Unwrap() error { return e.Cause }

// Waiting says where a task waits and what for.
type Waiting struct {
	Position string // "script.lua:12"
	What     string // "dht.get_peers"; empty if the task was busy
	Main     bool   // it is the script's main task
}

func (w Waiting) String() string {
	switch {
	case w.What == "":
		return visible.Line(w.Position)
	case w.Position == "":
		return "waiting for " + visible.Line(w.What)
	}
	return visible.Line(w.Position + ", waiting for " + w.What)
}

// Interrupted is what Run returns when its context was cancelled before the script was done.
type Interrupted struct {
	Waiting []Waiting // the main task first, if it had not ended
	Cause   error     // why the context was cancelled
}

// Error names the line on which the main task was, or failing that the oldest other one.
func (e *Interrupted) Error() string {
	if len(e.Waiting) == 0 {
		return "interrupted"
	}
	w := e.Waiting[0]
	if w.Position == "" {
		return "interrupted " + w.String()
	}
	return "interrupted at " + w.String()
}

// Unwrap returns the reason.
func (e *Interrupted) Unwrap() error { return e.Cause }

// Deadlock is what every wait fails with when no task can ever go on.
type Deadlock struct {
	Waiting []Waiting
}

func (e *Deadlock) Error() string {
	lines := make([]string, 0, len(e.Waiting))
	for _, w := range e.Waiting {
		if len(lines) == lua51.MaxFrames {
			lines = append(lines, "...")
			break
		}
		lines = append(lines, w.String())
	}
	return "deadlock: no task can go on: " + strings.Join(lines, "; ")
}

// fault is how a task failed, while it is still a matter of Lua values.
type fault struct {
	value lua.LValue
	text  string // of a value that is no string: what its __tostring said
	trace lua51.Trace
}

// newFault makes a fault of what a protected call returned. L must be able to run: the value may have to be asked for its
// text.
func newFault(L *lua.LState, err error, trace lua51.Trace) fault {
	f := fault{value: lua51.Raised(err), trace: trace}
	if f.value.Type() != lua.LTString {
		f.text = describe(L, f.value)
	}
	return f
}

// describe says in words what a script raised.
func describe(L *lua.LState, v lua.LValue) string {
	if ud, ok := v.(*lua.LUserData); ok {
		if ev, ok := ud.Value.(*ErrorValue); ok {
			return ev.Message
		}
	}
	if fn, ok := L.GetMetaField(v, "__tostring").(*lua.LFunction); ok {
		L.Push(fn)
		L.Push(v)
		if L.PCall(1, 1, nil) == nil {
			defer L.Pop(1)
			if s, ok := L.Get(-1).(lua.LString); ok {
				return string(s)
			}
		}
	}
	if t, ok := v.(*lua.LTable); ok {
		if s, ok := t.RawGetString("message").(lua.LString); ok {
			return string(s)
		}
		if s, ok := t.RawGetString("kind").(lua.LString); ok {
			return "error of kind '" + string(s) + "'"
		}
		return preview(t)
	}
	if n, ok := v.(lua.LNumber); ok {
		return lua51.FormatNumber(float64(n))
	}
	return "(error object is a " + v.Type().String() + " value)"
}

func (f fault) scriptError(e *Engine) *ScriptError {
	err := &ScriptError{Position: f.trace.Position(), Traceback: f.trace.String(), Value: goValue(f.value)}
	if s, ok := f.value.(lua.LString); ok {
		err.Position, err.Message = e.splitPosition(string(s), f.trace)
		return err
	}
	// A failed task's message keeps its position when whoever waited for the task raises it again.
	err.Position, err.Message = e.splitPosition(f.text, f.trace)
	if ud, ok := f.value.(*lua.LUserData); ok {
		if ev, ok := ud.Value.(*ErrorValue); ok {
			err.Cause = ev.Cause
		} else if cause, ok := ud.Value.(error); ok {
			err.Cause = cause
		}
	}
	if _, ok := errors.AsType[*fs.PathError](err.Cause); ok {
		err.Traceback = "" // a full disk is no matter of who called whom
	}
	return err
}

// splitPosition takes the "script.lua:12: " off a message. A message without one gets the position at which it was raised.
func (e *Engine) splitPosition(message string, t lua51.Trace) (position, rest string) {
	if position, rest, ok := t.CutPosition(message); ok {
		return position, rest
	}
	for _, name := range e.chunks {
		if after, ok := strings.CutPrefix(message, name+":"); ok {
			if line, rest, ok := strings.Cut(after, ": "); ok && isDigits(line) {
				return name + ":" + line, rest
			}
		}
	}
	return t.Position(), message
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
