package lua51

import lua "github.com/yuin/gopher-lua"

// Called evaluates what function the call is of, as it can be looked up now; nil if that cannot be told. Of a function
// that comes from a userdata it is the userdata; if that was the result of another call, made is what was called there.
func (c Call) Called() (v lua.LValue, made lua.LValue) {
	flow := newFlow(c.Frame.Function().Proto)
	register := flow.code[c.PC].a()
	if at, ok := flow.only(c.PC, register); ok && flow.code[at].op() == lua.OP_SELF {
		if maker, ok := flow.only(at, flow.code[at].b()); ok && flow.code[maker].op() == lua.OP_CALL {
			return nil, c.Frame.evaluate(flow, maker, flow.code[maker].a(), maxSteps)
		}
	}
	return c.Frame.evaluate(flow, c.PC, register, maxSteps), nil
}

// only is the one instruction that gave a register its value before pc, where that is no local variable.
func (f *flow) only(pc, register int) (at int, ok bool) {
	if LocalName(f.proto, pc, register) != "" {
		return entry, false
	}
	definitions := f.definitions(pc, register, unknown)
	if len(definitions) != 1 {
		return entry, false
	}
	return definitions[0], definitions[0] != entry
}

// evaluate is what a register held before pc, if that can be looked up again: the value of a local, an upvalue, a
// global, or a field of one.
func (f Frame) evaluate(flow *flow, pc, register, left int) lua.LValue {
	if LocalName(flow.proto, pc, register) != "" {
		return f.Register(register)
	}
	pc, ok := flow.only(pc, register)
	if left == 0 || !ok {
		return nil
	}
	switch i := flow.code[pc]; i.op() {
	case lua.OP_MOVE, lua.OP_MOVEN:
		return f.evaluate(flow, pc, i.b(), left-1)
	case lua.OP_GETUPVAL:
		if upvalues := f.Function().Upvalues; i.b() < len(upvalues) {
			return upvalues[i.b()].Value()
		}
	case lua.OP_GETGLOBAL:
		return f.Function().Env.RawGetString(constantAt(flow.proto, i.bx()))
	case lua.OP_GETTABLE, lua.OP_GETTABLEKS, lua.OP_SELF:
		switch object := f.evaluate(flow, pc, i.b(), left-1).(type) {
		case *lua.LUserData:
			return object
		case *lua.LTable:
			if key := flow.key(pc, i.c()); key != "?" {
				return object.RawGetString(key)
			}
		}
	}
	return nil
}

// Beside is what the call gave as the result behind the one in question, if a register still holds it: the error of
// "local r, err = f()". It is nil if not.
func (c Call) Beside() lua.LValue {
	flow := newFlow(c.Frame.Function().Proto)
	i := flow.code[c.PC]
	register := i.a() + c.Result + 1
	if i.c() != 0 && c.Result+1 >= i.c()-1 {
		return nil
	}
	definitions := flow.definitions(c.Frame.PC(), register, unknown)
	if len(definitions) != 1 || definitions[0] != c.PC {
		return nil
	}
	return c.Frame.Register(register)
}
