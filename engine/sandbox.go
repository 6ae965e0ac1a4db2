package engine

import (
	"strings"
	"sync"

	lua "github.com/yuin/gopher-lua"
)

// allowed is every standard name that a script can see. Whatever else gopher-lua registers is removed: dofile, loadfile
// and _printregs live among the base functions, and reach the host's files and its standard output.
var allowed = map[string]string{
	"": "_G _VERSION assert collectgarbage error gcinfo getfenv getmetatable ipairs load loadstring module newproxy next " +
		"pairs pcall print rawequal rawget rawset require select setfenv setmetatable sleep spawn tonumber tostring type " +
		"unpack xpcall coroutine debug io math os package string table task",
	"coroutine": "create resume running status wrap yield",
	"debug":     "gethook getinfo getmetatable sethook setmetatable traceback",
	"io":        "lines open read stderr stdin stdout type write",
	"math": "abs acos asin atan atan2 ceil cos cosh deg exp floor fmod frexp huge ldexp log log10 max min mod modf pi pow " +
		"rad random randomseed sin sinh sqrt tan tanh",
	"os":      "clock date difftime time",
	"package": "config cpath loaded path preload seeall",
	"string":  "byte char dump find format gfind gmatch gsub len lower match rep reverse sub upper",
	"table":   "concat foreach foreachi getn insert maxn remove setn sort unpack",
	"task":    "map now sleep spawn timeout",
}

// newState makes the Lua state that owns the globals, with what is safe of gopher-lua's own libraries.
func newState() *lua.LState {
	L := lua.NewState(lua.Options{SkipOpenLibs: true, RegistrySize: 256, RegistryMaxSize: 1 << 16, RegistryGrowStep: 1024, CallStackSize: 100})
	L.G.MainThread = L // or the first task would take the title
	L.G.CurrentThread = L
	for _, lib := range []struct {
		name string
		open lua.LGFunction
	}{
		{lua.BaseLibName, lua.OpenBase},
		{lua.TabLibName, lua.OpenTable},
		{lua.StringLibName, lua.OpenString},
		{lua.MathLibName, lua.OpenMath},
		{lua.CoroutineLibName, lua.OpenCoroutine},
	} {
		L.Push(L.NewFunction(lib.open))
		L.Push(lua.LString(lib.name))
		L.Call(1, 0)
	}
	return L
}

// gopher-lua keeps the elements of a list in an array up to lua.MaxArrayIndex, and further ones in a hash table, which is
// slower and larger. One store into an empty table fills the array up to the index, by default up to 1 GB. The variable is
// the process's, and must not change while there are tables.
const longArray = 3 << 20 // what one store can take is 86 MB

// shorterArrays are for limits of memory, in bytes, below so many: what one store can take is to be well below a tenth of
// the limit, or small.
var shorterArrays = []struct {
	below  int64
	length int
}{
	{256 << 20, 1 << 19}, // 14 MB
	{1 << 30, 1 << 20},   // 29 MB
	{2 << 30, 2 << 20},   // 57 MB
}

var arrays sync.Once

// FitArrays lowers lua.MaxArrayIndex, once in a process and unless the host program has chosen a value, so that a script
// with this limit of memory cannot go far over it with one store; 0 is no limit. New calls it with 0. A host with a lower
// limit calls it before.
func FitArrays(maxMemory int64) {
	arrays.Do(func() {
		const usual = 67108864
		if lua.MaxArrayIndex != usual {
			return
		}
		lua.MaxArrayIndex = longArray
		for _, s := range shorterArrays {
			if maxMemory > 0 && maxMemory < s.below {
				lua.MaxArrayIndex = s.length
				return
			}
		}
	})
}

// openLibraries replaces what is unsafe, wrong or not repeatable and removes the rest.
func (e *Engine) openLibraries() {
	e.openBase()
	e.openCoroutines()
	e.openStrings()
	e.openTables()
	e.openMath()
	e.openOS()
	e.openIO()
	e.openTasks()
	e.openDebug()
	e.openPackage()
	global := e.lua.G.Global
	for lib, names := range allowed {
		t := global
		if lib != "" {
			t = e.library(lib)
		}
		keepOnly(t, strings.Fields(names))
	}
}

func keepOnly(t *lua.LTable, names []string) {
	keep := map[string]bool{}
	for _, name := range names {
		keep[name] = true
	}
	for _, name := range stringKeys(t) {
		if !keep[name] {
			t.RawSetString(name, lua.LNil)
		}
	}
}

// library is the table of a standard library, made if gopher-lua did not bring it.
func (e *Engine) library(name string) *lua.LTable {
	if t, ok := e.lua.G.Global.RawGetString(name).(*lua.LTable); ok {
		return t
	}
	t := e.lua.NewTable()
	e.lua.G.Global.RawSetString(name, t)
	return t
}

// define puts Go functions into a table, in the order given, so that pairs sees the same order in every run.
func (e *Engine) define(t *lua.LTable, functions ...function) {
	for _, f := range functions {
		t.RawSetString(f.name, e.lua.NewFunction(f.run))
	}
}

type function struct {
	name string
	run  lua.LGFunction
}
