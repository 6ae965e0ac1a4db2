package engine

import (
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
	"github.com/lightdht/lightdht/engine/stdlib"
)

// newState makes the Lua state that owns the globals. It has none of gopher-lua's own libraries.
func newState() *lua.LState {
	L := lua.NewState(lua.Options{SkipOpenLibs: true, RegistrySize: 256, RegistryMaxSize: 1 << 16, RegistryGrowStep: 1024, CallStackSize: 100})
	L.G.MainThread = L // or the first task would take the title
	L.G.CurrentThread = L
	return L
}

// newRuntime makes what the engine's Lua states need to behave as Lua 5.1.
func newRuntime(e *Engine) *lua51.Runtime {
	return lua51.NewRuntime(e.lua, lua51.Host{
		Context: e.hook,
		Charge: func(bytes, instructions int) {
			if bytes > 0 {
				e.Room(bytes)
			}
			e.Work(instructions)
		},
		Ended: func() {
			if e.hook.stop.Load() {
				e.hook.look()
			}
		},
		Reason:   e.reasons.of,
		Absent:   func(global string) string { return e.absent[global] },
		KeepName: func(name string) bool { return slices.Contains(taskFunctions, name) },
	})
}

// newLibrary makes the standard library.
func newLibrary(e *Engine, o Options) *stdlib.Library {
	var read func(*lua.LState) ([]byte, error)
	if o.Stdin != nil {
		read = (&input{engine: e, source: o.Stdin}).read
	}
	return stdlib.New(stdlib.Host{
		Runtime: e.runtime,
		Args:    o.Args,
		Stdin:   read,
		Stdout:  e.stdout,
		Stderr:  e.stderr,
		Files:   e.files,
		Random:  e.random,
		Now:     e.Now,
		Date:    e.Date,
		Compile: e.compiler.compile,
		Wrote:   e.Wrote,
		Begun:   e.Begun,
		Failed:  e.Failed,
		Raise:   e.Raise,
	})
}

// standardModules lists the modules that every script has: the standard library, tasks, and require.
func standardModules(l *stdlib.Library) (list []Module) {
	for _, m := range l.Modules() {
		list = append(list, Module{Name: m.Name, Open: func(_ *Engine, L *lua.LState) lua.LValue { return m.Open(L) }})
	}
	return append(list, Module{Name: "task", Open: openTasks}, Module{Name: "package", Open: openPackage})
}
