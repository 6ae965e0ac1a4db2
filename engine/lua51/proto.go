package lua51

import (
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// NameConstants fills the list from which gopher-lua's instructions read the names of globals and
// fields: the string constants of p. Call it when p.Constants is complete.
func NameConstants(p *lua.FunctionProto) {
	names := make([]string, len(p.Constants))
	for i, k := range p.Constants {
		if s, ok := k.(lua.LString); ok {
			names[i] = string(s)
		}
	}
	*at[[]string](unsafe.Pointer(p), inside.stringConstants) = names
}
