package syntax_test

import (
	"errors"
	"fmt"

	"github.com/lightdht/lightdht/engine/syntax"
)

// Which functions does a text call? And what is wrong with it?
func Example() {
	chunk, _ := syntax.Parse("local n = f(1) + g(h(2))")
	syntax.Walk(chunk.Body, func(x syntax.Expr) bool {
		if call, ok := x.(*syntax.Call); ok {
			fmt.Println(call.Func.(*syntax.Ident).Name)
		}
		return true
	})
	_, err := syntax.Parse("x = 1\nx += 1")
	if e, ok := errors.AsType[*syntax.Error](err); ok {
		fmt.Println("line", e.Line, e)
	}
	// Output:
	// f
	// g
	// h
	// line 2 '=' expected near '+'; Lua 5.1 has no '+=': write x = x + y
}
