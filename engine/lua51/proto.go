package lua51

import (
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// setStringConstants fills the list that gopher-lua's instructions read names from; it is not exported.
func setStringConstants(p *lua.FunctionProto) {
	names := make([]string, len(p.Constants))
	for i, k := range p.Constants {
		if s, ok := k.(lua.LString); ok {
			names[i] = string(s)
		}
	}
	*at[[]string](unsafe.Pointer(p), inside.stringConstants) = names
}
