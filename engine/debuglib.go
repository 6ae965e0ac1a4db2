package engine

import (
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// openDebug brings the part of debug that only tells what is running: nothing in it reaches the variables of a function,
// another task, or the host.
func (e *Engine) openDebug() {
	e.define(e.library("debug"),
		function{"gethook", func(L *lua.LState) int { return 0 }},
		function{"getinfo", debugInfo},
		function{"getmetatable", e.debugGetMetatable},
		function{"sethook", debugSetHook},
		function{"setmetatable", e.debugSetMetatable},
		function{"traceback", e.debugTraceback},
	)
}

// debugGetMetatable is debug.getmetatable(v): the metatable, but none that is protected.
func (e *Engine) debugGetMetatable(L *lua.LState) int {
	e.getMetatable(L)
	if L.Get(-1).Type() != lua.LTTable {
		L.Push(lua.LNil)
	}
	return 1
}

// debugSetMetatable is debug.setmetatable(v, metatable), for tables whose metatable is not protected. Of strings it takes
// away the methods, with nil, and gives them back, with their own metatable: so a library tames what it loads.
func (e *Engine) debugSetMetatable(L *lua.LState) int {
	if _, ok := L.Get(1).(lua.LString); ok {
		e.setStringMethods(L)
	} else {
		setMetatable(L)
	}
	L.Push(lua.LTrue)
	return 1
}

func (e *Engine) setStringMethods(L *lua.LState) {
	switch L.Get(2) {
	case lua.LNil:
		e.stringBase.RawSetString("__index", lua.LNil)
	case e.stringMeta:
		e.stringBase.RawSetString("__index", e.stringLib)
	default:
		argError(L, 2, "nil or the metatable of strings expected")
	}
}

// debugSetHook is debug.sethook(), which takes a hook away; there never is one.
func debugSetHook(L *lua.LState) int {
	if L.Get(1) != lua.LNil {
		raise(L, "hooks cannot be set here")
	}
	return 0
}

// debugTraceback is debug.traceback([coroutine,] [message [, level]]). In the handler of an xpcall it tells how the
// script came to the error, which is gone by then.
func (e *Engine) debugTraceback(L *lua.LState) int {
	of, first := L, 1
	if th, ok := L.Get(1).(*lua.LState); ok {
		of, first = th, 2
	}
	message, ok := textOf(L.Get(first))
	if !ok && first <= L.GetTop() {
		L.Push(L.Get(first))
		return 1
	}
	skip := optInteger(L, first+1, 1) - 1
	if of != L {
		skip = 0
	}
	t, handling := e.failing[of]
	if !handling || of != L {
		t = traceOf(of, maxFrames)
		t.frames = t.frames[min(max(skip, 0), len(t.frames)):]
	}
	var b strings.Builder
	if ok {
		b.WriteString(message + "\n")
	}
	b.WriteString("stack traceback:")
	if len(t.frames) > 0 {
		b.WriteString("\n\t" + strings.ReplaceAll(t.String(), "\n", "\n\t"))
	}
	L.Push(lua.LString(b.String()))
	return 1
}

// debugInfo is debug.getinfo([coroutine,] function or level [, what]), with what can be told of source and lines.
func debugInfo(L *lua.LState) int {
	of, first := L, 1
	if th, ok := L.Get(1).(*lua.LState); ok {
		of, first = th, 2
	}
	what := optText(L, first+1, "flnSu")
	if strings.Trim(what, "SlnufL") != "" {
		argError(L, first+1, "invalid option")
	}
	a, given, ok := subject(L, of, first)
	if !ok {
		L.Push(lua.LNil)
		return 1
	}
	t := a.describe(L, what)
	if given && strings.Contains(what, "f") {
		t.RawSetString("func", a.fn)
	}
	L.Push(t)
	return 1
}

// subject is what getinfo is asked about: a function that was given, or what runs at a level; ok is false if nothing does.
func subject(L, of *lua.LState, arg int) (a activation, given, ok bool) {
	if fn, ok := L.Get(arg).(*lua.LFunction); ok {
		return activation{fn: fn, line: -1}, true, true
	}
	if _, ok := numberOf(L.Get(arg)); !ok {
		argError(L, arg, "function or level expected")
	}
	wanted := integer(L, arg)
	if wanted < 0 {
		return a, false, false
	}
	a, ok = levelAt(of, wanted)
	return a, false, ok
}

// describe is the table that getinfo returns.
func (a activation) describe(L *lua.LState, what string) *lua.LTable {
	t := L.NewTable()
	source, short, kind, defined, last, upvalues := "=[C]", "[C]", "C", -1, -1, 0
	switch {
	case a.fn == nil:
		source, short, kind = "=(tail call)", "(tail call)", "tail"
	case !a.fn.IsG:
		p := a.fn.Proto
		source, short, kind = "@"+p.SourceName, p.SourceName, "Lua"
		if strings.HasPrefix(short, "[string ") {
			source = short
		}
		if defined, last = p.LineDefined, p.LastLineDefined; defined == 0 {
			kind = "main"
		}
		upvalues = len(a.fn.Upvalues)
	}
	for _, option := range what {
		switch option {
		case 'S':
			t.RawSetString("source", lua.LString(source))
			t.RawSetString("short_src", lua.LString(short))
			t.RawSetString("what", lua.LString(kind))
			t.RawSetString("linedefined", lua.LNumber(defined))
			t.RawSetString("lastlinedefined", lua.LNumber(last))
		case 'l':
			line := a.line
			if a.fn == nil || a.fn.IsG {
				line = -1
			}
			t.RawSetString("currentline", lua.LNumber(line))
		case 'u':
			t.RawSetString("nups", lua.LNumber(upvalues))
		case 'n':
			t.RawSetString("namewhat", lua.LString(a.name.Kind))
			if a.name.Name != "" {
				t.RawSetString("name", lua.LString(a.name.Name))
			}
		}
	}
	return t
}
