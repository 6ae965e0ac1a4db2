package lua51

import (
	"strconv"

	lua "github.com/yuin/gopher-lua"
)

// Activation is a running function, as error and getfenv count them.
type Activation struct {
	Function *lua.LFunction // nil: a tail call has replaced it
	Line     int
	Name     Name // by which its caller calls it
}

// ActivationAt is the function at a level above the running library function, which is at level 0
// itself. Hidden functions do not count. ok is false if there are fewer levels. gopher-lua counts
// functions that a tail call has replaced as none (not reported upstream).
func ActivationAt(L *lua.LState, level int) (a Activation, ok bool) {
	f, ok := Innermost(L)
	for ; ok; f, ok = f.Caller() {
		fn := f.Function()
		if isHidden(L, fn) {
			continue
		}
		if level == 0 {
			name, _ := f.CallName()
			return Activation{Function: fn, Line: f.Line(), Name: name}, true
		}
		level--
		if fn.IsG {
			continue
		}
		if level < f.TailCalls() {
			return Activation{}, true
		}
		level -= f.TailCalls()
	}
	return Activation{}, false
}

// PositionAt is the "script.lua:12: " of a level; "" if there is no such level, or a library
// function.
func PositionAt(L *lua.LState, level int) string {
	a, ok := ActivationAt(L, level)
	if !ok || a.Function == nil || a.Function.IsG {
		return ""
	}
	return a.Function.Proto.SourceName + ":" + strconv.Itoa(a.Line) + ": "
}

// ownName is the name by which the library function that runs in L is called, and whether that is a
// call of a method. It is "?" if the call has no name, as where pcall calls, but for functions that
// keep their own.
func ownName(L *lua.LState) (name string, isMethod bool) {
	a, _ := ActivationAt(L, 0)
	if a.Name.Name == "" {
		r := runtimeOf(L)
		if own := globalName(L); r != nil && r.host.KeepName(own) {
			return own, false
		}
		return "?", false
	}
	return a.Name.Name, a.Name.Kind == "method"
}

// maxNames bounds how many entries of tables are searched for a name. A script's own can hold
// millions.
const maxNames = 10_000

// globalName is the name under which the Go function that runs in L can be found among the globals,
// or "?".
func globalName(L *lua.LState) string {
	f, ok := Innermost(L)
	if !ok {
		return "?"
	}
	fn := lua.LValue(f.Function())
	name, left := "?", maxNames
	search := func(t *lua.LTable) {
		for k, v := t.Next(lua.LNil); k != lua.LNil && name == "?" && left > 0; k, v = t.Next(k) {
			left--
			if s, ok := k.(lua.LString); ok && v == fn {
				name = string(s)
			}
		}
	}
	global := L.G.Global
	search(global)
	for k, v := global.Next(lua.LNil); k != lua.LNil && name == "?" && left > 0; k, v = global.Next(k) {
		left--
		if t, ok := v.(*lua.LTable); ok && t != global {
			search(t)
		}
	}
	return name
}

// FieldNames lists the keys of a table that are strings; of a large table the first.
func FieldNames(t *lua.LTable) []string {
	var names []string
	for k, _ := t.Next(lua.LNil); k != lua.LNil && len(names) < maxNames; k, _ = t.Next(k) {
		if s, ok := k.(lua.LString); ok {
			names = append(names, string(s))
		}
	}
	return names
}
