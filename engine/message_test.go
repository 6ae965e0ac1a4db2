package engine

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// messages are scripts that fail, with what lua5.1 (PUC-Rio 5.1.5) says of them behind the position
// "x:1: ".
var messages = []struct{ script, message string }{
	// Every use of nil, by every way to a name.
	{`local v print(v.x)`, "attempt to index local 'v' (a nil value)"},
	{`local v v.x = 1`, "attempt to index local 'v' (a nil value)"},
	{`local v print(v[1])`, "attempt to index local 'v' (a nil value)"},
	{`local v v[1] = 1`, "attempt to index local 'v' (a nil value)"},
	{`local v v()`, "attempt to call local 'v' (a nil value)"},
	{`local v return v()`, "attempt to call local 'v' (a nil value)"},
	{`local v v:m()`, "attempt to index local 'v' (a nil value)"},
	{`local v return v + 1`, "attempt to perform arithmetic on local 'v' (a nil value)"},
	{`local v return 1 - v`, "attempt to perform arithmetic on local 'v' (a nil value)"},
	{`local v return v * v`, "attempt to perform arithmetic on local 'v' (a nil value)"},
	{`local v return v / 2`, "attempt to perform arithmetic on local 'v' (a nil value)"},
	{`local v return v % 2`, "attempt to perform arithmetic on local 'v' (a nil value)"},
	{`local v return 2 ^ v`, "attempt to perform arithmetic on local 'v' (a nil value)"},
	{`local v return -v`, "attempt to perform arithmetic on local 'v' (a nil value)"},
	{`local v return #v`, "attempt to get length of local 'v' (a nil value)"},
	{`local v return v .. "x"`, "attempt to concatenate local 'v' (a nil value)"},
	{`local v return "x" .. v`, "attempt to concatenate local 'v' (a nil value)"},
	{`local v return "x" .. v .. "y"`, "attempt to concatenate local 'v' (a nil value)"},
	{`print(vvv.x)`, "attempt to index global 'vvv' (a nil value)"},
	{`vvv.x = 1`, "attempt to index global 'vvv' (a nil value)"},
	{`vvv()`, "attempt to call global 'vvv' (a nil value)"},
	{`vvv:m()`, "attempt to index global 'vvv' (a nil value)"},
	{`vvv = vvv + 1`, "attempt to perform arithmetic on global 'vvv' (a nil value)"},
	{`return 2 % vvv`, "attempt to perform arithmetic on global 'vvv' (a nil value)"},
	{`return -vvv`, "attempt to perform arithmetic on global 'vvv' (a nil value)"},
	{`print(#peers)`, "attempt to get length of global 'peers' (a nil value)"},
	{`return vvv .. "x"`, "attempt to concatenate global 'vvv' (a nil value)"},
	{`local t = {} print(t.fff.x)`, "attempt to index field 'fff' (a nil value)"},
	{`local t = {} t.fff.x = 1`, "attempt to index field 'fff' (a nil value)"},
	{`local t = {} t.fff()`, "attempt to call field 'fff' (a nil value)"},
	{`local t = {} t:fff()`, "attempt to call method 'fff' (a nil value)"},
	{`local t = {} t.fff:g()`, "attempt to index field 'fff' (a nil value)"},
	{`local e = {} print(e.rtt*1000)`, "attempt to perform arithmetic on field 'rtt' (a nil value)"},
	{`local e = {} print(-e.rtt)`, "attempt to perform arithmetic on field 'rtt' (a nil value)"},
	{`local e = {} print(2 ^ e.rtt)`, "attempt to perform arithmetic on field 'rtt' (a nil value)"},
	{`local e = {} e.n = e.n + 1`, "attempt to perform arithmetic on field 'n' (a nil value)"},
	{`local t = {} return #t.fff`, "attempt to get length of field 'fff' (a nil value)"},
	{`local t = {} return t.fff .. t.g`, "attempt to concatenate field 'fff' (a nil value)"},
	{`local u local function f() return u.x end f()`, "attempt to index upvalue 'u' (a nil value)"},
	{`local u local function f() u.x = 1 end f()`, "attempt to index upvalue 'u' (a nil value)"},
	{`local u local function f() u() end f()`, "attempt to call upvalue 'u' (a nil value)"},
	{`local u local function f() return u - 1 end f()`, "attempt to perform arithmetic on upvalue 'u' (a nil value)"},
	{`local u local function f() return u % 1 end f()`, "attempt to perform arithmetic on upvalue 'u' (a nil value)"},
	{`local u local function f() return -u end f()`, "attempt to perform arithmetic on upvalue 'u' (a nil value)"},
	{`local u local function f() return #u end f()`, "attempt to get length of upvalue 'u' (a nil value)"},
	{`local u local function f() return "x" .. u end f()`, "attempt to concatenate upvalue 'u' (a nil value)"},

	// Values of other types.
	{`local v = 5 v.x = 1`, "attempt to index local 'v' (a number value)"},
	{`local v = true print(v.x)`, "attempt to index local 'v' (a boolean value)"},
	{`local v = print print(v.x)`, "attempt to index local 'v' (a function value)"},
	{`local s = "x" s.y = 1`, "attempt to index local 's' (a string value)"},
	{`local s = "x" s.y.z = 1`, "attempt to index field 'y' (a nil value)"},
	{`("x").y = 1`, "attempt to index a string value"},
	{`("x"):bad()`, "attempt to call method 'bad' (a nil value)"},
	{`return math.floor.x`, "attempt to index field 'floor' (a function value)"},
	{`local v = {} v()`, "attempt to call local 'v' (a table value)"},
	{`local v = "x" return v()`, "attempt to call local 'v' (a string value)"},
	{`local t = {x = 5} t.x()`, "attempt to call field 'x' (a number value)"},
	{`local v = {} return v + 1`, "attempt to perform arithmetic on local 'v' (a table value)"},
	{`local v = {} return -v`, "attempt to perform arithmetic on local 'v' (a table value)"},
	{`local v = true return 1 + v`, "attempt to perform arithmetic on local 'v' (a boolean value)"},
	{`local v = "abc" return v + 1`, "attempt to perform arithmetic on local 'v' (a string value)"},
	{`local v = "abc" return -v`, "attempt to perform arithmetic on local 'v' (a string value)"},
	{`local v = "0b11" return 0 + v`, "attempt to perform arithmetic on local 'v' (a string value)"},
	{`local a, b = "x", {} return a + b`, "attempt to perform arithmetic on local 'a' (a string value)"},
	{`local a, b = "7", {} return a + b`, "attempt to perform arithmetic on local 'b' (a table value)"},
	{`local a, b = {}, "x" return a * b`, "attempt to perform arithmetic on local 'a' (a table value)"},
	{`return print + 1`, "attempt to perform arithmetic on global 'print' (a function value)"},
	{`local v = 5 return #v`, "attempt to get length of local 'v' (a number value)"},
	{`return #print`, "attempt to get length of global 'print' (a function value)"},
	{`local s = {} return "a" .. s`, "attempt to concatenate local 's' (a table value)"},
	{`local s = true return 1 .. s`, "attempt to concatenate local 's' (a boolean value)"},
	{`return print .. "x"`, "attempt to concatenate global 'print' (a function value)"},

	// Values without a name.
	{`return (function() end)().x`, "attempt to index a nil value"},
	{`return ({}).x.y`, "attempt to index field 'x' (a nil value)"},
	{`local t = {} t[1][2] = 1`, "attempt to index field '?' (a nil value)"},
	{`local t, k = {}, "k" t[k]()`, "attempt to call field '?' (a nil value)"},
	{`return #5`, "attempt to get length of a number value"},
	{`return -{}`, "attempt to perform arithmetic on a table value"},
	{`return {} .. {}`, "attempt to concatenate a table value"},
	{`return 2 ^ {}`, "attempt to perform arithmetic on a table value"},
	{`return nil + 1`, "attempt to perform arithmetic on a nil value"},
	{`return "a" + 1`, "attempt to perform arithmetic on a string value"},
	{`(5)()`, "attempt to call a number value"},
	{`return ("x")()`, "attempt to call a string value"},
	{`local a, b print((a or b).x)`, "attempt to index a nil value"},
	{`print((aaa or bbb).x)`, "attempt to index a nil value"},
	{`print((aaa and bbb).x)`, "attempt to index a nil value"},
	{`local function f(...) return (...).x end f()`, "attempt to index a nil value"},
	{`print(aaa and aaa.y or zzz.w)`, "attempt to index global 'zzz' (a nil value)"},

	// Loops.
	{`for i in 5 do end`, "attempt to call a number value"},
	{`local t = {} for i in t.x do end`, "attempt to call a nil value"},
	{`for i in {} do end`, "attempt to call a table value"},
	{`for i = "a", 2 do end`, "'for' initial value must be a number"},
	{`for i = 1, {} do end`, "'for' limit must be a number"},
	{`for i = 1, 2, {} do end`, "'for' step must be a number"},
	{`for i = {}, {}, {} do end`, "'for' initial value must be a number"},
	{`for i = 1, {}, {} do end`, "'for' limit must be a number"},
	{`for i = 1, 3 do local t = i.x.y end`, "attempt to index local 'i' (a number value)"},
	{`for k, v in pairs({1}) do print(v.x) end`, "attempt to index local 'v' (a number value)"},
	{`while vvv.y do end`, "attempt to index global 'vvv' (a nil value)"},
	{`repeat local r until r.x`, "attempt to index local 'r' (a nil value)"},

	// Blocks that give their registers to the next.
	{`do local a = 1 end io.tmpfilex() local x = 0`, "attempt to call field 'tmpfilex' (a nil value)"},
	{`do local a = 1 end do local b b.x = 1 end`, "attempt to index local 'b' (a nil value)"},
	{`do local a, b = 1, 2 end local c = vvv.x`, "attempt to index global 'vvv' (a nil value)"},
	{`for i = 1, 2 do local a = 1 end local d, e, f = 1, 2 f()`, "attempt to call local 'f' (a nil value)"},
	{`if true then local a = 1 end if true then local b = {} b.c.d = 1 end`, "attempt to index field 'c' (a nil value)"},
	{`local a do local b = 1 end local function f() end f() a.x = 1`, "attempt to index local 'a' (a nil value)"},
	{`local x = 1 do local x = "s" x() end`, "attempt to call local 'x' (a string value)"},
	{`local x = nil do local y = x; (y or x).z = 1 end`, "attempt to index a nil value"},

	// Functions, varargs and calls of calls.
	{`local function f(p) return p.x end f()`, "attempt to index local 'p' (a nil value)"},
	{`local function f(...) local a = ... return a.x end f()`, "attempt to index local 'a' (a nil value)"},
	{`local function f() return nil end local r = f() print(r.x)`, "attempt to index local 'r' (a nil value)"},
	{`local function f() return 1 end f()()`, "attempt to call a number value"},
	{`local function f() local v return v.x end return f()`, "attempt to index local 'v' (a nil value)"},
	{`local t = {f = function() return {} end} t.f().g.h = 1`, "attempt to index field 'g' (a nil value)"},
	{`local t = {a = {}} t.a.b.c.d = 1`, "attempt to index field 'b' (a nil value)"},
	{`print(1, vvv.x, 2)`, "attempt to index global 'vvv' (a nil value)"},
	{`local t = {1, vvv.x}`, "attempt to index global 'vvv' (a nil value)"},
	{`local o = {p = {}} o.p:q(o.r, o.s.t)`, "attempt to index field 's' (a nil value)"},

	// Metatables.
	{`local t = setmetatable({}, {__call = 5}) t()`, "attempt to call local 't' (a table value)"},
	{`local t = setmetatable({}, {__add = 5}) print(t + 1)`, "attempt to call a number value"},
	{`local t = setmetatable({}, {__index = 5}) print(t.x)`, "attempt to index a number value"},
	{`local t = setmetatable({}, {__newindex = 5}) t.x = 1`, "attempt to index a number value"},
	{`local t = setmetatable({}, {__index = function() return 5 end}) t.x()`, "attempt to call field 'x' (a number value)"},
	{`local t = setmetatable({}, {__index = function() return 5 end}) t:x()`, "attempt to call method 'x' (a number value)"},
	{`local t = setmetatable({}, {__index = function() end}) print(t.x.y)`, "attempt to index field 'x' (a nil value)"},
	{`local t = setmetatable({}, {__index = function(t, k) return k.x.y end}) print(t.a)`, "attempt to index field 'x' (a nil value)"},
	{`local t = setmetatable({}, {__add = function(a, b) return b.v.w end}) print(t + {})`, "attempt to index field 'v' (a nil value)"},
	{`local t = setmetatable({}, {__concat = function(a, b) return a.v() end}) print(t .. 1)`, "attempt to call field 'v' (a nil value)"},
	{`local t = setmetatable({}, {__lt = function(a, b) return a.v < 1 end}) print(t < t)`, "attempt to compare nil with number"},
	{`local t = setmetatable({}, {__unm = function(a) return -a.v end}) print(-t)`, "attempt to perform arithmetic on field 'v' (a nil value)"},
	{`local t = setmetatable({}, {__sub = function() end}) print(t + 1)`, "attempt to perform arithmetic on local 't' (a table value)"},
	{`local t = setmetatable({}, {__call = function(self, a) return a.b end}) t()`, "attempt to index local 'a' (a nil value)"},
	{`local a = {} setmetatable(a, {__index = a}) print(a.x)`, "loop in gettable"},
	{`local a = {} setmetatable(a, {__newindex = a}) a.x = 1`, "loop in settable"},

	// Comparisons, keys, recursion.
	{`return 1 < {}`, "attempt to compare number with table"},
	{`return nil > 1`, "attempt to compare number with nil"},
	{`return 1 <= "1"`, "attempt to compare number with string"},
	{`return {} < {}`, "attempt to compare two table values"},
	{`return {} <= {}`, "attempt to compare two table values"},
	{`return print < print`, "attempt to compare two function values"},
	{`return nil < nil`, "attempt to compare two nil values"},
	{`return true >= false`, "attempt to compare two boolean values"},
	{`local t = {} t[nil] = 1`, "table index is nil"},
	{`local t = {} t[0/0] = 1`, "table index is NaN"},
	{`local function f() return f() + 1 end f()`, "stack overflow"},
}

// TestMessages: the virtual machine's errors read as in Lua 5.1, wherever they happen.
func TestMessages(t *testing.T) {
	for name, wrap := range map[string]func(string) string{
		"chunk": func(s string) string { return s },
		"pcall": func(s string) string { return "error(select(2, pcall(function(...) " + s + "\nend)), 0)" },
		"coroutine": func(s string) string {
			return "error(select(2, coroutine.resume(coroutine.create(function(...) " + s + "\nend))), 0)"
		},
		"task":      func(s string) string { return "spawn(function(...) " + s + "\nend)" },
		"tail call": func(s string) string { return "local function body(...) " + s + "\nend return body()" },
	} {
		t.Run(name, func(t *testing.T) {
			for _, m := range messages {
				e, _ := newEngine(t, Options{Clock: NewVirtual()})
				_, err := e.Run(t.Context(), "x", wrap(m.script))
				if err == nil || err.Error() != "x:1: "+m.message {
					t.Errorf("%s\n\tfails with %v\n\tLua 5.1:   x:1: %s", m.script, err, m.message)
				}
			}
		})
	}
}

// TestMessagesInConsole: so they do in the chunks of a console.
func TestMessagesInConsole(t *testing.T) {
	for _, m := range messages {
		if _, err := newSession(t, NewVirtual()).eval(m.script); err == nil || err.Error() != "chunk:1: "+m.message {
			t.Errorf("%s\n\tfails with %v\n\tLua 5.1:   chunk:1: %s", m.script, err, m.message)
		}
	}
}

// TestLaterChunksNameTheirVariables: a variable of an earlier chunk is an upvalue.
func TestLaterChunksNameTheirVariables(t *testing.T) {
	s := newSession(t, NewVirtual())
	s.want("local peers, e = nil, {}", "")
	for script, want := range map[string]string{
		"peers.x":       "attempt to index upvalue 'peers' (a nil value)",
		"#peers":        "attempt to get length of upvalue 'peers' (a nil value)",
		"e.rtt * 1000":  "attempt to perform arithmetic on field 'rtt' (a nil value)",
		"e:ping()":      "attempt to call method 'ping' (a nil value)",
		"'a' .. peers":  "attempt to concatenate upvalue 'peers' (a nil value)",
		"peers = -e.id": "attempt to perform arithmetic on field 'id' (a nil value)",
	} {
		if _, err := s.eval(script); err == nil || err.Error() != "chunk:1: "+want {
			t.Errorf("%s: %v, want %s", script, err, want)
		}
	}
}

// TestMessagesAgainstLua: some 6000 failures read as in lua5.1, if it is there to ask.
func TestMessagesAgainstLua(t *testing.T) {
	lua51, err := exec.LookPath("lua5.1")
	if err != nil {
		t.Skip("lua5.1 is not installed")
	}
	script, err := os.ReadFile("testdata/messages.lua")
	if err != nil {
		t.Fatal(err)
	}
	want, err := exec.Command(lua51, "testdata/messages.lua").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, want)
	}
	var out strings.Builder
	e := newTestEngine(t, &out, NewVirtual())
	if _, err := e.Run(t.Context(), "messages.lua", string(script)); err != nil {
		t.Fatal(err)
	}
	got, expected := strings.Split(out.String(), "\n"), strings.Split(string(want), "\n")
	if len(got) != len(expected) || len(got) < 6000 {
		t.Errorf("%d messages, Lua has %d", len(got), len(expected))
	}
	for i := range min(len(got), len(expected)) {
		if got[i] != expected[i] {
			t.Fatalf("line %d:\n%s\nLua 5.1:\n%s", i+1, got[i], expected[i])
		}
	}
}

// TestMessagesAreLuas: what TestMessages expects is what lua5.1 says, if it is there to ask.
func TestMessagesAreLuas(t *testing.T) {
	lua51, err := exec.LookPath("lua5.1")
	if err != nil {
		t.Skip("lua5.1 is not installed")
	}
	for _, m := range messages {
		script := filepath.Join(t.TempDir(), "x.lua")
		if err := os.WriteFile(script, []byte(m.script), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(lua51, script).CombinedOutput()
		if _, failed := errors.AsType[*exec.ExitError](err); !failed || !strings.Contains(string(out), ":1: "+m.message+"\n") {
			t.Errorf("%s: %v\n%s\n\texpected %s", m.script, err, out, m.message)
		}
	}
}
