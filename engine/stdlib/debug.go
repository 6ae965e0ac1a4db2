package stdlib

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
)

// openDebug makes the functions of debug that report what is running. None of them reaches the
// variables of a function, another task, or the host.
func (l *Library) openDebug(L *lua.LState) lua.LValue {
	lib := L.NewTable()
	define(L, lib,
		function{"gethook", func(L *lua.LState) int { return 0 }},
		function{"getinfo", debugInfo},
		function{"getmetatable", l.debugGetMetatable},
		function{"sethook", debugSetHook},
		function{"setmetatable", l.debugSetMetatable},
		function{"traceback", l.debugTraceback},
	)
	return lib
}

// debugGetMetatable is debug.getmetatable(v); a protected metatable is nil.
func (l *Library) debugGetMetatable(L *lua.LState) int {
	l.getMetatable(L)
	if L.Get(-1).Type() != lua.LTTable {
		L.Push(lua.LNil)
	}
	return 1
}

// debugSetMetatable is debug.setmetatable(v, metatable), for tables whose metatable is not
// protected. For a string, nil removes the methods of all strings, and the metatable of strings
// restores them. Sandboxes in Lua use that.
func (l *Library) debugSetMetatable(L *lua.LState) int {
	if _, ok := L.Get(1).(lua.LString); ok {
		l.setStringMethods(L)
	} else {
		setMetatable(L)
	}
	L.Push(lua.LTrue)
	return 1
}

func (l *Library) setStringMethods(L *lua.LState) {
	switch L.Get(2) {
	case lua.LNil:
		l.strings.metatable.RawSetString("__index", lua.LNil)
	case l.strings.view:
		l.strings.metatable.RawSetString("__index", l.strings.methods)
	default:
		lua51.ArgError(L, 2, "nil or the metatable of strings expected")
	}
}

// debugSetHook is debug.sethook(), which removes a hook; hooks cannot be set.
func debugSetHook(L *lua.LState) int {
	if L.Get(1) != lua.LNil {
		lua51.Raise(L, "hooks cannot be set here")
	}
	return 0
}

// debugTraceback is debug.traceback([coroutine,] [message [, level]]). In the handler of an xpcall
// it is the trace of the error, whose stack does not exist any more.
func (l *Library) debugTraceback(L *lua.LState) int {
	of, first := L, 1
	if th, ok := L.Get(1).(*lua.LState); ok {
		of, first = th, 2
	}
	message, ok := lua51.TextOf(L.Get(first))
	if !ok && first <= L.GetTop() {
		L.Push(L.Get(first))
		return 1
	}
	skip := lua51.OptInteger(L, first+1, 1) - 1
	if of != L {
		skip = 0
	}
	t, handling := l.runtime.Handling(of)
	if !handling || of != L {
		t = lua51.TraceOf(of)
		t = t.Skip(skip)
	}
	var b strings.Builder
	if ok {
		b.WriteString(message + "\n")
	}
	b.WriteString("stack traceback:")
	if t.Len() > 0 {
		b.WriteString("\n\t" + strings.ReplaceAll(t.String(), "\n", "\n\t"))
	}
	L.Push(lua.LString(b.String()))
	return 1
}

// debugInfo is debug.getinfo([coroutine,] function or level [, what]), without the fields that
// gopher-lua does not know.
func debugInfo(L *lua.LState) int {
	of, first := L, 1
	if th, ok := L.Get(1).(*lua.LState); ok {
		of, first = th, 2
	}
	what := lua51.OptText(L, first+1, "flnSu")
	if strings.Trim(what, "SlnufL") != "" {
		lua51.ArgError(L, first+1, "invalid option")
	}
	a, given, ok := subject(L, of, first)
	if !ok {
		L.Push(lua.LNil)
		return 1
	}
	t := describe(L, a, what)
	if given && strings.Contains(what, "f") {
		t.RawSetString("func", a.Function)
	}
	L.Push(t)
	return 1
}

// subject is the function or level that getinfo is asked about; ok is false if there is no such
// level.
func subject(L, of *lua.LState, arg int) (a lua51.Activation, given, ok bool) {
	if fn, ok := L.Get(arg).(*lua.LFunction); ok {
		return lua51.Activation{Function: fn, Line: -1}, true, true
	}
	if _, ok := lua51.NumberOf(L.Get(arg)); !ok {
		lua51.ArgError(L, arg, "function or level expected")
	}
	wanted := lua51.Integer(L, arg)
	if wanted < 0 {
		return a, false, false
	}
	a, ok = lua51.ActivationAt(of, wanted)
	return a, false, ok
}

// describe makes the table that getinfo returns.
func describe(L *lua.LState, a lua51.Activation, what string) *lua.LTable {
	t := L.NewTable()
	source, short, kind, defined, last, upvalues := "=[C]", "[C]", "C", -1, -1, 0
	switch {
	case a.Function == nil:
		source, short, kind = "=(tail call)", "(tail call)", "tail"
	case !a.Function.IsG:
		p := a.Function.Proto
		source, short, kind = "@"+p.SourceName, p.SourceName, "Lua"
		if strings.HasPrefix(short, "[string ") {
			source = short
		}
		if defined, last = p.LineDefined, p.LastLineDefined; defined == 0 {
			kind = "main"
		}
		upvalues = len(a.Function.Upvalues)
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
			line := a.Line
			if a.Function == nil || a.Function.IsG {
				line = -1
			}
			t.RawSetString("currentline", lua.LNumber(line))
		case 'u':
			t.RawSetString("nups", lua.LNumber(upvalues))
		case 'n':
			t.RawSetString("namewhat", lua.LString(a.Name.Kind))
			if a.Name.Name != "" {
				t.RawSetString("name", lua.LString(a.Name.Name))
			}
		}
	}
	return t
}
