package engine

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"weak"

	lua "github.com/yuin/gopher-lua"
)

// openBase replaces base functions.
func (e *Engine) openBase() {
	e.define(e.lua.G.Global,
		function{"assert", baseAssert},
		function{"collectgarbage", collectGarbage},
		function{"error", e.baseError},
		function{"load", e.loadText},
		function{"loadstring", e.loadText},
		function{"next", baseNext},
		function{"pcall", e.pcall},
		function{"print", e.print},
		function{"require", e.require},
		function{"select", baseSelect},
		function{"tonumber", baseToNumber},
		function{"tostring", func(L *lua.LState) int {
			L.CheckAny(1)
			L.Push(lua.LString(e.toString(L, L.Get(1))))
			return 1
		}},
		function{"unpack", unpack},
		function{"xpcall", e.xpcall},
	)
	g := e.lua.G.Global
	step := e.lua.NewFunction(pairsStep)
	g.RawSetString("pairs", e.lua.NewFunction(func(L *lua.LState) int { return pairs(L, step) }))
}

// setArgs fills the script's arg.
func (e *Engine) setArgs(args []string) {
	t := e.lua.NewTable()
	for i, a := range args {
		t.RawSet(lua.LNumber(i), lua.LString(a))
	}
	e.lua.G.Global.RawSetString("arg", t)
}

// print writes its arguments as tostring shows them, with tabs between.
func (e *Engine) print(L *lua.LState) int {
	var line strings.Builder
	for i := 1; i <= L.GetTop(); i++ {
		if i > 1 {
			line.WriteByte('\t')
		}
		line.WriteString(e.toString(L, L.Get(i)))
	}
	line.WriteByte('\n')
	if _, err := io.WriteString(e.stdout, line.String()); err != nil {
		e.Raise(L, fmt.Errorf("print: %w", err))
	}
	return 0
}

// baseAssert raises its second argument as it is, whatever it is.
func baseAssert(L *lua.LState) int {
	L.CheckAny(1)
	if L.ToBool(1) {
		return L.GetTop()
	}
	if L.GetTop() < 2 || L.Get(2) == lua.LNil {
		L.Error(lua.LString("assertion failed!"), 0)
	}
	L.Error(L.Get(2), 0)
	return 0
}

// baseError puts a position before a message: that of its caller, or with level 2 of its caller's caller.
func (e *Engine) baseError(L *lua.LState) int {
	v, level := L.Get(1), optInteger(L, 2, 1)
	if n, ok := v.(lua.LNumber); ok {
		v = lua.LString(formatNumber(n))
	}
	if s, ok := v.(lua.LString); ok && level > 0 {
		if pos := e.Position(L, level); pos != "" {
			v = lua.LString(pos+": ") + s
		}
	}
	L.Error(v, 0)
	return 0
}

// collectGarbage does nothing: a script shares its collector with the host. For a count it returns 0.
func collectGarbage(L *lua.LState) int {
	L.Push(lua.LNumber(0))
	return 1
}

// pcall is pcall(f, ...).
func (e *Engine) pcall(L *lua.LState) int {
	L.CheckAny(1)
	return e.attempt(L)
}

// attempt calls the function at the bottom of the stack with the rest of it, and returns true and its results, or false
// and what it raised.
func (e *Engine) attempt(L *lua.LState) int {
	if err := e.protected(L, L.GetTop()-1); err != nil {
		L.Push(lua.LFalse)
		L.Push(raisedValue(err))
		return 2
	}
	L.Insert(lua.LTrue, 1)
	return L.GetTop()
}

// xpcall is xpcall(f, handler, ...). The handler runs when the stack of the error is gone; without the debug library it
// cannot tell.
func (e *Engine) xpcall(L *lua.LState) int {
	L.CheckAny(1)
	handler := L.CheckAny(2)
	L.Remove(2)
	if err := e.protected(L, L.GetTop()-1); err != nil {
		L.Push(handler)
		L.Push(raisedValue(err))
		if err := e.protected(L, 1); err != nil {
			L.Push(raisedValue(err))
		}
		L.Insert(lua.LFalse, 1)
		return L.GetTop()
	}
	L.Insert(lua.LTrue, 1)
	return L.GetTop()
}

// protected calls the function below the top n values. Its results take their place; an error leaves nothing.
func (e *Engine) protected(L *lua.LState, n int) error {
	if fn := L.Get(-n - 1); fn.Type() != lua.LTFunction && L.GetMetaField(fn, "__call").Type() != lua.LTFunction {
		L.Pop(n + 1)
		return fmt.Errorf("attempt to call a %s value", fn.Type().String())
	}
	defer setAsideUpvalues(L)()
	L.Insert(e.catchQuietly, L.GetTop()-n)
	return L.PCall(n+1, lua.MultRet, nil)
}

// raisedValue is what a protected call caught.
func raisedValue(err error) lua.LValue {
	if api, ok := err.(*lua.ApiError); ok {
		return api.Object
	}
	return lua.LString(err.Error())
}

// pairs honours __pairs, on tables and on userdata. Plain tables are walked in the order of insertion.
func pairs(L *lua.LState, step *lua.LFunction) int {
	v := L.CheckAny(1)
	if fn := L.GetMetaField(v, "__pairs"); fn != lua.LNil {
		L.Push(fn)
		L.Push(v)
		L.Call(1, 3)
		return 3
	}
	if v.Type() != lua.LTTable {
		L.ArgError(1, "table expected, got "+v.Type().String())
	}
	L.Push(step)
	L.Push(v)
	L.Push(lua.LNil)
	return 3
}

func pairsStep(L *lua.LState) int {
	t, ok := L.Get(1).(*lua.LTable)
	if !ok {
		L.TypeError(1, lua.LTTable)
	}
	k, v := t.Next(L.Get(2))
	L.Push(k)
	if k == lua.LNil {
		return 1
	}
	L.Push(v)
	return 2
}

// baseNext refuses userdata: what hides behind one has an order of its own, and pairs knows it.
func baseNext(L *lua.LState) int {
	if L.Get(1).Type() == lua.LTUserData {
		L.ArgError(1, "table expected, got userdata; use pairs")
	}
	return pairsStep(L)
}

// baseSelect is select, with negative indices as in Lua 5.1.
func baseSelect(L *lua.LState) int {
	if L.Get(1) == lua.LString("#") {
		L.Push(lua.LNumber(L.GetTop() - 1))
		return 1
	}
	n, count := integer(L, 1), L.GetTop()-1
	if n < 0 {
		n = fromEnd(count, n)
	}
	if n < 1 {
		L.ArgError(1, "index out of range")
	}
	return max(count-min(n, count+1)+1, 0)
}

// maxUnpack bounds how many values one call may return: they lie on the stack.
const maxUnpack = 8000

func unpack(L *lua.LState) int {
	t := L.CheckTable(1)
	first, last := optInteger(L, 2, 1), optInteger(L, 3, t.Len())
	if first > last {
		return 0
	}
	if n := last - first; n < 0 || n >= maxUnpack {
		L.RaiseError("too many results to unpack")
	}
	for i := first; i <= last; i++ {
		L.Push(t.RawGet(lua.LNumber(i)))
	}
	return last - first + 1
}

func baseToNumber(L *lua.LState) int {
	v := L.CheckAny(1)
	if L.Get(2) != lua.LNil && L.Get(2) != lua.LNumber(10) {
		L.Push(parseInBase(L.CheckString(1), integer(L, 2), L))
		return 1
	}
	switch v := v.(type) {
	case lua.LNumber:
		L.Push(v)
	case lua.LString:
		L.Push(parseNumber(string(v)))
	default:
		L.Push(lua.LNil)
	}
	return 1
}

// parseNumber reads a decimal or hexadecimal number as Lua's own reader does, or returns nil.
func parseNumber(s string) lua.LValue {
	s = strings.Trim(s, " \t\n\r\f\v")
	digits := strings.TrimLeft(s, "+-")
	if len(s)-len(digits) > 1 || digits == "" || strings.Contains(s, "_") {
		return lua.LNil
	}
	if len(digits) > 2 && (digits[:2] == "0x" || digits[:2] == "0X") {
		n, err := strconv.ParseUint(digits[2:], 16, 64)
		if err != nil {
			return lua.LNil
		}
		f := float64(n)
		if s[0] == '-' {
			f = -f
		}
		return lua.LNumber(f)
	}
	if c := digits[0]; c != '.' && (c < '0' || c > '9') {
		return lua.LNil // inf and nan are names, not numbers
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil && !math.IsInf(f, 0) {
		return lua.LNil
	}
	return lua.LNumber(f)
}

func parseInBase(s string, base int, L *lua.LState) lua.LValue {
	if base < 2 || base > 36 {
		L.ArgError(2, "base out of range")
	}
	s, negative := strings.CutPrefix(strings.ToLower(strings.Trim(s, " \t\n\r\f\v")), "-")
	if base == 16 {
		s = strings.TrimPrefix(s, "0x")
	}
	n, err := strconv.ParseUint(s, base, 64)
	if err != nil {
		return lua.LNil
	}
	if negative {
		return -lua.LNumber(n)
	}
	return lua.LNumber(n)
}

func formatNumber(n lua.LNumber) string { return FormatNumber(float64(n)) }

// FormatNumber is a number as tostring shows it: Lua's "%.14g", except that whole numbers below 1e15 are written out.
func FormatNumber(f float64) string {
	switch {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	case f == math.Trunc(f) && math.Abs(f) < 1e15:
		return strconv.FormatInt(int64(f), 10)
	}
	return formatG(f, 14, false)
}

// toString is tostring(v). Objects are numbered in the order in which they were first shown: an address would differ
// from run to run, and tell a script about the host's memory.
func (e *Engine) toString(L *lua.LState, v lua.LValue) string {
	switch v := v.(type) {
	case lua.LString:
		return string(v)
	case lua.LNumber:
		return formatNumber(v)
	}
	if fn := L.GetMetaField(v, "__tostring"); fn != lua.LNil {
		L.Push(fn)
		L.Push(v)
		L.Call(1, 1)
		s := L.Get(-1)
		L.Pop(1)
		if !lua.LVCanConvToString(s) {
			L.RaiseError("'__tostring' must return a string")
		}
		return s.String()
	}
	switch v := v.(type) {
	case *lua.LTable:
		return e.numbers.name("table", weak.Make(v))
	case *lua.LFunction:
		return e.numbers.name("function", weak.Make(v))
	case *lua.LUserData:
		return e.numbers.name("userdata", weak.Make(v))
	case *lua.LState:
		return e.numbers.name("thread", weak.Make(v))
	case lua.LChannel:
		return "channel"
	}
	return v.String()
}

// numbers gives objects names without keeping them alive.
type numbers struct {
	of    map[any]int
	last  map[string]int
	sweep int // size at which to forget those that are gone
}

func (n *numbers) name(kind string, object any) string {
	if n.of == nil {
		n.of, n.last, n.sweep = map[any]int{}, map[string]int{}, 1024
	}
	k, ok := n.of[object]
	if !ok {
		n.last[kind]++
		k = n.last[kind]
		n.of[object] = k
		if len(n.of) >= n.sweep {
			n.forget()
		}
	}
	return fmt.Sprintf("%s: %d", kind, k)
}

func (n *numbers) forget() {
	for object := range n.of {
		if gone(object) {
			delete(n.of, object)
		}
	}
	n.sweep = max(1024, 2*len(n.of))
}

func gone(object any) bool {
	switch p := object.(type) {
	case weak.Pointer[lua.LTable]:
		return p.Value() == nil
	case weak.Pointer[lua.LFunction]:
		return p.Value() == nil
	case weak.Pointer[lua.LUserData]:
		return p.Value() == nil
	case weak.Pointer[lua.LState]:
		return p.Value() == nil
	}
	return false
}
