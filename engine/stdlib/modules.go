package stdlib

import lua "github.com/yuin/gopher-lua"

// Module is a part of the library, a table of functions.
type Module struct {
	Name string // of the global that holds the table
	Open func(L *lua.LState) lua.LValue
}

// Modules lists the parts, in the order in which they are to be opened. "_G" is the table of the
// globals itself.
func (l *Library) Modules() []Module {
	return []Module{
		{"_G", l.openBase}, {"coroutine", l.openCoroutine}, {"string", l.openString}, {"table", l.openTable},
		{"math", l.openMath}, {"os", l.openOS}, {"io", l.openIO}, {"debug", l.openDebug},
	}
}
