package declare

import (
	"time"

	lua "github.com/yuin/gopher-lua"
)

// Given are the options that a caller gave in one table. Those that were left out have their defaults.
type Given struct {
	spec   *OptionTable
	values map[string]lua.LValue
}

// Read takes the options in a table, which may be nil: none were given. The error names the first that is unknown or of
// the wrong type; where names the table in it.
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

// Declares says whether there is such an option.
func (g Given) Declares(name string) bool { return g.spec.Find(name) != nil }

// Has says whether the option was given.
func (g Given) Has(name string) bool { return g.values[name] != nil }

// Value is the value that was given for the option, or nil, not LNil.
func (g Given) Value(name string) lua.LValue { return g.values[name] }

// Set puts in a value that the script has left out.
func (g *Given) Set(name string, v lua.LValue) {
	if g.values == nil {
		g.values = map[string]lua.LValue{}
	}
	g.values[name] = v
}

// Integer is a whole number: the one that was given, or else the default, or 0.
func (g Given) Integer(name string) int {
	if f, ok := ToNumber(g.values[name]); ok {
		return int(f)
	}
	def, _ := g.spec.Find(name).Default.(int)
	return def
}

// Number is a number: the one that was given, or else the default, or 0.
func (g Given) Number(name string) float64 {
	if f, ok := ToNumber(g.values[name]); ok {
		return f
	}
	def, _ := g.spec.Find(name).Default.(float64)
	return def
}

// Seconds is a duration: the one that was given, or else the default, or 0.
func (g Given) Seconds(name string) time.Duration {
	if d, ok := ToSeconds(g.values[name]); ok {
		return d
	}
	def, _ := g.spec.Find(name).Default.(float64)
	return Duration(def)
}

// Str is a string: the one that was given, or else the default, or "".
func (g Given) Str(name string) string {
	if s, ok := g.values[name].(lua.LString); ok {
		return string(s)
	}
	def, _ := g.spec.Find(name).Default.(string)
	return def
}

// Flag is whether the option was given and is true.
func (g Given) Flag(name string) bool { return g.values[name] == lua.LTrue }
