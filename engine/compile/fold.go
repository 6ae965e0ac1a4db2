package compile

import (
	"math"

	"github.com/lightdht/lightdht/engine/lua51"
	"github.com/lightdht/lightdht/engine/syntax"
)

// fold is the value of an expression of number literals. As in Lua 5.1, divisions by 0 and results
// that are NaN are not computed in advance: a NaN cannot be a constant.
func (f *function) fold(x syntax.Expr) (float64, bool) {
	switch x := single(x).(type) {
	case *syntax.NumberLit:
		return x.Value, true
	case *syntax.Unary:
		if n, ok := f.fold(x.X); ok && x.Op == "-" {
			return -n, !math.IsNaN(n)
		}
	case *syntax.Binary:
		if f.unfolded[x] {
			return 0, false
		}
		n, ok := f.foldBinary(x)
		if !ok {
			f.unfolded[x] = true // so that each part of a long sum is tried once
		}
		return n, ok
	}
	return 0, false
}

func (f *function) foldBinary(x *syntax.Binary) (n float64, ok bool) {
	b, ok := f.fold(x.Y)
	if !ok {
		return 0, false
	}
	a, ok := f.fold(x.X)
	if !ok {
		return 0, false
	}
	switch x.Op {
	case "+":
		n = a + b
	case "-":
		n = a - b
	case "*":
		n = a * b
	case "/":
		n, ok = a/b, b != 0
	case "%":
		n, ok = lua51.Modulo(a, b), b != 0
	case "^":
		n = f.operators.Power(a, b)
	default:
		return 0, false
	}
	return n, ok && !math.IsNaN(n)
}
