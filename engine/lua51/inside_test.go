package lua51

import (
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// TestInside reads what gopher-lua shows only of the line: the instruction, the registers, the callers.
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
