package compile

import lua "github.com/yuin/gopher-lua"

// gopher-lua keeps elements from lua.MaxArrayIndex on in a hash table, and does not count them: the length of a longer
// list is always the same number. So where that number comes out, a function is asked again. What does so stands behind
// the end of the function's code, out of the way.

// longList is the asking again for one length operator.
type longList struct {
	jump     int // to it
	back     int // the instruction behind the operator
	from, to int // registers of the operand and the result
	first    int // the first register that is free
	line     int
}

// length puts the length of what is in one register into another one.
func (f *function) length(to, from, line int) {
	f.emit(abc(lua.OP_LEN, to, from, 0), line)
	limit := f.constant(lua.LNumber(lua.MaxArrayIndex-1), line)
	first := f.free
	k := limit | isK
	if limit > maxK {
		k = f.reserve(1, line)
		f.emit(abx(lua.OP_LOADK, k, limit), line)
		f.free = first
	}
	f.emit(abc(lua.OP_EQ, 1, to, k), line)
	l := longList{jump: f.jump(line), from: from, to: to, first: first, line: line}
	l.back = len(f.code)
	f.longLists = append(f.longLists, l)
}

// endLengths puts what asks again behind the function's code.
func (f *function) endLengths() {
	for _, l := range f.longLists {
		f.land([]int{l.jump})
		f.free = l.first
		fn := f.reserve(2, l.line)
		f.emit(abx(lua.OP_LOADK, fn, f.constant(f.operators.Length, l.line)), l.line)
		f.emit(abc(lua.OP_MOVE, fn+1, l.from, 0), l.line)
		f.emit(abc(lua.OP_CALL, fn, 2, 2), l.line)
		f.emit(abc(lua.OP_MOVE, l.to, fn, 0), l.line)
		f.landAt([]int{f.jump(l.line)}, l.back)
	}
}
