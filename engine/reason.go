package engine

import (
	"weak"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
)

// A nil that stands for a failure remembers why, as far as its script's messages go:
//
//	local r = dht.rpc.ping("1.2.3.4:5")
//	print(r.id) -- attempt to index local 'r' (nil: ping of 1.2.3.4:5 had no answer in time)
//
// The nil itself cannot hold the reason. So the engine remembers the latest result of each call in
// the script's code, and a message about a nil looks for the call that returned it.

// maxFailedCalls is how many failed calls are remembered (chosen by us).
const maxFailedCalls = 256

// site is a call instruction of a function that is running. While that function runs, it makes all
// calls at that depth of its Lua state.
type site struct {
	state weak.Pointer[lua.LState]
	proto weak.Pointer[lua.FunctionProto]
	depth int
	pc    int
}

// failedCall is the latest call at a site.
type failedCall struct {
	called *lua.LFunction
	owner  any           // the Go value of the object whose function it is; nil if it has none
	why    func() string // nil if the call did not fail
}

// reasons remembers why calls have returned nil.
type reasons struct {
	scheduler *scheduler
	at        map[site]failedCall            // the latest calls that returned nil because something failed
	order     []site                         // of these, oldest first
	kept      map[*lua.Upvalue]func() string // why variables of a console are nil
	spawn     *lua.LFunction                 // spawn and task.spawn
}

// siteOf is the call of the running Go function. ok is false if it was not called by a Lua function
// that goes on.
func siteOf(L *lua.LState) (s site, called *lua.LFunction, ok bool) {
	callee, ok := lua51.Innermost(L)
	if !ok {
		return site{}, nil, false
	}
	f, ok := callee.Caller()
	if !ok || !f.Calls(callee.Function()) {
		return site{}, nil, false
	}
	return newSite(f, f.PC()), callee.Function(), true
}

func newSite(f lua51.Frame, pc int) site {
	return site{weak.Make(f.State()), weak.Make(f.Function().Proto), f.Depth(), pc}
}

// failed is Engine.Failed.
func (r *reasons) failed(L *lua.LState, owner any, why func() string) {
	s, called, ok := siteOf(L)
	if !ok {
		return
	}
	if r.at == nil {
		r.at = map[site]failedCall{}
	}
	if _, known := r.at[s]; !known {
		if len(r.order) == maxFailedCalls {
			delete(r.at, r.order[0])
			r.order = r.order[1:]
		}
		r.order = append(r.order, s)
	}
	r.at[s] = failedCall{called, owner, why}
}

// begun is Engine.Begun.
func (r *reasons) begun(L *lua.LState) {
	if len(r.at) == 0 {
		return
	}
	s, _, ok := siteOf(L)
	if _, known := r.at[s]; ok && known {
		r.at[s] = failedCall{}
	}
}

// of is the reason of the nil in a register of a function; "" if it is not known for certain.
func (r *reasons) of(f lua51.Frame, register int) string {
	if call, ok := f.CallBehind(register, r.others(f.State())...); ok {
		if why := r.whyFailed(call); why != nil {
			return why()
		}
		return ""
	}
	if uv := f.UpvalueBehind(register); uv != nil && r.kept[uv] != nil {
		return r.kept[uv]()
	}
	return ""
}

// maxParked is the number of tasks in which a captured variable is looked for (chosen by us).
const maxParked = 64

// others lists the Lua states that have resumed L, and those of waiting tasks.
func (r *reasons) others(L *lua.LState) (states []*lua.LState) {
	for L = L.Parent; L != nil; L = L.Parent {
		states = append(states, L)
	}
	for _, t := range r.scheduler.live[:min(len(r.scheduler.live), maxParked)] {
		for L := t.thread; L != nil; L = L.Parent {
			states = append(states, L)
		}
	}
	return states
}

// whyFailed is the reason of a call that returned nil; nil if it is not known for certain.
func (r *reasons) whyFailed(call lua51.Call) func() string {
	if beside := AsErrorValue(call.Beside()); beside != nil {
		return beside.reason
	}
	known := r.at[newSite(call.Frame, call.PC)]
	if call.Result != 0 {
		return nil
	}
	called, made := call.Called()
	switch called := called.(type) {
	case *lua.LFunction:
		if called != known.called {
			return nil
		}
	case *lua.LUserData:
		if known.owner == nil || called.Value != known.owner {
			return nil
		}
	default:
		if made == nil || made != lua.LValue(r.spawn) { // of spawn(f):wait()
			return nil
		}
	}
	return known.why
}

// keepNil remembers why a variable that outlives its chunk is nil, if no code sets it later. f is
// the function that has just declared it.
func (r *reasons) keepNil(f lua51.Frame, variable *lua.Upvalue) {
	register, ok := f.Keeps(variable)
	if !ok || variable.Value() != lua.LNil {
		return
	}
	call, ok := f.CallBehind(register)
	if !ok {
		return
	}
	if why := r.whyFailed(call); why != nil {
		if r.kept == nil || len(r.kept) == maxFailedCalls {
			r.kept = map[*lua.Upvalue]func() string{}
		}
		r.kept[variable] = why
	}
}
