package luabind

import (
	"context"
	"errors"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/engine/syntax"
	"github.com/lightdht/lightdht/luabind/declare"
	"github.com/lightdht/lightdht/luabind/network"
)

// Bounds of the work before a header: instructions (about 0.1 s), time, because some
// instructions call functions that take long, and memory in bytes.
const (
	maxBefore       = 2_000_000
	longBefore      = 2 * time.Second
	maxMemoryBefore = 256 << 20
)

// ReadHeader reads a script's experiment{...} header and runs nothing else of
// it: no output appears, no file is opened, no module is loaded. Without a
// header it returns nil and no error. The error is an *engine.ScriptError for any fault
// in the script; it wraps [ErrNotFirst] if something with an effect comes before the
// header. Definitions of values and functions, and require, have no effect in this sense.
func ReadHeader(name, source string) (*network.Header, error) {
	if !strings.Contains(source, "experiment") { // the most common case, and the quickest
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), longBefore)
	defer cancel()
	b := New(Options{})
	b.reader = &reader{stop: cancel}
	e, err := engine.New(engine.Options{
		Clock: engine.NewVirtual(), MaxInstructions: maxBefore, MaxMemory: maxMemoryBefore, Modules: b.reading(),
	})
	if err != nil {
		return nil, err
	}
	defer e.Close()
	_, err = e.Run(ctx, name, source)
	return b.reader.conclude(name, source, err)
}

// conclude returns the result when the script has ended with err.
func (r *reader) conclude(name, source string, err error) (*network.Header, error) {
	script, failed := errors.AsType[*engine.ScriptError](err)
	_, overLimit := errors.AsType[*engine.LimitError](err)
	_, overTime := errors.AsType[*engine.Interrupted](err)
	switch {
	case r.header != nil && r.offence == nil:
		return r.header, nil
	case failed && script.Traceback == "": // it never ran
		return nil, script
	case !callsExperiment(source):
		return nil, nil
	case r.offence != nil:
		return nil, r.offence
	case overLimit, overTime:
		return nil, &engine.ScriptError{Position: name, Message: "a long computation comes before experiment{...}: " + ErrNotFirst.Error(), Cause: ErrNotFirst}
	case failed:
		return nil, script
	}
	return nil, nil
}

// reading lists the modules while a header is being read: the pure ones as they are, and
// stubs that refuse to be used in place of all others.
func (b *Bindings) reading() []engine.Module {
	list := b.Modules()
	for _, m := range b.modules() {
		if m.Name != "" && !m.Pure && !strings.Contains(m.Name, ".") {
			list = append(list, b.forbidden(m.Name, m.Functions))
		}
	}
	for _, name := range []string{"print", "io", "os", "task", "sleep", "spawn"} {
		list = append(list, b.forbidden(name, nil))
	}
	return append(list, b.patient("require"), engine.Module{Name: "math", Open: b.certain})
}

// forbidden is a global that refuses to be used.
func (b *Bindings) forbidden(name string, functions []function) engine.Module {
	return engine.Module{Name: name, Open: func(e *engine.Engine, L *lua.LState) lua.LValue {
		b.attach(e, L)
		was := L.GetGlobal(name)
		if was.Type() == lua.LTFunction {
			return b.refusal(L, name)
		}
		t := b.idle(L, name, functions)
		for _, m := range b.modules() {
			if field, ok := strings.CutPrefix(m.Name, name+"."); ok {
				t.RawSetString(field, b.idle(L, m.Name, m.Functions))
			}
		}
		if lib, ok := was.(*lua.LTable); ok { // one of the engine's
			lib.ForEach(func(k, v lua.LValue) {
				if v.Type() == lua.LTFunction {
					t.RawSet(k, b.refusal(L, name+"."+k.String()))
				}
			})
		}
		return t
	}}
}

// idle is a module whose functions can be read but not called, so that local get_peers =
// dht.get_peers is a definition without effect.
func (b *Bindings) idle(L *lua.LState, name string, functions []function) *lua.LTable {
	t := b.stub(L, name)
	for _, f := range functions {
		t.RawSetString(f.Name, b.refusal(L, name+"."+f.Name))
	}
	return t
}

// refusal is a function that refuses to be called.
func (b *Bindings) refusal(L *lua.LState, name string) *lua.LFunction {
	return L.NewFunction(func(L *lua.LState) int {
		b.reader.refuse(b.call(L, nil), name)
		return 0
	})
}

// stub is a table that refuses to be used.
func (b *Bindings) stub(L *lua.LState, name string) *lua.LTable {
	refuse := b.refusal(L, name)
	mt := L.NewTable()
	for _, event := range []string{"__index", "__newindex", "__call", "__len", "__pairs"} {
		mt.RawSetString(event, refuse)
	}
	mt.RawSetString("__metatable", lua.LFalse)
	t := L.NewTable()
	t.Metatable = mt
	return t
}

// patient is a require that loads nothing and returns stubs that refuse to be used.
func (b *Bindings) patient(name string) engine.Module {
	return engine.Module{Name: name, Open: func(e *engine.Engine, L *lua.LState) lua.LValue {
		return L.NewFunction(func(L *lua.LState) int {
			L.Push(b.stub(L, "module '"+declare.Clip(lua.LVAsString(L.Get(1)))+"'"))
			return 1
		})
	}}
}

// certain is the math library without random numbers: a random default would have
// another value when the script runs.
func (b *Bindings) certain(e *engine.Engine, L *lua.LState) lua.LValue {
	math, ok := L.GetGlobal("math").(*lua.LTable)
	if !ok {
		return lua.LNil
	}
	for _, name := range []string{"random", "randomseed"} {
		math.RawSetString(name, b.refusal(L, "math."+name))
	}
	return math
}

// callsExperiment reports whether the script calls experiment outside of functions. The
// engine has compiled the source already.
func callsExperiment(source string) (calls bool) {
	if strings.HasPrefix(source, "#") {
		source = "--" + source
	}
	chunk, err := syntax.Parse(source)
	if err != nil {
		return false
	}
	syntax.Walk(chunk.Body, func(x syntax.Expr) bool {
		if call, ok := x.(*syntax.Call); ok && call.Method == "" {
			name, ok := call.Func.(*syntax.Ident)
			calls = calls || ok && name.Name == "experiment"
		}
		_, isFunction := x.(*syntax.Function)
		return !isFunction
	})
	return calls
}
