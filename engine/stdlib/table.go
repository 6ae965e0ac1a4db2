package stdlib

import (
	"math"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
)

func (l *Library) openTable(L *lua.LState) lua.LValue {
	lib := L.NewTable()
	define(L, lib,
		function{"concat", l.tableConcat},
		function{"foreach", l.tableForeach},
		function{"foreachi", l.tableForeachi},
		function{"getn", func(L *lua.LState) int {
			L.Push(lua.LNumber(lua51.Len(lua51.Table(L, 1))))
			return 1
		}},
		function{"insert", l.tableInsert},
		function{"maxn", l.tableMaxn},
		function{"remove", l.tableRemove},
		function{"setn", func(L *lua.LState) int {
			lua51.Table(L, 1)
			lua51.Raise(L, "'setn' is obsolete")
			return 0
		}},
		function{"sort", l.tableSort},
		function{"unpack", unpack},
	)
	return lib
}

// tableConcat builds the string directly; gopher-lua's pushes every element on the stack first,
// which overflows.
func (l *Library) tableConcat(L *lua.LState) int {
	sep, t := lua51.OptText(L, 2, ""), lua51.Table(L, 1)
	first := lua51.OptInteger(L, 3, 1)
	last := lua51.OptInteger(L, 4, lua51.Len(t))
	var b strings.Builder
	for i := first; i <= last; i++ {
		v := t.RawGet(lua.LNumber(i))
		piece, ok := lua51.TextOf(v)
		if !ok {
			lua51.Raise(L, "invalid value (%s) at index %d in table for 'concat'", v.Type().String(), i)
		}
		if i == last {
			sep = ""
		}
		if b.Len()+len(piece)+len(sep) > maxString {
			lua51.Raise(L, "resulting string too large")
		}
		l.charge(2*(len(piece)+len(sep)), 1) // the text grows
		b.WriteString(piece)
		b.WriteString(sep)
	}
	L.Push(lua.LString(b.String()))
	return 1
}

// movedPerInstruction is how many elements of an array are moved in the time of one instruction
// (measured).
const movedPerInstruction = 8

// tableInsert is table.insert(t, [position,] value). As in Lua 5.1, the position may be any number.
func (l *Library) tableInsert(L *lua.LState) int {
	t := lua51.Table(L, 1)
	switch L.GetTop() {
	case 2:
		t.RawSet(lua.LNumber(lua51.Len(t)+1), L.Get(2))
	case 3:
		at, n := lua51.Integer(L, 2), lua51.Len(t)
		if at >= 1 && at <= n && lua51.InArray(n+1) {
			l.charge(0, (n-at)/movedPerInstruction)
			t.Insert(at, L.Get(3))
			return 0
		}
		for i := n + 1; i > at; i-- {
			l.charge(0, 1)
			t.RawSet(lua.LNumber(i), t.RawGet(lua.LNumber(i-1)))
		}
		t.RawSet(lua.LNumber(at), L.Get(3))
	default:
		lua51.Raise(L, "wrong number of arguments to 'insert'")
	}
	return 0
}

// tableRemove is table.remove(t [, position]). It returns the removed value.
func (l *Library) tableRemove(L *lua.LState) int {
	t := lua51.Table(L, 1)
	n := lua51.Len(t)
	at := lua51.OptInteger(L, 2, n)
	if at < 1 || at > n {
		return 0
	}
	if lua51.InArray(n) {
		l.charge(0, (n-at)/movedPerInstruction)
		L.Push(t.Remove(at))
		return 1
	}
	L.Push(t.RawGet(lua.LNumber(at)))
	for i := at; i < n; i++ {
		l.charge(0, 1)
		t.RawSet(lua.LNumber(i), t.RawGet(lua.LNumber(i+1)))
	}
	t.RawSet(lua.LNumber(n), lua.LNil)
	return 1
}

// tableMaxn is table.maxn(t): the largest numeric key, whole or not.
func (l *Library) tableMaxn(L *lua.LState) int {
	t := lua51.Table(L, 1)
	largest := math.Max(0, float64(lua51.Len(t)))
	for k, _ := t.Next(lua.LNil); k != lua.LNil; k, _ = t.Next(k) {
		l.charge(0, 1)
		if n, ok := k.(lua.LNumber); ok {
			largest = math.Max(largest, float64(n))
		}
	}
	L.Push(lua.LNumber(largest))
	return 1
}

// tableForeach is table.foreach(t, f): f(key, value) for each entry, until one returns something.
func (l *Library) tableForeach(L *lua.LState) int {
	t, f := lua51.Table(L, 1), lua51.Function(L, 2)
	for k, v := t.Next(lua.LNil); k != lua.LNil; k, v = t.Next(k) {
		if l.visit(L, f, k, v) {
			return 1
		}
	}
	return 0
}

// tableForeachi is table.foreachi(t, f): f(i, value) for i from 1 to #t, until one returns
// something.
func (l *Library) tableForeachi(L *lua.LState) int {
	t, f := lua51.Table(L, 1), lua51.Function(L, 2)
	for i, n := 1, lua51.Len(t); i <= n; i++ {
		if l.visit(L, f, lua.LNumber(i), t.RawGet(lua.LNumber(i))) {
			return 1
		}
	}
	return 0
}

// visit calls f(key, value) and leaves the result on the stack, if that is not nil.
func (l *Library) visit(L *lua.LState, f *lua.LFunction, key, value lua.LValue) (found bool) {
	l.charge(0, 1)
	L.Push(f)
	L.Push(key)
	L.Push(value)
	L.Call(2, 1)
	if L.Get(-1) != lua.LNil {
		return true
	}
	L.Pop(1)
	return false
}
