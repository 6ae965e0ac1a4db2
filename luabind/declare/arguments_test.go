package declare

import (
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// call runs read in a call with the arguments that a text of Lua lists, and returns the
// message that it raised, or "".
func call(t *testing.T, declared, given string, shift int, read func(c *Arguments)) string {
	t.Helper()
	L := lua.NewState()
	defer L.Close()
	f := Function[*Arguments]{Name: "f", Args: Args(declared)}
	L.SetGlobal("f", L.NewFunction(func(L *lua.LState) int {
		read(&Arguments{L: L, Of: f.Signature(), Shift: shift, Raise: func(L *lua.LState, message string) { L.Error(lua.LString(message), 0) }})
		return 0
	}))
	err := L.DoString("f(" + given + ")")
	if err == nil {
		return ""
	}
	return err.(*lua.ApiError).Object.String()
}

func TestArguments(t *testing.T) {
	const declared = "name: string, n?: integer 1..9 = 8, wait?: seconds, ...: any"
	message := call(t, declared, `"x", nil, 0.5, 7, nil`, 0, func(c *Arguments) {
		if c.Str("name") != "x" || c.Integer("n") != 8 || c.Seconds("wait") != time.Second/2 || len(c.Rest()) != 2 || c.Rest()[0] != lua.LNumber(7) {
			t.Errorf("%q, %d, %v, %v", c.Str("name"), c.Integer("n"), c.Seconds("wait"), c.Rest())
		}
		if c.Has("n") || !c.Given("n") || !c.Has("wait") {
			t.Error("what was given is not what was given")
		}
	})
	if message != "" {
		t.Error(message)
	}
	for given, want := range map[string]string{
		`"x", 10`: "bad argument #2 to 'f' (integer 1 to 9 expected, got 10)",
		`"x", {}`: "bad argument #2 to 'f' (integer 1 to 9 expected, got a table)",
		``:        "bad argument #1 to 'f' (string expected, got no value)",
		`nil`:     "bad argument #1 to 'f' (string expected, got nil)",
		`true`:    "bad argument #1 to 'f' (string expected, got true)",
	} {
		if got := call(t, declared, given, 0, func(c *Arguments) { c.Str("name"); c.Integer("n") }); got != want {
			t.Errorf("f(%s): %s, want %s", given, got, want)
		}
	}
	call(t, "name: string", `{}, "x"`, 1, func(c *Arguments) { // a receiver comes first
		if c.Str("name") != "x" {
			t.Errorf("behind a receiver: %q", c.Str("name"))
		}
	})
}

// An argument can be read as what it was declared only.
func TestArgumentsAreAsDeclared(t *testing.T) {
	call(t, "name: string, f: fun(): any, list: table<string, any>|integer", "", 0, func(c *Arguments) {
		for what, read := range map[string]func(){
			"another name": func() { c.Str("nam") },
			"a number":     func() { c.Number("name") },
			"an integer":   func() { c.Integer("name") },
			"a table":      func() { c.Table("f") },
			"the rest":     func() { c.Rest() },
		} {
			if !panics(read) {
				t.Errorf("%s can be read where it was not declared", what)
			}
		}
	})
}
