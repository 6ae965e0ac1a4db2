package stdlib

import (
	"fmt"
	"weak"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
)

// baseToString is tostring(v). As in Lua 5.1, __tostring may return any value.
func (l *Library) baseToString(L *lua.LState) int {
	v := lua51.Any(L, 1)
	if shown := shownBy(L, v); shown != nil {
		L.Push(shown)
		return 1
	}
	L.Push(lua.LString(l.ToString(L, v)))
	return 1
}

// ToString is tostring(v); it may run code of the script, so L is that of a running function.
// Objects are numbered in the order in which they were first shown: an address would differ from
// run to run, and tell a script about the host's memory.
func (l *Library) ToString(L *lua.LState, v lua.LValue) string {
	switch v := v.(type) {
	case lua.LString:
		return string(v)
	case lua.LNumber:
		return lua51.FormatNumber(float64(v))
	}
	if shown := shownBy(L, v); shown != nil {
		s, ok := lua51.TextOf(shown)
		if !ok {
			lua51.Raise(L, "'__tostring' must return a string")
		}
		return s
	}
	return l.plainName(v)
}

// shownBy is the result of the __tostring of a value; nil if it has none.
func shownBy(L *lua.LState, v lua.LValue) lua.LValue {
	switch v.Type() {
	case lua.LTTable, lua.LTUserData:
	default:
		return nil // metatables of other types belong to the host
	}
	fn := L.GetMetaField(v, "__tostring")
	if fn == lua.LNil {
		return nil
	}
	L.Push(fn)
	L.Push(v)
	L.Call(1, 1)
	shown := L.Get(-1)
	L.Pop(1)
	return shown
}

// plainName is tostring of a value without __tostring.
func (l *Library) plainName(v lua.LValue) string {
	switch v := v.(type) {
	case *lua.LTable:
		return l.names.name("table", weak.Make(v))
	case *lua.LFunction:
		return l.names.name("function", weak.Make(v))
	case *lua.LUserData:
		return l.names.name("userdata", weak.Make(v))
	case *lua.LState:
		return l.names.name("thread", weak.Make(v))
	case lua.LChannel:
		return "channel"
	}
	return v.String()
}

// objectNames gives objects names without keeping them alive.
type objectNames struct {
	of    map[any]int
	last  map[string]int
	sweep int // size at which collected objects are removed
}

func (n *objectNames) name(kind string, object any) string {
	if n.of == nil {
		n.of, n.last, n.sweep = map[any]int{}, map[string]int{}, 1024
	}
	k, ok := n.of[object]
	if !ok {
		n.last[kind]++
		k = n.last[kind]
		n.of[object] = k
		if len(n.of) >= n.sweep {
			n.forget()
		}
	}
	return fmt.Sprintf("%s: %d", kind, k)
}

func (n *objectNames) forget() {
	for object := range n.of {
		if gone(object) {
			delete(n.of, object)
		}
	}
	n.sweep = max(1024, 2*len(n.of))
}

func gone(object any) bool {
	switch p := object.(type) {
	case weak.Pointer[lua.LTable]:
		return p.Value() == nil
	case weak.Pointer[lua.LFunction]:
		return p.Value() == nil
	case weak.Pointer[lua.LUserData]:
		return p.Value() == nil
	case weak.Pointer[lua.LState]:
		return p.Value() == nil
	}
	return false
}
