package lua51

import (
	"regexp"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/spell"
)

// This file turns gopher-lua's own messages into those of Lua 5.1 (none reported upstream), and
// adds the name that was probably meant.

const (
	calledNothing  = "attempt to call a non-function object"
	indexedNothing = "attempt to index a non-table object("
)

const (
	// maxImproved is the longest message that is rewritten, in bytes: gopher-lua's own are short.
	maxImproved = 4 << 10
)

var (
	addresses   = regexp.MustCompile(`\b(table|function|userdata|thread|channel): 0x[0-9a-f]+`)
	badArgument = regexp.MustCompile(`bad argument #(\d+) to ([^' ]+) \(`)
	nilArgument = regexp.MustCompile(`bad argument #(\d+) to '[^']*' \(.*, got nil\)$`)
	indexError  = regexp.MustCompile(`(?s)attempt to index a non-table object\((\w+)\) with key '(.*)'$`)
)

// improve rewrites a message that is being raised in L. A message of the script's own passes
// through unchanged.
func (r *Runtime) improve(L *lua.LState, message string) string {
	if len(message) > maxImproved {
		return message
	}
	if fault, ok := explainFault(L, message); ok {
		return fault.Position + r.explain(fault)
	}
	switch {
	case strings.HasSuffix(message, "registry overflow"):
		return strings.TrimSuffix(message, "registry overflow") + "stack overflow"
	case message != PanicText(message): // of a coroutine
		return where(L) + PanicText(message)
	case message == where(L)+calledNothing: // by a library function
		return where(L) + "attempt to call a value that is not a function"
	case strings.HasPrefix(message, where(L)+indexedNothing):
		message = indexError.ReplaceAllString(message, "attempt to index a $1 value (field '$2')")
		return addresses.ReplaceAllString(message, "$1")
	case strings.HasPrefix(message, where(L)+"bad argument #"):
		return improveArgument(L, message)
	case strings.Contains(message, ": 0x"):
		return addresses.ReplaceAllString(message, "$1")
	}
	return message
}

// improveArgument adds why an argument is nil, if that is known, and gives gopher-lua's own message
// the form of Lua's.
func improveArgument(L *lua.LState, message string) string {
	if at := nilArgument.FindStringSubmatch(message); at != nil {
		n, _ := strconv.Atoi(at[1])
		if why := argumentReason(L, n); why != "" {
			return strings.TrimSuffix(message, ")") + ": " + why + ")"
		}
	}
	message = badArgument.ReplaceAllString(message, "bad argument #$1 to '$2' (")
	return strings.Replace(message, "'(anonymous)'", "'"+globalName(L)+"'", 1)
}

// explain is the message of a fault. Where a global or a field of a module is nil, it says why, or
// which name is similar.
func (r *Runtime) explain(f Fault) string {
	path, ok := f.Path()
	if !ok || f.Value != lua.LNil || f.Reason != "" || f.Verb != "call" && f.Verb != "index" {
		return f.Message
	}
	if why := r.host.Absent(f.Name.Name); why != "" && f.Name.Kind == "global" {
		return "there is no '" + f.Name.Name + "' here: " + why
	}
	t := f.Environment()
	for _, key := range path {
		if t, ok = t.RawGetString(key).(*lua.LTable); !ok || t.Metatable != lua.LNil {
			return f.Message
		}
	}
	near := spell.Nearest(f.Name.Name, FieldNames(t))
	if near == "" || t.RawGetString(f.Name.Name) != lua.LNil {
		return f.Message
	}
	what := "name"
	if f.Name.Kind != "global" {
		what = "field"
	}
	return "unknown " + what + " '" + strings.Join(append(path, f.Name.Name), ".") + "' (did you mean '" + near + "'?)"
}
