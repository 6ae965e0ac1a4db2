package lua51

import lua "github.com/yuin/gopher-lua"

// Package compile makes numbers of the bounds of a loop by raising each to the power of 1, an instruction that it uses for
// nothing else. Its place before the loop tells which bound it is.

var bounds = []string{"'for' initial value must be a number", "'for' limit must be a number", "'for' step must be a number"}

// Bound is the number that a string is as the bound of a loop. It is for the Go function that gopher-lua calls as the
// metamethod __pow of strings.
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

// boundMessage names the bound that the instruction under way is about.
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
