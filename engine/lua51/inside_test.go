package lua51

import (
	"reflect"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// TestUnknownInside: a gopher-lua that keeps things elsewhere, or something else there, is an error
// and no panic.
func TestUnknownInside(t *testing.T) {
	state, upvalue, proto := reflect.TypeFor[lua.LState](), reflect.TypeFor[lua.Upvalue](), reflect.TypeFor[lua.FunctionProto]()
	other := reflect.TypeFor[struct{ currentFrame, index, reg, stringConstants string }]()
	for _, c := range []struct {
		state, upvalue, proto reflect.Type
		want                  string
	}{
		{other, upvalue, proto, "no struct { currentFrame string; index string; reg string; stringConstants string }.currentFrame as version 1.1.2 has"},
		{state, other, proto, ".index as version 1.1.2 has"},
		{state, upvalue, other, ".stringConstants as version 1.1.2 has"},
		{reflect.TypeFor[int](), upvalue, proto, "no int.currentFrame as version 1.1.2 has"},
	} {
		if _, err := lookInside(c.state, c.upvalue, c.proto); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, %v, %v: %v, want %q", c.state, c.upvalue, c.proto, err, c.want)
		}
	}
}

// TestInside reads what gopher-lua shows only of the line: the instruction, the registers, the
// callers.
func TestInside(t *testing.T) {
	if err := Check(); err != nil {
		t.Fatal(err)
	}
	L := lua.NewState()
	defer L.Close()
	asked := false
	L.SetGlobal("ask", L.NewFunction(func(L *lua.LState) int {
		asked = true
		ask, ok := Innermost(L)
		if !ok || !ask.Function().IsG || ask.Line() != 0 {
			t.Fatal("the innermost function is not the Go function that runs")
		}
		f, _ := ask.Caller()
		if got := f.Register(0); got != lua.LNumber(7) {
			t.Errorf("the parameter's register holds %v", got)
		}
		if f.Line() != 2 || int(f.Function().Proto.Code[f.PC()]>>26) != lua.OP_CALL {
			t.Errorf("instruction %d of line %d is under way, not the call", f.PC(), f.Line())
		}
		if f.Register(1<<20) != nil || f.Register(-1<<20) != nil {
			t.Error("a register that does not exist has a value")
		}
		main, _ := f.Caller()
		if !main.Shares(f.Function().Upvalues[0], 0) || main.Shares(f.Function().Upvalues[0], 1) {
			t.Error("the upvalue is not the caller's first local")
		}
		if _, more := main.Caller(); more || main.Depth() != 0 || f.Depth() != 1 || f.State() != L {
			t.Error("the main chunk is not at the bottom")
		}
		return 0
	}))
	if err := L.DoString("local up = 1 function f(x)\nask(up) return x end\nf(7)"); err != nil || !asked {
		t.Fatal(err)
	}
	if _, ok := Innermost(L); ok {
		t.Error("a function runs after the end")
	}
}
