package lua51

import (
	"context"

	lua "github.com/yuin/gopher-lua"
)

// Host is what the program that runs scripts provides to their Runtime. Its functions are called on
// the goroutine that runs the Lua state.
type Host struct {
	// Context is that of each Lua state that runs a script; gopher-lua asks it before each
	// instruction.
	Context context.Context
	// Charge is told of bytes about to be allocated and of work, in instructions. It may end the
	// goroutine.
	Charge func(bytes, instructions int)
	// Ended is called when an error passes a protected call. It ends the goroutine if the whole run
	// is over.
	Ended func()
	// Reason says why a register of a function holds nil; "" if that is not known.
	Reason func(f Frame, register int) string
	// Absent says why a global is not set; "" if that is not known.
	Absent func(global string) string
	// KeepName reports whether a library function that is called without a name keeps its own in
	// messages.
	KeepName func(name string) bool
}

// Runtime is what the Lua states that share their globals need to behave as Lua 5.1. It belongs to
// the goroutine that runs the states.
type Runtime struct {
	host       Host
	Operators  Operators
	strings    *lua.LTable // in which a script may put metamethods for the operators of strings
	protection protection
	coroutines coroutines
}

// runtimeKey is where the registry keeps the Runtime.
const runtimeKey = "lua51.runtime"

// NewRuntime makes the Runtime of L and of all Lua states that will be made from it.
func NewRuntime(L *lua.LState, host Host) *Runtime {
	r := &Runtime{host: host}
	r.Operators = r.newOperators(L)
	r.protection = r.newProtection(L)
	r.coroutines = r.newCoroutines(L)
	L.G.Registry.RawSetString(runtimeKey, &lua.LUserData{Value: r, Metatable: lua.LNil})
	return r
}

// runtimeOf is the Runtime of L; nil without one.
func runtimeOf(L *lua.LState) *Runtime {
	if ud, ok := L.G.Registry.RawGetString(runtimeKey).(*lua.LUserData); ok {
		r, _ := ud.Value.(*Runtime)
		return r
	}
	return nil
}

// Charge tells the host of bytes about to be allocated and of work, in instructions. It may end the
// goroutine.
func (r *Runtime) Charge(bytes, instructions int) { r.host.Charge(bytes, instructions) }

// isHidden reports whether a function is one of the Runtime's own, which a script does not see:
// below a protected call, or in the place of an operator.
func isHidden(L *lua.LState, fn *lua.LFunction) bool {
	if !fn.IsG {
		return false
	}
	r := runtimeOf(L)
	if r == nil {
		return false
	}
	o, p := &r.Operators, &r.protection
	return fn == p.traced || fn == p.plain || fn == o.Concat || fn == o.Mod || fn == o.Pow || fn == o.Length ||
		fn == o.Product || fn == o.Quotient
}
