package bench

import (
	"fmt"
	"os"
	"testing"

	"github.com/lightdht/lightdht/engine"
)

// run runs a script on virtual time, in which n is how often to do it.
func run(b *testing.B, script string) {
	b.Helper()
	e, err := engine.New(engine.Options{Clock: engine.NewVirtual(), Stderr: os.Stderr})
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	b.ReportAllocs()
	b.ResetTimer()
	if _, err := e.Run(b.Context(), "bench.lua", fmt.Sprintf("local n = %d\n", b.N)+script); err != nil {
		b.Fatal(err)
	}
}

// The loop around the calls below, to be subtracted.
func BenchmarkLuaLoop(b *testing.B) { run(b, `for i = 1, n do end`) }

// A Go function that does not block, called from Lua.
func BenchmarkLuaCall(b *testing.B) { run(b, `local now = task.now; for i = 1, n do now() end`) }

// A blocking call by the only task, on a timer that is due at once.
func BenchmarkLuaBlockingCall(b *testing.B) { run(b, `for i = 1, n do sleep(0) end`) }

// The same by two tasks, which take turns.
func BenchmarkLuaBlockingCallOfTwo(b *testing.B) {
	run(b, `
		local function half() for i = 1, n / 2 do sleep(0) end end
		spawn(half)
		half()`)
}

// A task from its spawning to its end, waited for.
func BenchmarkLuaSpawn(b *testing.B) {
	run(b, `
		local function nothing() end
		for i = 1, n do spawn(nothing):wait() end`)
}
