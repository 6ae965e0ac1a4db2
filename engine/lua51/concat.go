package lua51

import (
	"slices"
	"strings"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// ConcatValues computes L.Get(first) .. L.Get(first+1) and so on, n values in all, as Lua 5.1 does:
// from the right to the left, as many strings and numbers at a time as possible, with metamethods
// for other values. gopher-lua formats numbers by Go's rules (upstream issue 468). It calls room,
// if not nil, with the size of each string before it makes it; room may raise an error. The values
// must be the arguments of the running Go function, called in the place of the operator, so that an
// error can name them.
func ConcatValues(L *lua.LState, first, n int, room func(L *lua.LState, bytes int)) lua.LValue {
	if n <= maxJoined {
		if s, ok := joined(L, first, n, room); ok { // the most frequent case
			return s
		}
	}
	c := concatenation{L: L, first: first, last: first + n - 1, room: room}
	c.right = L.Get(c.last)
	for c.last > first {
		if !c.strings() {
			c.metamethod()
		}
	}
	return c.right
}

// maxJoined is the most values that joined takes (chosen by us).
const maxJoined = 8

// joined concatenates strings and numbers with one allocation; ok is false if there is another
// value.
func joined(L *lua.LState, first, n int, room func(L *lua.LState, bytes int)) (s lua.LString, ok bool) {
	var space [maxJoined * 24]byte // for numbers, which take at most 23 bytes
	var pieces [maxJoined]string
	digits, size := space[:0], 0
	var ends [maxJoined]int // of a number's digits
	for i := range n {
		switch v := L.Get(first + i).(type) {
		case lua.LString:
			pieces[i] = string(v)
			size += len(v)
		case lua.LNumber:
			begin := len(digits)
			digits = AppendNumber(digits, float64(v))
			ends[i] = len(digits)
			size += len(digits) - begin
		default:
			return "", false
		}
	}
	if room != nil {
		room(L, size)
	}
	b := make([]byte, 0, size)
	begin := 0
	for i := range n {
		if ends[i] > 0 {
			b = append(b, digits[begin:ends[i]]...)
			begin = ends[i]
		} else {
			b = append(b, pieces[i]...)
		}
	}
	return lua.LString(unsafe.String(unsafe.SliceData(b), len(b))), true // b is not used any more
}

// concatenation is the state of one ConcatValues: right is the result so far, and the values from
// first to last-1 are still to be joined.
type concatenation struct {
	L           *lua.LState
	first, last int
	right       lua.LValue
	made        bool // right is the result of a metamethod, not an operand
	room        func(L *lua.LState, bytes int)
}

// strings joins right with all the strings and numbers before it. It returns false if there are
// none.
func (c *concatenation) strings() bool {
	tail, ok := TextOf(c.right)
	if !ok {
		return false
	}
	parts := append(make([]string, 0, 16), tail) // from the right to the left
	size, begin := len(tail), c.last
	for ; begin > c.first; begin-- {
		s, ok := TextOf(c.L.Get(begin - 1))
		if !ok {
			break
		}
		parts = append(parts, s)
		size += len(s)
	}
	if begin == c.last {
		return false
	}
	if c.room != nil {
		c.room(c.L, size)
	}
	var b strings.Builder
	b.Grow(size)
	for _, s := range slices.Backward(parts) {
		b.WriteString(s)
	}
	c.right, c.last, c.made = lua.LString(b.String()), begin, false
	return true
}

// metamethod joins right with the value before it by a metamethod.
func (c *concatenation) metamethod() {
	left := c.L.Get(c.last - 1)
	handler := binaryHandler(c.L, left, c.right, "__concat")
	if handler == nil {
		c.blame(left)
	}
	c.right, c.made = callHandler(c.L, handler, left, c.right), true
	c.last--
}

// blame raises an error that names the operand that is neither string nor number, the left one
// first.
func (c *concatenation) blame(left lua.LValue) {
	switch _, ok := TextOf(left); {
	case !ok:
		RaiseOperand(c.L, "concatenate", left, c.last-1)
	case c.made:
		RaiseOperand(c.L, "concatenate", c.right, 0)
	default:
		RaiseOperand(c.L, "concatenate", c.right, c.last)
	}
}
