package luabind

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/luabind/declare"
	"github.com/lightdht/lightdht/luabind/plain"
)

// experimentModule is the global function experiment, and all that it takes.
var experimentModule = module{
	Page:      "experiment",
	Text:      "The title, the parameters and the simulated network of a script.",
	Functions: []function{experimentFunction},
	Options:   []*optionTable{&experimentOptions, &networkOptions, &latencyOptions, &inboundOptions, &churnOptions, &lawOptions, &skewOptions, &mixOptions, &trafficOptions},
}

// experimentFunction is the global experiment.
var experimentFunction = function{
	Name: "experiment", Args: args("header: Experiment", &experimentOptions), Returns: args("params: table<string, any>"),
	Text: "Declares the title, the parameters and the network of a script. It must be the first thing that a script does. Returns the parameters: the defaults, changed by the command line. Each has the type of its default.",
	Do: func(c *call) int {
		h := c.header()
		if r := c.b.reader; r != nil {
			r.found(c, h)
		}
		if c.b.header != nil {
			c.misuse("experiment was called already: a script has one header")
		}
		c.b.header = h
		values, err := h.settle(c.b.options.Params)
		if err != nil {
			c.misuse("%v", err)
		}
		return c.give(paramTable(c, h, values))
	},
}

// Forget lets the script that comes next have a header of its own, as at a
// console, where one comes after the other. Call it on the baton.
func (b *Bindings) Forget() { b.header = nil }

var experimentOptions = optionTable{
	Name: "Experiment",
	Text: "The title, the parameters and the network of a script.",
	Options: []option{
		{Name: "title", Type: "string", Text: "One line about what it is."},
		{Name: "description", Type: "string", Text: "Any number of lines."},
		{Name: "params", Type: "table", Table: "table<string, number|string|boolean>", Text: "Parameters by name, each with its default: a number, a string or a boolean."},
		{Name: "network", Type: "table", Table: "ExperimentNetwork", Text: "The simulated network it runs on. Flags of the command line override it; a flag for a part, as --set mix.liar=0.1, keeps the other parts."},
	},
}

// header reads the argument of experiment.
func (c *call) header() *Header {
	o := c.optionsIn(c.Table("header"), &experimentOptions, "experiment")
	h := &Header{Title: o.str("title"), Description: o.str("description")}
	if t, ok := o.value("params").(*lua.LTable); ok {
		h.Params = c.params(t)
	}
	if t, ok := o.value("network").(*lua.LTable); ok {
		h.Network = c.network(t, &networkOptions, "the network of experiment")
	}
	return h
}

// params reads the parameters and their defaults.
func (c *call) params(t *lua.LTable) []HeaderParam {
	var params []HeaderParam
	for k, v := t.Next(lua.LNil); k != lua.LNil; k, v = t.Next(k) {
		name, ok := k.(lua.LString)
		if !ok || !plain.IsName(string(name)) {
			c.misuse("the name of a parameter is a word of letters, digits and _, got %s", declare.Show(k))
		}
		p := HeaderParam{Name: string(name)}
		switch v := v.(type) {
		case lua.LNumber:
			p.Default = float64(v)
		case lua.LString:
			p.Default = string(v)
		case lua.LBool:
			p.Default = bool(v)
		default:
			c.misuse("the default of parameter '%s' must be a number, a string or a boolean, got %s", declare.Clip(p.Name), declare.Show(v))
		}
		params = append(params, p)
	}
	return params
}

// paramTable is what experiment returns. Reading a parameter that does not
// exist is an error, since it can only be a mistake.
func paramTable(c *call, h *Header, values []any) *lua.LTable {
	t := c.L.NewTable()
	for i, p := range h.Params {
		t.RawSetString(p.Name, plainValue(values[i]))
	}
	mt := c.L.NewTable()
	mt.RawSetString("__index", c.L.NewFunction(func(L *lua.LState) int {
		name := L.Get(2)
		word, _ := name.(lua.LString)
		c.b.call(L, nil).misuse("unknown parameter %s%s", declare.QuoteName(name), declare.Suggest(declare.Nearest(string(word), h.names())))
		return 0
	}))
	mt.RawSetString("__metatable", lua.LFalse)
	t.Metatable = mt
	return t
}

// plainValue is a parameter's value in Lua.
func plainValue(v any) lua.LValue {
	switch v := v.(type) {
	case float64:
		return lua.LNumber(v)
	case bool:
		return lua.LBool(v)
	}
	return lua.LString(fmt.Sprint(v))
}
