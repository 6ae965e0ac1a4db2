package declare

import (
	"fmt"
	"math"
	"strconv"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine"
)

// Arguments are those of one call, by the names that the function declares. Each is
// read as the type that it is declared with: to ask for another name or another type
// is a mistake of the program, and panics. A value of another type is a mistake of the
// script: it raises a Lua error at the line of the call, and the method does not return.
type Arguments struct {
	L     *lua.LState
	Of    *Signature                          // of the function that is called
	Shift int                                 // 1 if the receiver of a method comes first
	Raise func(L *lua.LState, message string) // raises a message at the line of the script that made the call
}

// Signature is what a call has to know of its function.
type Signature struct {
	Name string // for messages
	Args []Arg
}

// find returns the declaration of an argument and its place, from 1.
func (c *Arguments) find(name, kind string) (a *Arg, place int) {
	for i := range c.Of.Args {
		if a := &c.Of.Args[i]; a.Name == name && (kind == "" || a.is(kind)) {
			return a, i + 1
		}
	}
	panic(fmt.Sprintf("declare: %s has no argument %s of type %s", c.Of.Name, name, kind))
}

// Value is an argument of any type; LNil if it was left out.
func (c *Arguments) Value(name string) lua.LValue { return c.As(name, "") }

// As is an argument that is declared with kind among its types, before it was looked at.
func (c *Arguments) As(name, kind string) lua.LValue {
	_, i := c.find(name, kind)
	return c.L.Get(i + c.Shift)
}

// Has reports whether the argument was given and is not nil.
func (c *Arguments) Has(name string) bool { return c.Value(name) != lua.LNil }

// Given reports whether there is such an argument, or one behind it, even if it is nil.
func (c *Arguments) Given(name string) bool {
	_, i := c.find(name, "")
	return i <= c.L.GetTop()-c.Shift
}

// Rest are the arguments that the name "..." stands for.
func (c *Arguments) Rest() []lua.LValue {
	_, i := c.find("...", "")
	values := make([]lua.LValue, max(0, c.L.GetTop()-c.Shift-i+1))
	for at := range values {
		values[at] = c.L.Get(i + c.Shift + at)
	}
	return values
}

// Str is a string; as everywhere in Lua, a number will do.
func (c *Arguments) Str(name string) string {
	switch v := c.As(name, "string").(type) {
	case lua.LString:
		return string(v)
	case lua.LNumber:
		return engine.FormatNumber(float64(v))
	}
	c.Expected(name, "string expected")
	return ""
}

// OptStr is a string, or "" if it was left out.
func (c *Arguments) OptStr(name string) string {
	if !c.Has(name) {
		return ""
	}
	return c.Str(name)
}

// Number is a number other than NaN; as everywhere in Lua, a string that spells one
// will do.
func (c *Arguments) Number(name string) float64 {
	f, ok := ToNumber(c.As(name, "number"))
	if !ok {
		c.Expected(name, "number expected")
	}
	return f
}

// Integer is a whole number between the bounds of the declaration. One that was left
// out is the default, or 0.
func (c *Arguments) Integer(name string) int {
	a, i := c.find(name, "integer")
	v := c.L.Get(i + c.Shift)
	if v == lua.LNil && (a.Optional || a.is("nil")) {
		def, _ := strconv.Atoi(a.Default)
		return def
	}
	return c.within(name, v, a.Min, a.Max)
}

// IntegerTo is an integer that was given, up to a bound that only the run knows.
func (c *Arguments) IntegerTo(name string, most int) int {
	a, i := c.find(name, "integer")
	return c.within(name, c.L.Get(i+c.Shift), a.Min, float64(most))
}

func (c *Arguments) within(name string, v lua.LValue, least, most float64) int {
	f, ok := ToNumber(v)
	if !ok || f != math.Trunc(f) || f < least || f > most {
		c.Expected(name, RangeText("integer", least, most)+" expected")
	}
	return int(f)
}

// Seconds is a duration, not negative.
func (c *Arguments) Seconds(name string) time.Duration {
	d, ok := ToSeconds(c.As(name, "seconds"))
	if !ok {
		c.Expected(name, "seconds expected: a number, not negative")
	}
	return d
}

// Function is a function.
func (c *Arguments) Function(name string) *lua.LFunction {
	fn, ok := c.As(name, "function").(*lua.LFunction)
	if !ok {
		c.Expected(name, "function expected")
	}
	return fn
}

// Table is a table.
func (c *Arguments) Table(name string) *lua.LTable {
	t, ok := c.As(name, "table").(*lua.LTable)
	if !ok {
		c.Expected(name, "table expected")
	}
	return t
}

// Options is a table of options, which is not looked at, and its declaration. The
// table is nil if it was left out.
func (c *Arguments) Options(name string) (*lua.LTable, *OptionTable) {
	a, i := c.find(name, "table")
	v := c.L.Get(i + c.Shift)
	if v == lua.LNil {
		return nil, a.Options
	}
	t, ok := v.(*lua.LTable)
	if !ok {
		c.Expected(name, "table of options expected")
	}
	return t, a.Options
}

// Expected raises that an argument is not what it must be.
func (c *Arguments) Expected(name, what string) {
	got := "no value"
	if c.Given(name) {
		got = Show(c.Value(name))
	}
	c.BadArgument(name, "%s, got %s", what, got)
}

// BadArgument raises that an argument is wrong, for a reason of the caller's.
func (c *Arguments) BadArgument(name, format string, args ...any) {
	_, i := c.find(name, "")
	c.Raise(c.L, fmt.Sprintf("bad argument #%d to '%s' (%s)", i, c.Of.Name, fmt.Sprintf(format, args...)))
}
