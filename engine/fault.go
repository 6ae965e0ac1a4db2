package engine

import (
	"errors"
	"io/fs"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
)

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

func (f fault) scriptError(chunks *chunkNames) *ScriptError {
	err := &ScriptError{Position: f.trace.Position(), Traceback: f.trace.String(), Value: goValue(f.value)}
	if s, ok := f.value.(lua.LString); ok {
		err.Position, err.Message = chunks.splitPosition(string(s), f.trace)
		return err
	}
	// A failed task's message keeps its position when whoever waited for the task raises it again.
	err.Position, err.Message = chunks.splitPosition(f.text, f.trace)
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
func (c *chunkNames) splitPosition(message string, t lua51.Trace) (position, rest string) {
	if position, rest, ok := t.CutPosition(message); ok {
		return position, rest
	}
	for _, name := range c.names {
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

// maxChunks bounds how many names of chunks are remembered (chosen by us).
const maxChunks = 256

// chunkNames are the names of the chunks that were loaded, by which positions in messages are recognised.
type chunkNames struct{ names []string }

func (c *chunkNames) add(name string) {
	if len(c.names) < maxChunks && !slices.Contains(c.names, name) {
		c.names = append(c.names, name)
	}
}
