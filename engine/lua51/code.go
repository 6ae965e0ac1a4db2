package lua51

import lua "github.com/yuin/gopher-lua"

// instruction is one of gopher-lua's virtual machine: six bits of opcode, eight of A, and then C
// and B with nine bits each or one number Bx.
type instruction uint32

const (
	constantBit = 1 << 8      // set in an operand that is a constant, not a register
	jumpBias    = 1<<17 - 1   // added to the distance of a jump
	wideMask    = 1<<18 - 1   // the bits of Bx
	everything  = constantBit // more than the number of registers
)

func (i instruction) op() int   { return int(i >> 26) }
func (i instruction) a() int    { return int(i>>18) & 0xff }
func (i instruction) b() int    { return int(i & 0x1ff) }
func (i instruction) c() int    { return int(i>>9) & 0x1ff }
func (i instruction) bx() int   { return int(i & wideMask) }
func (i instruction) jump() int { return i.bx() - jumpBias }

// writes returns the range of registers that an instruction writes, from first to last. If last <
// first, it writes none.
func (i instruction) writes() (first, last int) {
	switch i.op() {
	case lua.OP_LOADNIL:
		return i.a(), i.b()
	case lua.OP_SELF:
		return i.a(), i.a() + 1
	case lua.OP_CALL, lua.OP_TAILCALL, lua.OP_VARARG: // a call may change all registers from its function on
		return i.a(), everything
	case lua.OP_FORPREP, lua.OP_FORLOOP:
		return i.a(), i.a() + 3
	case lua.OP_TFORLOOP:
		return i.a() + 2, everything
	case lua.OP_SETGLOBAL, lua.OP_SETUPVAL, lua.OP_SETTABLE, lua.OP_SETTABLEKS, lua.OP_JMP, lua.OP_EQ, lua.OP_LT, lua.OP_LE,
		lua.OP_TEST, lua.OP_RETURN, lua.OP_SETLIST, lua.OP_CLOSE, lua.OP_NOP:
		return 0, -1
	}
	return i.a(), i.a()
}

// next returns the possible successors of an instruction at pc: first and, if it is not -1, second.
func (i instruction) next(pc int) (first, second int) {
	switch i.op() {
	case lua.OP_JMP, lua.OP_FORPREP:
		return pc + 1 + i.jump(), -1
	case lua.OP_FORLOOP:
		return pc + 1, pc + 1 + i.jump()
	case lua.OP_EQ, lua.OP_LT, lua.OP_LE, lua.OP_TEST, lua.OP_TESTSET, lua.OP_TFORLOOP:
		return pc + 1, pc + 2
	case lua.OP_LOADBOOL:
		if i.c() != 0 {
			return pc + 2, -1
		}
	case lua.OP_RETURN:
		return -1, -1
	}
	return pc + 1, -1
}

// trailing is the number of code words behind an instruction that are its operands.
func (i instruction) trailing(p *lua.FunctionProto) int {
	switch {
	case i.op() == lua.OP_CLOSURE && i.bx() < len(p.FunctionPrototypes):
		return int(p.FunctionPrototypes[i.bx()].NumUpvalues)
	case i.op() == lua.OP_SETLIST && i.c() == 0:
		return 1
	}
	return 0
}

// constant is the string constant that an operand names, or "?" as in messages of Lua 5.1.
func constant(p *lua.FunctionProto, operand int) string {
	if operand&constantBit == 0 {
		return "?"
	}
	return constantAt(p, operand&^constantBit)
}

// constantAt is the string constant of a function at an index; "?" if it is not a string.
func constantAt(p *lua.FunctionProto, index int) string {
	if index < len(p.Constants) {
		if s, ok := p.Constants[index].(lua.LString); ok {
			return string(s)
		}
	}
	return "?"
}
