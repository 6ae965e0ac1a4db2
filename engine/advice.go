package engine

import (
	"regexp"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// This file makes gopher-lua's own messages name what was called or indexed, and what was probably meant. The name is
// read off the instructions of the failing line: the one that called, and before it the one that loaded its register.

const (
	calledNothing  = "attempt to call a non-function object"
	indexedNothing = "attempt to index a non-table object("
)

const (
	// maxImproved is the longest message that is looked at, in bytes: gopher-lua's own are short.
	maxImproved = 4 << 10
	// maxNames bounds how many entries of tables are searched for a name. A script's own can hold millions.
	maxNames = 10_000
)

var (
	addresses   = regexp.MustCompile(`\b(table|function|userdata|thread|channel): 0x[0-9a-f]+`)
	badArgument = regexp.MustCompile(`bad argument #(\d+) to ([^' ]+) \(`)
	indexError  = regexp.MustCompile(`(?s)^attempt to index a non-table object\((\w+)\) with key '(.*)'$`)
)

// improve rewrites a message that is being raised in L. A message of the script's own passes through unchanged.
func (e *Engine) improve(L *lua.LState, message string) string {
	switch {
	case len(message) > maxImproved:
	case strings.HasSuffix(message, "registry overflow"):
		return strings.TrimSuffix(message, "registry overflow") + "stack overflow"
	case message != goPanic(message): // of a coroutine
		return e.where(L) + goPanic(message)
	case strings.HasSuffix(message, calledNothing):
		return e.improveAt(L, message, calledNothing)
	case strings.Contains(message, indexedNothing):
		return e.improveAt(L, message, message[strings.Index(message, indexedNothing):])
	case strings.Contains(message, "bad argument #"):
		message = badArgument.ReplaceAllString(message, "bad argument #$1 to '$2' (")
		return strings.Replace(message, "'(anonymous)'", "'"+nameOf(L)+"'", 1)
	case strings.Contains(message, ": 0x"):
		return addresses.ReplaceAllString(message, "$1")
	}
	return message
}

// improveAt rewrites the end of a message, if the rest of it is the position that gopher-lua put there.
func (e *Engine) improveAt(L *lua.LState, message, end string) string {
	s, ok := scene(L)
	if !ok || message != s.position+" "+end {
		return addresses.ReplaceAllString(message, "$1")
	}
	s.absent = e.absent
	better := s.calling()
	if end != calledNothing {
		parts := indexError.FindStringSubmatch(end)
		if parts == nil {
			return message
		}
		better = s.indexing(parts[1], parts[2])
	}
	return s.position + " " + better
}

// code is the line of a Lua function on which something failed.
type code struct {
	fn       *lua.LFunction
	line     int
	position string // "script.lua:12:"
	absent   map[string]string
}

// scene finds the innermost Lua function of L.
func scene(L *lua.LState) (code, bool) {
	for level := range maxFrames {
		dbg, ok := L.GetStack(level)
		if !ok {
			break
		}
		v, err := L.GetInfo("fSl", dbg, nil)
		if fn, ok := v.(*lua.LFunction); err == nil && ok && !fn.IsG {
			return code{fn: fn, line: dbg.CurrentLine, position: dbg.Source + ":" + itoa(dbg.CurrentLine) + ":"}, true
		}
	}
	return code{}, false
}

// operand is where a register got its value from.
type operand struct {
	kind  string // "global", "field", "method", "local", "upvalue"; empty if it is none of these
	name  string
	path  string // "dht." before a field of a global
	value lua.LValue
	known bool // value is its value
	among []string
	why   string // it has no value
}

// calling describes the call on this line that cannot have worked.
func (c code) calling() string {
	var guess operand
	for pc, inst := range c.fn.Proto.Code {
		op := int(inst >> 26)
		if c.fn.Proto.DbgSourcePositions[pc] != c.line || op != lua.OP_CALL && op != lua.OP_TAILCALL {
			continue
		}
		o := c.loaded(pc, argA(inst))
		if o.known && o.value.Type() != lua.LTFunction {
			return o.explain("call")
		}
		if !o.known && guess.kind == "" {
			guess = o
		}
	}
	if guess.kind == "" {
		return "attempt to call a value that is not a function"
	}
	return "attempt to call " + guess.kind + " '" + guess.name + "' (not a function)"
}

// indexing describes the indexing on this line, with this key, of a value of this type.
func (c code) indexing(typ, key string) string {
	plain := "attempt to index a " + typ + " value (field '" + addresses.ReplaceAllString(key, "$1") + "')"
	for pc, inst := range c.fn.Proto.Code {
		if c.fn.Proto.DbgSourcePositions[pc] != c.line {
			continue
		}
		var object, rk int
		switch int(inst >> 26) {
		case lua.OP_GETTABLE, lua.OP_GETTABLEKS, lua.OP_SELF:
			object, rk = argB(inst), argC(inst)
		case lua.OP_SETTABLE, lua.OP_SETTABLEKS:
			object, rk = argA(inst), argB(inst)
		default:
			continue
		}
		if k, ok := c.key(pc, rk); !ok || k != key {
			continue
		}
		o := c.loaded(pc, object)
		switch {
		case o.known && o.value.Type().String() == typ:
			return o.explain("index")
		case !o.known && o.kind != "":
			return "attempt to index " + o.kind + " '" + o.name + "' (a " + typ + " value)"
		}
	}
	return plain
}

// explain says what is wrong with a value that is known.
func (o operand) explain(verb string) string {
	if o.why != "" && o.value == lua.LNil {
		return "there is no '" + o.name + "' here: " + o.why
	}
	if near := Nearest(o.name, o.among); near != "" && o.value == lua.LNil {
		what := "name"
		if o.kind != "global" {
			what = "field"
		}
		return "unknown " + what + " '" + o.path + o.name + "' (did you mean '" + near + "'?)"
	}
	return "attempt to " + verb + " " + o.kind + " '" + o.path + o.name + "' (a " + o.value.Type().String() + " value)"
}

// loaded finds the instruction before pc that put a value into the register.
func (c code) loaded(pc, register int) operand {
	if name := c.local(register, pc); name != "" {
		return operand{kind: "local", name: name}
	}
	for pc--; pc >= 0; pc-- {
		inst := c.fn.Proto.Code[pc]
		if argA(inst) != register {
			continue
		}
		switch int(inst >> 26) {
		case lua.OP_GETGLOBAL:
			return c.global(c.fn.Proto.Constants[inst&0x3ffff].String())
		case lua.OP_GETTABLEKS, lua.OP_GETTABLE:
			return c.field(pc, inst, "field")
		case lua.OP_SELF:
			return c.field(pc, inst, "method")
		case lua.OP_GETUPVAL:
			if b := argB(inst); b < len(c.fn.Proto.DbgUpvalues) {
				return operand{kind: "upvalue", name: c.fn.Proto.DbgUpvalues[b]}
			}
		case lua.OP_MOVE, lua.OP_MOVEN:
			return c.loaded(pc, argB(inst))
		case lua.OP_SETGLOBAL, lua.OP_SETUPVAL, lua.OP_SETTABLE, lua.OP_SETTABLEKS, lua.OP_TEST, lua.OP_RETURN:
			continue // these read A
		}
		break
	}
	return operand{}
}

// local is the name of the local variable that lives in a register at pc.
func (c code) local(register, pc int) string {
	for _, v := range c.fn.Proto.DbgLocals {
		if v.StartPc > pc {
			break
		}
		if pc < v.EndPc {
			if register == 0 {
				if strings.HasPrefix(v.Name, "(") { // the hidden ones of a for loop
					return ""
				}
				return v.Name
			}
			register--
		}
	}
	return ""
}

func (c code) global(name string) operand {
	return operand{kind: "global", name: name, value: c.fn.Env.RawGetString(name), known: true, among: stringKeys(c.fn.Env), why: c.absent[name]}
}

func (c code) field(pc int, inst uint32, kind string) operand {
	name, ok := c.key(pc, argC(inst))
	if !ok {
		return operand{}
	}
	o := operand{kind: kind, name: name}
	object := c.loaded(pc, argB(inst))
	if t, ok := object.value.(*lua.LTable); ok && object.known && t.Metatable == lua.LNil {
		o.path = object.path + object.name + "."
		o.value, o.known, o.among = t.RawGetString(name), true, stringKeys(t)
	}
	return o
}

// key is the string that an RK operand names: a constant, as it stands or from a register that was just loaded with it.
func (c code) key(pc, rk int) (string, bool) {
	const isConstant = 1 << 8
	constant := rk &^ isConstant
	if rk&isConstant == 0 {
		for pc--; pc >= 0 && argA(c.fn.Proto.Code[pc]) != rk; pc-- {
		}
		if pc < 0 || int(c.fn.Proto.Code[pc]>>26) != lua.OP_LOADK {
			return "", false
		}
		constant = int(c.fn.Proto.Code[pc] & 0x3ffff)
	}
	if constant >= len(c.fn.Proto.Constants) {
		return "", false
	}
	s, ok := c.fn.Proto.Constants[constant].(lua.LString)
	return string(s), ok
}

// nameOf is the name under which the Go function that runs in L can be found among the globals, or "?".
func nameOf(L *lua.LState) string {
	dbg, ok := L.GetStack(0)
	if !ok {
		return "?"
	}
	fn, err := L.GetInfo("f", dbg, nil)
	if err != nil {
		return "?"
	}
	name, left := "?", maxNames
	search := func(t *lua.LTable) {
		for k, v := t.Next(lua.LNil); k != lua.LNil && name == "?" && left > 0; k, v = t.Next(k) {
			left--
			if s, ok := k.(lua.LString); ok && v == fn {
				name = string(s)
			}
		}
	}
	global := L.G.Global
	search(global)
	for k, v := global.Next(lua.LNil); k != lua.LNil && name == "?" && left > 0; k, v = global.Next(k) {
		left--
		if t, ok := v.(*lua.LTable); ok && t != global {
			search(t)
		}
	}
	return name
}

// stringKeys lists the keys of a table that are names, of a large one the first.
func stringKeys(t *lua.LTable) []string {
	var names []string
	for k, _ := t.Next(lua.LNil); k != lua.LNil && len(names) < maxNames; k, _ = t.Next(k) {
		if s, ok := k.(lua.LString); ok {
			names = append(names, string(s))
		}
	}
	return names
}

// The operands of an instruction, as gopher-lua lays them out.
func argA(inst uint32) int { return int(inst>>18) & 0xff }
func argB(inst uint32) int { return int(inst & 0x1ff) }
func argC(inst uint32) int { return int(inst>>9) & 0x1ff }
