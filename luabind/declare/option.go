package declare

import (
	"fmt"
	"math"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// OptionTable is a table of named options, as a function takes it for its last
// argument.
type OptionTable struct {
	Name, Text string       // "dht.WalkOptions"
	Page       string       // its page of the reference; "" for that of its module
	Base       *OptionTable // whose options it has too; they are told there only
	Options    []Option     // all of them, those of Base included
}

// Option is one of them.
type Option struct {
	Name string
	// Type is integer, number, seconds, string, boolean, function, table, any, one of
	// the [Kinds] of the host, fun(...) without a | in it, a word in quotes that is
	// meant literally, or several of these with | between them.
	Type     string
	Table    string                  // what a table is in Type, if more is known: "Latency", the name of an option table
	Min, Max float64                 // bounds of a number, if Max is larger than Min
	Is       func(v lua.LValue) bool // accepts a value in place of Type, if not nil
	Hint     string                  // said besides, when a value is of another type
	Default  any                     // int, float64, string or bool; nil: not worth naming
	Text     string
}

// Kind is a type that a host adds to those of Lua.
type Kind struct {
	Want string // what a message asks for: "id (40 hex digits)"
	Is   func(v lua.LValue) bool
}

// Kinds are those of a host, by name.
type Kinds map[string]Kind

// Find returns the option of a name, or nil.
func (t *OptionTable) Find(name string) *Option {
	for i := range t.Options {
		if t.Options[i].Name == name {
			return &t.Options[i]
		}
	}
	return nil
}

// Check says what is wrong with one entry of a table of options, or returns nil.
// where names the table in the message.
func (t *OptionTable) Check(kinds Kinds, key, v lua.LValue, where string) error {
	name, _ := key.(lua.LString)
	o := t.Find(string(name))
	if o == nil {
		return fmt.Errorf("unknown option %s in %s%s", QuoteName(key), where, Suggest(t.nearest(string(name))))
	}
	if !o.accepts(kinds, v) {
		return fmt.Errorf("option '%s' of %s: %s expected, got %s%s", o.Name, where, o.wanted(kinds), Show(v), o.hint())
	}
	return nil
}

func (t *OptionTable) nearest(word string) string {
	names := make([]string, len(t.Options))
	for i := range t.Options {
		names[i] = t.Options[i].Name
	}
	return Nearest(word, names)
}

// inherits reports whether an option is one of the table that this one is based on.
func (t *OptionTable) inherits(o *Option) bool {
	return t.Base != nil && slices.ContainsFunc(t.Base.Options, func(b Option) bool { return b.Name == o.Name && b.Text == o.Text })
}

// accepts reports whether v is of the option's type and within its bounds.
func (o *Option) accepts(kinds Kinds, v lua.LValue) bool {
	if o.Is != nil {
		return o.Is(v)
	}
	for typ := range strings.SplitSeq(o.Type, "|") {
		if o.is(kinds, typ, v) {
			return true
		}
	}
	return false
}

func (o *Option) is(kinds Kinds, typ string, v lua.LValue) bool {
	switch typ {
	case "integer":
		f, ok := ToNumber(v)
		return ok && f == math.Trunc(f) && math.Abs(f) <= MaxExact && o.within(f)
	case "number":
		f, ok := ToNumber(v)
		return ok && o.within(f)
	case "seconds":
		d, ok := ToSeconds(v)
		return ok && o.within(d.Seconds())
	case "string", "boolean", "function", "table":
		return v.Type().String() == typ
	case "any":
		return true
	}
	if kind, ok := kinds[typ]; ok {
		return kind.Is(v)
	}
	if strings.HasPrefix(typ, "fun(") {
		return v.Type() == lua.LTFunction
	}
	s, isString := v.(lua.LString) // a word in quotes
	return isString && typ == `"`+string(s)+`"`
}

func (o *Option) within(f float64) bool {
	return o.Max <= o.Min || f >= o.Min && f <= o.Max
}

// hint says what may have been meant.
func (o *Option) hint() string {
	if o.Hint == "" {
		return ""
	}
	return "; " + o.Hint
}

// wanted says in words what the option takes.
func (o *Option) wanted(kinds Kinds) string {
	var words []string
	for typ := range strings.SplitSeq(o.Type, "|") {
		kind, known := kinds[typ]
		switch {
		case strings.HasPrefix(typ, "fun("):
			typ = "function"
		case typ == "integer" || typ == "number" || typ == "seconds":
			typ = RangeText(typ, o.Min, o.Max)
		case known:
			typ = kind.Want
		}
		words = append(words, typ)
	}
	return strings.Join(words, " or ")
}

// limits are the bounds and the default of the option: "1 to 100, default 3".
func (o *Option) limits() string {
	def := ""
	switch v := o.Default.(type) {
	case nil:
	case string:
		def = fmt.Sprintf("%q", v)
	case float64:
		def = NumberText(v)
	default:
		def = fmt.Sprint(v)
	}
	return limits(o.Min, o.Max, def)
}

// declared is the type of an option, with the type of its table.
func (o *Option) declared() string {
	if o.Table == "" {
		return o.Type
	}
	words := strings.Split(o.Type, "|")
	for i, word := range words {
		if word == "table" {
			words[i] = o.Table
		}
	}
	return strings.Join(words, "|")
}
