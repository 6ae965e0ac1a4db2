package engine

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/compile"
	"github.com/lightdht/lightdht/engine/syntax"
)

// compileWork is about how many instructions could be carried out while a byte is compiled.
const compileWork = 12

// compileBytes is about how many bytes it takes to compile a byte of a dense text: 1 MB of "x=1 " takes 90 MB.
const compileBytes = 90

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
	e.Room(compileBytes * len(source))
	e.Work(compileWork * len(source))
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
	proto, err := compile.Chunk(chunk, name, outer, &e.runtime.Operators)
	if bad, ok := errors.AsType[*compile.Error](err); ok {
		return nil, &ScriptError{Position: name + ":" + itoa(bad.Line), Message: bad.Message}
	}
	if err == nil && len(e.chunks) < maxChunks && !slices.Contains(e.chunks, name) {
		e.chunks = append(e.chunks, name)
	}
	return proto, err
}
