package compile

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/syntax"
)

// A script can see the order in which Lua 5.1 reads the operands of an expression: a local variable
// is not copied until the instruction that uses it, so a call in a later operand can change it.
// This file reads them in the same order. So some operands are registers of locals, and others are
// copied.

// single removes brackets around an expression that has one value in any case.
func single(x syntax.Expr) syntax.Expr {
	for {
		p, ok := x.(*syntax.Paren)
		if !ok || syntax.ManyValues(p.X) {
			return x
		}
		x = p.X
	}
}

// anyRegister is a register with the value of an expression: that of a local variable, or the next
// one.
func (f *function) anyRegister(x syntax.Expr) int {
	if id, ok := single(x).(*syntax.Ident); ok {
		if r := f.find(id.Name); r >= 0 {
			return r
		}
	}
	return f.nextRegister(x)
}

// nextRegister puts the value of an expression into the next register.
func (f *function) nextRegister(x syntax.Expr) int {
	r := f.reserve(1, x.Line())
	f.into(x, r)
	return r
}

// operand is the value of an expression as an operand of an instruction: a constant, or a register.
func (f *function) operand(x syntax.Expr) int {
	if k, ok := f.literal(x); ok && k <= maxK {
		return k | isK
	}
	return f.anyRegister(x)
}

// firstOperand is operand for the first part of an expression whose value goes into r. If r is not
// a local variable, it may hold the part meanwhile: a long sum needs no more registers than a short
// one.
func (f *function) firstOperand(x syntax.Expr, r int) int {
	if k, ok := f.literal(x); ok && k <= maxK {
		return k | isK
	}
	return f.firstRegister(x, r)
}

// firstRegister is anyRegister for the first part of an expression; see firstOperand.
func (f *function) firstRegister(x syntax.Expr, r int) int {
	if f.isLocal(x) || r != f.free-1 || r < len(f.locals) {
		return f.anyRegister(x)
	}
	f.into(x, r)
	return r
}

// literal is the constant value of an expression that is a number, computed in advance, or a
// string.
func (f *function) literal(x syntax.Expr) (k int, ok bool) {
	x = single(x)
	if s, ok := x.(*syntax.StringLit); ok {
		return f.text(s.Value, x.Line()), true
	}
	if n, ok := f.fold(x); ok {
		return f.constant(lua.LNumber(n), x.Line()), true
	}
	return 0, false
}

// into puts the value of an expression into a register: the reserved one on top, or that of a local
// variable. A local variable is not overwritten before the whole expression has been evaluated.
func (f *function) into(x syntax.Expr, r int) {
	x = single(x)
	line := x.Line()
	if k, ok := f.literal(x); ok {
		f.emit(abx(lua.OP_LOADK, r, k), line)
		return
	}
	switch x := x.(type) {
	case *syntax.Nil:
		f.emit(abc(lua.OP_LOADNIL, r, r, 0), line)
	case *syntax.True:
		f.emit(abc(lua.OP_LOADBOOL, r, 1, 0), line)
	case *syntax.False:
		f.emit(abc(lua.OP_LOADBOOL, r, 0, 0), line)
	case *syntax.Host:
		f.emit(abx(lua.OP_LOADK, r, f.constant(x.Value.(lua.LValue), line)), line)
	case *syntax.Ident:
		f.variable(x, r)
	case *syntax.Index:
		f.index(x, r)
	case *syntax.Function:
		f.closure(x, r)
	case *syntax.Unary:
		f.unary(x, r)
	case *syntax.Binary:
		f.binary(x, r)
	case *syntax.Table:
		f.atTop(r, line, func(top int) { f.table(x, top) })
	case *syntax.Paren, *syntax.Call, *syntax.Vararg:
		f.atTop(r, line, func(top int) { f.many(x, top, 1) })
	}
}

// atTop has make put a value into r if that is the last register in use, or else into a new one,
// from which it is moved.
func (f *function) atTop(r, line int, make func(top int)) {
	if r == f.free-1 && r >= len(f.locals) {
		make(r)
		return
	}
	top := f.reserve(1, line)
	make(top)
	f.free = top
	f.emit(abc(lua.OP_MOVE, r, top, 0), line)
}

func (f *function) variable(x *syntax.Ident, r int) {
	if from := f.find(x.Name); from >= 0 {
		if from != r {
			f.emit(abc(lua.OP_MOVE, r, from, 0), x.Line())
		}
		return
	}
	if u := f.upvalueOf(x.Name, x.Line()); u >= 0 {
		f.emit(abc(lua.OP_GETUPVAL, r, u, 0), x.Line())
		return
	}
	f.emit(abx(lua.OP_GETGLOBAL, r, f.text(x.Name, x.Line())), x.Line())
}

func (f *function) index(x *syntax.Index, r int) {
	free := f.free
	object := f.firstRegister(x.Object, r)
	key := f.operand(x.Key)
	op := lua.OP_GETTABLE
	if isText(x.Key) {
		op = lua.OP_GETTABLEKS
	}
	f.emit(abc(op, r, object, key), x.Line())
	f.free = free
}

// isText reports whether a key is a string literal.
func isText(x syntax.Expr) bool {
	_, ok := single(x).(*syntax.StringLit)
	return ok
}

func (f *function) unary(x *syntax.Unary, r int) {
	if x.Op == "not" {
		f.not(x, r)
		return
	}
	free := f.free
	if x.Op == "#" {
		f.length(x, r)
	} else {
		f.emit(abc(lua.OP_UNM, r, f.firstRegister(x.X, r), 0), x.Line())
	}
	f.free = free
}

var arithmetic = map[string]int{"+": lua.OP_ADD, "-": lua.OP_SUB, "*": lua.OP_MUL, "/": lua.OP_DIV}

func (f *function) binary(x *syntax.Binary, r int) {
	switch x.Op {
	case "and", "or":
		f.logic(x, r)
		return
	case "..":
		f.atTop(r, x.Line(), func(top int) { f.concat(x, top) })
		return
	case "%":
		f.atTop(r, x.Line(), func(top int) { f.operatorCall(f.operators.Mod, x, top) })
		return
	case "^":
		f.atTop(r, x.Line(), func(top int) { f.operatorCall(f.operators.Pow, x, top) })
		return
	}
	op, ok := arithmetic[x.Op]
	if !ok {
		f.truth(x, r)
		return
	}
	free := f.free
	if f.canBeMinusZero(x) {
		f.signed(x, op, r)
		f.free = free
		return
	}
	a := f.firstOperand(x.X, r)
	b := f.operand(x.Y)
	f.emit(abc(op, r, a, b), x.Line())
	f.free = free
}

// concat calls the function for a .. b .. c, with all operands of the chain.
func (f *function) concat(x *syntax.Binary, r int) {
	f.emit(abx(lua.OP_LOADK, r, f.constant(f.operators.Concat, x.Line())), x.Line())
	n := 1
	f.nextRegister(x.X)
	var y syntax.Expr = x.Y
	for {
		n++
		b, ok := y.(*syntax.Binary)
		if !ok || b.Op != ".." {
			break
		}
		f.nextRegister(b.X)
		y = b.Y
	}
	f.nextRegister(y)
	f.emit(abc(lua.OP_CALL, r, n+1, 2), x.Line())
	f.free = r + 1
}

// operatorCall calls the function for an operator with two operands. An operand that is a local
// variable is copied when both have been evaluated.
func (f *function) operatorCall(operator *lua.LFunction, x *syntax.Binary, r int) {
	line := x.Line()
	k := f.constant(operator, line)
	chained := isOperatorCall(x.X)
	if chained { // it is computed in r, or a long chain would need many registers
		f.into(x.X, r)
	} else {
		f.emit(abx(lua.OP_LOADK, r, k), line)
	}
	a := f.reserve(1, line)
	late := f.isLocal(x.X)
	switch {
	case chained:
		f.emit(abc(lua.OP_MOVE, a, r, 0), line)
		f.emit(abx(lua.OP_LOADK, r, k), line)
	case !late:
		f.into(x.X, a)
	}
	f.nextRegister(x.Y)
	if late {
		f.into(x.X, a)
	}
	f.emit(abc(lua.OP_CALL, r, 3, 2), line)
	f.free = r + 1
}

// isOperatorCall reports whether operatorCall compiles an expression.
func isOperatorCall(x syntax.Expr) bool {
	b, ok := single(x).(*syntax.Binary)
	return ok && (b.Op == "%" || b.Op == "^")
}

func (f *function) isLocal(x syntax.Expr) bool {
	id, ok := single(x).(*syntax.Ident)
	return ok && f.find(id.Name) >= 0
}
