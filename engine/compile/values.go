package compile

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/syntax"
)

// all is the count that stands for all values.
const all = -1

// many puts the values of a call or of "..." into registers from r on, which must be the last
// register in use or the next: n of them, or all. The registers after r are not reserved.
func (f *function) many(x syntax.Expr, r, n int) {
	switch x := x.(type) {
	case *syntax.Paren:
		f.many(x.X, r, n)
	case *syntax.Call:
		f.call(x, r, n)
	case *syntax.Vararg:
		f.proto.IsVarArg &^= lua.VarArgNeedsArg
		f.emit(abc(lua.OP_VARARG, r, n+1, 0), x.Line())
	}
	f.highest = max(f.highest, r+max(n, 1))
}

// call puts a function into a register, the arguments behind it, and calls it.
func (f *function) call(x *syntax.Call, r, n int) {
	f.free = r
	name := "?"
	if x.Method != "" {
		name = x.Method
		f.self(x)
	} else {
		f.nextRegister(x.Func)
		name = calledName(x.Func)
	}
	b := 0
	if !f.list(x.Args) {
		b = f.free - r
	}
	pc := f.emit(abc(lua.OP_CALL, r, b, n+1), x.Opens)
	f.proto.DbgCalls = append(f.proto.DbgCalls, lua.DbgCall{Name: name, Pc: pc})
	f.free = r + 1
}

// self puts a method and its object into the next two registers.
func (f *function) self(x *syntax.Call) {
	r := f.free
	object := f.anyRegister(x.Func)
	k := f.text(x.Method, x.Opens)
	f.free = r
	f.reserve(2, x.Opens)
	if k <= maxK {
		k |= isK
	} else {
		f.emit(abx(lua.OP_LOADK, f.reserve(1, x.Opens), k), x.Opens)
		k = f.free - 1
	}
	f.emit(abc(lua.OP_SELF, r, object, k), x.Opens)
	f.free = r + 2
}

// calledName is the name of a called function in tracebacks.
func calledName(x syntax.Expr) string {
	switch x := x.(type) {
	case *syntax.Ident:
		return x.Name
	case *syntax.Index:
		if k, ok := x.Key.(*syntax.StringLit); ok {
			return k.Value
		}
	}
	return "?"
}

// list puts the values of expressions into the next registers. It reports whether the last one has
// any number of them.
func (f *function) list(xs []syntax.Expr) (open bool) {
	for i, x := range xs {
		if i == len(xs)-1 && syntax.ManyValues(x) {
			f.many(x, f.reserve(1, x.Line()), all)
			return true
		}
		f.nextRegister(x)
	}
	return false
}

// exactly puts n values of expressions into the next registers, as an assignment takes them:
// missing ones are nil, extra ones are evaluated and dropped.
func (f *function) exactly(xs []syntax.Expr, n, line int) {
	first := f.free
	for i, x := range xs {
		missing := n - i
		if i == len(xs)-1 && syntax.ManyValues(x) && missing != 1 {
			f.many(x, f.reserve(1, line), max(missing, 0))
			f.free = first + i
			f.reserve(max(missing, 0), line)
			break
		}
		f.nextRegister(x)
	}
	if missing := first + n - f.free; missing > 0 {
		r := f.reserve(missing, line)
		f.emit(abc(lua.OP_LOADNIL, r, r+missing-1, 0), line)
	}
	f.free = first + n
}

// table makes a constructor's table in r, the last register in use.
func (f *function) table(x *syntax.Table, r int) {
	items := 0
	for _, field := range x.Fields {
		if field.Key == nil {
			items++
		}
	}
	f.emit(abc(lua.OP_NEWTABLE, r, min(items, maxB), min(len(x.Fields)-items, maxB)), x.Line())
	stored, pending := 0, 0
	for i, field := range x.Fields {
		if field.Key != nil {
			f.keyed(r, field)
			continue
		}
		if i == len(x.Fields)-1 && syntax.ManyValues(field.Value) {
			f.many(field.Value, f.reserve(1, x.Line()), all)
			f.setList(r, 0, stored, x.Line())
			pending = 0
			break
		}
		f.nextRegister(field.Value)
		if pending++; pending == lua.FieldsPerFlush {
			f.setList(r, pending, stored, field.Value.Line())
			stored, pending = stored+pending, 0
		}
	}
	if pending > 0 {
		f.setList(r, pending, stored, x.Line())
	}
	f.free = r + 1
}

func (f *function) keyed(table int, field syntax.Field) {
	free := f.free
	key := f.operand(field.Key)
	value := f.operand(field.Value)
	f.emit(abc(setOp(field.Key), table, key, value), field.Value.Line())
	f.free = free
}

// setOp is the instruction that stores under a key.
func setOp(key syntax.Expr) int {
	if isText(key) {
		return lua.OP_SETTABLEKS
	}
	return lua.OP_SETTABLE
}

// setList stores the n values behind a table, or with 0 all that are there, behind those already
// stored.
func (f *function) setList(table, n, stored, line int) {
	group := stored/lua.FieldsPerFlush + 1
	if group <= maxB {
		f.emit(abc(lua.OP_SETLIST, table, n, group), line)
	} else {
		f.emit(abc(lua.OP_SETLIST, table, n, 0), line)
		f.emit(uint32(group), line)
	}
	f.free = table + 1
}
