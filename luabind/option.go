package luabind

import (
	"net/netip"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/luabind/declare"
)

// kinds are the types of options that Lua does not know.
var kinds = declare.Kinds{
	"id":        {Want: "id (40 hex digits)", Is: func(v lua.LValue) bool { _, ok := toID(v); return ok }},
	"address":   {Want: `address ("192.0.2.1:6881")`, Is: func(v lua.LValue) bool { _, ok := toAddr(v); return ok }},
	"address[]": {Want: `list of addresses ({"192.0.2.1:6881", ...})`, Is: func(v lua.LValue) bool { _, ok := toAddrs(v); return ok }},
}

// isListenAddress reports whether v is an address to listen at: its port may be 0.
func isListenAddress(v lua.LValue) bool {
	_, ok := parseAddr(v, true)
	return ok
}

// options are the options of one call, checked against their declarations.
type options struct {
	spec   *optionTable
	values map[string]lua.LValue
}

// options takes an argument, which may be missing, as the table of options that it is
// declared to be. An unknown name and a value of the wrong type are errors.
func (c *call) options(name string) options {
	t, spec := c.Options(name)
	if t == nil {
		return options{spec: spec}
	}
	return c.optionsIn(t, spec, c.def.Name)
}

// optionsIn takes the options in t; where names the table in errors.
func (c *call) optionsIn(t *lua.LTable, spec *optionTable, where string) options {
	o := options{spec: spec, values: make(map[string]lua.LValue, len(spec.Options))}
	for k, v := t.Next(lua.LNil); k != lua.LNil; k, v = t.Next(k) {
		if err := spec.Check(kinds, k, v, where); err != nil {
			c.misuse("%v", err)
		}
		o.values[k.String()] = v
	}
	return o
}

// declares reports whether there is such an option: functions that share code have not
// all the same ones.
func (o options) declares(name string) bool { return o.spec.Find(name) != nil }

// has reports whether the option was given.
func (o options) has(name string) bool { return o.value(name) != nil }

// value is the value given for the option, or nil, not LNil. To ask for an option that
// is not declared is a mistake of the program.
func (o options) value(name string) lua.LValue {
	o.declared(name)
	return o.values[name]
}

// declared is the declaration of an option.
func (o options) declared(name string) *option {
	def := o.spec.Find(name)
	if def == nil {
		panic("luabind: " + o.spec.Name + " has no option " + name)
	}
	return def
}

// set puts in a value that the script has left out.
func (o *options) set(name string, v lua.LValue) {
	if o.values == nil {
		o.values = map[string]lua.LValue{}
	}
	o.values[name] = v
}

// integer is a whole number: the one that was given, or else the default, or 0.
func (o options) integer(name string) int {
	if f, ok := declare.ToNumber(o.value(name)); ok {
		return int(f)
	}
	def, _ := o.declared(name).Default.(int)
	return def
}

// number is a number: the one that was given, or else the default, or 0.
func (o options) number(name string) float64 {
	if f, ok := declare.ToNumber(o.value(name)); ok {
		return f
	}
	def, _ := o.declared(name).Default.(float64)
	return def
}

// seconds is a duration: the one that was given, or else the default, or 0.
func (o options) seconds(name string) time.Duration {
	if d, ok := declare.ToSeconds(o.value(name)); ok {
		return d
	}
	def, _ := o.declared(name).Default.(float64)
	return declare.Duration(def)
}

// str is a string: the one that was given, or else the default, or "".
func (o options) str(name string) string {
	if s, ok := o.value(name).(lua.LString); ok {
		return string(s)
	}
	def, _ := o.declared(name).Default.(string)
	return def
}

// flag is a boolean: the one that was given, or else the default, or false.
func (o options) flag(name string) bool {
	if v := o.value(name); v != nil {
		return v == lua.LTrue
	}
	def, _ := o.declared(name).Default.(bool)
	return def
}

// fn is the function that was given, or nil.
func (o options) fn(name string) *lua.LFunction {
	fn, _ := o.value(name).(*lua.LFunction)
	return fn
}

// id is the id that was given; ok is false if none was.
func (o options) id(name string) (id krpc.ID, ok bool) { return toID(o.value(name)) }

// addr is the address that was given; ok is false if none was.
func (o options) addr(name string) (addr netip.AddrPort, ok bool) {
	return parseAddr(o.value(name), true) // accepted already
}

// addrs is the list of addresses that was given, or nil.
func (o options) addrs(name string) []netip.AddrPort {
	list, _ := toAddrs(o.value(name))
	return list
}
