package compile

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
	"github.com/lightdht/lightdht/engine/syntax"
)

// Error is why a syntax tree cannot be compiled.
type Error struct {
	Line    int
	Message string
}

func (e *Error) Error() string { return e.Message }

// The limits of one function. Those of locals and upvalues are Lua 5.1's (LUAI_MAXVARS, LUAI_MAXUPVALUES), that of
// registers is as well (MAXSTACK).
const (
	maxLocals    = 200
	maxUpvalues  = 60
	maxRegisters = 250
)

// maxOuter is how many variables Chunk can take from without: gopher-lua counts upvalues in a byte.
const maxOuter = 255

// Chunk makes the function of a chunk; name is what messages call it. The names in outer are upvalues of that function, in
// their order, for the caller to supply. The error is an *Error.
func Chunk(chunk *syntax.Chunk, name string, outer []string, o *lua51.Operators) (proto *lua.FunctionProto, err error) {
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(*Error)
			if !ok {
				panic(r)
			}
			proto, err = nil, e
		}
	}()
	if len(outer) > maxOuter {
		return nil, &Error{1, fmt.Sprintf("main function has more than %d upvalues", maxOuter)}
	}
	f := newFunction(o, nil, name)
	for _, v := range outer {
		f.upvalues = append(f.upvalues, upvalue{name: v})
	}
	f.proto.IsVarArg = lua.VarArgIsVarArg
	f.block(chunk.Body)
	return f.finish(chunk.Line), nil
}

// fail ends the compilation.
func (f *function) fail(line int, format string, args ...any) {
	panic(&Error{line, fmt.Sprintf(format, args...)})
}

// limit ends the compilation because the function has too many of something.
func (f *function) limit(line, n int, what string) {
	if f.proto.LineDefined == 0 {
		f.fail(line, "main function has more than %d %s", n, what)
	}
	f.fail(line, "function at line %d has more than %d %s", f.proto.LineDefined, n, what)
}
