package lua51

import (
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// Name is the name of a value in the source code: a local, global, field, method or upvalue. The
// zero Name is a value without a name.
type Name struct {
	Kind string // "local" ...
	Name string
	PC   int // of the instruction that read it; of a local, the pc that was asked about
}

// String is the name as messages have it: local 'x'.
func (n Name) String() string { return n.Kind + " '" + n.Name + "'" }

// NameOf finds the name of the value that a register has before the instruction at pc. It is the
// name that PUC-Rio Lua 5.1 gives, but none where that can be wrong: Lua follows the instructions
// in the order of the code, not of the execution.
func NameOf(p *lua.FunctionProto, pc, register int, value lua.LValue) Name {
	f := newFlow(p)
	return f.name(pc, register, truthOf(value))
}

func (f *flow) name(pc, register int, value truth) Name {
	if name := LocalName(f.proto, pc, register); name != "" {
		return Name{"local", name, pc}
	}
	if lua := f.puc(pc, register); lua == entry || f.nameAt(lua, register, value) == (Name{}) {
		return Name{}
	}
	definitions := f.definitions(pc, register, value)
	if len(definitions) != 1 || definitions[0] == entry {
		return Name{}
	}
	return f.nameAt(definitions[0], register, value)
}

// nameAt is the name of the value that the instruction at pc writes into a register.
func (f *flow) nameAt(pc, register int, value truth) Name {
	i := f.code[pc]
	switch i.op() {
	case lua.OP_GETGLOBAL:
		return Name{"global", constantAt(f.proto, i.bx()), pc}
	case lua.OP_GETTABLE, lua.OP_GETTABLEKS:
		return Name{"field", f.key(pc, i.c()), pc}
	case lua.OP_SELF:
		if register == i.a() {
			return Name{"method", f.key(pc, i.c()), pc}
		}
	case lua.OP_GETUPVAL:
		if b := i.b(); b < len(f.proto.DbgUpvalues) {
			return Name{"upvalue", f.proto.DbgUpvalues[b], pc}
		}
	case lua.OP_MOVE, lua.OP_MOVEN:
		if i.b() < i.a() {
			return f.name(pc, i.b(), value)
		}
	}
	return Name{}
}

// key is the name that an operand of the instruction at pc is, or "?" as in Lua 5.1 if it is not a
// constant. A constant beyond the first 256 comes from a register.
func (f *flow) key(pc, operand int) string {
	if operand&constantBit != 0 || LocalName(f.proto, pc, operand) != "" {
		return constant(f.proto, operand)
	}
	definitions := f.definitions(pc, operand, unknown)
	if len(definitions) == 1 && definitions[0] != entry && f.code[definitions[0]].op() == lua.OP_LOADK {
		return constantAt(f.proto, f.code[definitions[0]].bx())
	}
	return "?"
}

// puc is the instruction that PUC-Rio Lua 5.1 takes for the definition of a register (its function
// symbexec): the last that writes it when forward jumps are followed and backward ones are not.
func (f *flow) puc(pc, register int) int {
	last := entry
	for at := 0; at < pc; at++ {
		i := f.code[at]
		if first, end := i.writes(); register >= first && register <= end {
			last = at
		}
		switch i.op() {
		case lua.OP_TEST: // counts as a write
			if register == i.a() {
				last = at
			}
		case lua.OP_JMP, lua.OP_FORPREP, lua.OP_FORLOOP:
			if to := at + 1 + i.jump(); at < to && to <= pc {
				at = to - 1
			}
		}
		at += i.trailing(f.proto)
	}
	return last
}

// LocalName is the name of the local variable in a register at pc; "" if the register is not a
// local.
func LocalName(p *lua.FunctionProto, pc, register int) string {
	if v := localAt(p, pc, register); v != nil && !strings.HasPrefix(v.Name, "(") { // hidden variables of a for loop
		return v.Name
	}
	return ""
}

// localAt is the local variable in a register at pc; nil if the register is not a local.
func localAt(p *lua.FunctionProto, pc, register int) *lua.DbgLocalInfo {
	for _, v := range p.DbgLocals {
		if v.StartPc > pc {
			break
		}
		if pc >= v.EndPc {
			continue
		}
		if register == 0 {
			return v
		}
		register--
	}
	return nil
}
