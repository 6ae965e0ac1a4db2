package luabind

import (
	"maps"
	"slices"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht/sim"
	"github.com/lightdht/lightdht/engine"
)

// standard is what Lua 5.1 has too and works here as its manual says; it is
// described there.
const standard = "_G _VERSION assert collectgarbage error getfenv getmetatable ipairs load loadstring next pairs pcall " +
	"gcinfo module newproxy rawequal rawget rawset select setfenv setmetatable tonumber tostring type unpack xpcall " +
	"coroutine math string table"

// What a script sees is what is described, name by name: in the globals, in the
// tables among them, and in the objects of the engine.
func TestWhatIsThereIsDescribed(t *testing.T) {
	described := map[string]bool{}
	for _, m := range catalogue().Modules {
		prefix := ""
		if m.Name != "" {
			described[m.Name], prefix = true, m.Name+"."
		}
		for _, f := range m.Functions {
			described[prefix+f.Name] = true
		}
		for _, f := range m.Fields {
			described[prefix+f.Name] = true
		}
	}
	there := map[string]bool{}
	var look func(prefix string, t *lua.LTable)
	look = func(prefix string, t *lua.LTable) {
		t.ForEach(func(k, v lua.LValue) {
			name := prefix + k.String()
			if prefix == "" && slices.Contains(strings.Fields(standard), name) || prefix == "arg." || prefix == "package.loaded." {
				return
			}
			there[name] = true
			if inner, ok := v.(*lua.LTable); ok {
				look(name+".", inner)
			}
		})
	}
	files := onGlobals(t, func(L *lua.LState) (methods []string) {
		look("", L.G.Global)
		L.GetTypeMetatable("engine.file").(*lua.LTable).RawGetString("__index").(*lua.LTable).ForEach(func(k, _ lua.LValue) {
			methods = append(methods, k.String())
		})
		return methods
	})
	for _, name := range slices.Sorted(maps.Keys(there)) {
		if !described[name] {
			t.Errorf("%s is not described: declare it in luabind, like its neighbours, or in enginelib.go if it is the engine's", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(described)) {
		if !there[name] && name != "dht.addr6" { // nil there: the network is IPv4's
			t.Errorf("%s is described, and scripts do not have it", name)
		}
	}
	for _, name := range files {
		if !slices.ContainsFunc(fileClass.Methods, func(f function) bool { return f.Name == name }) {
			t.Errorf("file:%s is not described in enginelib.go", name)
		}
	}
}

// onGlobals calls f with the Lua state in which a script is about to run.
func onGlobals(t *testing.T, f func(L *lua.LState) []string) (found []string) {
	t.Helper()
	world, own := openWorld(t, sim.Config{Nodes: 10, Seed: 1})
	modules := New(Options{Network: NewSim(world, own)}).Modules()
	e, err := engine.New(engine.Options{Clock: SimClock(world), Modules: append(modules, engine.Module{
		Name: "last", Open: func(_ *engine.Engine, L *lua.LState) lua.LValue {
			found = f(L)
			return nil
		},
	})})
	if err != nil {
		t.Fatal(err)
	}
	e.Close()
	return found
}

// Methods of tasks and files that are described can be had.
func TestMethodsAreThere(t *testing.T) {
	source := "local t, file = spawn(print), io.stdout\n"
	for _, cl := range []*class{&taskClass, &fileClass} {
		for _, f := range cl.Methods {
			source += "assert(" + cl.Called + "." + f.Name + ")\n"
		}
	}
	if r := runScript(t, "s.lua", source, Options{}); r.err != nil {
		t.Error(r.err)
	}
}
