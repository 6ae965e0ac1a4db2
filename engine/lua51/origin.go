package lua51

import (
	"slices"

	lua "github.com/yuin/gopher-lua"
)

// Call is a call instruction that produced the value in question.
type Call struct {
	Frame  Frame
	PC     int
	Result int // which of its results the value is, from 0
}

// maxSteps bounds how many copies of a value are followed (chosen by us).
const maxSteps = 20

// CallBehind finds the call whose result a register of a function holds at the current instruction,
// directly or through variables, upvalues and fields. ok is false unless that is certain. Captured
// variables can belong to functions that run in other Lua states.
func (f Frame) CallBehind(register int, others ...*lua.LState) (call Call, ok bool) {
	t := tracing{left: maxSteps, others: others}
	return t.register(f, newFlow(f.Function().Proto), f.PC(), register)
}

// tracing is one search for the origin of a nil.
type tracing struct {
	left   int
	others []*lua.LState
}

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

// isPlain reports whether v is a table without a metatable, so that reading a missing field runs no
// metamethod.
func isPlain(v lua.LValue) bool {
	t, ok := v.(*lua.LTable)
	return ok && t.Metatable == lua.LNil
}

// decisive is the one definition that wrote the value. Among several it is a call, or a copy of a
// result, after which no other definition can come; but only in a function that runs once, so that
// the call is known to have been made in this run.
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

// runsOnce reports whether f is the main function of its Lua state, with nothing below it on the
// stack but a protected call.
func (f Frame) runsOnce() bool {
	caller, ok := f.Caller()
	return !ok || caller.Function().IsG && caller.Depth() == 0
}

// variable is a variable that is not in a register: a global, or a field of the table in a
// register.
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

// field is the variable that a GETTABLE at pc reads.
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

// runsOthers reports whether an instruction can run other functions, which may set any variable.
func (f *flow) runsOthers(pc int) bool {
	op := f.code[pc].op()
	return op == lua.OP_CALL || op == lua.OP_TAILCALL || op == lua.OP_TFORLOOP
}

// memory follows the nil that an instruction at pc reads from a variable to the register from which
// it was set.
func (t *tracing) memory(f Frame, flow *flow, pc int, v variable) (Call, bool) {
	set, ok := flow.lastSet(pc, v)
	if !ok || v.from(flow.code[set])&constantBit != 0 {
		return Call{}, false
	}
	return t.register(f, flow, set, v.from(flow.code[set]))
}

// lastSet finds the one instruction that has set a variable before pc, on every path.
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
