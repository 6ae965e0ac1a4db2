package lua51

import (
	"slices"

	lua "github.com/yuin/gopher-lua"
)

// Call is a call that a function made, which gave the value in question.
type Call struct {
	Frame  Frame
	PC     int
	Result int // which of its results the value is, from 0
}

// maxSteps bounds how often a value is followed from one place to another.
const maxSteps = 20

// CallBehind finds the call whose result a register of a function holds, at the instruction under way: directly, or
// through variables, upvalues and fields. ok is false unless that is certain.
func (f Frame) CallBehind(register int) (call Call, ok bool) {
	t := tracing{left: maxSteps}
	return t.register(f, newFlow(f.Function().Proto), f.PC(), register)
}

// tracing is the search for where a nil came from.
type tracing struct{ left int }

// register follows the nil in a register before pc.
func (t *tracing) register(f Frame, flow *flow, pc, register int) (Call, bool) {
	if t.left--; t.left < 0 {
		return Call{}, false
	}
	definition, ok := f.decisive(flow, flow.definitions(pc, register, falsy))
	if !ok {
		return Call{}, false
	}
	switch i := flow.code[definition]; i.op() {
	case lua.OP_CALL:
		return Call{f, definition, register - i.a()}, register-i.a() < i.c()-1 || i.c() == 0
	case lua.OP_MOVE, lua.OP_MOVEN, lua.OP_TESTSET:
		return t.register(f, flow, definition, i.b())
	case lua.OP_GETUPVAL:
		return t.upvalue(f, i.b())
	case lua.OP_GETGLOBAL:
		if isPlain(f.Function().Env) {
			return t.memory(f, flow, definition, flow.global(i))
		}
	case lua.OP_GETTABLE, lua.OP_GETTABLEKS:
		if i.c()&constantBit != 0 && LocalName(flow.proto, pc, i.b()) != "" && isPlain(f.Register(i.b())) {
			return t.memory(f, flow, definition, flow.field(definition, i.b(), i.c()))
		}
	}
	return Call{}, false
}

// isPlain reports whether reading a field of a table that has none runs no metamethod.
func isPlain(v lua.LValue) bool {
	t, ok := v.(*lua.LTable)
	return ok && t.Metatable == lua.LNil
}

// decisive is the one definition that counts. Of several it is a call, or what hands on its result, behind which no
// other can come; but only in a function that runs once, where it is known that the call was made in this run of it.
func (f Frame) decisive(flow *flow, definitions []int) (pc int, ok bool) {
	if len(definitions) == 1 {
		return definitions[0], definitions[0] != entry
	}
	if !f.runsOnce() {
		return 0, false
	}
	for _, candidate := range definitions {
		last := candidate != entry && (flow.code[candidate].op() == lua.OP_CALL || flow.code[candidate].op() == lua.OP_MOVE)
		for _, other := range definitions {
			last = last && (other == candidate || other == entry || !flow.reaches(candidate, other))
		}
		if last {
			return candidate, true
		}
	}
	return 0, false
}

// runsOnce reports whether f is the main function of its Lua state, below which there is nothing but what protects it.
func (f Frame) runsOnce() bool {
	caller, ok := f.Caller()
	return !ok || caller.Function().IsG && caller.Depth() == 0
}

// upvalue follows the nil in an upvalue to the local variable that it is, of a function that is still running and whose
// inner functions do not set it.
func (t *tracing) upvalue(f Frame, number int) (Call, bool) {
	if number >= len(f.Function().Upvalues) {
		return Call{}, false
	}
	for home, ok := f.Caller(); ok; home, ok = home.Caller() {
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

// has reports whether an upvalue is the local variable in a register of f, captured at pc. gopher-lua closes upvalues
// when an error is raised; then it is certain only of a variable that existed once.
func (f Frame) has(flow *flow, uv *lua.Upvalue, pc, register int) bool {
	if local := localAt(flow.proto, pc, register); local == nil || local != localAt(flow.proto, f.PC(), register) {
		return false
	}
	return f.Shares(uv, register) || f.Shared(uv, register) && f.runsOnce() && !flow.reaches(pc, pc)
}

// capture is where p makes the function, or a function around it, that has a register of p as its upvalue of that
// number. pc is [entry] if it does not, or in several places.
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

// leadsTo reports whether upvalue n of p is, in p or a function within it, the upvalue of that number of inner.
func leadsTo(p *lua.FunctionProto, n int, inner *lua.FunctionProto, number int) bool {
	if p == inner {
		return n == number
	}
	return anyCapture(p, func(q *lua.FunctionProto, m int, word instruction) bool {
		return word.op() == lua.OP_GETUPVAL && word.b() == n && leadsTo(q, m, inner, number)
	})
}

// setsLocal reports whether a function within p sets the variable in a register of p, or another that had it.
func setsLocal(p *lua.FunctionProto, register int) bool {
	return anyCapture(p, func(inner *lua.FunctionProto, number int, word instruction) bool {
		return word.op() == lua.OP_MOVE && word.b() == register && setsUpvalue(inner, number)
	})
}

// setsUpvalue reports whether p or a function within it sets an upvalue of p.
func setsUpvalue(p *lua.FunctionProto, number int) bool {
	for pc := 0; pc < len(p.Code); pc++ {
		i := instruction(p.Code[pc])
		if i.op() == lua.OP_SETUPVAL && i.b() == number {
			return true
		}
		pc += i.trailing(p)
	}
	return anyCapture(p, func(inner *lua.FunctionProto, innerNumber int, word instruction) bool {
		return word.op() == lua.OP_GETUPVAL && word.b() == number && setsUpvalue(inner, innerNumber)
	})
}

// anyCapture asks about each upvalue of each function that is made in p; word says what it captures.
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

// variable is one that is no register: a global, or a field of what a register holds.
type variable struct {
	sets func(pc int) bool // the instruction sets it
	may  func(pc int) bool // the instruction can have set it
	from func(i instruction) int
}

// global is the variable that a GETGLOBAL reads.
func (f *flow) global(read instruction) variable {
	name := constantAt(f.proto, read.bx())
	return variable{
		sets: func(pc int) bool {
			return f.code[pc].op() == lua.OP_SETGLOBAL && constantAt(f.proto, f.code[pc].bx()) == name
		},
		may:  f.runsOthers,
		from: func(i instruction) int { return i.a() },
	}
}

// field is what a GETTABLE at pc reads.
func (f *flow) field(pc, object, key int) variable {
	owner := f.definitions(pc, object, unknown)
	name := constant(f.proto, key)
	isSet := func(at int) bool {
		return f.code[at].op() == lua.OP_SETTABLE || f.code[at].op() == lua.OP_SETTABLEKS
	}
	return variable{
		sets: func(at int) bool {
			i := f.code[at]
			return isSet(at) && i.a() == object && i.b()&constantBit != 0 && constant(f.proto, i.b()) == name && name != "?" &&
				len(owner) == 1 && slices.Equal(f.definitions(at, object, unknown), owner)
		},
		may: func(at int) bool {
			i := f.code[at]
			return f.runsOthers(at) || isSet(at) && (i.b()&constantBit == 0 || constant(f.proto, i.b()) == name)
		},
		from: func(i instruction) int { return i.c() },
	}
}

// runsOthers reports whether an instruction can run other functions, which may do anything.
func (f *flow) runsOthers(pc int) bool {
	op := f.code[pc].op()
	return op == lua.OP_CALL || op == lua.OP_TAILCALL || op == lua.OP_TFORLOOP
}

// memory follows the nil that is read from a variable at pc to the register from which it was set.
func (t *tracing) memory(f Frame, flow *flow, pc int, v variable) (Call, bool) {
	set, ok := flow.lastSet(pc, v)
	if !ok || v.from(flow.code[set])&constantBit != 0 {
		return Call{}, false
	}
	return t.register(f, flow, set, v.from(flow.code[set]))
}

// lastSet finds the one instruction that has set a variable before pc, on every way there.
func (f *flow) lastSet(pc int, v variable) (set int, ok bool) {
	set = entry
	seen := map[int]bool{}
	open := []int{pc}
	for len(open) > 0 {
		to := open[len(open)-1]
		open = open[:len(open)-1]
		if to == 0 {
			return entry, false
		}
		for _, source := range f.before(to) {
			from := int(source)
			switch {
			case v.sets(from):
				if set != entry && set != from {
					return entry, false
				}
				set = from
			case v.may(from):
				return entry, false
			case !seen[from]:
				seen[from] = true
				open = append(open, from)
			}
		}
	}
	return set, set != entry
}

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
