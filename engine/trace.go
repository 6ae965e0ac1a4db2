package engine

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
	"github.com/lightdht/lightdht/engine/visible"
)

// maxFrames bounds a traceback, and any other list of lines in an error.
const maxFrames = 20

// trace is what was running when an error was raised, innermost function first.
type trace struct {
	frames []frame
	more   bool // there were more than maxFrames
}

type frame struct {
	source string
	line   int
	name   string // "function 'census'", "main chunk"
}

// capture keeps the trace of the latest error until its protected call has returned it.
type capture struct {
	err   *lua.ApiError
	trace trace
}

func (f frame) position() string { return f.source + ":" + itoa(f.line) }

func (t trace) position() string {
	if len(t.frames) == 0 {
		return ""
	}
	return t.frames[0].position()
}

// String has a line for each function. A script gives names to the chunks that it loads, so they are kept on their line.
func (t trace) String() string {
	var b strings.Builder
	for i, f := range t.frames {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(visible.Line(f.position() + ": in " + f.name))
	}
	if t.more {
		b.WriteString("\n...")
	}
	return b.String()
}

// Position is where the Lua function at a level is, as in "script.lua:12": 1 is the innermost that is running in L, as a
// rule the caller of the Go function that asks; 2 is that one's caller. It is "" if there is none.
func (e *Engine) Position(L *lua.LState, level int) (position string) {
	left := max(level, 1)
	eachFrame(L, func(f lua51.Frame) bool {
		if left--; left == 0 {
			position = frame{source: f.Function().Proto.SourceName, line: f.Line()}.position()
		}
		return left > 0
	})
	return position
}

// eachFrame visits the Lua functions running in L and in the coroutines and tasks that resumed it, innermost first, until
// visit returns false.
func eachFrame(L *lua.LState, visit func(lua51.Frame) bool) {
	for ; L != nil; L = L.Parent {
		for f, ok := lua51.Innermost(L); ok; f, ok = f.Caller() {
			if !f.Function().IsG && !visit(f) {
				return
			}
		}
	}
}

// traceOf lists the Lua functions running in L and in the coroutines and tasks that resumed it, at most limit of them.
func traceOf(L *lua.LState, limit int) (t trace) {
	eachFrame(L, func(f lua51.Frame) bool {
		t.more = len(t.frames) == limit
		if !t.more {
			t.frames = append(t.frames, frame{f.Function().Proto.SourceName, f.Line(), functionName(f)})
		}
		return !t.more
	})
	return t
}

// functionName is how a traceback calls a function: as its caller did, if that is known.
func functionName(f lua51.Frame) string {
	p := f.Function().Proto
	if p.LineDefined == 0 {
		return "main chunk"
	}
	if name, ok := f.CallName(); ok {
		return "function '" + name.Name + "'"
	}
	return "function <" + p.SourceName + ":" + itoa(p.LineDefined) + ">"
}

// seen marks errors that raised has made. A trace that is not empty also keeps PCall from making its own.
const seen = "-"

// catcher returns a Go function to put under the function of a protected call. While it runs, errors pass through
// raised, where the stack that led to them can still be seen; so do Go panics, of which gopher-lua would make a traceback
// that takes quadratic time on a deep stack and can itself panic.
func (e *Engine) catcher(full bool) *lua.LFunction {
	raise := func(L *lua.LState) { panic(e.raised(L, L.Get(-1), full)) }
	return e.lua.NewFunction(func(L *lua.LState) int {
		L.Panic = raise // the protected call puts the old one back
		defer func() {
			r := recover()
			if r == nil {
				return
			}
			switch err, ok := r.(*lua.ApiError); {
			case !ok:
				r = e.raised(L, lua.LString(e.where(L)+goPanic(r)), full)
			case err.StackTrace != seen: // it comes from a Lua state that gopher-luar made for a callback
				r = e.raised(L, err.Object, full)
			}
			panic(r)
		}()
		L.Call(L.GetTop()-1, lua.MultRet)
		return L.GetTop()
	})
}

// raised makes what a protected call catches of a value raised in L.
func (e *Engine) raised(L *lua.LState, v lua.LValue, full bool) *lua.ApiError {
	if e.hook.stop.Load() {
		e.hook.look() // what is raised may be the interrupt itself, on its way out of such a callback
	}
	if s, ok := v.(lua.LString); ok {
		v = lua.LString(e.improve(L, string(s)))
	}
	err := &lua.ApiError{Type: lua.ApiErrorRun, Object: v, StackTrace: seen}
	if full {
		e.captured = capture{err, traceOf(L, maxFrames)}
	}
	return err
}

// where is the position to put before a message.
func (e *Engine) where(L *lua.LState) string {
	if pos := e.Position(L, 1); pos != "" {
		return pos + ": "
	}
	return ""
}
