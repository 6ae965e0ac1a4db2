package lua51

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"
)

// protection is what pcall and xpcall need. gopher-lua's protected call shows an error when its
// stack is gone, so each protected function runs below a hidden Go function, through which errors
// pass while the stack is still there.
type protection struct {
	traced, plain *lua.LFunction // the hidden functions; traced also keeps the trace of the error
	latest        struct {       // error that passed the traced one, until its protected call has returned it
		err   *lua.ApiError
		trace Trace
	}
	handling map[*lua.LState]Trace // of the errors for which handlers of xpcall are running
}

func (r *Runtime) newProtection(L *lua.LState) protection {
	return protection{traced: r.newCatcher(L, true), plain: r.newCatcher(L, false), handling: map[*lua.LState]Trace{}}
}

// passed marks errors that catch has made. A trace that is not empty also keeps gopher-lua from
// making its own.
const passed = "-"

// newCatcher makes a Go function to put below the function of a protected call. Go panics pass
// through it as well: gopher-lua would make a traceback of them, which takes quadratic time on a
// deep stack and can itself panic.
func (r *Runtime) newCatcher(L *lua.LState, traced bool) *lua.LFunction {
	raise := func(L *lua.LState) { panic(r.catch(L, L.Get(-1), traced)) }
	return L.NewFunction(func(L *lua.LState) int {
		L.Panic = raise // the protected call puts the old one back
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			switch err, ok := p.(*lua.ApiError); {
			case !ok:
				p = r.catch(L, lua.LString(where(L)+PanicText(p)), traced)
			case err.StackTrace != passed: // it comes from a Lua state that gopher-luar made for a callback
				p = r.catch(L, err.Object, traced)
			}
			panic(p)
		}()
		L.Call(L.GetTop()-1, lua.MultRet)
		return L.GetTop()
	})
}

// catch makes the error that a protected call returns of a value raised in L.
func (r *Runtime) catch(L *lua.LState, v lua.LValue, traced bool) *lua.ApiError {
	r.host.Ended() // the error may be the end of the run itself, on its way out of a callback of gopher-luar
	if s, ok := v.(lua.LString); ok {
		v = lua.LString(r.improve(L, string(s)))
	}
	err := &lua.ApiError{Type: lua.ApiErrorRun, Object: v, StackTrace: passed}
	if traced {
		r.protection.latest.err, r.protection.latest.trace = err, TraceOf(L)
	}
	return err
}

// PanicText is a Go panic in Lua's words. The index is that of the instruction before a function's
// first: gopher-lua reads it when the stack overflows during a call.
func PanicText(p any) string {
	text := fmt.Sprint(p)
	if text == "lua callstack overflow" || text == "runtime error: index out of range [-1]" {
		return "stack overflow"
	}
	return text
}

// Run calls the function below the top n values, at the bottom of a Lua state, and returns the
// error that it raised with its trace. Without an error the results are on the stack.
func (r *Runtime) Run(L *lua.LState, n int) (Trace, error) {
	L.Insert(r.protection.traced, L.GetTop()-n)
	err := L.PCall(n+1, lua.MultRet, nil)
	if err == nil {
		return Trace{}, nil
	}
	trace := r.traceOf(err)
	r.protection.latest.err, r.protection.latest.trace = nil, Trace{}
	return trace, err
}

// traceOf is the trace of an error, if it was the latest that the traced catcher has seen.
func (r *Runtime) traceOf(err error) Trace {
	if api, ok := err.(*lua.ApiError); ok && api == r.protection.latest.err {
		return r.protection.latest.trace
	}
	return Trace{}
}

// PCall is pcall(f, ...).
func (r *Runtime) PCall(L *lua.LState) int {
	Any(L, 1)
	return r.attempt(L)
}

// attempt calls the function at the bottom of the stack with the other values, and returns true and
// its results, or false and the value that it raised.
func (r *Runtime) attempt(L *lua.LState) int {
	if err := r.Protected(L, L.GetTop()-1); err != nil {
		L.Push(lua.LFalse)
		L.Push(Raised(err))
		return 2
	}
	L.Insert(lua.LTrue, 1)
	return L.GetTop()
}

// XPCall is xpcall(f, handler, ...). The handler runs when the stack of the error is gone; Handling
// has its trace.
func (r *Runtime) XPCall(L *lua.LState) int {
	handler := Any(L, 2)
	L.Remove(2)
	err := r.protected(L, L.GetTop()-1, r.protection.traced)
	if err == nil {
		L.Insert(lua.LTrue, 1)
		return L.GetTop()
	}
	L.Push(lua.LFalse)
	L.Push(r.handled(L, handler, err))
	return 2
}

// Handling is the trace of the error for which a handler of xpcall runs in L; ok is false if none
// does.
func (r *Runtime) Handling(L *lua.LState) (t Trace, ok bool) {
	t, ok = r.protection.handling[L]
	return t, ok
}

// maxHandled is how often a handler is called for its own errors.
const maxHandled = 100

// handled calls the handler of an xpcall with the value of an error, and returns its result. An
// error of the handler is handled by the handler as well, which gopher-lua does not do (upstream
// issue 452 is related).
func (r *Runtime) handled(L *lua.LState, handler lua.LValue, err error) lua.LValue {
	const failed = lua.LString("error in error handling")
	if _, ok := handler.(*lua.LFunction); !ok {
		return failed
	}
	handling := r.protection.handling
	outer := handling[L]
	defer func() {
		if handling[L] = outer; outer.Len() == 0 {
			delete(handling, L)
		}
	}()
	if api, ok := err.(*lua.ApiError); ok && api == r.protection.latest.err {
		handling[L] = r.protection.latest.trace
	}
	top := L.GetTop()
	for range maxHandled {
		L.Push(handler)
		L.Push(Raised(err))
		if err = r.Protected(L, 1); err == nil {
			v := L.Get(top + 1)
			L.SetTop(top)
			return v
		}
		L.SetTop(top)
	}
	return failed
}

// errorWork is the cost of raising an error, looking for its cause and catching it, in instructions
// (measured).
const errorWork = 300

// Protected calls the function below the top n values. Its results take their place. After an error
// they are gone.
func (r *Runtime) Protected(L *lua.LState, n int) error {
	return r.protected(L, n, r.protection.plain)
}

func (r *Runtime) protected(L *lua.LState, n int, catcher *lua.LFunction) error {
	if fn := L.Get(-n - 1); fn.Type() != lua.LTFunction && L.GetMetaField(fn, "__call").Type() != lua.LTFunction {
		L.Pop(n + 1)
		return fmt.Errorf("attempt to call a %s value", fn.Type().String())
	}
	defer setAsideUpvalues(L)()
	L.Insert(catcher, L.GetTop()-n)
	err := L.PCall(n+1, lua.MultRet, nil)
	if err != nil {
		r.host.Charge(0, errorWork)
	}
	return err
}

// setAsideUpvalues starts a new list of open upvalues for L; restore brings back the old one.
//
// When an error is raised, gopher-lua 1.1.2 closes the open upvalues of every function that is
// running in a Lua state, not only of those that the error leaves (its issue 448). A closure that
// shares a local with a function which goes on after a pcall then has a copy of it:
//
//	local x = 1
//	local function set(v) x = v end
//	pcall(error)
//	set(2)
//	print(x) -- 1
//
// It closes the upvalues in the state's list, so that list is put aside during a protected call.
// The functions below the call do not run meanwhile, so they do not use the list; the functions
// above it begin a list of their own.
func setAsideUpvalues(L *lua.LState) (restore func()) {
	list := OpenUpvalues(L)
	old := *list
	*list = nil
	return func() { *list = old }
}

// Raised is the value that a protected call caught.
func Raised(err error) lua.LValue {
	if api, ok := err.(*lua.ApiError); ok {
		return api.Object
	}
	return lua.LString(err.Error())
}
