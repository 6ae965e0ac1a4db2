package lua51

import (
	"fmt"
	"reflect"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// gopher-lua has no exported way to the current instruction of a function, its registers and the
// open upvalues. This file reads the unexported fields. It looks up their offsets by name and type,
// so that another version of gopher-lua is an error and not misread.

// places are the offsets of unexported fields.
type places struct {
	frame, registers, openUpvalues uintptr // of lua.LState
	values                         uintptr // of its registers
	fn, parent, pc, base, depth    uintptr // of a call frame
	tails                          uintptr
	index, closed, home            uintptr // of lua.Upvalue
	stringConstants                uintptr // of lua.FunctionProto
}

var inside, unknownInside = lookInside(
	reflect.TypeFor[lua.LState](), reflect.TypeFor[lua.Upvalue](), reflect.TypeFor[lua.FunctionProto]())

// Check returns an error if this package does not know the fields of the gopher-lua that it is
// built with. Nothing else here may be used then.
func Check() error { return unknownInside }

// lookInside finds the places.
func lookInside(state, upvalue, proto reflect.Type) (p places, err error) {
	find := func(in reflect.Type, name string, fits func(reflect.Type) bool) (uintptr, reflect.Type) {
		if in.Kind() == reflect.Pointer {
			in = in.Elem()
		}
		if in.Kind() == reflect.Struct {
			if field, ok := in.FieldByName(name); ok && fits(field.Type) {
				return field.Offset, field.Type
			}
		}
		if err == nil {
			err = fmt.Errorf("lua51: this gopher-lua has no %s.%s as version 1.1.2 has", in, name)
		}
		return 0, reflect.TypeFor[struct{}]()
	}
	is := func(t reflect.Type) func(reflect.Type) bool { return func(u reflect.Type) bool { return t == u } }
	isPointer := func(t reflect.Type) bool { return t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct }
	number := is(reflect.TypeFor[int]())
	var frame, registers reflect.Type
	p.frame, frame = find(state, "currentFrame", isPointer)
	p.registers, registers = find(state, "reg", isPointer)
	p.openUpvalues, _ = find(state, "uvcache", is(reflect.TypeFor[*lua.Upvalue]()))
	p.values, _ = find(registers, "array", is(reflect.TypeFor[[]lua.LValue]()))
	p.fn, _ = find(frame, "Fn", is(reflect.TypeFor[*lua.LFunction]()))
	p.parent, _ = find(frame, "Parent", is(frame))
	p.pc, _ = find(frame, "Pc", number)
	p.base, _ = find(frame, "LocalBase", number)
	p.depth, _ = find(frame, "Idx", number)
	p.tails, _ = find(frame, "TailCall", number)
	p.index, _ = find(upvalue, "index", number)
	p.closed, _ = find(upvalue, "closed", is(reflect.TypeFor[bool]()))
	p.stringConstants, _ = find(proto, "stringConstants", is(reflect.TypeFor[[]string]()))
	p.home, _ = find(upvalue, "reg", isPointer)
	return p, err
}

// at is a pointer to the field at an offset of the struct that p points to.
func at[T any](p unsafe.Pointer, offset uintptr) *T { return (*T)(unsafe.Add(p, offset)) }

// Frame is the call frame of a function that runs or has called another. It is valid until that
// function goes on.
type Frame struct {
	state *lua.LState
	frame unsafe.Pointer
}

// Innermost is the frame of the function that runs in L; ok is false if none runs.
func Innermost(L *lua.LState) (f Frame, ok bool) {
	f = Frame{L, *at[unsafe.Pointer](unsafe.Pointer(L), inside.frame)}
	return f, f.frame != nil
}

// Caller is the frame of the function that called f, in the same Lua state. A function that ended
// with a tail call has no frame.
func (f Frame) Caller() (Frame, bool) {
	f.frame = *at[unsafe.Pointer](f.frame, inside.parent)
	return f, f.frame != nil
}

// Function is the function of f.
func (f Frame) Function() *lua.LFunction { return *at[*lua.LFunction](f.frame, inside.fn) }

// PC is the index of the current instruction: that of the call, in a function that has called
// another. It is -1 before the first.
func (f Frame) PC() int { return *at[int](f.frame, inside.pc) - 1 }

// Line is the line of the current instruction, and 0 in a Go function.
func (f Frame) Line() int {
	fn, pc := f.Function(), max(f.PC(), 0)
	if fn.IsG || pc >= len(fn.Proto.DbgSourcePositions) {
		return 0
	}
	return fn.Proto.DbgSourcePositions[pc]
}

// Depth counts the functions below f in its Lua state.
func (f Frame) Depth() int { return *at[int](f.frame, inside.depth) }

// TailCalls is the number of functions that f has replaced by tail calls.
func (f Frame) TailCalls() int { return *at[int](f.frame, inside.tails) }

// State is the Lua state in which f runs.
func (f Frame) State() *lua.LState { return f.state }

// Register is the value of a register of f; nil, not LNil, if there is no such register.
func (f Frame) Register(i int) lua.LValue {
	values := *at[[]lua.LValue](f.registers(), inside.values)
	if i += *at[int](f.frame, inside.base); i < 0 || i >= len(values) {
		return nil
	}
	return values[i]
}

func (f Frame) registers() unsafe.Pointer {
	return *at[unsafe.Pointer](unsafe.Pointer(f.state), inside.registers)
}

// Calls reports whether f is a Lua function that has called another and goes on when that returns.
func (f Frame) Calls(callee *lua.LFunction) bool {
	if f.Function().IsG || f.PC() < 0 {
		return false
	}
	i := f.instruction()
	return i.op() == lua.OP_CALL && f.Register(i.a()) == callee
}

// Shares reports whether an upvalue is open and captures a register of f.
func (f Frame) Shares(uv *lua.Upvalue, register int) bool {
	return f.Shared(uv, register) && !*at[bool](unsafe.Pointer(uv), inside.closed)
}

// Shared reports whether an upvalue captures a register of f, or did so before it was closed.
func (f Frame) Shared(uv *lua.Upvalue, register int) bool {
	p := unsafe.Pointer(uv)
	return *at[unsafe.Pointer](p, inside.home) == f.registers() &&
		*at[int](p, inside.index) == *at[int](f.frame, inside.base)+register
}

// OpenUpvalues is the place of the list of open upvalues of L.
func OpenUpvalues(L *lua.LState) **lua.Upvalue {
	return at[*lua.Upvalue](unsafe.Pointer(L), inside.openUpvalues)
}
