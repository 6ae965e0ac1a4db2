package lua51

import (
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// repair is a fault of gopher-lua 1.1.2 that this project works around.
type repair struct {
	fault    string
	upstream string // the issue, or pull request, at github.com/yuin/gopher-lua; "unreported" where none was found
	home     string // the file of the repair
	script   string
	right    string // what lua5.1 prints
	wrong    string // what gopher-lua by itself prints; "error" if it fails
}

var repairs = []repair{
	{"a value is read after it was assigned", "#440", "compile/statement.go",
		"local a, b = 1, 2 a, b = b, a print(a, b)", "2 1", "2 2"},
	{"a parameter is assigned too early", "#440", "compile/statement.go",
		"local function gcd(m, n) while n ~= 0 do m, n = n, m % n end return m end print(gcd(12, 18))", "6", "18"},
	{"a global gets the key of the next target", "#315", "compile/statement.go",
		"local t, d = {}, 4 g, t.x = 7, d print(g, t.x)", "7 4", "x 4"},
	{"a vararg in brackets clears later locals", "#216 (of and, or)", "compile/values.go",
		"local x, y = 1, 2 x = (...) print(tostring(y))", "2", "error"},
	{"strings are numbers of Go", "#478", "lua51/arith.go",
		"print('010' + 0)", "10", "8"},
	{"strings with 0b or _ are numbers", "#478", "lua51/arith.go",
		"print(pcall(function() return '0b11' + 1 end) and 'number')", "false", "number"},
	{"numbers become other texts in concatenations", "#468", "lua51/concat.go",
		"print(0.1 + 0.2 .. '')", "0.3", "0.30000000000000004"},
	{"infinity is +Inf", "#468", "lua51/number.go",
		"print(1 / 0 .. '')", "inf", "+Inf"},
	{"a literal that Go cannot read is NaN", "unreported", "syntax/number.go",
		"print(0xFFFFFFFFFFFFFFFF == 2^64)", "true", "false"},
	{"1e is a number", "unreported", "syntax/scanner.go",
		"print(loadstring('return 1e') == nil)", "true", "false"},
	{"bounds of a loop cannot be strings", "unreported", "compile/loop.go",
		"for i = '1', 2 do io = i end print(io)", "2", "error"},
	{"5.3 % 0.1 is not x - floor(x / y) * y", "unreported", "lua51/arith.go",
		"print(5.3 % 0.1 > 0.05)", "false", "true"},
	{"-6 % 3 is -0", "unreported", "lua51/arith.go",
		"print(1 / (-6 % 3) > 0)", "true", "false"},
	{"a group of items is stored again when a field follows", "#537 (of large ones)", "compile/values.go",
		"local t = {" + strings.Repeat("0,", 50) + "k = 1, (function() return 1, 2 end)()} print(t[1], t[51])", "0 1", "1 nil"},
	{"an item behind 25,550 is lost", "#537", "compile/values.go",
		"local t = {" + strings.Repeat("0,", 25551) + "} print(t[25551])", "0", "nil"},
	{"an error closes the upvalues of functions that go on", "#448", "engine/upvalue.go",
		"local x = 1 local function set(v) x = v end pcall(error) set(2) print(x)", "2", "1"},
	{"a call on a new line is taken for the last one's argument", "unreported", "syntax/expression.go",
		"print(loadstring('f = print\\n(1)') == nil)", "true", "false"},
	{"goto is reserved", "unreported", "syntax/statement.go",
		"print(loadstring('goto = 1') ~= nil)", "true", "false"},
	{"an escape over 255 is taken for another byte", "unreported", "syntax/scanner.go",
		"print(loadstring('return \"\\\\300\"') == nil)", "true", "false"},
	{"a yield across pcall ends the coroutine as if it had returned", "#45", "engine/coroutine.go",
		"local co = coroutine.create(function() pcall(coroutine.yield, 1) end) coroutine.resume(co) print(coroutine.status(co))",
		"dead", "suspended"},
	{"a resume without values gives a call that wants one none at all", "unreported", "lua51/yield.go",
		"local co = coroutine.create(function() local r = coroutine.yield() print(r == nil) end) coroutine.resume(co) coroutine.resume(co)",
		"true", ""},
	{"a coroutine whose last call is yield cannot go on", "#306", "lua51/yield.go",
		"local w = coroutine.wrap(function() return coroutine.yield() end) w() print(pcall(w))", "true", "false"},
	{"a product of zero has no sign", "unreported", "compile/slow.go",
		"local x = 0 print(1 / (x * -1) < 0)", "true", "false"},
	{"-0 becomes text without a sign", "#468", "lua51/number.go",
		"local x = 0 print(-x .. '')", "-0", "0"},
	{"a missing name is called an object", "unreported", "lua51/fault.go",
		"print((select(2, pcall(function() local r r.x = 1 end)):gsub('^.-: ?%d*:? ?', '')))", "attempt to index local 'r' (a nil value)",
		"attempt to index a non-table object(nil) with key 'x'"},
	{"setmetatable takes anything", "unreported", "engine/stdlib.go",
		"print(pcall(setmetatable, 1, {}))", "false", "true 1"},
}

// TestCanaries runs gopher-lua by itself. A canary that finds a fault mended says which repair is not needed any more.
func TestCanaries(t *testing.T) {
	for _, r := range repairs {
		switch got := bare(t, r.script); {
		case got == r.right:
			t.Errorf("gopher-lua does this right by itself now: delete this repair\n%s (%s), in %s\n%s", r.fault, r.upstream, r.home, r.script)
		case got != r.wrong:
			t.Errorf("%s (%s): gopher-lua by itself now prints %q; look whether the repair in %s still fits\n%s", r.fault, r.upstream, got, r.home, r.script)
		}
	}
}

// bare is what gopher-lua without this package prints, the values with one space between, only the first of a false pcall.
func bare(t *testing.T, script string) string {
	t.Helper()
	L := lua.NewState()
	defer L.Close()
	var out []string
	L.SetGlobal("print", L.NewFunction(func(L *lua.LState) int {
		for i := 1; i <= L.GetTop(); i++ {
			out = append(out, L.ToStringMeta(L.Get(i)).String())
			if L.Get(i) == lua.LFalse {
				break
			}
		}
		return 0
	}))
	if err := L.DoString(script); err != nil {
		return "error"
	}
	return strings.Join(out, " ")
}

// A list that is longer than gopher-lua's arrays: the same canary for Len, where the arrays are short.
func TestLen(t *testing.T) {
	usual := lua.MaxArrayIndex
	lua.MaxArrayIndex = 8
	defer func() { lua.MaxArrayIndex = usual }()
	for _, n := range []int{0, 1, 6, 7, 8, 9, 100, 1000} {
		list := &lua.LTable{}
		for i := 1; i <= n; i++ {
			list.RawSet(lua.LNumber(i), lua.LTrue)
		}
		if got := Len(list); got != n {
			t.Errorf("a list of %d has the length %d", n, got)
		}
		if n > 8 && list.Len() == n {
			t.Error("gopher-lua does this right by itself now: delete this repair, lua51/length.go")
		}
	}
}
