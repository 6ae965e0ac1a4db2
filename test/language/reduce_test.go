package language

import (
	"strings"
	"testing"
)

// faulty is lua5.1 with a fault: it takes one thing in the program for another.
type faulty struct {
	judge
	from, to string
}

func (f faulty) run(program string) outcome {
	return f.judge.run(strings.ReplaceAll(program, f.from, f.to))
}

// faults are planted into lua5.1, and what the reducer must come to.
var faults = []faulty{
	{from: " <= ", to: " < "},
	{from: "...", to: "nil, ..."},
	{from: "coroutine.yield(", to: "coroutine.yield(nil, "},
	{from: ":rep(", to: ":sub("},
	{from: "__lt = ", to: "__gt = "},
	{from: "repeat", to: "repeat break"},
	{from: "elseif", to: "elseif not"},
	{from: "% ", to: "+ "},
	{from: ", G", to: ", 1"},
}

// TestPlantedFaults: the gate finds every one of them in a few hundred programs, and reduces it to
// a few lines.
func TestPlantedFaults(t *testing.T) {
	_, want, err := newGate(t).make()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		f.judge = want
		found := 0
		for seed := uint64(0); seed < 1000 && found < 2; seed++ {
			failing, differs := compare(seed, program(seed), f, want)
			if !differs || failing.sort != "value" {
				continue
			}
			found++
			small := reduced(failing, f, want)
			text := small.program.String()
			if lines := strings.Count(text, "\n") + 1; lines > 5 {
				t.Errorf("%q for %q, seed %d: %d lines are left:\n%s", f.to, f.from, seed, lines, text)
			}
			if !strings.Contains(text, f.from) {
				t.Errorf("%q for %q, seed %d: the fault is not in what is left:\n%s", f.to, f.from, seed, text)
			}
		}
		if found == 0 {
			t.Errorf("%q for %q is not found", f.to, f.from)
		}
	}
}

// TestReduce needs no lua5.1: a program fails as long as it calls bad with something in a loop.
func TestReduce(t *testing.T) {
	source := `
		local a, b = 1, {x = 2, f(3)}
		for i = 1, 10 do
			if a == b then
				print(a, b)
			elseif a then
				local c = function(...) return bad(a + i * 2, ...) end
				c(1, 2, 3)
			else
				print("no")
			end
		end
		print(a)`
	small := reduce(parse(source), func(p *node) bool {
		text := p.String()
		return strings.Contains(text, "bad(") && strings.Contains(text, "for ")
	})
	if got, want := small.String(), "for i = 1, 1 do bad() end"; got != want && strings.Count(got, "\n") > 0 {
		t.Errorf("left is\n%s\nnot\n%s", got, want)
	}
}

// TestNaN: what a program does with the text of nan is not compared, and all else is.
func TestNaN(t *testing.T) {
	_, want, err := newGate(t).make()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		program string
		meets   bool
	}{
		{`show(#(0 / 0 .. ""))`, true},
		{`show(#("x" .. 1 .. 0 / 0))`, true},
		{`show(#tostring(0 / 0))`, true},
		{`show(0 / 0, 1 .. "", tostring(1))`, false},
		{`show(pcall(tostring), pcall(function() return {} .. 1 end))`, false},
	} {
		if meets := meetsNaN(parse(c.program), want); meets != c.meets {
			t.Errorf("%s: meets nan: %v, not %v", c.program, meets, c.meets)
		}
	}
}

// TestDifferences: what is meant is not found, and what is not meant is, however close it lies.
func TestDifferences(t *testing.T) {
	for _, c := range []struct{ got, want, sort string }{
		{"table: 1", "table: 0x55d0f1a0", ""},
		{"table: 1", "function: 0x55d0f1a0", "value"},
		{"nan", "-nan", ""},
		{"nan", "inf", "value"},
		{"9223372036854775807", "-9223372036854775808", ""},
		{"C stack overflow", "stack overflow", ""},
		{"bad argument #1 to 'rep' (x)", "bad argument #1 to 'sub' (x)", "message"},
		{"bad argument #1 to 'rep' (x)", "bad argument #1 to '?' (x)", "message"},
		{`<string>:1: oh`, `[string "return x"]:1: oh`, "value"},
		{"0", "-0", ""},
		{"-0.5", "0.5", "value"},
		{"-0x10", "0x10", "value"},
		{`p:1: attempt to call a nil value`, `p:1: attempt to call local 'b' (a nil value)`, ""},
		{`p:1: attempt to call local 'b' (a nil value)`, `p:1: attempt to call a nil value`, "message"},
		{`p:1: attempt to call local 'a'`, `p:1: attempt to call local 'b'`, "message"},
		{`p:1: x`, `1`, "value"},
	} {
		got, want := outcome{output: c.got + "\n", ending: "done"}, outcome{output: c.want + "\n", ending: "done"}
		if sort := differ(got, want); sort != c.sort {
			t.Errorf("%s and %s differ in %q, not %q", c.got, c.want, sort, c.sort)
		}
	}
	if sort := differ(outcome{ending: "syntax", text: "a"}, outcome{ending: "syntax", text: "b"}); sort != "" {
		t.Errorf("the wording of syntax errors counts as %q", sort)
	}
	if sort := differ(outcome{ending: "done"}, outcome{ending: "syntax"}); sort != "syntax" {
		t.Errorf("a program that one of them refuses counts as %q", sort)
	}
}
