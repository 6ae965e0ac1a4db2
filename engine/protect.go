package engine

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"
)

// pcall is pcall(f, ...).
func (e *Engine) pcall(L *lua.LState) int {
	anything(L, 1)
	return e.attempt(L)
}

// attempt calls the function at the bottom of the stack with the rest of it, and returns true and its results, or false
// and what it raised.
func (e *Engine) attempt(L *lua.LState) int {
	if err := e.protected(L, L.GetTop()-1, e.catchQuietly); err != nil {
		L.Push(lua.LFalse)
		L.Push(raisedValue(err))
		return 2
	}
	L.Insert(lua.LTrue, 1)
	return L.GetTop()
}

// xpcall is xpcall(f, handler, ...). The handler runs when the stack of the error is gone; debug.traceback tells of it
// all the same.
func (e *Engine) xpcall(L *lua.LState) int {
	handler := anything(L, 2)
	L.Remove(2)
	err := e.protected(L, L.GetTop()-1, e.catchFully)
	if err == nil {
		L.Insert(lua.LTrue, 1)
		return L.GetTop()
	}
	L.Push(lua.LFalse)
	L.Push(e.handled(L, handler, err))
	return 2
}

// maxHandled is how often a handler is called for its own errors.
const maxHandled = 100

// handled is what the handler of an xpcall makes of an error. An error of the handler's own is handled by it as well.
func (e *Engine) handled(L *lua.LState, handler lua.LValue, err error) lua.LValue {
	const failed = lua.LString("error in error handling")
	if _, ok := handler.(*lua.LFunction); !ok {
		return failed
	}
	outer := e.failing[L]
	defer func() {
		if e.failing[L] = outer; len(outer.frames) == 0 {
			delete(e.failing, L)
		}
	}()
	if api, ok := err.(*lua.ApiError); ok && api == e.captured.err {
		e.failing[L] = e.captured.trace
	}
	top := L.GetTop()
	for range maxHandled {
		L.Push(handler)
		L.Push(raisedValue(err))
		if err = e.protected(L, 1, e.catchQuietly); err == nil {
			v := L.Get(top + 1)
			L.SetTop(top)
			return v
		}
		L.SetTop(top)
	}
	return failed
}

// errorWork is what it takes to raise an error, to look for its cause and to catch it, in instructions.
const errorWork = 300

// protected calls the function below the top n values, under a catcher. Its results take their place; an error leaves
// nothing.
func (e *Engine) protected(L *lua.LState, n int, catcher *lua.LFunction) error {
	if fn := L.Get(-n - 1); fn.Type() != lua.LTFunction && L.GetMetaField(fn, "__call").Type() != lua.LTFunction {
		L.Pop(n + 1)
		return fmt.Errorf("attempt to call a %s value", fn.Type().String())
	}
	defer setAsideUpvalues(L)()
	L.Insert(catcher, L.GetTop()-n)
	err := L.PCall(n+1, lua.MultRet, nil)
	if err != nil {
		e.Work(errorWork)
	}
	return err
}

// raisedValue is what a protected call caught.
func raisedValue(err error) lua.LValue {
	if api, ok := err.(*lua.ApiError); ok {
		return api.Object
	}
	return lua.LString(err.Error())
}
