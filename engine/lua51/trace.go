package lua51

import (
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/visible"
)

// MaxFrames bounds a traceback, in lines (chosen by us).
const MaxFrames = 20

// Trace is the list of the Lua functions that were running when an error was raised, innermost
// first.
type Trace struct {
	frames []traceLine
	more   bool // there were more than MaxFrames
}

type traceLine struct {
	source string
	line   int
	name   string // "function 'census'", "main chunk"
}

func (l traceLine) position() string { return l.source + ":" + strconv.Itoa(l.line) }

// Len is the number of functions.
func (t Trace) Len() int { return len(t.frames) }

// Skip is the trace without the innermost n functions.
func (t Trace) Skip(n int) Trace {
	t.frames = t.frames[min(max(n, 0), len(t.frames)):]
	return t
}

// Position is where the innermost function was, "script.lua:12"; "" if the trace is empty.
func (t Trace) Position() string {
	if len(t.frames) == 0 {
		return ""
	}
	return t.frames[0].position()
}

// CutPosition takes the position of one of the functions off the beginning of a message. ok is
// false if the message begins with none of them.
func (t Trace) CutPosition(message string) (position, rest string, ok bool) {
	for _, l := range t.frames {
		if rest, ok := strings.CutPrefix(message, l.position()+": "); ok {
			return l.position(), rest, true
		}
	}
	return "", message, false
}

// String has a line for each function. A script gives names to the chunks that it loads, so line
// ends in them are escaped.
func (t Trace) String() string {
	var b strings.Builder
	for i, l := range t.frames {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(visible.Line(l.position() + ": in " + l.name))
	}
	if t.more {
		b.WriteString("\n...")
	}
	return b.String()
}

// TraceOf lists the Lua functions running in L and in the coroutines and tasks that resumed it, at
// most MaxFrames of them.
func TraceOf(L *lua.LState) (t Trace) {
	eachFrame(L, func(f Frame) bool {
		t.more = len(t.frames) == MaxFrames
		if !t.more {
			t.frames = append(t.frames, traceLine{f.Function().Proto.SourceName, f.Line(), functionName(f)})
		}
		return !t.more
	})
	return t
}

// Position is where the Lua function at a level is, as in "script.lua:12": 1 is the innermost that
// is running in L, as a rule the caller of the Go function that asks; 2 is that one's caller. It is
// "" if there are fewer.
func Position(L *lua.LState, level int) (position string) {
	left := max(level, 1)
	eachFrame(L, func(f Frame) bool {
		if left--; left == 0 {
			position = traceLine{source: f.Function().Proto.SourceName, line: f.Line()}.position()
		}
		return left > 0
	})
	return position
}

// where is the position to put before a message.
func where(L *lua.LState) string {
	if position := Position(L, 1); position != "" {
		return position + ": "
	}
	return ""
}

// eachFrame visits the Lua functions running in L and in the coroutines and tasks that resumed it,
// innermost first, until visit returns false.
func eachFrame(L *lua.LState, visit func(Frame) bool) {
	for ; L != nil; L = L.Parent {
		for f, ok := Innermost(L); ok; f, ok = f.Caller() {
			if !f.Function().IsG && !visit(f) {
				return
			}
		}
	}
}

// functionName is the name of a function in a traceback: the one its caller used, if that is known.
func functionName(f Frame) string {
	p := f.Function().Proto
	if p.LineDefined == 0 {
		return "main chunk"
	}
	if name, ok := f.CallName(); ok {
		return "function '" + name.Name + "'"
	}
	return "function <" + p.SourceName + ":" + strconv.Itoa(p.LineDefined) + ">"
}
