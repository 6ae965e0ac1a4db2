package lua51

import (
	"fmt"
	"math"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// withOperators is a Lua state in which arith(op, ...) and concat(...) stand for operators: op is a
// global, so that the operands are the first arguments, as in compiled code.
func withOperators(t *testing.T) *lua.LState {
	L := lua.NewState()
	t.Cleanup(L.Close)
	for name, op := range map[string]byte{"add": '+', "sub": '-', "mul": '*', "div": '/', "mod": '%', "pow": '^', "unm": Negate} {
		L.SetGlobal(name, L.NewFunction(func(L *lua.LState) int {
			b := L.Get(2)
			if op == Negate {
				b = L.Get(1)
			}
			L.Push(Arith(L, op, L.Get(1), b))
			return 1
		}))
	}
	L.SetGlobal("concat", L.NewFunction(func(L *lua.LState) int {
		L.Push(ConcatValues(L, 1, L.GetTop(), nil))
		return 1
	}))
	if err := L.DoString(`
		function handler(name)
			return setmetatable({}, {["__" .. name] = function(a, b)
				return name .. "(" .. type(a) .. "," .. type(b) .. ")"
			end})
		end`); err != nil {
		t.Fatal(err)
	}
	return L
}

// outcome is what an expression computes, or its error without the position.
func outcome(L *lua.LState, expression string) string {
	if err := L.DoString("result = " + expression); err != nil {
		message, _, _ := strings.Cut(err.(*lua.ApiError).Object.String(), "\n")
		_, message, _ = strings.Cut(message, ": ")
		return message
	}
	switch v := L.GetGlobal("result").(type) {
	case lua.LNumber:
		return FormatNumber(float64(v))
	default:
		return v.String()
	}
}

// The expected results are what lua5.1 prints for the expression with the operator in place of the
// function.
func TestArith(t *testing.T) {
	L := withOperators(t)
	L.SetGlobal("s", lua.LString("abc"))
	L.SetGlobal("t", L.NewTable())
	for expression, want := range map[string]string{
		`add(1, 2)`: "3", `add("10", 5)`: "15", `add("010", 0)`: "10", `add("0x10", "1e1")`: "26", `sub("3", "4")`: "-1",
		`mul("3", "4")`: "12", `div(1, "4")`: "0.25", `div(1, 0)`: "inf", `unm("2")`: "-2", `unm("0x10")`: "-16",
		`mod(5, 3)`: "2", `mod(-5, 3)`: "1", `mod(5, -3)`: "-1", `mod(5.5, "2")`: "1.5", `mod(1, 0)`: "nan",
		`mod(5, 1/0)`: "nan", `mod(-1, 1/0)`: "nan", `mod(1e300, 3)`: "0", `mod(2^53, 3)`: "2", `pow("2", 10)`: "1024",
		`add("0b11", 0)`:           "attempt to perform arithmetic on a string value",
		`add(1, nil)`:              "attempt to perform arithmetic on a nil value",
		`add("1", true)`:           "attempt to perform arithmetic on a boolean value",
		`add(s, 1)`:                "attempt to perform arithmetic on global 's' (a string value)",
		`add(s, t)`:                "attempt to perform arithmetic on global 's' (a string value)",
		`add(1, t)`:                "attempt to perform arithmetic on global 't' (a table value)",
		`add("5", t.x)`:            "attempt to perform arithmetic on field 'x' (a nil value)",
		`mod(t.x, t.y)`:            "attempt to perform arithmetic on field 'x' (a nil value)",
		`mod(1, t[1])`:             "attempt to perform arithmetic on field '?' (a nil value)",
		`unm(s)`:                   "attempt to perform arithmetic on global 's' (a string value)",
		`unm(print)`:               "attempt to perform arithmetic on global 'print' (a function value)",
		`add(handler("add"), nil)`: "add(table,nil)", `add("10", handler("add"))`: "add(string,table)",
		`add(handler("add"), handler("add"))`: "add(table,table)", `mod(1, handler("mod"))`: "mod(number,table)",
		`unm(handler("unm"))`: "unm(table,table)", `add("x", handler("add"))`: "add(string,table)",
		`add(1, handler("sub"))`: "attempt to perform arithmetic on a table value",
	} {
		if got := outcome(L, expression); got != want {
			t.Errorf("%s: %s; Lua 5.1 says %s", expression, got, want)
		}
	}
}

// The expected results are what lua5.1 prints for the operands joined with "..".
func TestConcatValues(t *testing.T) {
	L := withOperators(t)
	L.SetGlobal("s", lua.LString("abc"))
	L.SetGlobal("t", L.NewTable())
	for expression, want := range map[string]string{
		`concat("a", "b")`: "ab", `concat("a", 1)`: "a1", `concat(1, 2)`: "12", `concat(0.1 + 0.2, "")`: "0.3",
		`concat("x", 1/0)`: "xinf", `concat("a", "b", 3, "d", -0.5)`: "ab3d-0.5", `concat("", "")`: "",
		`concat(1, "")`: "1", `concat("", 2)`: "2",
		`concat("a", handler("concat"))`:      "concat(string,table)",
		`concat(handler("concat"), 1)`:        "concat(table,number)",
		`concat("a", handler("concat"), "b")`: "aconcat(table,string)",
		`concat("a", 1, handler("concat"))`:   "aconcat(number,table)",
		`concat(handler("concat"), 1, 2)`:     "concat(table,string)",
		`concat(handler("concat"), 1, t)`:     "attempt to concatenate global 't' (a table value)",
		`concat("a", nil)`:                    "attempt to concatenate a nil value",
		`concat(s, t)`:                        "attempt to concatenate global 't' (a table value)",
		`concat(t, s)`:                        "attempt to concatenate global 't' (a table value)",
		`concat(t.x, t.y)`:                    "attempt to concatenate field 'x' (a nil value)",
		`concat("a", "b", t.x, "c")`:          "attempt to concatenate field 'x' (a nil value)",
		`concat(true, "b", "c")`:              "attempt to concatenate a boolean value",
		`concat("a", t, handler("concat"))`:   "aconcat(table,table)",
		`concat(s, setmetatable({}, {__concat = function() return nil end}), "c")`: "attempt to concatenate a nil value",
	} {
		if got := outcome(L, expression); got != want {
			t.Errorf("%s: %s; Lua 5.1 says %s", expression, got, want)
		}
	}
}

// TestConcatAsksFirst: the size is asked for before the string is made.
func TestConcatAsksFirst(t *testing.T) {
	L := lua.NewState()
	defer L.Close()
	var sizes []int
	L.SetGlobal("concat", L.NewFunction(func(L *lua.LState) int {
		L.Push(ConcatValues(L, 1, L.GetTop(), func(L *lua.LState, bytes int) {
			sizes = append(sizes, bytes)
			if bytes > 10 {
				L.RaiseError("too large")
			}
		}))
		return 1
	}))
	err := L.DoString(`concat("a", "bc") concat("a", 10, "c") concat("abcdef", "ghijk")`)
	if got := fmt.Sprint(sizes); got != "[3 4 11]" || err == nil {
		t.Errorf("asked for %v, then %v", got, err)
	}
}

// TestModulo: the result is that of the formula in the manual, not of a remainder that is exact.
func TestModulo(t *testing.T) {
	for _, c := range [][3]float64{{5, 3, 2}, {-5, 3, 1}, {5, -3, -1}, {-5, -3, -2}, {0.7, 0.1, 0.7 - 6*0.1}, {1e17, 3, 0}} {
		if want := c[0] - float64(math.Floor(c[0]/c[1])*c[1]); Modulo(c[0], c[1]) != want {
			t.Errorf("%v %% %v = %v, want %v", c[0], c[1], Modulo(c[0], c[1]), want)
		}
	}
}

func BenchmarkConcatValues(b *testing.B) {
	L := lua.NewState()
	defer L.Close()
	for _, parts := range [][]lua.LValue{
		{lua.LString("hello "), lua.LString("world")},
		{lua.LString("a"), lua.LNumber(12), lua.LString("b"), lua.LString("c")},
	} {
		b.Run(fmt.Sprint(len(parts)), func(b *testing.B) {
			for _, p := range parts {
				L.Push(p)
			}
			for b.Loop() {
				ConcatValues(L, 1, len(parts), nil)
			}
			L.SetTop(0)
		})
	}
}
