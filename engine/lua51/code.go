package lua51

import lua "github.com/yuin/gopher-lua"

// instruction is one of gopher-lua's: the opcode in six bits, A in eight, and then C and B in nine each or one number.
type instruction uint32

const (
	constantBit = 1 << 8      // of an operand that is a constant, not a register
	jumpBias    = 1<<17 - 1   // added to how far a jump goes
	wideMask    = 1<<18 - 1   // of the operand Bx
	everything  = constantBit // more than there are registers
)

func (i instruction) op() int   { return int(i >> 26) }
func (i instruction) a() int    { return int(i>>18) & 0xff }
func (i instruction) b() int    { return int(i & 0x1ff) }
func (i instruction) c() int    { return int(i>>9) & 0x1ff }
func (i instruction) bx() int   { return int(i & wideMask) }
func (i instruction) jump() int { return i.bx() - jumpBias }

// writes tells which registers an instruction gives a value: from first to last. If last < first, it gives none a value.
func (i instruction) writes() (first, last int) {
	switch i.op() {
	case lua.OP_LOADNIL:
		return i.a(), i.b()
	case lua.OP_SELF:
		return i.a(), i.a() + 1
	case lua.OP_CALL, lua.OP_TAILCALL, lua.OP_VARARG: // a call leaves nothing above its function as it was
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

// next lists where control can go from an instruction at pc: to first and, if it is not -1, to second.
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

// trailing counts the words behind an instruction that are no instructions of their own.
func (i instruction) trailing(p *lua.FunctionProto) int {
	switch {
	case i.op() == lua.OP_CLOSURE && i.bx() < len(p.FunctionPrototypes):
		return int(p.FunctionPrototypes[i.bx()].NumUpvalues)
	case i.op() == lua.OP_SETLIST && i.c() == 0:
		return 1
	}
	return 0
}

// constant is the string that an operand names, or "?" as Lua 5.1 says it.
func constant(p *lua.FunctionProto, operand int) string {
	if operand&constantBit == 0 {
		return "?"
	}
	return constantAt(p, operand&^constantBit)
}

// constantAt is the string among a function's constants at an index, "?" if there is none.
func constantAt(p *lua.FunctionProto, index int) string {
	if index < len(p.Constants) {
		if s, ok := p.Constants[index].(lua.LString); ok {
			return string(s)
		}
	}
	return "?"
}
