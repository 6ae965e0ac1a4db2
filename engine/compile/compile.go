package compile

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
	"github.com/lightdht/lightdht/engine/syntax"
)

// maxOuter is the most variables that Chunk can take from outside: gopher-lua counts upvalues in a
// byte.
const maxOuter = 255

// Chunk compiles a chunk; name is its name in messages. The names in outer are its upvalues, in
// their order, for the caller to set. The error is an *Error.
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
