package engine

import (
	lua "github.com/yuin/gopher-lua"
	"strconv"

	"github.com/lightdht/lightdht/engine/stdlib"
)

// maxDepth limits the nesting of a Lua table that becomes a Go value, maxValues the number of
// values (chosen by us): a table that occurs in many places is copied each time. Values beyond the
// limits, as in a cycle, are nil.
const (
	maxDepth  = 64
	maxValues = 1 << 20
)

// goValue is v as a plain Go value: nil, bool, float64, string, []any for a table that is a list,
// map[string]any for any other. A value that Go put into the script is returned unchanged;
// functions and tasks become nil.
func goValue(v lua.LValue) any {
	c := conversion{left: maxValues}
	return c.value(v, 0)
}

// conversion is the state of one goValue.
type conversion struct{ left int }

func (c *conversion) value(v lua.LValue, depth int) any {
	if c.left--; c.left < 0 {
		return nil
	}
	switch v := v.(type) {
	case lua.LBool:
		return bool(v)
	case lua.LNumber:
		return float64(v)
	case lua.LString:
		return string(v)
	case *lua.LUserData:
		return c.userData(v, depth)
	case *lua.LTable:
		if depth == maxDepth {
			return nil
		}
		return c.table(v, depth)
	}
	return nil
}

func (c *conversion) userData(ud *lua.LUserData, depth int) any {
	switch v := ud.Value.(type) {
	case *ErrorValue:
		m := map[string]any{"kind": v.Kind, "message": v.Message}
		for k, f := range v.Fields {
			m[k] = c.value(f, depth+1)
		}
		return m
	case *Task, stdlib.Proxy:
		return nil
	default:
		return v
	}
}

func (c *conversion) table(t *lua.LTable, depth int) any {
	var list []any
	var fields map[string]any
	for k, v := t.Next(lua.LNil); k != lua.LNil && c.left > 0; k, v = t.Next(k) {
		if n, ok := k.(lua.LNumber); ok && fields == nil && n == lua.LNumber(len(list)+1) {
			list = append(list, c.value(v, depth+1))
			continue
		}
		if fields == nil {
			fields = map[string]any{}
			for i, v := range list {
				fields[strconv.Itoa(i+1)] = v
			}
		}
		fields[keyText(k)] = c.value(v, depth+1)
	}
	switch {
	case fields != nil:
		return fields
	case list == nil:
		return []any{}
	}
	return list
}

func keyText(k lua.LValue) string {
	switch k := k.(type) {
	case lua.LString:
		return string(k)
	case lua.LNumber:
		return ExactNumber(float64(k))
	case lua.LBool:
		return k.String()
	}
	return k.Type().String()
}
