package compile

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/syntax"
)

// Some instructions of gopher-lua's machine are right except for one result. After that result,
// compiled code calls a function and takes its value instead. The call is at the end of the code,
// so that the normal path is short.
//
// gopher-lua keeps elements from lua.MaxArrayIndex on in a hash table, and does not count them: the
// length of a longer list is always the same number. And its arithmetic has no -0.

// slowPath is the call for one instruction.
type slowPath struct {
	jump     int // to it
	back     int // the instruction behind
	function *lua.LFunction
	operands []int // of the instruction, each a register or a constant
	to       int   // the register with its result
	first    int   // the first register that is free
	line     int
}

// unless takes the slow path if the result register holds a given number.
func (f *function) unless(number lua.LNumber, p slowPath) {
	p.first = f.free
	k := f.constant(number, p.line)
	if k <= maxK {
		k |= isK
	} else {
		r := f.reserve(1, p.line)
		f.emit(abx(lua.OP_LOADK, r, k), p.line)
		f.free, k = p.first, r
	}
	f.emit(abc(lua.OP_EQ, 1, p.to, k), p.line)
	p.jump = f.jump(p.line)
	p.back = len(f.code)
	f.slowPaths = append(f.slowPaths, p)
}

// endSlowPaths appends the calls to the function's code.
func (f *function) endSlowPaths() {
	for _, p := range f.slowPaths {
		f.land([]int{p.jump})
		f.free = p.first
		fn := f.reserve(2+len(p.operands), p.line)
		f.emit(abx(lua.OP_LOADK, fn, f.constant(p.function, p.line)), p.line)
		for i, operand := range append(p.operands, p.to) {
			if operand&isK != 0 {
				f.emit(abx(lua.OP_LOADK, fn+1+i, operand&^isK), p.line)
			} else {
				f.emit(abc(lua.OP_MOVE, fn+1+i, operand, 0), p.line)
			}
		}
		f.emit(abc(lua.OP_CALL, fn, 2+len(p.operands), 2), p.line)
		f.emit(abc(lua.OP_MOVE, p.to, fn, 0), p.line)
		f.landAt([]int{f.jump(p.line)}, p.back)
	}
}

// length puts the length of an expression's value into a register.
func (f *function) length(x *syntax.Unary, r int) {
	line := x.Line()
	from := f.anyRegister(x.X)
	if from == r {
		from = f.reserve(1, line)
		f.emit(abc(lua.OP_MOVE, from, r, 0), line)
	}
	f.emit(abc(lua.OP_LEN, r, from, 0), line)
	f.unless(lua.LNumber(lua.MaxArrayIndex-1), slowPath{function: f.operators.Length, operands: []int{from}, to: r, line: line})
}

// signed compiles a product or a quotient so that a zero has its sign, where the source suggests
// that the sign may matter: an operand is a literal that is negative or 0, or has a minus before
// it. To do it everywhere makes a program of multiplications a third slower (measured).
func (f *function) signed(x *syntax.Binary, op, r int) {
	line := x.Line()
	a := 0
	if b, ok := single(x.X).(*syntax.Binary); ok && f.canBeMinusZero(b) { // a long chain needs no more registers than a short one
		a = f.firstRegister(x.X, r)
	} else {
		a = f.operand(x.X)
	}
	b := f.operand(x.Y)
	to := r
	if a == r || b == r {
		to = f.reserve(1, line)
	}
	f.emit(abc(op, to, a, b), line)
	function := f.operators.Product
	if op == lua.OP_DIV {
		function = f.operators.Quotient
	}
	f.unless(0, slowPath{function: function, operands: []int{a, b}, to: to, line: line})
	if to != r {
		f.emit(abc(lua.OP_MOVE, r, to, 0), line)
	}
}

// canBeMinusZero reports whether an operation needs signed.
func (f *function) canBeMinusZero(x *syntax.Binary) bool {
	return (x.Op == "*" || x.Op == "/") && (f.hasMinus(x.X) || f.hasMinus(x.Y))
}

func (f *function) hasMinus(x syntax.Expr) bool {
	if n, ok := f.fold(x); ok {
		return n <= 0
	}
	u, ok := single(x).(*syntax.Unary)
	return ok && u.Op == "-"
}
