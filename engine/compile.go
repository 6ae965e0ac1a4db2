package engine

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/compile"
	"github.com/lightdht/lightdht/engine/lua51"
	"github.com/lightdht/lightdht/engine/syntax"
)

// maxScript is the longest script or module, in bytes (chosen by us).
const maxScript = 1 << 20

// compileWork is the cost of compiling a byte, in instructions (measured).
const compileWork = 12

// compileBytes is the memory for compiling a byte of a dense text: 1 MB of "x=1 " takes 90 MB
// (measured).
const compileBytes = 90

// compiler turns text into functions.
type compiler struct {
	runtime *lua51.Runtime
	lua     *lua.LState // owns the globals
	chunks  *chunkNames
}

// load compiles a script or a module.
func (c *compiler) load(name, source string) (*lua.LFunction, error) {
	if strings.HasPrefix(source, "#") { // "#!/usr/bin/env lightdht"
		source = "--" + source
	}
	return c.compile(name, source)
}

// compile turns text into a function. The error is a *ScriptError. Bytecode cannot be loaded:
// gopher-lua has no loader for it.
func (c *compiler) compile(name, source string) (*lua.LFunction, error) {
	c.runtime.Charge(compileBytes*len(source), compileWork*len(source))
	chunk, err := parse(name, source)
	if err != nil {
		return nil, err
	}
	proto, err := c.tree(name, chunk, nil)
	if err != nil {
		return nil, err
	}
	return c.lua.NewFunctionFromProto(proto), nil
}

// parse reads a chunk of at most maxScript bytes.
func parse(name, source string) (*syntax.Chunk, error) {
	if len(source) > maxScript {
		line := 1 + strings.Count(source[:maxScript], "\n")
		return nil, &ScriptError{Position: name + ":" + strconv.Itoa(line), Message: fmt.Sprintf("the script is longer than %d bytes", maxScript)}
	}
	chunk, err := syntax.Parse(source)
	if e, ok := errors.AsType[*syntax.Error](err); ok {
		return nil, &ScriptError{Position: name + ":" + strconv.Itoa(e.Line), Message: e.Error()}
	}
	return chunk, err
}

// tree makes the prototype of a chunk whose upvalues are named by outer, and remembers the chunk's
// name.
func (c *compiler) tree(name string, chunk *syntax.Chunk, outer []string) (*lua.FunctionProto, error) {
	proto, err := compile.Chunk(chunk, name, outer, &c.runtime.Operators)
	if bad, ok := errors.AsType[*compile.Error](err); ok {
		return nil, &ScriptError{Position: name + ":" + strconv.Itoa(bad.Line), Message: bad.Message}
	}
	if err == nil {
		c.chunks.add(name)
	}
	return proto, err
}
