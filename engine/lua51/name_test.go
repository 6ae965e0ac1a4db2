package lua51

import (
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// abc and abx write instructions.
func abc(op, a, b, c int) uint32 { return uint32(op<<26 | a<<18 | c<<9 | b) }
func abx(op, a, bx int) uint32   { return uint32(op<<26 | a<<18 | bx) }
func jump(distance int) uint32   { return abx(lua.OP_JMP, 0, distance+jumpBias) }

// k is an operand that is a constant.
func k(i int) int { return i | constantBit }

// TestNameOf reads code written by hand; what is asked for is register 0, or another, before the
// last instruction.
func TestNameOf(t *testing.T) {
	getA, getB := abx(lua.OP_GETGLOBAL, 0, 0), abx(lua.OP_GETGLOBAL, 0, 1)
	use := abc(lua.OP_LEN, 9, 0, 0)
	locals := func(list ...*lua.DbgLocalInfo) []*lua.DbgLocalInfo { return list }
	for _, c := range []struct {
		what     string
		code     []uint32
		locals   []*lua.DbgLocalInfo
		register int
		value    lua.LValue
		want     string
	}{
		{what: "a global", code: []uint32{getA, use}, want: "global 'a'"},
		{what: "the later of two", code: []uint32{getA, getB, use}, want: "global 'b'"},
		{what: "a field", code: []uint32{getA, abc(lua.OP_GETTABLEKS, 0, 0, k(1)), use}, want: "field 'b'"},
		{what: "a key that is no constant", code: []uint32{getA, abc(lua.OP_GETTABLE, 0, 0, 5), use}, want: "field '?'"},
		{what: "a constant by way of a register", code: []uint32{getA, abx(lua.OP_LOADK, 5, 1), abc(lua.OP_GETTABLEKS, 0, 0, 5), use}, want: "field 'b'"},
		{what: "a method", code: []uint32{getA, abc(lua.OP_SELF, 0, 0, k(1)), use}, want: "method 'b'"},
		{what: "the object of a method", code: []uint32{getA, abc(lua.OP_SELF, 0, 0, k(1)), use}, register: 1},
		{what: "an upvalue", code: []uint32{abc(lua.OP_GETUPVAL, 0, 0, 0), use}, want: "upvalue 'u'"},
		{what: "a constant", code: []uint32{abx(lua.OP_LOADK, 0, 0), use}},
		{what: "a parameter without a name", code: []uint32{use}},
		{what: "a result", code: []uint32{getA, abc(lua.OP_CALL, 0, 1, 2), use}},
		{what: "what a call has left above it", code: []uint32{abx(lua.OP_GETGLOBAL, 1, 0), abc(lua.OP_CALL, 0, 1, 1), use}, register: 1},

		{what: "a local", code: []uint32{getA, use}, locals: locals(&lua.DbgLocalInfo{Name: "v", StartPc: 1, EndPc: 2}), want: "local 'v'"},
		{what: "a local that has ended", code: []uint32{getA, getB, use}, locals: locals(&lua.DbgLocalInfo{Name: "v", StartPc: 1, EndPc: 2}), want: "global 'b'"},
		{what: "the second local", code: []uint32{getA, getB, use}, register: 1,
			locals: locals(&lua.DbgLocalInfo{Name: "v", StartPc: 0, EndPc: 3}, &lua.DbgLocalInfo{Name: "w", StartPc: 1, EndPc: 3}), want: "local 'w'"},
		{what: "a local in the register of one that has ended", code: []uint32{getA, getB, use},
			locals: locals(&lua.DbgLocalInfo{Name: "v", StartPc: 0, EndPc: 1}, &lua.DbgLocalInfo{Name: "w", StartPc: 1, EndPc: 3}), want: "local 'w'"},
		{what: "a hidden local of a loop", code: []uint32{abx(lua.OP_LOADK, 0, 0), use}, locals: locals(&lua.DbgLocalInfo{Name: "(for limit)", StartPc: 0, EndPc: 3})},
		{what: "a copy of a local", code: []uint32{abc(lua.OP_MOVE, 1, 0, 0), use}, register: 1,
			locals: locals(&lua.DbgLocalInfo{Name: "v", StartPc: 0, EndPc: 3}), want: "local 'v'"},

		{what: "a or b", code: []uint32{getA, abc(lua.OP_TEST, 0, 0, 1), jump(1), getB, use}, value: lua.LNil},
		{what: "one of two", code: []uint32{abc(lua.OP_EQ, 1, 7, 8), jump(2), getA, jump(1), getB, use}},
		{what: "one of two of the same name", code: []uint32{abc(lua.OP_EQ, 1, 7, 8), jump(2), getA, jump(1), getA, use}},
		{what: "after a jump over another", code: []uint32{getA, jump(1), getB, use}, want: "global 'a'"},
		{what: "in a loop that sets it later", code: []uint32{getA, jump(1), getB, abc(lua.OP_LEN, 9, 0, 0), jump(-3)}, register: 0},
		{what: "behind a closure", code: []uint32{getA, abx(lua.OP_CLOSURE, 3, 0), abc(lua.OP_MOVE, 0, 0, 0), use}, want: "global 'a'"},
		{what: "behind many items", code: []uint32{getA, abc(lua.OP_SETLIST, 3, 1, 0), getB, use}, want: "global 'a'"},
	} {
		p := &lua.FunctionProto{
			Code: c.code, DbgLocals: c.locals, DbgUpvalues: []string{"u"}, Constants: []lua.LValue{lua.LString("a"), lua.LString("b")},
			FunctionPrototypes: []*lua.FunctionProto{{NumUpvalues: 1}},
		}
		want := c.want
		if want == "" {
			want = Name{}.String()
		}
		if got := NameOf(p, len(c.code)-1, c.register, c.value); got.String() != want {
			t.Errorf("%s: %s, want %s", c.what, got, want)
		}
	}
}

// TestWrites: a definition must not be missed, whatever instruction it is.
func TestWrites(t *testing.T) {
	writesNothing := map[int]bool{
		lua.OP_SETGLOBAL: true, lua.OP_SETUPVAL: true, lua.OP_SETTABLE: true, lua.OP_SETTABLEKS: true, lua.OP_JMP: true,
		lua.OP_EQ: true, lua.OP_LT: true, lua.OP_LE: true, lua.OP_TEST: true, lua.OP_RETURN: true, lua.OP_SETLIST: true,
		lua.OP_CLOSE: true, lua.OP_NOP: true,
	}
	for op := range lua.OP_NOP + 1 {
		first, last := instruction(abc(op, 2, 4, 0)).writes()
		if wrote := last >= first; wrote == writesNothing[op] {
			t.Errorf("opcode %d writes registers %d to %d", op, first, last)
		}
	}
}
