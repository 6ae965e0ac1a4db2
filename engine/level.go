package engine

import (
	lua "github.com/yuin/gopher-lua"
)

// activation is a function that is running, as error and getfenv count them.
type activation struct {
	fn    *lua.LFunction // nil: a tail call has replaced it
	name  string         // by which it was called, if its caller says so
	line  int
	given bool // it was not looked for on the stack
}

// levelAt finds what is so many calls above the library function that runs in L, which is 0 itself. Functions that a
// protected call has put in between do not count.
func levelAt(L *lua.LState, wanted int) (activation, bool) {
	afterTail := false
	for raw := 0; ; raw++ {
		dbg, ok := L.GetStack(raw)
		if !ok {
			return activation{}, false
		}
		v, err := L.GetInfo("fnSl", dbg, nil)
		fn, isFunction := v.(*lua.LFunction)
		if err != nil || !isFunction {
			return activation{}, false
		}
		if isCatcher(L, fn) && dbg.What != "main" {
			continue
		}
		// gopher-lua shows the bottom of the stack for a level that a tail call has replaced.
		isBottom := dbg.What == "main"
		gone := false
		if isBottom && afterTail {
			_, gone = L.GetStack(raw + 1)
		}
		afterTail = dbg.What == "tail" || gone
		if isBottom && !gone && isCatcher(L, fn) {
			return activation{}, false
		}
		if wanted > 0 {
			wanted--
			continue
		}
		if gone {
			return activation{}, true
		}
		return activation{fn: fn, name: dbg.Name, line: dbg.CurrentLine}, true
	}
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

func isCatcher(L *lua.LState, fn *lua.LFunction) bool {
	e := engineOf(L)
	return e != nil && (fn == e.catchFully || fn == e.catchQuietly)
}

// positionAt is the "script.lua:12: " of a level; "" if there is none, or a library function.
func positionAt(L *lua.LState, wanted int) string {
	l, ok := levelAt(L, wanted)
	if !ok || l.fn == nil || l.fn.IsG {
		return ""
	}
	return l.fn.Proto.SourceName + ":" + itoa(l.line) + ": "
}

// calledAs is the name that the call of the library function which runs in L gives it, and whether it is called as a
// method. A function that was not called by a name has the one under which it can be found.
func calledAs(L *lua.LState) (name string, isMethod bool) {
	if l, ok := levelAt(L, 0); ok {
		name = l.name
	}
	caller, ok := levelAt(L, 1)
	if !ok || caller.fn == nil || caller.fn.IsG || name == "" || name == "?" || name == "(anonymous)" {
		return nameOf(L), false
	}
	return name, caller.callsMethod(name)
}

// callsMethod reports whether the calls of this name on the line that is running are all calls of methods.
func (l activation) callsMethod(name string) bool {
	found := false
	for _, call := range l.fn.Proto.DbgCalls {
		if call.Name != name || l.fn.Proto.DbgSourcePositions[call.Pc] != l.line {
			continue
		}
		if !isMethodCall(l.fn.Proto.Code, call.Pc) {
			return false
		}
		found = true
	}
	return found
}

// isMethodCall reports whether what the instruction at pc calls was loaded together with its receiver.
func isMethodCall(code []uint32, pc int) bool {
	register := code[pc] >> 18 & 0xff
	for pc--; pc >= 0; pc-- {
		if code[pc]>>18&0xff != register {
			continue
		}
		switch int(code[pc] >> 26) {
		case lua.OP_SELF:
			return true
		case lua.OP_EQ, lua.OP_LT, lua.OP_LE, lua.OP_TEST, lua.OP_JMP, lua.OP_SETGLOBAL, lua.OP_SETUPVAL,
			lua.OP_SETTABLE, lua.OP_SETTABLEKS, lua.OP_CLOSE, lua.OP_NOP: // these write to no register
		default:
			return false
		}
	}
	return false
}
