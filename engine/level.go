package engine

import (
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
)

// activation is a function that is running, as error and getfenv count them.
type activation struct {
	fn   *lua.LFunction // nil: a tail call has replaced it
	line int
	name lua51.Name // by which its caller calls it
}

// levelAt finds what is so many calls above the library function that runs in L, which is 0 itself. Hidden functions do
// not count.
func levelAt(L *lua.LState, wanted int) (activation, bool) {
	f, ok := lua51.Innermost(L)
	for ; ok; f, ok = f.Caller() {
		fn := f.Function()
		if isHidden(L, fn) {
			continue
		}
		if wanted == 0 {
			name, _ := f.CallName()
			return activation{fn: fn, line: f.Line(), name: name}, true
		}
		wanted--
		if fn.IsG {
			continue
		}
		if wanted < f.TailCalls() {
			return activation{}, true
		}
		wanted -= f.TailCalls()
	}
	return activation{}, false
}

// engineKey is under which the context of a Lua state knows its engine.
type engineKey struct{}

// engineOf is the engine that L belongs to; nil while the engine is being made.
func engineOf(L *lua.LState) *Engine {
	if L.Context() == nil {
		return nil
	}
	e, _ := L.Context().Value(engineKey{}).(*Engine)
	return e
}

// isHidden reports whether a function is one of the engine's own, of which a script does not know: under a protected call,
// or in the place of an operator.
func isHidden(L *lua.LState, fn *lua.LFunction) bool {
	e := engineOf(L)
	if e == nil || !fn.IsG {
		return false
	}
	o := &e.operators
	return fn == e.catchFully || fn == e.catchQuietly || fn == o.Concat || fn == o.Mod || fn == o.Pow || fn == o.Length || fn == o.Product || fn == o.Quotient
}

// positionAt is the "script.lua:12: " of a level; "" if there is none, or a library function.
func positionAt(L *lua.LState, wanted int) string {
	a, ok := levelAt(L, wanted)
	if !ok || a.fn == nil || a.fn.IsG {
		return ""
	}
	return a.fn.Proto.SourceName + ":" + itoa(a.line) + ": "
}

// ownName is the name by which the library function that runs in L is called, and whether that is a call of a method. It is
// "?" if there is none, as where pcall calls, but a function that Lua does not have keeps its own.
func ownName(L *lua.LState) (name string, isMethod bool) {
	a, _ := levelAt(L, 0)
	if a.name.Name == "" {
		if own := nameOf(L); slices.Contains(strings.Fields(allowed["task"]), own) {
			return own, false
		}
		return "?", false
	}
	return a.name.Name, a.name.Kind == "method"
}
