package stdlib

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
)

// tableSort is table.sort(t [, less]). It is the quicksort of Lua 5.1, step by step, so the order
// of equal elements, the result for a less that is not an order, and the errors are the same.
func (l *Library) tableSort(L *lua.LState) int {
	s := sorting{library: l, L: L, t: lua51.Table(L, 1)}
	n := lua51.Len(s.t)
	if L.Get(2) != lua.LNil {
		s.less = lua51.Function(L, 2)
	}
	s.sort(1, n)
	return 0
}

// sorting is the state of one call of table.sort.
type sorting struct {
	library *Library
	L       *lua.LState
	t       *lua.LTable
	less    *lua.LFunction // nil: <
}

// sort sorts the elements from low to high. It recurs for the smaller part only, so the recursion
// is never deep.
func (s *sorting) sort(low, high int) {
	for low < high {
		s.order(low, high)
		if high-low == 1 {
			return
		}
		middle := (low + high) / 2
		if !s.order(low, middle) {
			s.order(middle, high)
		}
		if high-low == 2 {
			return
		}
		at := s.partition(low, middle, high)
		if at-low < high-at {
			s.sort(low, at-1)
			low = at + 1
		} else {
			s.sort(at+1, high)
			high = at - 1
		}
	}
}

// order exchanges two elements if the second is less than the first.
func (s *sorting) order(i, j int) (exchanged bool) {
	a, b := s.at(i), s.at(j)
	if !s.isLess(b, a) {
		return false
	}
	s.put(i, b, j, a)
	return true
}

// partition moves smaller elements than the pivot before it and the others after it, and returns
// the index of the pivot.
func (s *sorting) partition(low, middle, high int) int {
	pivot := s.at(middle)
	s.put(middle, s.at(high-1), high-1, pivot)
	i, j := low, high-1
	for {
		var a, b lua.LValue
		for i++; ; i++ {
			if a = s.at(i); !s.isLess(a, pivot) {
				break
			}
			s.within(i <= high)
		}
		for j--; ; j-- {
			if b = s.at(j); !s.isLess(pivot, b) {
				break
			}
			s.within(j >= low)
		}
		if j < i {
			break
		}
		s.put(i, b, j, a)
	}
	a, b := s.at(high-1), s.at(i)
	s.put(high-1, b, i, a)
	return i
}

func (s *sorting) within(bounds bool) {
	if !bounds {
		lua51.Raise(s.L, "invalid order function for sorting")
	}
}

func (s *sorting) at(i int) lua.LValue {
	if i < 1 { // less is not an order; the next comparison raises the error
		return s.t.RawGet(lua.LNumber(i))
	}
	return s.t.RawGetInt(i)
}

func (s *sorting) put(i int, a lua.LValue, j int, b lua.LValue) {
	s.t.RawSetInt(i, a)
	s.t.RawSetInt(j, b)
}

func (s *sorting) isLess(a, b lua.LValue) bool {
	s.library.charge(0, 1)
	if s.less == nil {
		return lessThan(s.L, a, b)
	}
	s.L.Push(s.less)
	s.L.Push(a)
	s.L.Push(b)
	s.L.Call(2, 1)
	yes := lua.LVAsBool(s.L.Get(-1))
	s.L.Pop(1)
	return yes
}

// lessThan is a < b from within a library function: its error has no position.
func lessThan(L *lua.LState, a, b lua.LValue) bool {
	kind := a.Type()
	if kind == b.Type() {
		switch kind {
		case lua.LTNumber, lua.LTString:
			return L.LessThan(a, b)
		}
		if fn := L.GetMetaField(a, "__lt"); fn != lua.LNil && fn == L.GetMetaField(b, "__lt") {
			return L.LessThan(a, b)
		}
		L.Error(lua.LString("attempt to compare two "+kind.String()+" values"), 0)
	}
	L.Error(lua.LString("attempt to compare "+kind.String()+" with "+b.Type().String()), 0)
	return false
}
