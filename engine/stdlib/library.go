package stdlib

import (
	"io"
	"math/rand/v2"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/files"
	"github.com/lightdht/lightdht/engine/lua51"
)

// Host is what the program that runs scripts provides to the library. Functions are called on the
// goroutine that runs the script.
type Host struct {
	Runtime *lua51.Runtime
	Args    []string // the script's arg, from arg[0]
	// Stdin reads some of the standard input, and blocks the Lua function that was called with L
	// until there is some; nil without an error if another task has taken what there was. If Stdin
	// is nil, the input is empty.
	Stdin  func(L *lua.LState) ([]byte, error)
	Stdout io.Writer
	Stderr io.Writer
	Files  *files.Access
	Random rand.Source          // of math.random
	Now    func() time.Duration // since the start of the run
	Date   func() time.Time     // and in which time zone
	// Compile makes a function of the text of a chunk; the error says what is wrong with it.
	Compile func(name, source string) (*lua.LFunction, error)
	// Wrote counts bytes that go into files.
	Wrote func(bytes int64)
	// Begun and Failed tell of calls that may return nil and why: Begun at the beginning of each,
	// Failed before it returns nil. owner is the Go value of the object that the called method
	// belongs to, or nil.
	Begun  func(L *lua.LState)
	Failed func(L *lua.LState, owner any, why func() string)
	// Raise raises a Go error as a Lua error.
	Raise func(L *lua.LState, err error)
}

// Library is the standard library of one host. It belongs to the goroutine that runs the script.
type Library struct {
	host    Host
	runtime *lua51.Runtime

	plainToString lua.LValue // the global tostring as it was opened
	names         objectNames
	files         openFiles
	strings       struct {
		metatable *lua.LTable // of all strings
		methods   *lua.LTable // where the metatable finds methods
		view      *lua.LTable // which a script sees as the metatable
	}
}

// New makes a library. Close it when no script runs any more.
func New(h Host) *Library {
	return &Library{host: h, runtime: h.Runtime, files: openFiles{}}
}

// Close closes the files that the script has left open.
func (l *Library) Close() { l.files.close() }

// charge tells the host of bytes about to be allocated and of work, in instructions. It may end the
// script.
func (l *Library) charge(bytes, instructions int) { l.runtime.Charge(bytes, instructions) }

// maxStack is how many values may lie on the stack of one library function (LUAI_MAXCSTACK of Lua
// 5.1).
const maxStack = 8000

// maxString is the longest string that one call may build, in bytes (chosen by us).
const maxString = 16 << 20

// function is one of a table.
type function struct {
	name string
	run  lua.LGFunction
}

// define puts Go functions into a table, in the order given, so that pairs sees the same order in
// every run.
func define(L *lua.LState, t *lua.LTable, functions ...function) {
	for _, f := range functions {
		t.RawSetString(f.name, L.NewFunction(f.run))
	}
}

// fromEnd is a position counted from the beginning.
func fromEnd(n, position int) int {
	if position < 0 {
		return max(position+n+1, 0)
	}
	return position
}
