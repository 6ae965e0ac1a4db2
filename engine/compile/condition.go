package compile

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/syntax"
)

// comparison is the way to compile a comparison: the instruction, and whether its operands are
// swapped or its result is negated.
type comparison struct {
	op            int
	swap, negated bool
}

var comparisons = map[string]comparison{
	"==": {op: lua.OP_EQ}, "~=": {op: lua.OP_EQ, negated: true},
	"<": {op: lua.OP_LT}, ">": {op: lua.OP_LT, swap: true},
	"<=": {op: lua.OP_LE}, ">=": {op: lua.OP_LE, swap: true},
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// constantTruth is the truth of a literal; known is false for other expressions.
func (f *function) constantTruth(x syntax.Expr) (truth, known bool) {
	switch x.(type) {
	case *syntax.Nil, *syntax.False:
		return false, true
	case *syntax.True, *syntax.StringLit, *syntax.NumberLit:
		return true, true
	}
	return false, false
}

// branch compiles a jump that is taken if an expression is true, or with when false if it is false.
// It returns the jumps to be landed.
func (f *function) branch(x syntax.Expr, when bool) []int {
	x = single(x)
	if truth, known := f.constantTruth(x); known {
		if truth == when {
			return []int{f.jump(x.Line())}
		}
		return nil
	}
	switch x := x.(type) {
	case *syntax.Unary:
		if x.Op == "not" {
			return f.branch(x.X, !when)
		}
	case *syntax.Binary:
		if c, ok := comparisons[x.Op]; ok {
			return f.compare(x, c, when)
		}
		if x.Op == "and" || x.Op == "or" {
			return f.shortcut(x, when, func() []int { return f.branch(x.X, when) }, func() []int { return f.branch(x.Y, when) })
		}
	}
	free := f.free
	r := f.anyRegister(x)
	f.free = free
	f.emit(abc(lua.OP_TEST, r, 0, bit(when)), x.Line())
	return []int{f.jump(x.Line())}
}

// shortcut compiles the jumps of x and y: if either decides the result by itself, each jumps;
// otherwise the first skips the second.
func (f *function) shortcut(x *syntax.Binary, when bool, first, second func() []int) []int {
	if (x.Op == "or") == when {
		return append(first(), second()...)
	}
	skip := f.branch(x.X, !when)
	jumps := second()
	f.land(skip)
	return jumps
}

func (f *function) compare(x *syntax.Binary, c comparison, when bool) []int {
	free := f.free
	a := f.operand(x.X)
	b := f.operand(x.Y)
	f.free = free
	if c.swap {
		a, b = b, a
	}
	f.emit(abc(c.op, bit(when != c.negated), a, b), x.Line())
	return []int{f.jump(x.Line())}
}

// truth puts the value of a comparison, or of "not" before one, into a register.
func (f *function) truth(x syntax.Expr, r int) {
	jumps := f.branch(x, true)
	f.emit(abc(lua.OP_LOADBOOL, r, 0, 1), x.Line())
	f.land(jumps)
	f.emit(abc(lua.OP_LOADBOOL, r, 1, 0), x.Line())
}

func (f *function) not(x *syntax.Unary, r int) {
	inner := single(x.X)
	if truth, known := f.constantTruth(inner); known {
		f.emit(abc(lua.OP_LOADBOOL, r, bit(!truth), 0), x.Line())
		return
	}
	if decides(inner) {
		f.truth(x, r)
		return
	}
	free := f.free
	from := f.firstRegister(inner, r)
	f.free = free
	f.emit(abc(lua.OP_NOT, r, from, 0), x.Line())
}

// decides reports whether an expression is compiled to jumps.
func decides(x syntax.Expr) bool {
	switch x := x.(type) {
	case *syntax.Unary:
		return x.Op == "not"
	case *syntax.Binary:
		_, compares := comparisons[x.Op]
		return compares || x.Op == "and" || x.Op == "or"
	}
	return false
}

// logic puts the value of x and y, or of x or y, into a register.
func (f *function) logic(x *syntax.Binary, r int) {
	jumps := f.keep(x.X, r, x.Op == "or")
	f.into(x.Y, r)
	f.land(jumps)
}

// keep puts the value of an expression into r and jumps if its truth is when. It returns the jumps
// to be landed. If r is a local variable, it is not changed where no jump is taken, because later
// code may still read it.
func (f *function) keep(x syntax.Expr, r int, when bool) []int {
	x = single(x)
	if truth, known := f.constantTruth(x); known {
		if truth != when {
			return nil
		}
		f.into(x, r)
		return []int{f.jump(x.Line())}
	}
	if b, ok := x.(*syntax.Binary); ok && (b.Op == "and" || b.Op == "or") {
		return f.shortcut(b, when, func() []int { return f.keep(b.X, r, when) }, func() []int { return f.keep(b.Y, r, when) })
	}
	if decides(x) {
		skip := f.branch(x, !when)
		f.emit(abc(lua.OP_LOADBOOL, r, bit(when), 0), x.Line())
		jumps := []int{f.jump(x.Line())}
		f.land(skip)
		return jumps
	}
	if r >= len(f.locals) && !f.isLocal(x) {
		f.into(x, r)
		f.emit(abc(lua.OP_TEST, r, 0, bit(when)), x.Line())
		return []int{f.jump(x.Line())}
	}
	free := f.free
	from := f.anyRegister(x)
	f.free = free
	if from == r {
		f.emit(abc(lua.OP_TEST, r, 0, bit(when)), x.Line())
	} else {
		f.emit(abc(lua.OP_TESTSET, r, from, bit(when)), x.Line())
	}
	return []int{f.jump(x.Line())}
}
