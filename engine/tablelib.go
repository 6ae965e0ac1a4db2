package engine

import (
	"math"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
)

func (e *Engine) openTables() {
	e.define(e.library("table"),
		function{"concat", tableConcat},
		function{"foreach", e.tableForeach},
		function{"foreachi", e.tableForeachi},
		function{"getn", func(L *lua.LState) int {
			L.Push(lua.LNumber(lua51.Len(table(L, 1))))
			return 1
		}},
		function{"insert", e.tableInsert},
		function{"maxn", e.tableMaxn},
		function{"remove", e.tableRemove},
		function{"setn", func(L *lua.LState) int {
			table(L, 1)
			raise(L, "'setn' is obsolete")
			return 0
		}},
		function{"sort", e.tableSort},
		function{"unpack", unpack},
	)
}

// tableConcat builds the string directly; gopher-lua's puts every element on the stack first, which overflows.
func tableConcat(L *lua.LState) int {
	sep, t := optText(L, 2, ""), table(L, 1)
	first := optInteger(L, 3, 1)
	last := optInteger(L, 4, lua51.Len(t))
	var b strings.Builder
	for i := first; i <= last; i++ {
		v := t.RawGet(lua.LNumber(i))
		piece, ok := textOf(v)
		if !ok {
			raise(L, "invalid value (%s) at index %d in table for 'concat'", v.Type().String(), i)
		}
		if i == last {
			sep = ""
		}
		if b.Len()+len(piece)+len(sep) > maxString {
			raise(L, "resulting string too large")
		}
		Charge(L, 2*(len(piece)+len(sep)), 1) // the text grows
		b.WriteString(piece)
		b.WriteString(sep)
	}
	L.Push(lua.LString(b.String()))
	return 1
}

// movedAnInstruction is how many elements of an array are moved in about the time that an instruction takes.
const movedAnInstruction = 8

// tableInsert is table.insert(t, [position,] value). As in Lua 5.1, a position may be anywhere.
func (e *Engine) tableInsert(L *lua.LState) int {
	t := table(L, 1)
	switch L.GetTop() {
	case 2:
		t.RawSet(lua.LNumber(lua51.Len(t)+1), L.Get(2))
	case 3:
		at, n := integer(L, 2), lua51.Len(t)
		if at >= 1 && at <= n && lua51.InArray(n+1) {
			e.hook.work(int64(n-at) / movedAnInstruction)
			t.Insert(at, L.Get(3))
			return 0
		}
		for i := n + 1; i > at; i-- {
			e.hook.work(1)
			t.RawSet(lua.LNumber(i), t.RawGet(lua.LNumber(i-1)))
		}
		t.RawSet(lua.LNumber(at), L.Get(3))
	default:
		raise(L, "wrong number of arguments to 'insert'")
	}
	return 0
}

// tableRemove is table.remove(t [, position]): the value that was there.
func (e *Engine) tableRemove(L *lua.LState) int {
	t := table(L, 1)
	n := lua51.Len(t)
	at := optInteger(L, 2, n)
	if at < 1 || at > n {
		return 0
	}
	if lua51.InArray(n) {
		e.hook.work(int64(n-at) / movedAnInstruction)
		L.Push(t.Remove(at))
		return 1
	}
	L.Push(t.RawGet(lua.LNumber(at)))
	for i := at; i < n; i++ {
		e.hook.work(1)
		t.RawSet(lua.LNumber(i), t.RawGet(lua.LNumber(i+1)))
	}
	t.RawSet(lua.LNumber(n), lua.LNil)
	return 1
}

// tableMaxn is table.maxn(t): the largest numeric key, whole or not.
func (e *Engine) tableMaxn(L *lua.LState) int {
	t := table(L, 1)
	largest := math.Max(0, float64(lua51.Len(t)))
	for k, _ := t.Next(lua.LNil); k != lua.LNil; k, _ = t.Next(k) {
		e.hook.work(1)
		if n, ok := k.(lua.LNumber); ok {
			largest = math.Max(largest, float64(n))
		}
	}
	L.Push(lua.LNumber(largest))
	return 1
}

// tableForeach is table.foreach(t, f): f(key, value) for each entry, until one returns something.
func (e *Engine) tableForeach(L *lua.LState) int {
	t, f := table(L, 1), callee(L, 2)
	for k, v := t.Next(lua.LNil); k != lua.LNil; k, v = t.Next(k) {
		if e.visit(L, f, k, v) {
			return 1
		}
	}
	return 0
}

// tableForeachi is table.foreachi(t, f): f(i, value) for i from 1 to #t, until one returns something.
func (e *Engine) tableForeachi(L *lua.LState) int {
	t, f := table(L, 1), callee(L, 2)
	for i, n := 1, lua51.Len(t); i <= n; i++ {
		if e.visit(L, f, lua.LNumber(i), t.RawGet(lua.LNumber(i))) {
			return 1
		}
	}
	return 0
}

// visit calls f(key, value) and leaves what it returned on the stack, if that is not nil.
func (e *Engine) visit(L *lua.LState, f *lua.LFunction, key, value lua.LValue) (found bool) {
	e.hook.work(1)
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
