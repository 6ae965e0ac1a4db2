package engine

import (
	"errors"
	"io/fs"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
)

// fault is the error of a task as a Lua value.
type fault struct {
	value lua.LValue
	text  string // of a value that is not a string: the result of its __tostring
	trace lua51.Trace
}

// newFault makes a fault of the error of a protected call. L must be able to run, for __tostring of
// the value may be called.
func newFault(L *lua.LState, err error, trace lua51.Trace) fault {
	f := fault{value: lua51.Raised(err), trace: trace}
	if f.value.Type() != lua.LTString {
		f.text = describe(L, f.value)
	}
	return f
}

// describe is the text of a raised value.
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
	// The message of a failed task keeps its position when the task that waited for it raises it
	// again.
	err.Position, err.Message = chunks.splitPosition(f.text, f.trace)
	if ud, ok := f.value.(*lua.LUserData); ok {
		if ev, ok := ud.Value.(*ErrorValue); ok {
			err.Cause = ev.Cause
		} else if cause, ok := ud.Value.(error); ok {
			err.Cause = cause
		}
	}
	if _, ok := errors.AsType[*fs.PathError](err.Cause); ok {
		err.Traceback = "" // the callers do not matter when a disk is full
	}
	return err
}

// splitPosition takes the "script.lua:12: " off a message. Without one, the position is that of the
// trace.
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

// chunkNames are the names of the loaded chunks, by which positions in messages are recognised.
type chunkNames struct{ names []string }

func (c *chunkNames) add(name string) {
	if len(c.names) < maxChunks && !slices.Contains(c.names, name) {
		c.names = append(c.names, name)
	}
}
