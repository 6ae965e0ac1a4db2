package lua51

import lua "github.com/yuin/gopher-lua"

// Called looks up the function that the call is of; nil if that cannot be told. If it is a method
// of a userdata, v is the userdata; if the object is the result of another call, made is the
// function that was called there.
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

// only is the one instruction that wrote a register before pc, if the register is not a local
// variable.
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

// evaluate looks up the value of a register before pc again, if it is that of a local, an upvalue,
// a global, or a field of one; nil otherwise.
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

// Beside is the next result of the same call, if a register still holds it: the error of "local r,
// err = f()". It is nil otherwise.
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
