package compile_test

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/compile"
	"github.com/lightdht/lightdht/engine/lua51"
	"github.com/lightdht/lightdht/engine/syntax"
)

// The functions for operators may be any; here the text needs none.
func Example() {
	L := lua.NewState()
	defer L.Close()
	chunk, _ := syntax.Parse("local a, b = 1, 2 a, b = b, a print(a, b)")
	proto, err := compile.Chunk(chunk, "swap.lua", nil, &lua51.Operators{})
	if err != nil {
		fmt.Println(err)
		return
	}
	L.Push(L.NewFunctionFromProto(proto))
	L.Call(0, 0)
	// gopher-lua's own compiler makes "2 2" of it:
	L.DoString("local a, b = 1, 2 a, b = b, a print(a, b)")
	// Output:
	// 2	1
	// 2	2
}
