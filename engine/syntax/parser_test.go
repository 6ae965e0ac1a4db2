package syntax

import (
	"errors"
	"strings"
	"testing"
)

// The messages are those of lua5.1, but for the hints behind "; ".
func TestErrors(t *testing.T) {
	for _, test := range []struct {
		source, want string
		line         int
	}{
		{"x=3x", "malformed number near '3x'", 1},
		{"x=1e", "malformed number near '1e'", 1},
		{"x=0x", "malformed number near '0x'", 1},
		{`x=="a"`, "'=' expected near '=='", 1},
		{"for\n", "'<name>' expected near '<eof>'", 2},
		{"do\n", "'end' expected (to close 'do' at line 1) near '<eof>'", 2},
		{"do", "'end' expected near '<eof>'", 1},
		{"f\n(g)", "ambiguous syntax (function call x new statement) near '('", 2},
		{"break\n", "no loop to break near '<eof>'", 2},
		{"while 1 do local f = function() break end end", "no loop to break near 'end'", 1},
		{"while 1 do break x=1 end", "'end' expected near 'x'", 1},
		{`print"\300"`, "escape sequence too large near '\"\\300'", 1},
		{"local function f() return 1 2 end", "'end' expected near '2'", 1},
		{"print('a\n", "unfinished string near ''a'", 1},
		{"x = [==[ abc\n", "unfinished long string near '<eof>'", 2},
		{"x = [== abc\n", "invalid long string delimiter near '[=='", 1},
		{"x = [[ a [[ b ]] ]]", "nesting of [[...]] is deprecated near '['", 1},
		{"--[[ [[0.5]]", "nesting of [[...]] is deprecated near '['", 1},
		{"--[[ x\n", "unfinished long comment near '<eof>'", 2},
		{"x = 1 y = 2 )", "unexpected symbol near ')'", 1},
		{"for i=1 do end", "',' expected near 'do'", 1},
		{"for i do end", "'=' or 'in' expected near 'do'", 1},
		{"local a = function() do end\n", "'end' expected (to close 'function' at line 1) near '<eof>'", 2},
		{"a.b:c=1", "function arguments expected near '='", 1},
		{"f() = 1", "unexpected symbol near '='", 1},
		{"(a)=1", "syntax error near '='", 1},
		{"a, f() = 1", "syntax error near '='", 1},
		{"x = }", "unexpected symbol near '}'", 1},
		{"x = @", "unexpected symbol near '@'", 1},
		{"x = \x01", "unexpected symbol near 'char(1)'", 1},
		{"function f() return ... end", "cannot use '...' outside a vararg function near '...'", 1},
		{"function f(a, 1) end", "<name> or '...' expected near '1'", 1},
		{"x = {1, 2\ny = 3", "'}' expected (to close '{' at line 1) near 'y'", 2},
		{"repeat\nx = 1\n", "'until' expected (to close 'repeat' at line 1) near '<eof>'", 3},
		{"if x then\nelse\nelse end", "'end' expected (to close 'if' at line 1) near 'else'", 3},
	} {
		_, err := Parse(test.source)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%q: got %v, want %q", test.source, err, test.want)
			continue
		}
		got, _, _ := strings.Cut(e.Error(), "; ")
		if got != test.want || e.Line != test.line {
			t.Errorf("%q: got line %d, %s; Lua says line %d, %s", test.source, e.Line, got, test.line, test.want)
		}
	}
}

// Who writes another language, or a later Lua, is told what Lua 5.1 writes.
func TestHints(t *testing.T) {
	for source, want := range map[string]string{
		"x += 1":                       "x = x + y",
		"x = 5 // 2":                   "math.floor",
		"import os":                    "require",
		"from a import b":              "require",
		"if x != 1 then end":           "~=",
		"local x <const> = 1":          "no attributes",
		"x = a && b":                   "'and'",
		"if a || b then end":           "'or'",
		"if !x then end":               "'not x'",
		"i++":                          "x = x + 1",
		"x = 1 << 3":                   "bits",
		"x = a & b":                    "bits",
		"x = ~a":                       "bits",
		"let x = 1":                    "local x",
		"var x = 1":                    "local x",
		"def f(x):":                    "function name",
		"if x = 1 then end":            "==",
		"elif x then end":              "elseif",
		"for i = 1, 2 do continue end": "goto continue",
		"print x":                      "print(x)",
		"x = c ? 1 : 2":                "c and x or y",
		"x = y ** 2":                   "x ^ y",
		"try f() end":                  "pcall",
		"# a comment\nx = 1":           "",
		"x = x => 1":                   "function(x)",
		"if x then y() else { z() }":   "end",
	} {
		_, err := Parse(source)
		var e *Error
		if !errors.As(err, &e) || !strings.Contains(e.Hint, want) {
			t.Errorf("%q: got %v; want a hint with %q", source, err, want)
		}
	}
	for _, source := range []string{"x = )", "local 1 = 2", "f(", "x = 'a", "end", "while x do break print(i)", "print = = 1", "x = try +"} {
		_, err := Parse(source)
		var e *Error
		if !errors.As(err, &e) || e.Hint != "" {
			t.Errorf("%q: got %v; no hint can be right", source, err)
		}
	}
}

// Hostile texts end in an error, with a bounded stack.
func TestLimits(t *testing.T) {
	many := func(n int, s string) string { return strings.Repeat(s, n) }
	for name, source := range map[string]string{
		"brackets":     "x = " + many(10_000, "("),
		"tables":       "x = " + many(10_000, "{"),
		"blocks":       many(10_000, "do "),
		"functions":    many(10_000, "x = function() "),
		"not":          "x = " + many(10_000, "not "),
		"power":        "x = 1" + many(10_000, "^1"),
		"concat":       "x = a" + many(10_000, "..a"),
		"a sum":        "x = 1" + many(20_000, "+1"),
		"fields":       "x = a" + many(20_000, ".b"),
		"calls":        "a" + many(20_000, "()"),
		"sums of sums": "x = " + many(150, "1"+many(100, "+1")+"+("),
	} {
		_, err := Parse(source)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	for name, source := range map[string]string{
		"brackets":            "x = " + many(150, "(") + "1" + many(150, ")"),
		"a sum":               "x = 1" + many(5000, "+1"),
		"elseif":              "if a then" + many(5000, " elseif b then") + " end",
		"one after the other": many(5000, "x = (1)\n"),
	} {
		if _, err := Parse(source); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A text is incomplete where further lines may make it Lua.
func TestIncomplete(t *testing.T) {
	for source, want := range map[string]bool{
		"do": true, "x = [[": true, "--[[": true, "f(": true, "x =": true, "x = {1,": true, "if x then": true,
		"x = 'a": false, "x = 'a\\": false, ")": false, "x = 1 1": false, "for i = 1 do": false,
	} {
		_, err := Parse(source)
		var e *Error
		if !errors.As(err, &e) || e.Incomplete() != want {
			t.Errorf("%q: got %v, incomplete %v", source, err, e != nil && e.Incomplete())
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, source := range []string{"local a, b = 1, 2 a, b = b, a", "x = [==[\r\n]==]", "goto x ::x::", "f{a=1;[2]=3,...}:g'x'", "--[[x"} {
		f.Add(source)
	}
	f.Fuzz(func(t *testing.T, source string) {
		chunk, err := Parse(source)
		if (chunk == nil) == (err == nil) {
			t.Fatalf("got %v, %v", chunk, err)
		}
	})
}
