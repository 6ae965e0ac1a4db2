package engine

import (
	"regexp"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
)

// This file makes gopher-lua's own messages those of Lua 5.1, and adds what was probably meant.

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
	nilArgument = regexp.MustCompile(`bad argument #(\d+) to '[^']*' \(.*, got nil\)$`)
	indexError  = regexp.MustCompile(`(?s)attempt to index a non-table object\((\w+)\) with key '(.*)'$`)
)

// improve rewrites a message that is being raised in L. A message of the script's own passes through unchanged.
func (e *Engine) improve(L *lua.LState, message string) string {
	if len(message) > maxImproved {
		return message
	}
	if fault, ok := lua51.Explain(L, message); ok {
		return fault.Position + e.advise(fault)
	}
	switch {
	case strings.HasSuffix(message, "registry overflow"):
		return strings.TrimSuffix(message, "registry overflow") + "stack overflow"
	case message != goPanic(message): // of a coroutine
		return e.where(L) + goPanic(message)
	case message == e.where(L)+calledNothing: // by a library function
		return e.where(L) + "attempt to call a value that is not a function"
	case strings.HasPrefix(message, e.where(L)+indexedNothing):
		message = indexError.ReplaceAllString(message, "attempt to index a $1 value (field '$2')")
		return addresses.ReplaceAllString(message, "$1")
	case strings.HasPrefix(message, e.where(L)+"bad argument #"):
		return improveArgument(L, message)
	case strings.Contains(message, ": 0x"):
		return addresses.ReplaceAllString(message, "$1")
	}
	return message
}

// improveArgument says why an argument is nil, if that is known, and gives gopher-lua's own message the form of Lua's.
func improveArgument(L *lua.LState, message string) string {
	if at := nilArgument.FindStringSubmatch(message); at != nil {
		n, _ := strconv.Atoi(at[1])
		if why := lua51.ArgumentReason(L, n); why != "" {
			return strings.TrimSuffix(message, ")") + ": " + why + ")"
		}
	}
	message = badArgument.ReplaceAllString(message, "bad argument #$1 to '$2' (")
	return strings.Replace(message, "'(anonymous)'", "'"+nameOf(L)+"'", 1)
}

// advise is the message of a fault. Where a global or a field of a module is nil, it says why or what is near.
func (e *Engine) advise(f lua51.Fault) string {
	path, ok := f.Path()
	if !ok || f.Value != lua.LNil || f.Reason != "" || f.Verb != "call" && f.Verb != "index" {
		return f.Message
	}
	if why := e.absent[f.Name.Name]; why != "" && f.Name.Kind == "global" {
		return "there is no '" + f.Name.Name + "' here: " + why
	}
	t := f.Environment()
	for _, key := range path {
		if t, ok = t.RawGetString(key).(*lua.LTable); !ok || t.Metatable != lua.LNil {
			return f.Message
		}
	}
	near := Nearest(f.Name.Name, stringKeys(t))
	if near == "" || t.RawGetString(f.Name.Name) != lua.LNil {
		return f.Message
	}
	what := "name"
	if f.Name.Kind != "global" {
		what = "field"
	}
	return "unknown " + what + " '" + strings.Join(append(path, f.Name.Name), ".") + "' (did you mean '" + near + "'?)"
}

// nameOf is the name under which the Go function that runs in L can be found among the globals, or "?".
func nameOf(L *lua.LState) string {
	f, ok := lua51.Innermost(L)
	if !ok {
		return "?"
	}
	fn := lua.LValue(f.Function())
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
