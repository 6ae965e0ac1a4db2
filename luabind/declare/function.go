package declare

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// Function is one function that scripts can call.
type Function[C any] struct {
	Name    string // "get_peers"
	Args    []Arg  // as [Args] makes them; the name "..." takes the rest
	Returns []Arg  // nil if it returns nothing
	Fails   bool   // it may return nil and an error instead
	Kinds   string // if it fails, the kinds that the error can have: "timeout, cancelled"
	Waits   bool   // it may block; other tasks go on meanwhile
	Text    string // one or two sentences
	Do      func(c C) int
	Work    int // what a call costs besides the usual, in instructions, if nothing else counts it

	// For editors, where Args and Returns do not say all there is to know.
	Generic   string   // type parameters that Args and Returns use: "T, R"
	Overloads []string // signatures that say more: "fun(event: \"node\", handler: fun(entry: dht.Entry)): dht.Subscription"
}

// Field is a value, not a function, in a module or of an object.
type Field[C any] struct {
	Name, Type, Text string
	Get              func(c C) lua.LValue // of a module: called once, when it is opened; of a class: each time
}

// Module is a table of functions. The one without a name holds global functions, and
// one with a dot in its name is a field of another.
type Module[C any] struct {
	Name, Text string // "dht.rpc"
	Page       string // its page of the reference; "" for one of its own name
	Functions  []Function[C]
	Fields     []Field[C]
	Options    []*OptionTable // that its functions take
	Types      []*Class[C]    // of objects that its functions return
	Pure       bool           // its functions neither have effects nor depend on the run

	Open   func(c C, m *Module[C]) lua.LValue // makes its value, if that is more than a table of its functions; may return LNil
	Absent string                             // why it then does
}

// Class is a kind of object that scripts hold: a userdata with methods; or, if no
// field has a Get and there are no methods, a plain table of a certain shape.
type Class[C any] struct {
	Name, Text string // "dht.Subscription"
	Page       string // its page of the reference; "" for that of its module
	Called     string // what an object with methods is called in the reference: "subscription"
	Items      string // what it holds, if it is a dictionary with a length: "string: dht.Entry"
	Like       string // the module whose functions and fields it has too: "dht"
	Fields     []Field[C]
	Methods    []Function[C]
}

// prefix is what stands before the names in a module: "dht.".
func (m *Module[C]) prefix() string {
	if m.Name == "" {
		return ""
	}
	return m.Name + "."
}

// find returns a function of the module, or nil.
func (m *Module[C]) find(name string) *Function[C] {
	for i := range m.Functions {
		if m.Functions[i].Name == name {
			return &m.Functions[i]
		}
	}
	return nil
}

// Signature is what calls of the function share.
func (f *Function[C]) Signature() *Signature { return &Signature{f.Name, f.Args} }

// signature is how the function is called: dht.get_peers(infohash [, opts]).
func (f *Function[C]) signature(name string) string {
	var b strings.Builder
	b.WriteString(name + "(")
	open := 0
	for i, a := range f.Args {
		switch {
		case a.Optional && i > 0:
			b.WriteString(" [, ")
			open++
		case a.Optional:
			b.WriteString("[")
			open++
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(a.Name)
	}
	b.WriteString(strings.Repeat("]", open) + ")")
	return b.String()
}

// results is what the function returns, with types: "peers: address[], trace: dht.Trace".
func (f *Function[C]) results() string {
	var words []string
	for _, a := range f.Returns {
		words = append(words, a.String())
	}
	return strings.Join(words, ", ")
}

// options are the option tables that the function takes.
func (f *Function[C]) options() (tables []*OptionTable) {
	for _, a := range f.Args {
		if a.Options != nil {
			tables = append(tables, a.Options)
		}
	}
	return tables
}

// Unknown is the message about a name that a module or an object does not have. what
// is the kind of thing that the reader most likely looked for.
func Unknown[C any](prefix string, key lua.LValue, functions []Function[C], fields []Field[C], what string) string {
	word, ok := key.(lua.LString)
	if !ok {
		return fmt.Sprintf("unknown field %s[%s]", strings.TrimRight(prefix, ".:"), Show(key))
	}
	var names []string
	for _, f := range functions {
		names = append(names, f.Name)
	}
	for _, f := range fields {
		names = append(names, f.Name)
	}
	near := Nearest(string(word), names)
	for _, f := range fields {
		if f.Name == near {
			what, prefix = "field", strings.TrimRight(prefix, ".:")+"."
		}
	}
	return fmt.Sprintf("unknown %s '%s%s'%s", what, prefix, Clip(string(word)), Suggest(near))
}
