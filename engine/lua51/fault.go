package lua51

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// Fault is an error of the virtual machine, with the value that caused it. gopher-lua's own
// messages do not name the value (not reported upstream).
type Fault struct {
	Position string // "script.lua:12: "
	Message  string // as Lua 5.1 has it
	Verb     string // "call", "index" ...: the operation that failed; "" in an error of another kind
	Name     Name   // of the value that does not allow it
	Value    lua.LValue
	Reason   string // why it is nil
	frame    Frame
}

// explanations turn gopher-lua's messages into those of Lua 5.1. The first whose text begins the
// message counts.
var explanations = []struct {
	text    string
	explain func(f Frame, text string) Fault
}{
	{"attempt to call a non-function object", explainCall},
	{"attempt to index a non-table object(", explainIndex},
	{"cannot perform ", explainArithmetic},
	{"__unm undefined", explainUnary("perform arithmetic on")},
	{"__len undefined", explainUnary("get length of")},
	{"attempt to compare ", explainOrder},
	{"for statement init must be a number", says("'for' initial value must be a number")},
	{"for statement limit must be a number", says("'for' limit must be a number")},
	{"for statement step must be a number", says("'for' step must be a number")},
	{"too many recursions in gettable", says("loop in gettable")},
	{"too many recursions in settable", says("loop in settable")},
}

// explainFault explains an error that the virtual machine has raised in a Lua function of L. ok is
// false if the message is not one of its own.
func explainFault(L *lua.LState, message string) (fault Fault, ok bool) {
	f, ok := Innermost(L)
	if !ok || f.Function().IsG || f.PC() < 0 || f.PC() >= len(f.Function().Proto.Code) {
		return Fault{}, false
	}
	position := fmt.Sprintf("%s:%d: ", f.Function().Proto.SourceName, f.Line())
	text, ok := strings.CutPrefix(message, position)
	if !ok {
		return Fault{}, false
	}
	for _, e := range explanations {
		if strings.HasPrefix(text, e.text) {
			fault = e.explain(f, text)
			fault.Position = position
			return fault, true
		}
	}
	return Fault{}, false
}

// fault is the Fault of a value.
func (b blamed) fault(verb string) Fault {
	return Fault{Message: b.attempt(verb), Verb: verb, Name: b.name, Value: b.value, Reason: b.reason, frame: b.frame}
}

func says(message string) func(Frame, string) Fault {
	return func(Frame, string) Fault { return Fault{Message: message} }
}

// explainCall explains a failed call. The iterator of a for loop has no name, as in Lua.
func explainCall(f Frame, _ string) Fault {
	i := f.instruction()
	if i.op() == lua.OP_CALL || i.op() == lua.OP_TAILCALL {
		return f.blame(f.Register(i.a()), i.a()).fault("call")
	}
	if i.op() == lua.OP_TFORLOOP {
		return blamed{value: f.Register(i.a())}.fault("call")
	}
	return Fault{Message: "attempt to call a value that is not a function"}
}

// explainIndex explains a failed index. If the value was reached through a chain of __index, it has
// no name.
func explainIndex(f Frame, text string) Fault {
	_, text, _ = strings.Cut(text, "(")
	typ, _, _ := strings.Cut(text, ")")
	i, event := f.instruction(), "__index"
	operand := i.b()
	if i.op() == lua.OP_SETTABLE || i.op() == lua.OP_SETTABLEKS {
		operand, event = i.a(), "__newindex"
	}
	switch i.op() {
	case lua.OP_GETTABLE, lua.OP_GETTABLEKS, lua.OP_SELF, lua.OP_SETTABLE, lua.OP_SETTABLEKS:
		v := f.Register(operand)
		if v != nil && v.Type().String() == typ && handler(f.state, v, event) == nil {
			return f.blame(v, operand).fault("index")
		}
	}
	return Fault{Message: "attempt to index a " + typ + " value"}
}

// explainArithmetic names the first operand that is not a number.
func explainArithmetic(f Frame, text string) Fault {
	i := f.instruction()
	if i.op() == lua.OP_POW {
		return Fault{Message: f.boundMessage()}
	}
	a, b := f.rk(i.b()), f.rk(i.c())
	if a == nil || b == nil || arithmeticEvent(i) == "" {
		return Fault{Message: text}
	}
	if h := binaryHandler(f.state, a, b, arithmeticEvent(i)); h != nil { // gopher-lua calls nothing but functions
		if handler(f.state, h, "__call") != nil {
			return Fault{Message: "metamethod '" + arithmeticEvent(i) + "' must be a function"}
		}
		return blamed{value: h}.fault("call")
	}
	if _, ok := NumberOf(a); ok {
		return f.blame(b, i.c()).fault("perform arithmetic on")
	}
	return f.blame(a, i.b()).fault("perform arithmetic on")
}

func arithmeticEvent(i instruction) string {
	switch i.op() {
	case lua.OP_ADD:
		return events['+']
	case lua.OP_SUB:
		return events['-']
	case lua.OP_MUL:
		return events['*']
	case lua.OP_DIV:
		return events['/']
	case lua.OP_MOD:
		return events['%']
	}
	return ""
}

func explainUnary(verb string) func(Frame, string) Fault {
	return func(f Frame, _ string) Fault {
		operand := f.instruction().b()
		if h := handler(f.state, f.rk(operand), "__unm"); h != nil && f.instruction().op() == lua.OP_UNM {
			return blamed{value: h}.fault("call")
		}
		return f.blame(f.rk(operand), operand).fault(verb)
	}
}

// explainOrder explains a failed comparison. gopher-lua names both types even if they are the same.
func explainOrder(_ Frame, text string) Fault {
	types := strings.TrimPrefix(text, "attempt to compare ")
	if a, b, ok := strings.Cut(types, " with "); ok && a == b {
		return Fault{Message: "attempt to compare two " + a + " values"}
	}
	return Fault{Message: text}
}

// CallName is the name of the function of f in the instruction that called it; ok is false if it
// has none, as after a tail call.
func (f Frame) CallName() (name Name, ok bool) {
	caller, ok := f.Caller()
	if !ok || f.TailCalls() > 0 && !f.Function().IsG || caller.Function().IsG || caller.PC() < 0 {
		return Name{}, false
	}
	i := caller.instruction()
	if i.op() != lua.OP_CALL && i.op() != lua.OP_TAILCALL || caller.Register(i.a()) != f.Function() {
		return Name{}, false
	}
	name = NameOf(caller.Function().Proto, caller.PC(), i.a(), f.Function())
	return name, name != (Name{}) && name.Name != "?"
}

// argumentReason says why an argument of the running Go function is nil; "" if it is not nil or the
// reason is not known. Arguments count from 1, without the object of a method.
func argumentReason(L *lua.LState, argument int) string {
	callee, ok := Innermost(L)
	if !ok {
		return ""
	}
	f, ok := callee.Caller()
	r := runtimeOf(L)
	if !ok || r == nil || f.Function().IsG || f.PC() < 0 || f.Register(f.instruction().a()) != lua.LValue(callee.Function()) {
		return ""
	}
	if name, ok := callee.CallName(); ok && name.Kind == "method" {
		argument++
	}
	if register := f.instruction().a() + argument; f.Register(register) == lua.LNil {
		return r.host.Reason(f, register)
	}
	return ""
}

// Path lists the tables through which the value was looked up, from a global down: "dht", "rpc" for
// the function in dht.rpc.ping. It is empty for a global, and ok is false unless all of it is
// certain.
func (f Fault) Path() (path []string, ok bool) {
	switch f.Name.Kind {
	case "global":
		return nil, true
	case "field", "method":
		flow := newFlow(f.frame.Function().Proto)
		return flow.path(f.Name.PC, flow.code[f.Name.PC].b())
	}
	return nil, false
}

// Environment is the table of the globals that the function at fault sees.
func (f Fault) Environment() *lua.LTable { return f.frame.Function().Env }

// path lists the tables from a global to the value that a register holds before pc.
func (f *flow) path(pc, register int) ([]string, bool) {
	if LocalName(f.proto, pc, register) != "" {
		return nil, false
	}
	definitions := f.definitions(pc, register, unknown)
	if len(definitions) != 1 || definitions[0] == entry {
		return nil, false
	}
	name := f.nameAt(definitions[0], register, unknown)
	switch name.Kind {
	case "global":
		return []string{name.Name}, true
	case "field":
		if rest, ok := f.path(name.PC, f.code[name.PC].b()); ok && name.Name != "?" {
			return append(rest, name.Name), true
		}
	}
	return nil, false
}
