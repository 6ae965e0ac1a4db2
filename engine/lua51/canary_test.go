package lua51

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// repair is a fault of gopher-lua 1.1.2 that this project works around.
type repair struct {
	fault    string
	upstream string // the issue, or pull request, at github.com/yuin/gopher-lua; "unreported" where none was found
	home     string // the file of the repair, below engine
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
	{"1e17 % 3 is not x - floor(x / y) * y", "unreported", "lua51/arith.go",
		"print(1e17 % 3)", "0", "1"},
	{"-6 % 3 is -0", "unreported", "lua51/arith.go",
		"print(1 / (-6 % 3) > 0)", "true", "false"},
	{"a group of items is stored again when a field follows", "#537 (of large ones)", "compile/values.go",
		"local t = {" + strings.Repeat("0,", 50) + "k = 1, (function() return 1, 2 end)()} print(t[1], t[51])", "0 1", "1 nil"},
	{"an item behind 25,550 is lost", "#537", "compile/values.go",
		"local t = {" + strings.Repeat("0,", 25551) + "} print(t[25551])", "0", "nil"},
	{"an error closes the upvalues of functions that go on", "#448", "lua51/protect.go",
		"local x = 1 local function set(v) x = v end pcall(error) set(2) print(x)", "2", "1"},
	{"a call on a new line is taken for the last one's argument", "unreported", "syntax/expression.go",
		"print(loadstring('f = print\\n(1)') == nil)", "true", "false"},
	{"goto is reserved", "unreported", "syntax/statement.go",
		"print(loadstring('goto = 1') ~= nil)", "true", "false"},
	{"an escape over 255 is taken for another byte", "unreported", "syntax/scanner.go",
		"print(loadstring('return \"\\\\300\"') == nil)", "true", "false"},
	{"a yield across pcall ends the coroutine as if it had returned", "#45", "lua51/coroutine.go",
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
	{"setmetatable takes anything", "unreported", "stdlib/metatable.go",
		"print(pcall(setmetatable, 1, {}))", "false", "true 1"},
	{"a message counts the object of a method as an argument", "unreported", "lua51/argument.go",
		"print((select(2, pcall(function() ('x'):rep({}) end)):gsub('^.-: ?%d*:? ?', '')))", "bad argument #1 to 'rep' (number expected, got table)", "bad argument #2 to rep (number expected, got table)"},
	{"a string argument is a number by Go's rules", "#478", "lua51/argument.go",
		"print(math.floor('010'))", "10", "8"},
	{"a string with a fraction is no integer argument", "unreported", "lua51/argument.go",
		"print(('abc'):sub('2.9'))", "bc", "error"},
	{"a level counts functions that a tail call has replaced as one", "unreported", "lua51/level.go",
		"local function f() error('x', 2) end local function g() return f() end print((select(2, pcall(function() g() end))))", "x", "<string>:1: x"},
	{"an error of a library function that pcall calls has a position", "unreported", "lua51/level.go",
		"print((select(2, pcall(error, 'x'))))", "x", "<string>:1: x"},
	{"a dead coroutine is called a thread", "unreported", "lua51/coroutine.go",
		"local co = coroutine.create(function() end) coroutine.resume(co) print((select(2, coroutine.resume(co))))", "cannot resume dead coroutine", "can not resume a dead thread"},
	{"an error that leaves a wrapped coroutine lacks the position of its caller", "unreported", "lua51/coroutine.go",
		"local w = coroutine.wrap(function() error('x', 0) end) print((select(2, pcall(function() w() end)):gsub('^.-:', '')))", "1: x", "x"},
	{"a yield in a metamethod ends the coroutine", "#45", "lua51/coroutine.go",
		"print((select(2, coroutine.resume(coroutine.create(function() return setmetatable({}, {__index = coroutine.yield}).x end)))) == 'attempt to yield across metamethod/C-call boundary')", "true", "false"},
	{"setfenv takes a library function without an error", "unreported", "lua51/environment.go",
		"print(pcall(setfenv, print, {}) and 1)", "error", "false"},
	{"getfenv takes a level beyond the stack", "unreported", "lua51/environment.go",
		"print(pcall(getfenv, 50) and 'taken')", "false", "taken"},
	{"next takes a key that the table never had", "unreported", "lua51/next.go",
		"print(pcall(next, {}, 1))", "false", "true nil"},
	{"an error of a handler is not handled by it again", "#452 (of what it returns)", "lua51/protect.go",
		"print((select(2, xpcall(error, function() error('again') end))))", "error in error handling", "<string>:1: again"},
	{"xpcall refuses a handler that is no function", "unreported", "lua51/protect.go",
		"print((select(2, xpcall(error, nil))))", "error in error handling", "error"},
	{"two types that are the same are both named", "unreported", "lua51/fault.go",
		"print((select(2, pcall(function() return {} < {} end)):gsub('^.-: ?%d*:? ?', '')))", "attempt to compare two table values", "attempt to compare table with table"},
	{"an operand of arithmetic has no name", "unreported", "lua51/fault.go",
		"print((select(2, pcall(function() return nothing + 1 end)):gsub('^.-: ?%d*:? ?', '')))", "attempt to perform arithmetic on global 'nothing' (a nil value)", "cannot perform add operation between nil and number"},
	{"a called value has no name", "unreported", "lua51/fault.go",
		"print((select(2, pcall(function() nothing() end)):gsub('^.-: ?%d*:? ?', '')))", "attempt to call global 'nothing' (a nil value)", "attempt to call a non-function object"},
	{"a bound of a loop is called a statement", "unreported", "lua51/bound.go",
		"print((select(2, pcall(function() for i = 'x', 2 do end end)):gsub('^.-: ?%d*:? ?', '')))", "'for' initial value must be a number", "for statement init must be a number"},
	{"an operand of a concatenation has no name", "unreported", "lua51/blame.go",
		"print((select(2, pcall(function() return nothing .. 'x' end)):gsub('^.-: ?%d*:? ?', '')))", "attempt to concatenate global 'nothing' (a nil value)", "cannot perform concat operation between nil and string"},
	{"tonumber in a base does not wrap around below 0", "unreported", "lua51/digits.go",
		"print(tonumber('-ff', 16))", "1.844674407371e+19", "-255"},
	{"tonumber in base 16 takes no 0x", "unreported", "lua51/digits.go",
		"print(tonumber(' 0x10 ', 16))", "16", "nil"},
	{"%q writes a new line as an escape", "unreported", "stdlib/format.go",
		"print(('%q'):format('a\\nb') == '\"a\\\\\\nb\"')", "true", "false"},
	{"%c writes a character of Unicode", "unreported", "stdlib/format.go",
		"print(#('%c'):format(200))", "1", "2"},
	{"string.format takes too few arguments", "unreported", "stdlib/format.go",
		"print(pcall(string.format, '%d'))", "false", "true %!d(MISSING)"},
	{"infinity is +Inf in string.format", "unreported", "stdlib/format.go",
		"print(('%f'):format(1 / 0))", "inf", "+Inf"},
	{"string.format has no %u", "unreported", "stdlib/format.go",
		"print(('%u'):format(7))", "7", "%!u(int64=7)"},
	{"patterns have no %f", "#139", "pattern/pattern.go",
		"print(('THE (quick) fox'):find('%f[%a]%a+%f[%A]'))", "1 3", "nil"},
	{"^ is an anchor in gmatch", "unreported", "stdlib/pattern.go",
		"print(('^a'):gmatch('^a')())", "^a", "error"},
	{"an empty text is found at 1 wherever the search begins", "unreported", "stdlib/pattern.go",
		"print(('abc'):find('', 10))", "4 3", "1 0"},
	{"string.upper reads UTF-8", "unreported", "stdlib/string.go",
		"print(('\\195\\164'):upper() == '\\195\\164')", "true", "false"},
	{"string.char takes 256", "unreported", "stdlib/string.go",
		"print(pcall(string.char, 256) and 'taken')", "false", "taken"},
	{"the methods of strings have an __index", "unreported", "stdlib/string.go",
		"print(type(('x').__index))", "nil", "table"},
	{"table.sort is another algorithm: elements that are alike end up elsewhere", "unreported", "stdlib/sort.go",
		"local t = {{1, 'a'}, {1, 'b'}, {1, 'c'}, {0, 'd'}} table.sort(t, function(x, y) return x[1] < y[1] end) print(t[1][2] .. t[2][2] .. t[3][2] .. t[4][2])", "dcba", "dabc"},
	{"table.sort takes a function that is no order", "unreported", "stdlib/sort.go",
		"print(pcall(table.sort, {1, 2, 3, 4, 5}, function() return true end))", "false", "true"},
	{"table.insert takes four arguments", "unreported", "stdlib/table.go",
		"print(pcall(table.insert, {}, 1, 2, 3))", "false", "true"},
	{"table.insert at 0 does not move the list", "unreported", "stdlib/table.go",
		"local t = {1} table.insert(t, 0, 'x') print(t[0], t[1])", "x nil", "x 1"},
	{"table.remove returns nil where there is nothing to remove", "unreported", "stdlib/table.go",
		"print(select('#', table.remove({})))", "0", "1"},
	{"table.maxn counts the list only", "unreported", "stdlib/table.go",
		"print(table.maxn({[3.5] = 1}))", "3.5", "0"},
	{"table.foreach does not exist", "unreported", "stdlib/table.go",
		"print(type(table.foreach))", "function", "nil"},
	{"assert puts no position before its own message only in Lua", "unreported", "stdlib/base.go",
		"print((select(2, pcall(assert, nil))))", "assertion failed!", "<string>:1: assertion failed!"},
	{"assert takes no argument", "unreported", "stdlib/base.go",
		"print((select(2, pcall(assert))):match('bad argument') or 'taken')", "bad argument", "taken"},
	{"setmetatable takes one argument", "unreported", "stdlib/metatable.go",
		"print(pcall(setmetatable, {}) and 'taken')", "false", "taken"},
	{"loadstring shows the = of a name, and has other messages", "unreported", "stdlib/load.go",
		"print((select(2, loadstring('x =', '=n'))):match('^n:1: unexpected symbol') or 'other')", "n:1: unexpected symbol", "other"},
}

// TestCanaries runs gopher-lua by itself. A canary that finds a fault mended says which repair is
// not needed any more.
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

// TestHomes: each repair is where the list says.
func TestHomes(t *testing.T) {
	for _, r := range repairs {
		if _, err := os.Stat(filepath.Join("..", filepath.FromSlash(r.home))); err != nil {
			t.Errorf("%s: %v", r.fault, err)
		}
	}
}

// TestRight: the list is right about PUC-Rio Lua 5.1.5.
func TestRight(t *testing.T) {
	program, err := exec.LookPath("lua5.1")
	if err != nil {
		t.Skip("lua5.1 is not installed; Debian's package of that name has it")
	}
	const prelude = `local out = {}
		function print(...)
			for i = 1, select("#", ...) do
				out[#out + 1] = tostring((select(i, ...)))
				if (select(i, ...)) == false then break end
			end
		end
		local run = assert(loadstring(arg[1], "=<string>"))
		io.write(pcall(run) and table.concat(out, " ") or "error")`
	for _, r := range repairs {
		command := exec.Command(program, "-", r.script)
		command.Stdin = strings.NewReader(prelude)
		if out, err := command.CombinedOutput(); err != nil || string(out) != r.right {
			t.Errorf("%s: lua5.1 prints %q, %v; want %q", r.fault, out, err, r.right)
		}
	}
}

// bare is what gopher-lua without this package prints, the values with one space between, only the
// first of a false pcall.
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

// A list that is longer than gopher-lua's arrays: the same canary for Len, where the arrays are
// short.
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
