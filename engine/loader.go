package engine

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/files"
	"github.com/lightdht/lightdht/engine/lua51"
)

// loader finds, runs and remembers modules for require.
type loader struct {
	engine  *Engine // for its scheduler, compiler and files
	dir     string
	library fs.FS
	loaded  *lua.LTable // package.loaded
	preload *lua.LTable // package.preload
	local   []LocalModule
	loading []*loading // outermost first
}

// loading is a module whose chunk has begun and not ended.
type loading struct {
	name  string
	task  *Task  // that loads it
	waits []Wait // other tasks that asked for it meanwhile
}

// require is require(name): the module's value, from the script's folder or the library, loaded
// once.
func (m *loader) require(L *lua.LState) int {
	name := lua51.Text(L, 1)
	m.await(L, name)
	if v := m.loaded.RawGetString(name); lua.LVAsBool(v) {
		L.Push(v)
		return 1
	}
	if fn, ok := m.preload.RawGetString(name).(*lua.LFunction); ok {
		L.Push(m.run(L, name, fn))
		return 1
	}
	file, source, err := m.find(name)
	if err != nil {
		lua51.Raise(L, "%s", err.Error())
	}
	fn, err := m.engine.compiler.load(file, source)
	if err != nil {
		lua51.Raise(L, "module '%s': %s", name, err.Error())
	}
	if strings.HasPrefix(file, m.dir) && m.dir != "" {
		m.note(name, source)
	}
	L.Push(m.run(L, name, fn))
	return 1
}

// LocalModule is a module from the script's folder.
type LocalModule struct {
	Name   string // as the script requires it
	Source string
}

// note remembers a module of the script's folder; a script that empties package.loaded may load it
// again.
func (m *loader) note(name, source string) {
	if !slices.ContainsFunc(m.local, func(l LocalModule) bool { return l.Name == name }) {
		m.local = append(m.local, LocalModule{Name: name, Source: source})
	}
}

// LocalModules returns the modules of the script's folder in the order in which they were loaded.
// Call it on the baton, or while no script runs.
func (e *Engine) LocalModules() []LocalModule { return e.modules.local }

// await waits while another task is loading the module. Loading it from within itself is an error.
func (m *loader) await(L *lua.LState, name string) {
	for i := 0; i < len(m.loading); i++ {
		l := m.loading[i]
		if l.name != name {
			continue
		}
		if l.task == m.engine.holder {
			lua51.Raise(L, "module '%s' requires itself: %s", name, m.circle(l))
		}
		w := m.engine.Begin("require '" + name + "'")
		l.waits = append(l.waits, w)
		if err := m.engine.park(L, w, waitsForTask); err != nil {
			m.engine.Raise(L, err)
		}
		i = -1 // look again from the start
	}
}

// circle names the modules of a cycle.
func (m *loader) circle(first *loading) string {
	var names []string
	for _, l := range m.loading[slices.Index(m.loading, first):] {
		if l.task == first.task {
			names = append(names, l.name)
		}
	}
	return strings.Join(append(names, first.name), " -> ")
}

// run runs a module's chunk and remembers its value: the result, or the value that the chunk has
// put into package.loaded, or true.
func (m *loader) run(L *lua.LState, name string, fn *lua.LFunction) lua.LValue {
	l := &loading{name: name, task: m.engine.holder}
	m.loading = append(m.loading, l)
	defer func() { // also after an error; another task may have begun a module since
		m.loading = slices.DeleteFunc(m.loading, func(o *loading) bool { return o == l })
		for _, w := range l.waits {
			w.Wake()
		}
	}()
	L.Push(fn)
	L.Push(lua.LString(name))
	L.Call(1, 1)
	v := L.Get(-1)
	L.Pop(1)
	if v == lua.LNil {
		v = m.loaded.RawGetString(name)
	}
	if v == lua.LNil {
		v = lua.LTrue
	}
	m.loaded.RawSetString(name, v)
	return v
}

// find returns the text of a module and the name for messages.
func (m *loader) find(name string) (file, source string, err error) {
	rel := strings.ReplaceAll(name, ".", "/") + ".lua"
	if !fs.ValidPath(rel) || strings.Contains(name, "/") || strings.Contains(name, "\\") {
		return "", "", fmt.Errorf("module name '%s' is not valid: use letters, with dots between folders", name)
	}
	folder := strings.TrimSuffix(rel, ".lua") + "/init.lua" // a module of several files
	var looked []string
	if dir := m.dir; dir != "" {
		for _, rel := range []string{rel, folder} {
			file = filepath.Join(dir, filepath.FromSlash(rel))
			source, ok, err := m.scriptFile(rel)
			if err != nil {
				return "", "", fmt.Errorf("module '%s': %w", name, files.Plain("read", file, err))
			}
			if ok {
				return file, source, nil
			}
		}
		looked = append(looked, filepath.Join(dir, filepath.FromSlash(rel)))
	}
	if m.library != nil {
		for _, rel := range []string{rel, folder} {
			if f, err := m.library.Open(rel); err == nil {
				defer f.Close()
				source, err = readModule(f)
				return rel, source, err
			}
		}
		looked = append(looked, "the library's "+rel)
	}
	if len(looked) == 0 {
		return "", "", fmt.Errorf("module '%s' not found: this script has no folder and no library", name)
	}
	return "", "", fmt.Errorf("module '%s' not found; looked for %s", name, strings.Join(looked, " and "))
}

// scriptFile reads a file of the script's folder; ok is false if it does not exist.
func (m *loader) scriptFile(rel string) (source string, ok bool, err error) {
	f, err := m.engine.files.OpenModule(rel)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) { // a file may have the name of the folder
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	defer f.Close()
	source, err = readModule(f)
	return source, err == nil, err
}

func readModule(f io.Reader) (string, error) {
	b, err := io.ReadAll(io.LimitReader(f, maxScript+1))
	return string(b), err
}
