package engine

import (
	"runtime"
	"sync/atomic"

	lua "github.com/yuin/gopher-lua"
)

// room is the memory that a script may still take. A watch looks at the whole process every few milliseconds; what can
// take much at once asks here before it does: a concatenation, a library function that builds a string or a table.
type room struct {
	allowed atomic.Uint64 // what memory in use may come to, in bytes; 0: there is no limit, or no run
	asked   int64         // bytes that were asked for since memory was looked at
}

const (
	// askBytes is after how many bytes memory is looked at, which takes about a microsecond.
	askBytes = 1 << 20
	// tableEntry is about what an entry of a table takes, in bytes.
	tableEntry = 64
)

// bytesAnInstruction is how many bytes are allocated and filled in about the time that an instruction takes.
const bytesAnInstruction = 32

// Room asks whether bytes more may be allocated, and ends the run with a *LimitError if they would take the script over
// its limit of memory; a console's task is stopped. It is for modules, before they allocate what a script decides the size
// of, and to be called on the baton. The time that it takes to fill them counts as instructions.
func (e *Engine) Room(bytes int) {
	e.Work(bytes / bytesAnInstruction)
	r := &e.room
	r.asked += int64(bytes)
	allowed := r.allowed.Load()
	if r.asked < askBytes || allowed == 0 {
		return
	}
	r.asked = 0
	if need := uint64(bytes); memoryInUse()+need > allowed {
		runtime.GC()
		if memoryInUse()+need > allowed {
			e.noRoom()
		}
	}
}

// Work counts what a module computes as so many instructions of the script, some 12 ns each. It may end the run, as an
// instruction may. It is to be called on the baton; outside of any task nothing is counted.
func (e *Engine) Work(instructions int) {
	if instructions > 0 && e.holder != nil {
		e.hook.work(int64(instructions))
	}
}

// Charge is Room and Work for functions that know the engine by the Lua state only. A state of no engine is free.
func Charge(L *lua.LState, bytes, instructions int) {
	if e := engineOf(L); e != nil {
		e.Room(bytes)
		e.Work(instructions)
	}
}

// RoomForTable is Room for so many entries of a table.
func (e *Engine) RoomForTable(entries int) { e.Room(entries * tableEntry) }

// noRoom ends the run, or in a console the task.
func (e *Engine) noRoom() {
	over := &LimitError{Limit: "memory", Text: sizeText(e.maxMemory) + " of memory"}
	if e.serving {
		e.evicted(&eviction{why: over})
		return
	}
	e.halt(e.placed(over))
	if e.holder != nil {
		runtime.Goexit()
	}
}

// engineKey is under which the context of a Lua state knows its engine.
type engineKey struct{}

// engineOf is the engine that L belongs to; nil while the engine is being made.
func engineOf(L *lua.LState) *Engine {
	if L.Context() == nil {
		return nil
	}
	e, _ := L.Context().Value(engineKey{}).(*Engine)
	return e
}
