package lua51

import lua "github.com/yuin/gopher-lua"

// upvalue follows the nil in an upvalue to the local variable that was captured, if the function
// that declared it is still running and no inner function sets it.
func (t *tracing) upvalue(f Frame, number int) (Call, bool) {
	if number >= len(f.Function().Upvalues) {
		return Call{}, false
	}
	if home, ok := f.Caller(); ok {
		if call, ok := t.capturedBelow(home, f, number); ok {
			return call, true
		}
	}
	for _, L := range t.others {
		if home, ok := Innermost(L); ok && L != f.state {
			if call, ok := t.capturedBelow(home, f, number); ok {
				return call, true
			}
		}
	}
	return Call{}, false
}

// capturedBelow looks for the captured variable among the locals of home and of the functions below
// it on the stack.
func (t *tracing) capturedBelow(home, f Frame, number int) (Call, bool) {
	for ok := true; ok; home, ok = home.Caller() {
		if home.Function().IsG || home.PC() < 0 {
			continue
		}
		p := home.Function().Proto
		flow := newFlow(p)
		pc, register := capture(p, f.Function().Proto, number)
		if pc == entry || !home.has(flow, f.Function().Upvalues[number], pc, register) || setsLocal(p, register) {
			continue
		}
		return t.register(home, flow, home.PC(), register)
	}
	return Call{}, false
}

// has reports whether an upvalue is the local variable in a register of f, captured at pc.
// gopher-lua closes upvalues when an error is raised; a closed one counts only if the variable
// existed once.
func (f Frame) has(flow *flow, uv *lua.Upvalue, pc, register int) bool {
	if local := localAt(flow.proto, pc, register); local == nil || local != localAt(flow.proto, f.PC(), register) {
		return false
	}
	return f.Shares(uv, register) || f.Shared(uv, register) && f.runsOnce() && !flow.reaches(pc, pc)
}

// capture finds the CLOSURE instruction of p that captures a register of p as upvalue number of
// inner, directly or through functions in between. pc is [entry] if no instruction does so, or more
// than one.
func capture(p, inner *lua.FunctionProto, number int) (pc, register int) {
	pc = entry
	for at := 0; at < len(p.Code); at++ {
		i := instruction(p.Code[at])
		extra := i.trailing(p)
		if i.op() == lua.OP_CLOSURE {
			for n, word := range p.Code[at+1 : at+1+extra] {
				if instruction(word).op() == lua.OP_MOVE && leadsTo(p.FunctionPrototypes[i.bx()], n, inner, number) {
					if pc != entry {
						return entry, 0
					}
					pc, register = at, instruction(word).b()
				}
			}
		}
		at += extra
	}
	return pc, register
}

// leadsTo reports whether upvalue n of p is upvalue number of inner, where inner is p or a function
// within p.
func leadsTo(p *lua.FunctionProto, n int, inner *lua.FunctionProto, number int) bool {
	if p == inner {
		return n == number
	}
	return anyCapture(p, func(q *lua.FunctionProto, m int, word instruction) bool {
		return word.op() == lua.OP_GETUPVAL && word.b() == n && leadsTo(q, m, inner, number)
	})
}

// Keeps reports whether the local variable that an open upvalue captures has its final value: f,
// which declared it, does not set it after the current instruction, and functions within f do not
// set it at all. register is the register of the variable.
func (f Frame) Keeps(uv *lua.Upvalue) (register int, ok bool) {
	p := f.Function().Proto
	for register = range int(p.NumUsedRegisters) {
		if f.Shares(uv, register) {
			return register, !setsLocal(p, register) && !newFlow(p).setsLater(f.PC(), register)
		}
	}
	return 0, false
}

// setsLater reports whether an instruction that is reachable from pc sets the local variable in a
// register.
func (f *flow) setsLater(pc, register int) bool {
	local := localAt(f.proto, pc, register)
	for at := range f.code {
		first, last := f.code[at].writes()
		writes := at != pc && f.live[at] && register >= first && register <= last
		if writes && localAt(f.proto, at, register) == local && f.reaches(pc, at) {
			return true
		}
	}
	return local == nil
}

// UpvalueBehind is the upvalue whose value a register of f holds at the current instruction; nil if
// that is not certain.
func (f Frame) UpvalueBehind(register int) *lua.Upvalue {
	flow, pc := newFlow(f.Function().Proto), f.PC()
	for range maxSteps {
		definitions := flow.definitions(pc, register, falsy)
		if len(definitions) != 1 || definitions[0] == entry {
			return nil
		}
		pc = definitions[0]
		switch i := flow.code[pc]; i.op() {
		case lua.OP_MOVE, lua.OP_MOVEN:
			register = i.b()
		case lua.OP_GETUPVAL:
			return f.Function().Upvalues[i.b()]
		default:
			return nil
		}
	}
	return nil
}

// setsLocal reports whether a function within p sets a captured variable that lives in a register
// of p.
func setsLocal(p *lua.FunctionProto, register int) bool {
	return anyCapture(p, func(inner *lua.FunctionProto, number int, word instruction) bool {
		return word.op() == lua.OP_MOVE && word.b() == register && SetsUpvalue(inner, number)
	})
}

// SetsUpvalue reports whether p or a function within it sets an upvalue of p.
func SetsUpvalue(p *lua.FunctionProto, number int) bool {
	for pc := 0; pc < len(p.Code); pc++ {
		i := instruction(p.Code[pc])
		if i.op() == lua.OP_SETUPVAL && i.b() == number {
			return true
		}
		pc += i.trailing(p)
	}
	return anyCapture(p, func(inner *lua.FunctionProto, innerNumber int, word instruction) bool {
		return word.op() == lua.OP_GETUPVAL && word.b() == number && SetsUpvalue(inner, innerNumber)
	})
}

// anyCapture reports whether holds is true of an upvalue of a function that p makes. word is the
// pseudo-instruction that says what is captured.
func anyCapture(p *lua.FunctionProto, holds func(inner *lua.FunctionProto, number int, word instruction) bool) bool {
	for pc := 0; pc < len(p.Code); pc++ {
		i := instruction(p.Code[pc])
		extra := i.trailing(p)
		if i.op() == lua.OP_CLOSURE {
			for number := range extra {
				if holds(p.FunctionPrototypes[i.bx()], number, instruction(p.Code[pc+1+number])) {
					return true
				}
			}
		}
		pc += extra
	}
	return false
}
