package engine

import (
	"context"
	"errors"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// instant is a module whose function blocks and is woken at once.
var instant = Module{Name: "instant", Open: func(e *Engine, L *lua.LState) lua.LValue {
	return L.NewFunction(func(L *lua.LState) int {
		w := e.Begin("instant")
		w.Wake()
		if err := e.Park(L, w); err != nil {
			e.Raise(L, err)
		}
		return 0
	})
}}

// The answers are those of Lua 5.1 with glibc.
func TestFormat(t *testing.T) {
	e, _ := newEngine(t, Options{Clock: NewVirtual()})
	defer e.Close()
	for _, test := range []struct{ call, want string }{
		{`"%d %i", 3.7, -3.7`, "3 -3"},
		{`"%5d|%-5d|%05d|%+d|% d", 42, 42, 42, 42, 42`, "   42|42   |00042|+42| 42"},
		{`"%.3d|%6.3d|%-6.3d|%06.3d", 7, 7, 7, 7`, "007|   007|007   |   007"},
		{`"%.0d|", 0`, "|"},
		{`"%d", "12"`, "12"},
		{`"%u %u", 3, 2^63`, "3 9223372036854775808"},
		{`"%x %X %#x %o %#o", 255, 255, 255, 8, 8`, "ff FF 0xff 10 010"},
		{`"%08x|%#06x|%x", 255, 255, 0`, "000000ff|0x00ff|0"},
		{`"%c%c%c", 76, 117, 97`, "Lua"},
		{`"%3c|%-3c|", 65, 66`, "  A|B  |"},
		{`"%f %.2f %8.3f %-8.1f| %+.1f %.0f", 1/3, 2.345, 3.14159, 2.25, 1, 2.5`, "0.333333 2.35    3.142 2.2     | +1.0 2"},
		{`"%08.2f|%#.0f", -3.14159, 3`, "-0003.14|3."},
		{`"%e %.2E", 12345.678, 0.00012`, "1.234568e+04 1.20E-04"},
		{`"%g %g %g %g %g", 100000, 1000000, 0.0001, 0.00001, 123456789`, "100000 1e+06 0.0001 1e-05 1.23457e+08"},
		{`"%.3g|%.10g|%G|%#g", 0.1, 0.1, 1e-10, 1`, "0.1|0.1|1E-10|1.00000"},
		{`"%g %f %5.1f %G", 1/0, -1/0, 1/0, 1/0`, "inf -inf   inf INF"},
		{`"%s %s %s %s", "x", 1, nil, true`, "x 1 nil true"},
		{`"%5s|%-5s|%.2s|%5.1s|", "ab", "ab", "abc", "xyz"`, "   ab|ab   |ab|    x|"},
		{`"%s", setmetatable({}, {__tostring = function() return "told" end})`, "told"},
		{`"%q", 'a "b" \\ \n\r\0z'`, "\"a \\\"b\\\" \\\\ \\\n\\r\\000z\""},
		{`"100%%"`, "100%"},
		{`""`, ""},
		{`"%d"`, "error: s.lua:1: bad argument #2 to 'format' (no value)"},
		{`"%d", "x"`, "error: s.lua:1: bad argument #2 to 'format' (number expected, got string)"},
		{`"%d", {}`, "error: s.lua:1: bad argument #2 to 'format' (number expected, got table)"},
		{`"%p", {}`, "error: s.lua:1: invalid option '%p' to 'format'"},
		{`"%v", 1`, "error: s.lua:1: invalid option '%v' to 'format'"},
		{`"%"`, "error: s.lua:1: bad argument #2 to 'format' (no value)"},
		{`"%100d", 1`, "error: s.lua:1: invalid format (width or precision too long)"},
	} {
		values, err := e.Run(context.Background(), "s.lua", "return (string.format("+test.call+"))")
		got := ""
		if err != nil {
			got = "error: " + err.Error()
		} else {
			got = values[0].(string)
		}
		if got != test.want {
			t.Errorf("format(%s)\n got %q\nwant %q", test.call, got, test.want)
		}
	}
}

// Whatever the format and the arguments, the answer is a string or a Lua error, and %q can be read
// back.
func FuzzFormat(f *testing.F) {
	f.Add("%d %5.2f %s", 1.5, "x")
	f.Add("%-05.3x%%%c", -1e300, "\x00\xff")
	f.Add("%#+ 0-99.99g", 0.1, "")
	e, err := New(Options{Clock: NewVirtual()})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, format string, x float64, s string) {
		if err := errors.Join(e.Set("format", format), e.Set("x", x), e.Set("s", s)); err != nil {
			t.Fatal(err)
		}
		_, err := e.Run(t.Context(), "s.lua", `
			pcall(string.format, format, x, s, x, s)
			local ok, text = pcall(string.format, format, x, x, x, x, x, x, x, x)
			assert(type(text) == "string")
			assert(not text:find("MISSING", 1, true) or format:find("MISSING", 1, true))
			if not s:find("\r", 1, true) then
				assert(load("return " .. string.format("%q", s))() == s, "%q")
			end`)
		if err != nil {
			t.Error(err)
		}
	})
}

// Whatever the text, load answers in bounded time and depth.
func FuzzLoad(f *testing.F) {
	f.Add("return 1 + 1", "(")
	f.Add("if x then elseif y then end", "do ")
	f.Add("--[==[ x ]==] return [[ ]] .. 'a\\\n' ", "not ")
	f.Add("f{", "{")
	f.Add("x = a", "..a")
	e, err := New(Options{Clock: NewVirtual()})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text, again string) {
		source := text + strings.Repeat(again, 3000/(len(again)+1))
		if _, err := e.compiler.compile("s.lua", source); err != nil {
			if _, ok := errors.AsType[*ScriptError](err); !ok {
				t.Errorf("%T: %v", err, err)
			}
		}
	})
}
