package engine

import (
	"sort"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

func (e *Engine) openTables() {
	e.define(e.library("table"),
		function{"concat", tableConcat},
		function{"insert", tableInsert},
		function{"remove", tableRemove},
		function{"sort", e.tableSort},
		function{"unpack", unpack},
	)
}

// tableConcat builds the string directly; gopher-lua's puts every element on the stack first, which overflows.
func tableConcat(L *lua.LState) int {
	t, sep := L.CheckTable(1), L.OptString(2, "")
	last := optInteger(L, 4, t.Len())
	var b strings.Builder
	for i := optInteger(L, 3, 1); i <= last; i++ {
		var piece string
		switch v := t.RawGet(lua.LNumber(i)).(type) {
		case lua.LString:
			piece = string(v)
		case lua.LNumber:
			piece = formatNumber(v)
		default:
			L.RaiseError("invalid value (%s) at index %d in table for 'concat'", v.Type().String(), i)
		}
		if i == last {
			sep = ""
		}
		if b.Len()+len(piece)+len(sep) > maxString {
			L.RaiseError("resulting string too large")
		}
		b.WriteString(piece)
		b.WriteString(sep)
	}
	L.Push(lua.LString(b.String()))
	return 1
}

// tableInsert is table.insert(t, [position,] value).
func tableInsert(L *lua.LState) int {
	t := L.CheckTable(1)
	switch L.GetTop() {
	case 1:
		L.RaiseError("wrong number of arguments to 'insert'")
	case 2:
		t.Append(L.Get(2))
	default:
		t.Insert(integer(L, 2), L.Get(3))
	}
	return 0
}

// tableRemove is table.remove(t [, position]): the value that was there.
func tableRemove(L *lua.LState) int {
	t := L.CheckTable(1)
	n := t.Len()
	at := optInteger(L, 2, n)
	if at < 1 || at > n {
		return 0
	}
	L.Push(t.Remove(at))
	return 1
}

// tableSort is table.sort(t [, less]). The elements are put back when they are in order: an error, or less itself,
// leaves the table as it was until then.
func (e *Engine) tableSort(L *lua.LState) int {
	t, less := L.CheckTable(1), L.OptFunction(2, nil)
	s := sorting{engine: e, L: L, less: less}
	for i := range t.Len() {
		s.values = append(s.values, t.RawGetInt(i+1))
	}
	sort.Sort(&s)
	for i, v := range s.values {
		t.RawSetInt(i+1, v)
	}
	return 0
}

// sorting is one call of table.sort under way.
type sorting struct {
	engine *Engine
	L      *lua.LState
	less   *lua.LFunction // nil: <
	values []lua.LValue
}

func (s *sorting) Len() int      { return len(s.values) }
func (s *sorting) Swap(i, j int) { s.values[i], s.values[j] = s.values[j], s.values[i] }

func (s *sorting) Less(i, j int) bool {
	a, b := s.values[i], s.values[j]
	if s.less == nil {
		s.engine.hook.work(1)
		return s.L.LessThan(a, b)
	}
	s.L.Push(s.less)
	s.L.Push(a)
	s.L.Push(b)
	s.L.Call(2, 1)
	yes := lua.LVAsBool(s.L.Get(-1))
	s.L.Pop(1)
	return yes
}
