package luabind

import (
	"fmt"
	"math"
	"net/netip"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/engine"
)

// optionTable is a table of named options, as a function takes it for its last
// argument.
type optionTable struct {
	Name, Text string // "dht.WalkOptions"
	Options    []option
}

// option is one of them.
type option struct {
	Name string
	// Type is integer, number, seconds, string, boolean, function, table, any,
	// id, address or address[], fun(...) without a | in it, a word in quotes that is
	// meant literally, or several of these with | between them.
	Type     string
	Table    string  // what a table is in Type, if more is known: "Latency", the name of an option table
	Min, Max float64 // bounds of a number, if Max is larger than Min
	AnyPort  bool    // an address may have port 0
	Hint     string  // said besides, when a value is of another type
	Default  any     // int, float64, string or bool; nil if there is none to name
	Text     string
}

// options are the options of one call, checked against their declarations.
type options struct {
	spec   *optionTable
	values map[string]lua.LValue
}

// options takes argument i, which may be missing, as a table of options. An
// unknown name and a value of the wrong type are errors.
func (c *call) options(i int, spec *optionTable) options {
	if !c.has(i) {
		return options{spec: spec}
	}
	t, ok := c.arg(i).(*lua.LTable)
	if !ok {
		c.expected(i, "table of options expected")
	}
	return c.optionsIn(t, spec, c.def.Name)
}

// optionsIn takes the options in t; where names the table in errors.
func (c *call) optionsIn(t *lua.LTable, spec *optionTable, where string) options {
	o := options{spec: spec, values: make(map[string]lua.LValue, len(spec.Options))}
	for k, v := t.Next(lua.LNil); k != lua.LNil; k, v = t.Next(k) {
		name, _ := k.(lua.LString)
		def := spec.find(string(name))
		if def == nil {
			c.misuse("unknown option %s in %s%s", quoteName(k), where, suggest(spec.nearest(k)))
		}
		if !def.accepts(v) {
			c.misuse("option '%s' of %s: %s expected, got %s%s", def.Name, where, def.wanted(), show(v), def.hint())
		}
		o.values[string(name)] = v
	}
	return o
}

func (t *optionTable) find(name string) *option {
	for i := range t.Options {
		if t.Options[i].Name == name {
			return &t.Options[i]
		}
	}
	return nil
}

func (t *optionTable) nearest(key lua.LValue) string {
	word, ok := key.(lua.LString)
	if !ok {
		return ""
	}
	names := make([]string, len(t.Options))
	for i := range t.Options {
		names[i] = t.Options[i].Name
	}
	return nearest(string(word), names)
}

// accepts says whether v is of the option's type and within its bounds.
func (o *option) accepts(v lua.LValue) bool {
	for typ := range strings.SplitSeq(o.Type, "|") {
		if o.is(typ, v) {
			return true
		}
	}
	return false
}

func (o *option) is(typ string, v lua.LValue) (ok bool) {
	switch typ {
	case "integer":
		f, ok := toNumber(v)
		return ok && f == math.Trunc(f) && math.Abs(f) <= maxExact && o.within(f)
	case "number":
		f, ok := toNumber(v)
		return ok && o.within(f)
	case "seconds":
		d, ok := toSeconds(v)
		return ok && o.within(d.Seconds())
	case "id":
		_, ok = toID(v)
	case "address":
		_, ok = parseAddr(v, o.AnyPort)
	case "address[]":
		_, ok = toAddrs(v)
	case "string", "boolean", "function", "table":
		return v.Type().String() == typ
	case "any":
		return true
	default: // a word in quotes, or what a function takes
		if strings.HasPrefix(typ, "fun(") {
			return v.Type() == lua.LTFunction
		}
		s, isString := v.(lua.LString)
		return isString && typ == `"`+string(s)+`"`
	}
	return ok
}

func (o *option) within(f float64) bool {
	return o.Max <= o.Min || f >= o.Min && f <= o.Max
}

// hint is what may have been meant instead.
func (o *option) hint() string {
	if o.Hint == "" {
		return ""
	}
	return "; " + o.Hint
}

// wanted says in words what the option takes.
func (o *option) wanted() string {
	var words []string
	for typ := range strings.SplitSeq(o.Type, "|") {
		if strings.HasPrefix(typ, "fun(") {
			typ = "function"
		}
		switch typ {
		case "integer", "number", "seconds":
			typ = rangeText(typ, o.Min, o.Max)
		case "id":
			typ = "id (40 hex digits)"
		case "address":
			typ = `address ("192.0.2.1:6881")`
		case "address[]":
			typ = `list of addresses ({"192.0.2.1:6881", ...})`
		}
		words = append(words, typ)
	}
	return strings.Join(words, " or ")
}

// rangeText is "integer 1 to 100", or only the kind if there are no bounds.
func rangeText(kind string, least, most float64) string {
	if most <= least {
		return kind
	}
	return fmt.Sprintf("%s %s to %s", kind, numberText(least), numberText(most))
}

// numberText is a number as print shows it, but whole ones with all their digits.
func numberText(f float64) string {
	return engine.ExactNumber(f)
}

// has says whether the option was given.
func (o options) has(name string) bool { return o.values[name] != nil }

// value is what was given for the option, or nil, not LNil.
func (o options) value(name string) lua.LValue { return o.values[name] }

// set puts in a value that the script has left out.
func (o *options) set(name string, v lua.LValue) {
	if o.values == nil {
		o.values = map[string]lua.LValue{}
	}
	o.values[name] = v
}

// integer is a whole number: the one that was given, or else the default, or 0.
func (o options) integer(name string) int {
	if f, ok := toNumber(o.values[name]); ok {
		return int(f)
	}
	def, _ := o.spec.find(name).Default.(int)
	return def
}

// number is a number: the one that was given, or else the default, or 0.
func (o options) number(name string) float64 {
	if f, ok := toNumber(o.values[name]); ok {
		return f
	}
	def, _ := o.spec.find(name).Default.(float64)
	return def
}

// seconds is a duration: the one that was given, or else the default, or 0.
func (o options) seconds(name string) time.Duration {
	if d, ok := toSeconds(o.values[name]); ok {
		return d
	}
	def, _ := o.spec.find(name).Default.(float64)
	return duration(def)
}

// str is a string: the one that was given, or else the default, or "".
func (o options) str(name string) string {
	if s, ok := o.values[name].(lua.LString); ok {
		return string(s)
	}
	def, _ := o.spec.find(name).Default.(string)
	return def
}

// flag is whether the option was given and is true.
func (o options) flag(name string) bool { return o.values[name] == lua.LTrue }

// fn is the function that was given, or nil.
func (o options) fn(name string) *lua.LFunction {
	fn, _ := o.values[name].(*lua.LFunction)
	return fn
}

// id is the id that was given; ok is false if none was.
func (o options) id(name string) (id krpc.ID, ok bool) { return toID(o.values[name]) }

// addr is the address that was given; ok is false if none was.
func (o options) addr(name string) (addr netip.AddrPort, ok bool) {
	return parseAddr(o.values[name], true) // accepted already
}

// addrs is the list of addresses that was given, or nil.
func (o options) addrs(name string) []netip.AddrPort {
	list, _ := toAddrs(o.values[name])
	return list
}
