package compile

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
	"github.com/lightdht/lightdht/engine/syntax"
)

// The limits of one function. Those of locals and upvalues are Lua 5.1's (LUAI_MAXVARS,
// LUAI_MAXUPVALUES), that of registers is as well (MAXSTACK).
const (
	maxLocals    = 200
	maxUpvalues  = 60
	maxRegisters = 250
)

// function compiles one function. It has more than 60 methods, because compiling is one recursion
// over the syntax tree: a method for each construct of the language and for each place that its
// value can go to.
type function struct {
	operators *lua51.Operators
	parent    *function
	proto     *lua.FunctionProto

	assembler
	constants map[any]int
	locals    []*local // active ones; number i is in register i
	free      int      // the first register that is not in use
	highest   int      // the most registers in use at a time
	scope     *scope
	upvalues  []upvalue
	gotos     []*pendingGoto // whose labels have not been found yet
	slowPaths []slowPath
	unfolded  map[*syntax.Binary]bool
}

// local is a local variable, or a hidden variable of a loop.
type local struct {
	name string
	info *lua.DbgLocalInfo
}

// upvalue is a variable of an enclosing function.
type upvalue struct {
	name     string
	inParent bool // it is a local of the parent; else an upvalue of the parent
	index    int
}

// scope is a block while it is compiled.
type scope struct {
	outer    *scope
	locals   int  // number of active locals at its beginning
	captured bool // a closure refers to one of its locals
	loop     bool // break leaves it
	breaks   []int
	labels   map[string]*label
}

func newFunction(o *lua51.Operators, parent *function, name string) *function {
	return &function{
		operators: o, parent: parent, proto: &lua.FunctionProto{SourceName: name}, highest: 2,
		constants: map[any]int{}, scope: &scope{}, unfolded: map[*syntax.Binary]bool{},
	}
}

// finish makes the prototype.
func (f *function) finish(line int) *lua.FunctionProto {
	f.emit(abc(lua.OP_RETURN, 0, 1, 0), line)
	f.endLocals(0)
	f.endSlowPaths()
	if len(f.gotos) > 0 {
		g := f.gotos[0]
		fail(g.line, "no visible label '%s' for goto", g.label)
	}
	p := f.proto
	p.Code, p.DbgSourcePositions = f.code, f.lines
	p.NumUsedRegisters = uint8(f.highest + 1) // gopher-lua moves one register too few at a tail call
	p.NumUpvalues = uint8(len(f.upvalues))
	for _, u := range f.upvalues {
		p.DbgUpvalues = append(p.DbgUpvalues, u.name)
	}
	groupMoves(p.Code, p.FunctionPrototypes)
	lua51.NameConstants(p)
	return p
}

// reserve takes the next n registers and returns the first.
func (f *function) reserve(n, line int) int {
	first := f.free
	f.free += n
	if f.free > maxRegisters {
		fail(line, "function or expression too complex")
	}
	f.highest = max(f.highest, f.free)
	return first
}

// constant is the index of a constant. Equal numbers are one constant, as in Lua 5.1, where -0
// after a 0 in the same function is 0.
func (f *function) constant(value lua.LValue, line int) int {
	var key any = value
	if n, ok := value.(lua.LNumber); ok {
		key = float64(n)
	}
	k, ok := f.constants[key]
	if !ok {
		k = len(f.proto.Constants)
		if k > maxBx {
			fail(line, "constant table overflow")
		}
		f.constants[key] = k
		f.proto.Constants = append(f.proto.Constants, value)
	}
	return k
}

func (f *function) text(s string, line int) int { return f.constant(lua.LString(s), line) }

// declare makes the next register that holds a value a local variable.
func (f *function) declare(name string, line int) {
	if len(f.locals) == maxLocals {
		f.limit(line, maxLocals, "local variables")
	}
	info := &lua.DbgLocalInfo{Name: name, StartPc: len(f.code)}
	f.proto.DbgLocals = append(f.proto.DbgLocals, info)
	f.locals = append(f.locals, &local{name, info})
}

// endLocals ends all locals except the first n.
func (f *function) endLocals(n int) {
	for _, l := range f.locals[n:] {
		l.info.EndPc = len(f.code)
	}
	f.locals = f.locals[:n]
	f.free = n
}

// open begins a scope.
func (f *function) open(loop bool) *scope {
	f.scope = &scope{outer: f.scope, locals: len(f.locals), loop: loop}
	return f.scope
}

// close ends the scope. Captured locals are closed.
func (f *function) close(line int) {
	s := f.scope
	f.endLabels(s)
	f.endLocals(s.locals)
	if s.captured {
		f.emit(abc(lua.OP_CLOSE, s.locals, 0, 0), line)
	}
	f.scope = s.outer
	f.land(s.breaks)
}

// find is the register of a local variable, or -1.
func (f *function) find(name string) int {
	for i := len(f.locals) - 1; i >= 0; i-- {
		if f.locals[i].name == name {
			return i
		}
	}
	return -1
}

// upvalueOf is the index of an upvalue, or -1 if no enclosing function has the variable.
func (f *function) upvalueOf(name string, line int) int {
	for i, u := range f.upvalues {
		if u.name == name {
			return i
		}
	}
	if f.parent == nil {
		return -1
	}
	u := upvalue{name: name, inParent: true, index: f.parent.find(name)}
	if u.index >= 0 {
		f.parent.capture(u.index)
	} else if u.inParent, u.index = false, f.parent.upvalueOf(name, line); u.index < 0 {
		return -1
	}
	if len(f.upvalues) >= maxUpvalues {
		f.limit(line, maxUpvalues, "upvalues")
	}
	f.upvalues = append(f.upvalues, u)
	return len(f.upvalues) - 1
}

// capture notes that a closure refers to a local.
func (f *function) capture(register int) {
	s := f.scope
	for s.locals > register {
		s = s.outer
	}
	s.captured = true
}

// closure compiles a function expression and puts a closure into a register.
func (f *function) closure(x *syntax.Function, register int) {
	g := newFunction(f.operators, f, f.proto.SourceName)
	g.proto.LineDefined, g.proto.LastLineDefined = x.First, x.Line()
	for _, name := range x.Params {
		g.reserve(1, x.First)
		g.declare(name, x.First)
	}
	g.proto.NumParameters = uint8(len(x.Params))
	if x.Vararg {
		g.proto.IsVarArg = lua.VarArgHasArg | lua.VarArgIsVarArg | lua.VarArgNeedsArg
		g.reserve(1, x.First)
		g.declare("arg", x.First)
	}
	g.block(x.Body)
	f.proto.FunctionPrototypes = append(f.proto.FunctionPrototypes, g.finish(x.Line()))
	f.emit(abx(lua.OP_CLOSURE, register, len(f.proto.FunctionPrototypes)-1), x.Line())
	for _, u := range g.upvalues {
		op := lua.OP_GETUPVAL
		if u.inParent {
			op = lua.OP_MOVE
		}
		f.emit(abc(op, 0, u.index, 0), x.Line())
	}
}

// limit ends the compilation because the function has too many of something.
func (f *function) limit(line, n int, what string) {
	if f.proto.LineDefined == 0 {
		fail(line, "main function has more than %d %s", n, what)
	}
	fail(line, "function at line %d has more than %d %s", f.proto.LineDefined, n, what)
}
