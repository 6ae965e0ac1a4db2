package engine

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/exact"
	"github.com/lightdht/lightdht/engine/lua51"
	"github.com/lightdht/lightdht/engine/syntax"
)

// openCompiler makes the functions that compiled chunks call for some operators.
func (e *Engine) openCompiler() {
	operator := func(op byte, of func(x, y float64) float64) *lua.LFunction {
		return e.lua.NewFunction(func(L *lua.LState) int {
			a, b := L.Get(1), L.Get(2)
			x, ok := a.(lua.LNumber)
			y, ok2 := b.(lua.LNumber)
			if ok && ok2 {
				L.Push(lua.LNumber(of(float64(x), float64(y))))
			} else {
				L.Push(lua51.Arith(L, op, a, b))
			}
			return 1
		})
	}
	e.compiler.Operators = lua51.Operators{
		Concat: e.lua.NewFunction(func(L *lua.LState) int {
			L.Push(lua51.ConcatValues(L, 1, L.GetTop(), nil))
			return 1
		}),
		Mod:   operator('%', lua51.Modulo),
		Pow:   operator('^', exact.Pow),
		Power: exact.Pow,
	}
}

// load compiles a script or a module.
func (e *Engine) load(name, source string) (*lua.LFunction, error) {
	if strings.HasPrefix(source, "#") { // "#!/usr/bin/env lightdht"
		source = "--" + source
	}
	return e.compile(name, source)
}

// compile turns text into a function. The error is a *ScriptError. Bytecode does not exist here: gopher-lua has no loader
// for it.
func (e *Engine) compile(name, source string) (*lua.LFunction, error) {
	chunk, err := parse(name, source)
	if err != nil {
		return nil, err
	}
	proto, err := e.compileTree(name, chunk, nil)
	if err != nil {
		return nil, err
	}
	return e.lua.NewFunctionFromProto(proto), nil
}

// parse reads a chunk of at most maxScript bytes.
func parse(name, source string) (*syntax.Chunk, error) {
	if len(source) > maxScript {
		line := 1 + strings.Count(source[:maxScript], "\n")
		return nil, &ScriptError{Position: name + ":" + itoa(line), Message: fmt.Sprintf("the script is longer than %d bytes", maxScript)}
	}
	chunk, err := syntax.Parse(source)
	if e, ok := errors.AsType[*syntax.Error](err); ok {
		return nil, &ScriptError{Position: name + ":" + itoa(e.Line), Message: e.Error()}
	}
	return chunk, err
}

// compileTree makes the prototype of a chunk whose upvalues are named by outer, and remembers the chunk's name.
func (e *Engine) compileTree(name string, chunk *syntax.Chunk, outer []string) (*lua.FunctionProto, error) {
	proto, err := e.compiler.Compile(chunk, name, outer)
	if bad, ok := errors.AsType[*lua51.Error](err); ok {
		return nil, &ScriptError{Position: name + ":" + itoa(bad.Line), Message: bad.Message}
	}
	if err == nil && len(e.chunks) < maxChunks && !slices.Contains(e.chunks, name) {
		e.chunks = append(e.chunks, name)
	}
	return proto, err
}
