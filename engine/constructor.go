package engine

import (
	"strconv"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

// gopher-lua 1.1.2 puts the items of a table constructor into the table fifty at a time, and goes wrong where a group
// is complete and the next field is no further item: a field with a key has the group written again, from registers
// that are in use by then, and the values of a last call overwrite the first items. It also takes the values of a last
// call for items if they have a key: {1, k = f()}.
const itemGroup = 50

// maxItems is up to how many items it counts its groups right; the values of further ones would be lost.
const maxItems = 511 * itemGroup

// constructor makes a table constructor one that is compiled as it should be. A field that follows a complete group
// comes before its last item, and the values of a last call are appended by a function of our own.
func (p *rewriter) constructor(x *ast.TableExpr) ast.Expr {
	items := 0
	fields := make([]*ast.Field, 0, len(x.Fields))
	for _, f := range x.Fields {
		switch {
		case f.Key == nil:
			items++
		case items > 0 && items%itemGroup == 0:
			f.Value = oneValue(f.Value)
			last := len(fields) - 1
			fields = append(fields[:last], f, fields[last])
			continue
		default:
			f.Value = oneValue(f.Value)
		}
		fields = append(fields, f)
	}
	x.Fields = fields
	if items > maxItems {
		p.refuse(x, "a table constructor can have "+strconv.Itoa(maxItems)+" items; put the others in one by one")
	}
	if last := len(fields) - 1; last >= 0 && fields[last].Key == nil && manyValues(fields[last].Value) && items > 1 && (items-1)%itemGroup == 0 {
		x.Fields = fields[:last]
		before := at(x, &ast.NumberExpr{Value: strconv.Itoa(items - 1)})
		return p.ours(&p.appends, x, x, before, fields[last].Value)
	}
	return x
}

// manyValues reports whether an expression may be more than one value.
func manyValues(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.FuncCallExpr:
		return !x.AdjustRet
	case *ast.Comma3Expr:
		return !x.AdjustRet
	}
	return false
}

// appendFunction puts its further arguments into a table behind so many items, and returns it.
func appendFunction(L *lua.LState) int {
	t, before := L.CheckTable(1), L.CheckInt(2)
	for i := 3; i <= L.GetTop(); i++ {
		t.RawSetInt(before+i-2, L.Get(i))
	}
	L.Push(t)
	return 1
}
