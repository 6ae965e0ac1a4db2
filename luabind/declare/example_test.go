package declare_test

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/luabind/declare"
)

// A function is declared once. Its arguments are read by their names, and help follows.
func Example() {
	type call struct{ declare.Arguments }
	repeat := declare.Function[*call]{
		Name: "repeat", Args: declare.Args("text: string, times?: integer 1..9 = 2"), Returns: declare.Args("text: string"),
		Text: "Repeats a text.",
		Do: func(c *call) int {
			text := ""
			for range c.Integer("times") {
				text += c.Str("text")
			}
			c.L.Push(lua.LString(text))
			return 1
		},
	}
	raise := func(L *lua.LState, message string) { L.Error(lua.LString(message), 0) }

	L := lua.NewState()
	defer L.Close()
	signature := repeat.Signature()
	L.SetGlobal("again", L.NewFunction(func(L *lua.LState) int {
		return repeat.Do(&call{declare.Arguments{L: L, Of: signature, Raise: raise}})
	}))
	if err := L.DoString(`print(again("ho")) print(pcall(again, "ho", 10))`); err != nil {
		fmt.Println(err)
	}

	c := declare.Catalogue[*call]{
		Modules: []*declare.Module[*call]{{Name: "text", Text: "Texts.", Functions: []declare.Function[*call]{repeat}}},
		Example: func(string) string { return "" },
	}
	help, _ := c.Help("repeat", 80)
	fmt.Print(help)
	// Output:
	// hoho
	// false	bad argument #2 to 'repeat' (integer 1 to 9 expected, got 10)
	// text.repeat(text [, times])
	//
	//   takes    text: string
	//   takes    times?: integer (1 to 9, default 2)
	//   returns  text: string
	//
	// Repeats a text.
}
