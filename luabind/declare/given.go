package declare

import (
	"time"

	lua "github.com/yuin/gopher-lua"
)

// Given are the options that a caller gave in one table. Those that were left out have their
// defaults.
type Given struct {
	spec   *OptionTable
	values map[string]lua.LValue
}

// Read takes the options in a table, which may be nil: none were given. The error names the first
// that is unknown or of the wrong type; where names the table in it.
func (t *OptionTable) Read(kinds Kinds, table *lua.LTable, where string) (Given, error) {
	g := Given{spec: t}
	if table == nil {
		return g, nil
	}
	g.values = make(map[string]lua.LValue, len(t.Options))
	for k, v := table.Next(lua.LNil); k != lua.LNil; k, v = table.Next(k) {
		if err := t.Check(kinds, k, v, where); err != nil {
			return Given{spec: t}, err
		}
		g.values[k.String()] = v
	}
	return g, nil
}

// Declares reports whether there is such an option. Functions that share code do not all have the
// same options.
func (g Given) Declares(name string) bool { return g.spec.Find(name) != nil }

// declared is the declaration of an option. To ask for an option that is not declared is a mistake
// of the program.
func (g Given) declared(name string) *Option {
	o := g.spec.Find(name)
	if o == nil {
		panic("declare: " + g.spec.Name + " has no option " + name)
	}
	return o
}

// Has reports whether the option was given.
func (g Given) Has(name string) bool { return g.Value(name) != nil }

// Value is the value that was given for the option, or nil, not LNil.
func (g Given) Value(name string) lua.LValue {
	g.declared(name)
	return g.values[name]
}

// Set puts in a value that the script has left out.
func (g *Given) Set(name string, v lua.LValue) {
	if g.values == nil {
		g.values = map[string]lua.LValue{}
	}
	g.values[name] = v
}

// Integer is a whole number: the one that was given, or else the default, or 0.
func (g Given) Integer(name string) int {
	if f, ok := ToNumber(g.Value(name)); ok {
		return int(f)
	}
	def, _ := g.declared(name).Default.(int)
	return def
}

// Number is a number: the one that was given, or else the default, or 0.
func (g Given) Number(name string) float64 {
	if f, ok := ToNumber(g.Value(name)); ok {
		return f
	}
	def, _ := g.declared(name).Default.(float64)
	return def
}

// Seconds is a duration: the one that was given, or else the default, or 0.
func (g Given) Seconds(name string) time.Duration {
	if d, ok := ToSeconds(g.Value(name)); ok {
		return d
	}
	def, _ := g.declared(name).Default.(float64)
	return Duration(def)
}

// Str is a string: the one that was given, or else the default, or "".
func (g Given) Str(name string) string {
	if s, ok := g.Value(name).(lua.LString); ok {
		return string(s)
	}
	def, _ := g.declared(name).Default.(string)
	return def
}

// Flag is a boolean: the one that was given, or else the default, or false.
func (g Given) Flag(name string) bool {
	if v := g.Value(name); v != nil {
		return v == lua.LTrue
	}
	def, _ := g.declared(name).Default.(bool)
	return def
}
