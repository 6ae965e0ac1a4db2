package compile

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/syntax"
)

func (f *function) while(s *syntax.While) {
	begin := len(f.code)
	leave := f.branch(s.Cond, false)
	loop := f.open(true)
	f.scoped(s.Body)
	f.landAt([]int{f.jump(s.Body.Line)}, begin)
	loop.breaks = append(loop.breaks, leave...)
	f.close(s.Body.Line)
}

// repeat compiles a loop whose condition can use the locals of its body.
func (f *function) repeat(s *syntax.Repeat) {
	_, line := s.Where()
	begin := len(f.code)
	f.open(true)
	body := f.open(false)
	f.statements(s.Body, false)
	again := f.branch(s.Cond, false)
	if body.captured {
		f.breaks(line)
		f.land(again)
		f.close(line)
		again = []int{f.jump(line)}
	} else {
		f.close(line)
	}
	f.landAt(again, begin)
	f.close(line)
}

// breaks leaves the innermost loop.
func (f *function) breaks(line int) {
	captured := false
	s := f.scope
	for ; !s.loop; s = s.outer {
		captured = captured || s.captured
	}
	if captured || s.captured {
		f.emit(abc(lua.OP_CLOSE, s.locals, 0, 0), line)
	}
	s.breaks = append(s.breaks, f.jump(line))
}

// numericFor compiles a loop over numbers. Start, limit and step may be strings that read as
// numbers, but the machine wants numbers. So each is raised to the power of 1: a number is
// unchanged, and for other values gopher-lua calls a metamethod. The script's own arithmetic never
// uses this instruction.
func (f *function) numericFor(s *syntax.NumericFor) {
	first, _ := s.Where()
	loop := f.open(true)
	index := f.free
	bounds := []syntax.Expr{s.Start, s.Limit, s.Step}
	if s.Step == nil {
		bounds[2] = &syntax.NumberLit{At: syntax.At(s.Limit.Line()), Value: 1}
	}
	for _, x := range bounds {
		f.nextRegister(x)
	}
	line := bounds[2].Line()
	for i, x := range bounds {
		if _, known := f.fold(x); !known {
			f.toNumber(index+i, line)
		}
	}
	for _, name := range []string{"(for index)", "(for limit)", "(for step)"} {
		f.declare(name, line)
	}
	prepare := f.emit(abx(lua.OP_FORPREP, index, biasJump), line)
	f.open(false)
	f.reserve(1, line)
	f.declare(s.Name, line)
	f.block(s.Body)
	f.close(s.Body.Line)
	f.land([]int{prepare})
	back := f.emit(abx(lua.OP_FORLOOP, index, biasJump), first)
	f.landAt([]int{back}, prepare+1)
	f.closeLoop(loop, first)
}

// toNumber converts the register of a loop's bound to a number.
func (f *function) toNumber(r, line int) {
	one := f.constant(lua.LNumber(1), line)
	if one <= maxK {
		f.emit(abc(lua.OP_POW, r, r, one|isK), line)
		return
	}
	k := f.reserve(1, line)
	f.emit(abx(lua.OP_LOADK, k, one), line)
	f.emit(abc(lua.OP_POW, r, r, k), line)
	f.free = k
}

// closeLoop ends a loop. Closures cannot capture its hidden variables.
func (f *function) closeLoop(loop *scope, line int) {
	f.close(line)
	f.free = loop.locals
}

func (f *function) genericFor(s *syntax.GenericFor) {
	first, _ := s.Where()
	loop := f.open(true)
	generator := f.free
	line := s.Values[len(s.Values)-1].Line()
	f.exactly(s.Values, 3, line)
	for _, name := range []string{"(for generator)", "(for state)", "(for control)"} {
		f.declare(name, line)
	}
	f.highest = max(f.highest, generator+6) // the generator is called in the three registers behind it
	toEnd := f.jump(line)
	f.open(false)
	f.reserve(len(s.Names), line)
	for _, name := range s.Names {
		f.declare(name, line)
	}
	f.block(s.Body)
	f.close(s.Body.Line)
	f.land([]int{toEnd})
	f.emit(abc(lua.OP_TFORLOOP, generator, 0, len(s.Names)), s.In)
	f.landAt([]int{f.jump(s.In)}, toEnd+1)
	f.closeLoop(loop, first)
}
