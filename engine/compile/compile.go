package compile

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
	"github.com/lightdht/lightdht/engine/syntax"
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
