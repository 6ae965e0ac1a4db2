package engine

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// programLimits are what a fuzzed program gets.
var programLimits = Options{MaxInstructions: 1 << 20, MaxMemory: 64 << 20, MaxBusy: 10 * time.Millisecond, MaxOutput: 64 << 10, MaxTasks: 100}

const (
	// memorySlack is how far beyond its limit the process may go: a tenth and 32 MB, and what the
	// fuzzer itself needs.
	memorySlack = 64<<20/10 + 32<<20 + 32<<20
	// workSlack is how many instructions one library function may count at once.
	workSlack = 32 << 20
)

// FuzzProgram runs whole programs under limits. Whatever they are, the run ends with results or
// with an error of a script, within its limits, and nothing is left of it.
func FuzzProgram(f *testing.F) {
	for _, source := range programs(f) {
		f.Add(source)
	}
	f.Fuzz(runProgram)
}

// runProgram runs one program, and looks at what it took.
func runProgram(t *testing.T, source string) {
	before, base := runtime.NumGoroutine(), memoryInUse()
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(int64(base) + programLimits.MaxMemory + 16<<20))
	var out bytes.Buffer
	o := programLimits
	o.Clock, o.Stdout, o.Stderr, o.Stdin = NewVirtual(), &out, &out, strings.NewReader("12 a line\nand more")
	o.ScriptDir, o.Grants = "testdata/modules", Grants{RunDir: filepath.Join(t.TempDir(), "run"), RunFor: "fuzz.lua"}
	o.Random, o.StartTime = &counting{}, time.Unix(1e9, 0).UTC()
	e, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	peak := peakOfMemory()
	_, err = e.Run(ctx, "fuzz.lua", source)
	used := e.hook.used + e.hook.given - e.hook.left
	if most := peak(); most > base+uint64(programLimits.MaxMemory)+memorySlack {
		t.Errorf("%d MB of memory", (most-base)>>20)
	}
	if err := e.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	checkEnding(t, source, err)
	if out.Len() > int(o.MaxOutput) || used > o.MaxInstructions+workSlack {
		t.Errorf("%d bytes of output, %d instructions", out.Len(), used)
	}
	for range 1000 { // a goroutine may still be about to end
		if runtime.NumGoroutine() <= before {
			return
		}
		runtime.Gosched()
		runtime.GC()
	}
	t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
}

// checkEnding admits what a run may end with: nothing, an error of the script, a limit. Time that
// is up is a busy machine.
func checkEnding(t *testing.T, source string, err error) {
	if _, late := errors.AsType[*Interrupted](err); err == nil || late {
		return
	}
	script, failed := errors.AsType[*ScriptError](err)
	if _, over := errors.AsType[*LimitError](err); !failed && !over {
		t.Errorf("ended with %T: %v", err, err)
	}
	if failed && strings.Contains(script.Message, "runtime error: ") && !strings.Contains(source, "runtime") {
		t.Errorf("a panic of ours: %v\n%s", err, script.Traceback)
	}
}

// peakOfMemory watches how much memory is in use until it is called.
func peakOfMemory() (peak func() uint64) {
	var most atomic.Uint64
	end, ended := make(chan struct{}), make(chan struct{})
	go func() { // ends when end is closed
		defer close(ended)
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			most.Store(max(most.Load(), memoryInUse()))
			select {
			case <-tick.C:
			case <-end:
				return
			}
		}
	}()
	return func() uint64 {
		close(end)
		<-ended
		return most.Load()
	}
}

// counting is a source of randomness that repeats.
type counting struct{ n uint64 }

func (c *counting) Uint64() uint64 {
	c.n++
	return c.n * 0x9e3779b97f4a7c15
}

// maxSeed is how long a seed may be, in bytes: the fuzzer takes long to make long ones shorter.
const maxSeed = 2000

// programs are the scripts of the tests and the examples, and some that ask for much.
func programs(f *testing.F) (sources []string) {
	for _, dir := range []string{"testdata", "../examples"} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".lua" {
				return err
			}
			text, err := os.ReadFile(path)
			if len(text) <= maxSeed {
				sources = append(sources, string(text))
			}
			return err
		})
		if err != nil {
			f.Fatal(err)
		}
	}
	return append(sources,
		"local s = 'x' while true do s = s .. s end",
		"local t = {} for i = 1, math.huge do t[i] = {i, tostring(i)} end",
		"local t = {} for i = 1, 1e9 do t[i * 1.5] = function() return t end end",
		"local function f() return 1 + f() end print(pcall(f)) print(pcall(string.rep, 'x', 1e9))",
		"local t = {} t[2^20 - 2] = 1 print(#t) table.insert(t, 1, t) print(table.concat(t, ',', 1, 2))",
		"for i = 1, 200 do spawn(function() while true do sleep(i) end end) end sleep(1e6)",
		"local f = coroutine.wrap(function(...) while true do coroutine.yield(...) end end) for i = 1, 1e6 do f(i) end",
		"print(('a'):rep(30):find(('a*'):rep(20) .. 'b')) print((('x'):rep(1e6):gsub('x', '%0%0%0%0%0%0%0%0%0')):len())",
		"setmetatable(_G, {__index = function(t, k) return t[k .. 'x'] end}) print(y)",
		"while true do local f = io.open('f', 'w') f:write(('x'):rep(1e5)) f:close() end",
		"print(load(('x = {'):rep(100))) print(load('return ' .. ('a..'):rep(300) .. 'a')) goto done do error({}) end ::done::",
		"xpcall(error, function(e) error(e) end, 'x') print(debug.traceback(('x'):rep(1e5))) error(setmetatable({}, {__tostring = error}))",
		"print(task.map({1, 2, 3}, function(i) if i == 2 then error(i) end sleep(i) return i end, {parallel = 1e6}))",
		string(rune(math.MaxInt16))+"\x00\xff goto", "#!lua\nreturn ...")
}
