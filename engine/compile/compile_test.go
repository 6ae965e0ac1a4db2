package compile_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/compile"
	"github.com/lightdht/lightdht/engine/exact"
	"github.com/lightdht/lightdht/engine/lua51"
	"github.com/lightdht/lightdht/engine/syntax"
)

// operators are what the engine gives a chunk, without its limits.
func operators(L *lua.LState) *lua51.Operators {
	two := func(op byte) *lua.LFunction {
		return L.NewFunction(func(L *lua.LState) int {
			L.Push(lua51.Arith(L, op, L.Get(1), L.Get(2)))
			return 1
		})
	}
	return &lua51.Operators{
		Concat: L.NewFunction(func(L *lua.LState) int {
			L.Push(lua51.ConcatValues(L, 1, L.GetTop(), nil))
			return 1
		}),
		Length:  L.NewFunction(func(L *lua.LState) int { L.Push(lua51.Length(L, L.Get(1))); return 1 }),
		Product: two('*'), Quotient: two('/'), Mod: two('%'), Pow: two('^'), Power: exact.Pow,
	}
}

// eval is what a chunk returns, as texts with a space between; outer are the names and values of
// its upvalues.
func eval(t *testing.T, source string, outer ...string) string {
	t.Helper()
	L := lua.NewState()
	defer L.Close()
	chunk, err := syntax.Parse(source)
	if err != nil {
		t.Fatalf("%s: %v", source, err)
	}
	proto, err := compile.Chunk(chunk, "x", outer, operators(L))
	if err != nil {
		return "error: " + err.Error()
	}
	fn := L.NewFunctionFromProto(proto)
	for i, name := range outer {
		fn.Upvalues[i] = &lua.Upvalue{}
		fn.Upvalues[i].SetValue(lua.LString("outer " + name))
	}
	L.Push(fn)
	if err := L.PCall(0, lua.MultRet, nil); err != nil {
		return "error: " + err.Error()
	}
	var texts []string
	for i := 1; i <= L.GetTop(); i++ {
		texts = append(texts, fmt.Sprint(L.Get(i)))
	}
	return strings.Join(texts, " ")
}

// What a chunk computes. The values are lua5.1's; the order in which operands are looked at is that
// of its compiler.
func TestChunks(t *testing.T) {
	for source, want := range map[string]string{
		"local a, b, c = 1, 2, 3 a, b, c = c, a, b return a, b, c":                                                                                                   "3 1 2",
		"local i, t = 1, {} i, t[i] = i + 1, 20 return i, t[1]":                                                                                                      "2 20",
		"local i, t = 1, {} t[i], i = 20, i + 1 return i, t[1]":                                                                                                      "2 20",
		"local t, u = {}, {} local k = t t.x, t = 1, u return k.x, t.x":                                                                                              "1 nil",
		"local x = 1 local function set() x = 10 return 5 end local s = x + set() return s":                                                                          "15",
		"local x = 1 local function set() x = 10 return 5 end local a, b = x, set() return a, b":                                                                     "1 5",
		"local x = 1 local function set() x = 10 return 5 end return x % set()":                                                                                      "0",
		"local k, t = 1, {} t[k] = (function() k = 2 return 5 end)() return t[1], t[2]":                                                                              "nil 5",
		"local a, b = (function() return 1, 2 end)() local c, d = ((function() return 1, 2 end)()) return a, b, c, d":                                                "1 2 1 nil",
		"local a, b, c = 0, (function() return 1, 2, 3 end)() return a, b, c":                                                                                        "0 1 2",
		"local function f(...) local a, b = ..., 9 return a, b, select('#', ...) end return f(1, nil, nil)":                                                          "1 9 3",
		"local function f(...) return arg.n, arg[1] end return f('x', 'y')":                                                                                          "2 x",
		"return 1 and nil or 2, nil and 1, false == nil, not nil == true, 1 and 2 and 3, nil or false":                                                               "2 nil false true 3 false",
		"local a = nil local b = a and a.x or not a and 'none' return b":                                                                                             "none",
		"local fs = {} for i = 1, 3 do local j = i fs[i] = function() j = j + 1 return j end end return fs[1](), fs[1](), fs[3]()":                                   "2 3 4",
		"local f for i = 1, 9 do local k = i f = function() return k end if i == 3 then break end end return f()":                                                    "3",
		"local f, i = nil, 0 repeat local k = i f = function() return k end i = i + 1 until k >= 2 return f(), i":                                                    "2 3",
		"local f local i = 0 while true do local k = i i = i + 1 f = f or function() k = k + 1 return k end if i > 3 then break end end return f(), f()":             "1 2",
		"local s = 0 for i = 3, 1, -1 do s = s * 10 + i end for i = 1, 0 do s = 'no' end return s":                                                                   "321",
		"local n = 0 ::top:: n = n + 1 if n < 3 then goto top end return n":                                                                                          "3",
		"local s = '' for i = 1, 4 do if i % 2 == 0 then goto continue end s = s .. i ::continue:: end return s":                                                     "13",
		"local fs = {} do local i = 1 ::top:: local k = i fs[i] = function() return k end i = i + 1 if i < 4 then goto top end end return fs[1](), fs[2](), fs[3]()": "1 2 3",
		"return 'a' .. 1 .. 2 .. 'b' .. 0.1, 2 ^ 3 ^ 2, -2 ^ 2, 7 % -3, not 1 == 2":                                                                                  "a12b0.1 512 -4 -2 false",
		"local t = {f = function(self, x) return self.n + x end, n = 1} function t.g(x) return x end function t:h() return self.n end return t:f(2), t.g(4), t:h()":  "3 4 1",
		"return #{1, 2, nil, (function() return 4, 5 end)()}, #'abc', #{n = 1}":                                                                                      "5 3 0",
		"local t = {} t.a, t.b, t.c = 1, 2 return t.a, t.b, t.c":                                                                                                     "1 2 nil",
		"return select('#', (function() end)()), select('#', ((function() end)()))":                                                                                  "0 1",
		"local function loop(n) if n == 0 then return 'end' end return loop(n - 1) end return loop(100000)":                                                          "end",
	} {
		if got := eval(t, source); got != want {
			t.Errorf("%s\n\treturns %s, want %s", source, got, want)
		}
	}
}

// Names of the surroundings are upvalues, in their order; others are globals.
func TestOuter(t *testing.T) {
	source := "local function f() return b, a end local x, y = f() return x, y, c"
	if got := eval(t, source, "a", "b"); got != "outer b outer a nil" {
		t.Error(got)
	}
}

func TestErrors(t *testing.T) {
	many := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	for source, want := range map[string]string{
		"goto nowhere":                        "no visible label 'nowhere' for goto",
		"goto l local x ::l:: x = 1":          "<goto l> jumps into the scope of local 'x'",
		"::l:: ::l::":                         "label 'l' already defined on line 1",
		"do ::l:: end goto l":                 "no visible label 'l' for goto",
		"local function f() goto l end ::l::": "no visible label 'l' for goto",
		many(201, "local a%d "):               "main function has more than 200 local variables",
		many(70, "local a%d ") + "function f() " + many(61, "a%d = 1 ") + "end": "function at line 1 has more than 60 upvalues",
		"f(" + many(260, "%d, ") + "0)":                                         "function or expression too complex",
	} {
		chunk, err := syntax.Parse(source)
		if err != nil {
			t.Fatal(err)
		}
		_, err = compile.Chunk(chunk, "x", nil, &lua51.Operators{})
		var e *compile.Error
		if !errors.As(err, &e) || e.Message != want || e.Line != 1 {
			t.Errorf("%.60s: got %v, want %s", source, err, want)
		}
	}
}

// Whatever can be read can be compiled or is refused, and its instructions stay within the
// function.
func FuzzChunk(f *testing.F) {
	for _, source := range []string{
		"local a, b = 1, 2 a, b = b, a", "for i = 1, #x do goto c ::c:: end", "local t = {f(...), k = -x * 1, ...} t[1], t = t, 1",
		"repeat local x = function() return x end until x and not x or x.y", "while a < b do if a then break end end", "return a % b ^ c .. d",
	} {
		f.Add(source)
	}
	f.Fuzz(func(t *testing.T, source string) {
		chunk, err := syntax.Parse(source)
		if err != nil {
			return
		}
		L := lua.NewState()
		defer L.Close()
		proto, err := compile.Chunk(chunk, "x", nil, operators(L))
		if err != nil {
			return
		}
		check(t, proto)
	})
}

func check(t *testing.T, p *lua.FunctionProto) {
	if len(p.Code) != len(p.DbgSourcePositions) {
		t.Fatalf("%d instructions have %d lines", len(p.Code), len(p.DbgSourcePositions))
	}
	for pc, inst := range p.Code {
		if op := int(inst >> 26); op == lua.OP_JMP || op == lua.OP_FORLOOP || op == lua.OP_FORPREP {
			if to := pc + 1 + int(inst&(1<<18-1)) - (1<<17 - 1); to < 0 || to >= len(p.Code) {
				t.Fatalf("the jump at %d goes to %d of %d", pc, to, len(p.Code))
			}
		}
	}
	for _, l := range p.DbgLocals {
		if l.StartPc > l.EndPc || l.EndPc > len(p.Code) {
			t.Fatalf("local %s lives from %d to %d of %d", l.Name, l.StartPc, l.EndPc, len(p.Code))
		}
	}
	for _, inner := range p.FunctionPrototypes {
		check(t, inner)
	}
}
