package engine

import (
	"errors"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
	"github.com/lightdht/lightdht/engine/spell"
)

// ErrorValue is a failure as scripts see it: err.kind, err.message and further fields.
// tostring(err) is the message, and so is err in a concatenation.
type ErrorValue struct {
	Kind    string                // for scripts to compare: "timeout", "cancelled"
	Message string                // a sentence
	Fields  map[string]lua.LValue // err.code, err.addr ...; a "message" here is err.message in place of the sentence
	Cause   error                 // the Go error behind it, or nil; scripts do not see it
	Reason  func() string         // the words for messages about the nil beside it; nil: Message
}

// errorType names the metatable of error values in the registry.
const errorType = "engine.error"

// NewErrorValue makes an error value. A function whose failure is no mistake of the script, such as
// a lost packet, returns it after nil.
func NewErrorValue(L *lua.LState, kind, message string, fields map[string]lua.LValue) lua.LValue {
	return (&ErrorValue{Kind: kind, Message: message, Fields: fields}).lua(L)
}

// AsErrorValue returns the ErrorValue in v; nil if v is something else.
func AsErrorValue(v lua.LValue) *ErrorValue {
	if ud, ok := v.(*lua.LUserData); ok {
		ev, _ := ud.Value.(*ErrorValue)
		return ev
	}
	return nil
}

// reason says why the result is nil.
func (v *ErrorValue) reason() string {
	if v.Reason != nil {
		return v.Reason()
	}
	return v.Message
}

func (v *ErrorValue) lua(L *lua.LState) *lua.LUserData {
	ud := L.NewUserData()
	ud.Value = v
	ud.Metatable = L.GetTypeMetatable(errorType)
	return ud
}

// raise raises err as a Lua error, with an error value of kind "cancelled", "deadlock" or "failed".
func raise(L *lua.LState, err error) {
	kind := "failed"
	if errors.Is(err, ErrCancelled) {
		kind = "cancelled"
	} else if _, ok := errors.AsType[*Deadlock](err); ok {
		kind = "deadlock"
	}
	L.Error((&ErrorValue{Kind: kind, Message: err.Error(), Cause: err}).lua(L), 1)
}

// openErrors installs the metatable of error values.
func openErrors(L *lua.LState) {
	mt := L.NewTypeMetatable(errorType)
	set := func(name string, f lua.LGFunction) { mt.RawSetString(name, L.NewFunction(f)) }
	set("__index", errorIndex)
	set("__tostring", func(L *lua.LState) int {
		L.Push(lua.LString(errorText(L, L.Get(1))))
		return 1
	})
	set("__concat", func(L *lua.LState) int {
		L.Push(lua.LString(errorText(L, L.Get(1)) + errorText(L, L.Get(2))))
		return 1
	})
	mt.RawSetString("__metatable", lua.LFalse)
}

func errorIndex(L *lua.LState) int {
	v := AsErrorValue(L.Get(1))
	if v == nil {
		lua51.ArgError(L, 1, "error value expected")
	}
	field := L.Get(2).String()
	value, ok := v.Fields[field]
	_, isName := L.Get(2).(lua.LString)
	switch {
	case ok:
	case field == "kind":
		value = lua.LString(v.Kind)
	case field == "message":
		value = lua.LString(v.Message)
	case !isName || slices.Contains(errorFields, field) || strings.HasPrefix(field, "__"):
		value = lua.LNil
	default:
		v.lacks(L, field)
	}
	L.Push(value)
	return 1
}

// lacks raises that no error has such a field. If it is not a misspelt one, the script takes the
// error for another kind of result, such as the trace of a walk that failed; so the message
// includes the error.
func (v *ErrorValue) lacks(L *lua.LState, field string) {
	if near := spell.Nearest(field, errorFields); near != "" {
		L.RaiseError("an error has no field '%s' (did you mean '%s'?)", field, near)
	}
	L.RaiseError("an error has no field '%s'; this one says: %s", field, v.Message)
}

// errorFields are the fields that an error value can have. Reading another one raises an error.
var errorFields = []string{"kind", "message", "code", "addr"}

// errorText is one operand of a concatenation with an error value.
func errorText(L *lua.LState, v lua.LValue) string {
	if ev := AsErrorValue(v); ev != nil {
		return ev.Message
	}
	if s, ok := lua51.TextOf(v); ok {
		return s
	}
	lua51.Raise(L, "attempt to concatenate a %s value", v.Type().String())
	return ""
}

// errorValueOf is a raised value as t:wait() returns it. Strings and numbers become error values,
// so that err.kind always works.
func errorValueOf(L *lua.LState, v lua.LValue) lua.LValue {
	switch v := v.(type) {
	case lua.LString:
		return NewErrorValue(L, "failed", string(v), nil)
	case lua.LNumber:
		return NewErrorValue(L, "failed", lua51.FormatNumber(float64(v)), nil)
	case *lua.LNilType:
		return NewErrorValue(L, "failed", "nil", nil)
	}
	return v
}
