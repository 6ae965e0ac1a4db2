package engine

import (
	"runtime"
	"runtime/metrics"
	"sync"
	"sync/atomic"

	lua "github.com/yuin/gopher-lua"
)

// memoryBudget is the memory that a script may still take. The watch looks at the whole process
// every few milliseconds; operations that can take much at once ask here first: a concatenation, a
// library function that builds a string or a table.
type memoryBudget struct {
	scheduler *scheduler
	limit     int64         // bytes that the process may take more than when Run began; 0: none
	host      int64         // bytes on top of these, for the host's own data
	allowed   atomic.Uint64 // how far memory in use may grow, in bytes; 0: there is no limit, or no run
	asked     int64         // bytes that were asked for since memory was looked at
}

const (
	// askBytes is the number of bytes after which memory is looked at, which takes about a
	// microsecond (chosen by us).
	askBytes = 1 << 20
	// tableEntry is about the size of an entry of a table, in bytes (measured).
	tableEntry = 64
	// bytesPerInstruction is how many bytes are allocated and filled in the time of one instruction
	// (measured).
	bytesPerInstruction = 32
)

// ask ends the run, or in a console the task, if bytes more would exceed the limit.
func (m *memoryBudget) ask(bytes int) {
	m.scheduler.Work(bytes / bytesPerInstruction)
	m.asked += int64(bytes)
	allowed := m.allowed.Load()
	if m.asked < askBytes || allowed == 0 {
		return
	}
	m.asked = 0
	if need := uint64(bytes); memoryInUse()+need > allowed {
		runtime.GC()
		if memoryInUse()+need > allowed {
			m.exceed()
		}
	}
}

func (m *memoryBudget) exceed() {
	s, over := m.scheduler, memoryError(m.limit)
	if s.serving {
		s.evicted(&eviction{why: over})
		return
	}
	s.Exceed(over.Limit, over.Text)
}

// memoryInUse is the memory of the whole process in bytes: Go's heap, with garbage that has not
// been collected yet, and the stacks of goroutines.
func memoryInUse() uint64 {
	samples := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"}}
	metrics.Read(samples)
	return samples[0].Value.Uint64() + samples[1].Value.Uint64()
}

// gopher-lua keeps the elements of a list in an array up to lua.MaxArrayIndex, and further ones in
// a hash table, which is slower and larger. One store into an empty table fills the array up to the
// index, by default up to 1 GB. The variable belongs to the process, and must not change while
// there are tables.
const longArray = 3 << 20 // one store can take 86 MB

// shorterArrays are the array lengths for limits of memory below a number of bytes: one store must
// take well below a tenth of the limit, or little.
var shorterArrays = []struct {
	below  int64
	length int
}{
	{256 << 20, 1 << 19}, // 14 MB
	{1 << 30, 1 << 20},   // 29 MB
	{2 << 30, 2 << 20},   // 57 MB
}

var arrays sync.Once

// FitArrays lowers lua.MaxArrayIndex, once in a process and unless the host program has chosen a
// value, so that a script with this limit of memory, in bytes, cannot go far over it with one
// store; 0 means no limit. New calls it with 0. A host with a lower limit calls it before.
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
