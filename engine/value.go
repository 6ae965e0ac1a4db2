package engine

import lua "github.com/yuin/gopher-lua"

// maxDepth bounds how deep a Lua table is followed when it becomes a Go value; what lies deeper, a cycle included, is nil.
const maxDepth = 64

// goValue is v as a plain Go value: nil, bool, float64, string, []any for a table that is a list, map[string]any for
// any other. A value that Go put into the script comes out as it went in; functions and tasks become nil.
func goValue(v lua.LValue) any { return goValueAt(v, 0) }

func goValueAt(v lua.LValue, depth int) any {
	switch v := v.(type) {
	case lua.LBool:
		return bool(v)
	case lua.LNumber:
		return float64(v)
	case lua.LString:
		return string(v)
	case *lua.LUserData:
		return goUserData(v, depth)
	case *lua.LTable:
		if depth == maxDepth {
			return nil
		}
		return goTable(v, depth)
	}
	return nil
}

func goUserData(ud *lua.LUserData, depth int) any {
	switch v := ud.Value.(type) {
	case *ErrorValue:
		m := map[string]any{"kind": v.Kind, "message": v.Message}
		for k, f := range v.Fields {
			m[k] = goValueAt(f, depth+1)
		}
		return m
	case *Task:
		return nil
	default:
		return v
	}
}

func goTable(t *lua.LTable, depth int) any {
	var list []any
	var fields map[string]any
	for k, v := t.Next(lua.LNil); k != lua.LNil; k, v = t.Next(k) {
		if n, ok := k.(lua.LNumber); ok && fields == nil && n == lua.LNumber(len(list)+1) {
			list = append(list, goValueAt(v, depth+1))
			continue
		}
		if fields == nil {
			fields = map[string]any{}
			for i, v := range list {
				fields[itoa(i+1)] = v
			}
		}
		fields[keyText(k)] = goValueAt(v, depth+1)
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
		return formatNumber(k)
	case lua.LBool:
		return k.String()
	}
	return k.Type().String()
}
