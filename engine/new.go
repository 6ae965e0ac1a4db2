package engine

import (
	"errors"
	"fmt"
	"io"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/files"
	"github.com/lightdht/lightdht/engine/lua51"
	"github.com/lightdht/lightdht/engine/stdlib"
)

// New makes an engine and opens its modules. Close it when done. The first call lowers
// lua.MaxArrayIndex; see FitArrays. A program with Lua states of its own calls New before it runs
// them. New fails if the gopher-lua in the program is a version whose insides this package does not
// know.
func New(o Options) (*Engine, error) {
	if err := lua51.Check(); err != nil {
		return nil, fmt.Errorf("engine: %w", err)
	}
	FitArrays(0)
	access, err := files.NewAccess(o.ScriptDir, o.Grants)
	if err != nil {
		return nil, err
	}
	o = o.withDefaults()
	e := &Engine{random: o.Random, log: o.Log, start: o.StartTime, files: access, absent: map[string]string{}}
	e.scheduler = newScheduler(o)
	e.hook.owner, e.hook.check = e, e.check
	e.unclaimed = e.orphan
	e.notice = func(message string) { io.WriteString(e.stderr, message) }
	e.memory = memoryBudget{scheduler: e.scheduler, limit: o.MaxMemory, host: o.HostMemory}
	e.output = outputMeter{scheduler: e.scheduler, limit: o.MaxOutput}
	e.stdout, e.stderr = e.output.on(o.Stdout), e.output.on(o.Stderr)
	e.outside.onStuck, e.outside.excused = o.OnStuck, o.Excused
	e.reasons.scheduler = e.scheduler
	e.modules = loader{engine: e, dir: o.ScriptDir, library: o.Library}
	if err := e.open(o); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

// open makes the Lua state and fills its globals.
func (e *Engine) open(o Options) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("engine: opening the modules: %v", r)
		}
	}()
	e.lua = newState()
	e.runtime = newRuntime(e)
	e.compiler = compiler{runtime: e.runtime, lua: e.lua, chunks: e.chunks}
	e.library = newLibrary(e, o)
	e.OnClose(e.library.Close)
	openErrors(e.lua)
	for _, m := range slices.Concat(standardModules(e.library), o.Modules) {
		if v := m.Open(e, e.lua); v != nil && v != lua.LNil {
			e.lua.G.Global.RawSetString(m.Name, v)
		} else if m.Absent != "" {
			e.absent[m.Name] = m.Absent
		}
	}
	return nil
}

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

// standardModules lists the modules that every script has: the standard library, tasks, and
// require.
func standardModules(l *stdlib.Library) (list []Module) {
	for _, m := range l.Modules() {
		list = append(list, Module{Name: m.Name, Open: func(_ *Engine, L *lua.LState) lua.LValue { return m.Open(L) }})
	}
	return append(list, Module{Name: "task", Open: openTasks}, Module{Name: "package", Open: openPackage})
}
