package lua51

import (
	lua "github.com/yuin/gopher-lua"
)

// RaiseOperand raises an error such as "attempt to concatenate local 's' (a table value)": verb is
// "concatenate", v the value that does not allow it. gopher-lua's own message has no name (not
// reported upstream). argument is the number of the argument that v is, of the running Go function,
// which compiled code has called in the place of an operator; 0 is a value without a name.
func RaiseOperand(L *lua.LState, verb string, v lua.LValue, argument int) {
	callee, ok := Innermost(L)
	if f, hasCaller := callee.Caller(); ok && hasCaller && !f.Function().IsG && f.PC() >= 0 {
		L.RaiseError("%s", f.operand(callee, v, argument).attempt(verb))
	}
	L.RaiseError("%s", blamed{value: v}.attempt(verb))
}

// operand finds the register of f that holds the argument of the Go function that f has called.
func (f Frame) operand(callee Frame, v lua.LValue, argument int) blamed {
	b := blamed{value: v}
	if argument == 0 {
		return b
	}
	switch i := f.instruction(); i.op() {
	case lua.OP_CALL, lua.OP_TAILCALL:
		if f.Register(i.a()) == callee.Function() {
			return f.blame(v, i.a()+argument)
		}
	case lua.OP_UNM, lua.OP_LEN:
		return f.blame(v, i.b())
	case lua.OP_ADD, lua.OP_SUB, lua.OP_MUL, lua.OP_DIV:
		if argument == 2 {
			return f.blame(v, i.c())
		}
		return f.blame(v, i.b())
	}
	return b
}

// instruction is the current instruction of a Lua function.
func (f Frame) instruction() instruction { return instruction(f.Function().Proto.Code[f.PC()]) }

// rk is the value of an operand that is a register or a constant.
func (f Frame) rk(operand int) lua.LValue {
	if operand&constantBit == 0 {
		return f.Register(operand)
	}
	if i := operand &^ constantBit; i < len(f.Function().Proto.Constants) {
		return f.Function().Proto.Constants[i]
	}
	return nil
}

// blamed is a value that does not allow an operation, and its name.
type blamed struct {
	frame  Frame
	value  lua.LValue
	name   Name
	reason string // why it is nil
}

// blame names the operand v of the current instruction.
func (f Frame) blame(v lua.LValue, operand int) blamed {
	b := blamed{frame: f, value: v}
	if operand&constantBit != 0 || f.Register(operand) != v {
		return b
	}
	b.name = NameOf(f.Function().Proto, f.PC(), operand, v)
	if r := runtimeOf(f.state); r != nil && v == lua.LNil {
		b.reason = r.host.Reason(f, operand)
	}
	return b
}

// attempt is the message of the error.
func (b blamed) attempt(verb string) string {
	a := "a " + b.value.Type().String() + " value"
	switch {
	case b.name == (Name{}) && b.reason != "":
		return "attempt to " + verb + " " + a + ": " + b.reason
	case b.name == (Name{}):
		return "attempt to " + verb + " " + a
	case b.reason != "":
		a = "nil: " + b.reason
	}
	return "attempt to " + verb + " " + b.name.String() + " (" + a + ")"
}
