package lua51

import lua "github.com/yuin/gopher-lua"

// gopher-lua takes no strings as the bounds of a numeric loop (not reported upstream). So package
// compile raises each bound to the power of 1, an instruction that it uses for nothing else, and
// gopher-lua calls __pow of a string. The position of the instruction before the loop tells which
// bound it is.

var bounds = []string{"'for' initial value must be a number", "'for' limit must be a number", "'for' step must be a number"}

// Bound converts a string to the bound of a loop, or raises an error. It is the metamethod __pow of
// strings.
func Bound(L *lua.LState, text string) lua.LValue {
	number, ok := ParseNumber(text)
	if !ok {
		message := "'for' bound must be a number"
		if callee, ok := Innermost(L); ok {
			if f, ok := callee.Caller(); ok && !f.Function().IsG {
				message = f.boundMessage()
			}
		}
		L.RaiseError("%s", message)
	}
	return lua.LNumber(number)
}

// boundMessage is the error for the bound that the current instruction computes.
func (f Frame) boundMessage() string {
	code := f.Function().Proto.Code
	register := f.instruction().a()
	for _, i := range code[f.PC():] {
		if i := instruction(i); i.op() == lua.OP_FORPREP {
			return bounds[min(max(register-i.a(), 0), 2)]
		}
	}
	return bounds[0]
}
