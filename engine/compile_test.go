package engine

import (
	"fmt"
	"strings"
	"testing"
)

// Texts that are too much for the compiler end in an error with a line, and never in a Go trace.
// The limits are those of Lua 5.1 where it has them.
func TestBadPrograms(t *testing.T) {
	many := func(n int, s string) string { return strings.Repeat(s, n) }
	numbered := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	for _, test := range []struct{ name, source, want string }{
		{"4 MB", many(1<<21, "x\n"), "s.lua:524289: the script is longer than 1048576 bytes"},
		{"brackets", "x = 1\nx = " + many(10_000, "(") + "1" + many(10_000, ")"), "s.lua:2: chunk has too many syntax levels"},
		{"300 locals", numbered(300, "local v%d\n"), "s.lua:201: main function has more than 200 local variables"},
		{"300 parameters", "x = 1\nfunction f(a" + numbered(300, ", a%d") + ") end", "s.lua:2: function at line 2 has more than 200 local variables"},
		{"255 upvalues", "do " + numbered(150, "local a%d ") + "\nfunction f()\n" + numbered(100, "local b%d ") +
			"\nfunction g()\n" + numbered(100, "a%d = 1 b%[1]d = 1\n") + "end end end", "s.lua:35: function at line 4 has more than 60 upvalues"},
		{"a number of 1 MB", "x = 1\nx = 1" + many(1<<20-20, "0") + "z", "s.lua:2: malformed number near '1000"},
		{"arguments", "x = 1\nf(" + many(300, "x, ") + "x)", "s.lua:2: function or expression too complex"},
		{"concatenation", "x = 1\nx = x" + many(300, " .. x"), "s.lua:2: chunk has too many syntax levels"},
		{"a long jump", "x = 1\nwhile x do\n" + many(70_000, "x = x + 1\n") + "end", "s.lua:70003: control structure too long"},
	} {
		e, _ := newEngine(t, Options{Clock: NewVirtual()})
		_, err := e.Run(t.Context(), "s.lua", test.source)
		e.Close()
		if err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s: got %.200v, want %s", test.name, err, test.want)
		}
	}
}

// Large programs within the limits run.
func TestLargePrograms(t *testing.T) {
	many := func(n int, s string) string { return strings.Repeat(s, n) }
	var constants strings.Builder
	for i := range 60_000 {
		fmt.Fprintf(&constants, "x=%d ", i)
	}
	for _, test := range []struct{ name, source, want string }{
		{"60,000 constants", constants.String() + "return x", "[59999]"},
		{"a number of 1 MB", "return 1" + many(1<<20-20, "0") + " > 0", "[true]"},
		{"a sum", "local x = 1 return x" + many(9_000, " + 1"), "[9001]"},
		{"remainders", "local x = 5 return x" + many(1_000, " % 3"), "[2]"},
		{"fields", "local t = {} t.t = t t.n = 1 return t" + many(9_000, ".t") + ".n", "[1]"},
		{"minus", "local x = 5 return " + many(150, "- ") + "x", "[5]"},
		{"items", "return #{" + many(100_000, "1,") + "}", "[100000]"},
		{"elseif", "local x = 1 if x == 0 then" + many(5_000, " elseif x == 0 then") + " else return 'last' end", "[last]"},
	} {
		e, _ := newEngine(t, Options{Clock: NewVirtual()})
		got, err := e.Run(t.Context(), "s.lua", test.source)
		e.Close()
		if err != nil || fmt.Sprint(got) != test.want {
			t.Errorf("%s: got %v, %.200v; want %s", test.name, got, err, test.want)
		}
	}
}
