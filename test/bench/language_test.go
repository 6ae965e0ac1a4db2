package bench

import (
	"fmt"
	"os/exec"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// programs are short Lua programs of one kind each, in which n is how often to do it.
var programs = []struct{ name, script string }{
	{"loop", `local x = 0 for i = 1, n do x = x + i end`},
	{"while", `local i = 0 while i < n do i = i + 1 end`},
	{"fib", `local function fib(k) if k < 2 then return k end return fib(k - 1) + fib(k - 2) end
		for i = 1, n do fib(15) end`}, // 1,973 calls
	{"table", `for i = 1, n do local t = {} for k = 1, 100 do t[k] = k end for k = 1, #t do t[k] = t[k] + t[101 - k] end end`},
	{"append", `for i = 1, n do local t = {} for k = 1, 100 do t[#t + 1] = k end end`},
	{"fields", `local p = {x = 1, y = 2, z = 3} for i = 1, n do p.x = p.y + p.z p.y = p.x - p.z end`},
	{"method", `local A = {} A.__index = A function A:add(k) self.sum = self.sum + k return self end
		local a = setmetatable({sum = 0}, A) for i = 1, n do a:add(i) end`},
	{"string", `for i = 1, n do local s = ("abc"):rep(3):upper() local k = s:find("C", 1, true) s = s:sub(k, -2) end`},
	{"concat2", `local s = "some text" for i = 1, n do local t = s .. i end`},
	{"concat5", `local a, b = "some", "text" for i = 1, n do local t = a .. " and " .. b .. " " .. a end`},
	{"modulo", `local x = 1 for i = 1, n do x = (x * 16807) % 2147483647 end`},
	{"power", `local x = 0 for i = 1, n do x = x + i ^ 2 end`},
	{"closure", `for i = 1, n do local k = i local f = function() k = k + 1 return k end f() end`},
	{"vararg", `local function f(...) return select("#", ...) end for i = 1, n do f(i, i, i) end`},
	{"pairs", `local t = {} for k = 1, 100 do t[k] = k end for i = 1, n do for k, v in pairs(t) do end end`},
}

// BenchmarkLanguage runs each program by the engine, by gopher-lua alone, and by lua5.1 and luajit
// -joff if they are there. Divide what stands side by side.
func BenchmarkLanguage(b *testing.B) {
	for _, p := range programs {
		b.Run(p.name+"/lightdht", func(b *testing.B) { run(b, p.script) })
		b.Run(p.name+"/gopher-lua", func(b *testing.B) {
			L := lua.NewState()
			defer L.Close()
			if err := L.DoString(counted(b.N, p.script)); err != nil {
				b.Fatal(err)
			}
		})
		b.Run(p.name+"/lua5.1", func(b *testing.B) { runProgram(b, p.script, "lua5.1") })
		b.Run(p.name+"/luajit-joff", func(b *testing.B) { runProgram(b, p.script, "luajit", "-joff") })
	}
}

func counted(n int, script string) string { return fmt.Sprintf("local n = %d\n", n) + script }

// runProgram includes the start of the process, about a millisecond.
func runProgram(b *testing.B, script, program string, args ...string) {
	if _, err := exec.LookPath(program); err != nil {
		b.Skip(program + " is not installed")
	}
	if out, err := exec.Command(program, append(args, "-e", counted(b.N, script))...).CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
}
