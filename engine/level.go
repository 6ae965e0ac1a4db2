package engine

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
)

// activation is a function that is running, as error and getfenv count them.
type activation struct {
	fn    *lua.LFunction // nil: a tail call has replaced it
	frame lua51.Frame
	line  int
	name  lua51.Name // by which its caller calls it
}

// levelAt finds what is so many calls above the library function that runs in L, which is 0 itself. Hidden
// functions do not count.
func levelAt(L *lua.LState, wanted int) (activation, bool) {
	f, ok := lua51.Innermost(L)
	for ; ok; f, ok = f.Caller() {
		fn := f.Function()
		if isHidden(L, fn) {
			continue
		}
		if wanted == 0 {
			return activation{fn: fn, frame: f, line: f.Line(), name: calledAs(f)}, true
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

// calledAs is the name by which a function is called, if it is a Lua function that calls it.
func calledAs(f lua51.Frame) lua51.Name {
	caller, ok := f.Caller()
	if !ok || caller.Function().IsG || caller.PC() < 0 || !f.Function().IsG && f.TailCalls() > 0 {
		return lua51.Name{}
	}
	p := caller.Function().Proto
	instruction := p.Code[caller.PC()]
	if op := int(instruction >> 26); op != lua.OP_CALL && op != lua.OP_TAILCALL {
		return lua51.Name{}
	}
	return lua51.NameOf(p, caller.PC(), int(instruction>>18)&0xff, f.Function())
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
	return fn == e.catchFully || fn == e.catchQuietly || fn == o.Concat || fn == o.Mod || fn == o.Pow || fn == o.Length
}

// positionAt is the "script.lua:12: " of a level; "" if there is none, or a library function.
func positionAt(L *lua.LState, wanted int) string {
	a, ok := levelAt(L, wanted)
	if !ok || a.fn == nil || a.fn.IsG {
		return ""
	}
	return a.fn.Proto.SourceName + ":" + itoa(a.line) + ": "
}

// ownName is the name by which the library function that runs in L is called, and whether that is a call of a method. A
// function that is called without a name has the one under which it can be found.
func ownName(L *lua.LState) (name string, isMethod bool) {
	a, _ := levelAt(L, 0)
	if a.name.Name == "" {
		return nameOf(L), false
	}
	return a.name.Name, a.name.Kind == "method"
}
