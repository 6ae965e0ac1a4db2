package compile

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/syntax"
)

// block compiles the statements of a block in the current scope.
func (f *function) block(b *syntax.Block) { f.statements(b, true) }

// statements compiles the statements of a block; ends says that the scope of its locals ends with
// it.
func (f *function) statements(b *syntax.Block, ends bool) {
	for i, s := range b.Stmts {
		f.statement(s, ends && onlyLabels(b.Stmts[i+1:]))
		f.free = len(f.locals)
	}
}

// scoped compiles a block in a scope of its own.
func (f *function) scoped(b *syntax.Block) {
	f.open(false)
	f.block(b)
	f.close(b.Line)
}

// statement compiles one statement; last says that only labels follow in its block.
func (f *function) statement(s syntax.Stmt, last bool) {
	line, end := s.Where()
	switch s := s.(type) {
	case *syntax.Local:
		f.exactly(s.Values, len(s.Names), end)
		for _, name := range s.Names {
			f.declare(name, end)
		}
	case *syntax.LocalFunction:
		r := f.reserve(1, line)
		f.declare(s.Name, line)
		f.closure(s.Func, r)
		f.locals[r].info.StartPc = len(f.code)
	case *syntax.Assign:
		f.assign(s)
	case *syntax.FunctionStmt:
		f.store(f.target(s.Target), s.Func, line)
	case *syntax.CallStmt:
		f.call(s.Call, f.free, 0)
	case *syntax.Do:
		f.scoped(s.Body)
	case *syntax.If:
		f.ifStatement(s)
	case *syntax.While:
		f.while(s)
	case *syntax.Repeat:
		f.repeat(s)
	case *syntax.NumericFor:
		f.numericFor(s)
	case *syntax.GenericFor:
		f.genericFor(s)
	case *syntax.Return:
		f.returns(s)
	case *syntax.Break:
		f.breaks(line)
	case *syntax.Goto:
		f.goTo(s.Label, line)
	case *syntax.Label:
		f.label(s.Name, line, last)
	}
}

func (f *function) ifStatement(s *syntax.If) {
	var ends []int
	for i, arm := range s.Arms {
		skip := f.branch(arm.Cond, false)
		f.scoped(arm.Body)
		if i < len(s.Arms)-1 || s.Else != nil {
			ends = append(ends, f.jump(arm.Body.Line))
		}
		f.land(skip)
	}
	if s.Else != nil {
		f.scoped(s.Else)
	}
	f.land(ends)
}

func (f *function) returns(s *syntax.Return) {
	_, line := s.Where()
	if len(s.Values) == 1 {
		x := single(s.Values[0])
		if call, ok := x.(*syntax.Call); ok {
			r := f.free
			f.call(call, r, all)
			tail := &f.code[len(f.code)-1]
			*tail = abc(lua.OP_TAILCALL, r, int(*tail&maxB), 0)
			f.emit(abc(lua.OP_RETURN, r, 0, 0), line)
			return
		}
		if f.isLocal(x) {
			f.emit(abc(lua.OP_RETURN, f.anyRegister(x), 2, 0), line)
			return
		}
	}
	r := f.free
	n := 0
	if !f.list(s.Values) {
		n = len(s.Values) + 1
	}
	f.emit(abc(lua.OP_RETURN, r, n, 0), line)
}

// place is the target of an assignment.
type place struct {
	local, upvalue, global int // -1 unless it is one
	object, key            int // otherwise: table and key, as operands
	op                     int // that stores into the table
}

// target evaluates the table and the key of a target.
func (f *function) target(x syntax.Expr) place {
	p := place{local: -1, upvalue: -1, global: -1}
	switch x := x.(type) {
	case *syntax.Ident:
		if p.local = f.find(x.Name); p.local >= 0 {
			break
		}
		if p.upvalue = f.upvalueOf(x.Name, x.Line()); p.upvalue < 0 {
			p.global = f.text(x.Name, x.Line())
		}
	case *syntax.Index:
		p.object = f.anyRegister(x.Object)
		p.key = f.operand(x.Key)
		p.op = setOp(x.Key)
	}
	return p
}

// indexed reports whether the place is in a table.
func (p place) indexed() bool { return p.local < 0 && p.upvalue < 0 && p.global < 0 }

// store assigns the value of an expression.
func (f *function) store(p place, x syntax.Expr, line int) {
	switch {
	case p.local >= 0:
		f.into(x, p.local)
	case p.indexed():
		f.emit(abc(p.op, p.object, p.key, f.operand(x)), line)
	default:
		f.storeRegister(p, f.anyRegister(x), line)
	}
}

// storeRegister assigns the value of a register.
func (f *function) storeRegister(p place, r, line int) {
	switch {
	case p.local >= 0:
		f.emit(abc(lua.OP_MOVE, p.local, r, 0), line)
	case p.upvalue >= 0:
		f.emit(abc(lua.OP_SETUPVAL, r, p.upvalue, 0), line)
	case p.global >= 0:
		f.emit(abx(lua.OP_SETGLOBAL, r, p.global), line)
	default:
		f.emit(abc(p.op, p.object, p.key, r), line)
	}
}

// assign evaluates the tables and keys of the targets, then all values, and then assigns, the last
// target first. A local variable that is a part of one target and is itself another target is
// copied first, because its old value counts.
func (f *function) assign(s *syntax.Assign) {
	_, line := s.Where()
	places := make([]place, 0, len(s.Targets))
	for _, t := range s.Targets {
		p := f.target(t)
		if p.local >= 0 {
			f.rescue(places, p.local, line)
		}
		places = append(places, p)
	}
	first, last := f.free, len(places)-1
	if len(s.Values) != len(places) {
		f.exactly(s.Values, len(places), line)
		f.storeAll(places, first, line)
		return
	}
	for _, x := range s.Values[:last] {
		f.nextRegister(x)
	}
	f.store(places[last], s.Values[last], line)
	f.storeAll(places[:last], first, line)
}

// storeAll assigns the registers from first on, the last one first.
func (f *function) storeAll(places []place, first, line int) {
	for i := len(places) - 1; i >= 0; i-- {
		f.storeRegister(places[i], first+i, line)
	}
}

// rescue copies a local variable that is a part of targets.
func (f *function) rescue(places []place, local, line int) {
	copied := -1
	for i := range places {
		p := &places[i]
		if !p.indexed() || p.object != local && p.key != local {
			continue
		}
		if copied < 0 {
			copied = f.reserve(1, line)
			f.emit(abc(lua.OP_MOVE, copied, local, 0), line)
		}
		if p.object == local {
			p.object = copied
		}
		if p.key == local {
			p.key = copied
		}
	}
}
