package luabind

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/luabind/declare"
	"github.com/lightdht/lightdht/luabind/network"
	"github.com/lightdht/lightdht/luabind/plain"
)

// experimentModule is the global function experiment, and all that it takes.
var experimentModule = module{
	Page:      "experiment",
	Text:      "The title, the parameters and the simulated network of a script.",
	Functions: []function{experimentFunction},
	Options:   []*optionTable{&experimentOptions, &network.Options, &network.LatencyOptions, &network.InboundOptions, &network.ChurnOptions, &network.LawOptions, &network.SkewOptions, &network.MixOptions, &network.TrafficOptions},
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
		values, err := h.Settle(c.b.options.Params)
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
func (c *call) header() *network.Header {
	o := c.optionsIn(c.Table("header"), &experimentOptions, "experiment")
	h := &network.Header{Title: o.Str("title"), Description: o.Str("description")}
	if t, ok := o.Value("params").(*lua.LTable); ok {
		h.Params = c.params(t)
	}
	if t, ok := o.Value("network").(*lua.LTable); ok {
		var err error
		if h.Network, err = network.ReadHeaderNetwork(t); err != nil {
			c.misuse("%v", err)
		}
	}
	return h
}

// params reads the parameters and their defaults.
func (c *call) params(t *lua.LTable) []network.Parameter {
	var params []network.Parameter
	for k, v := t.Next(lua.LNil); k != lua.LNil; k, v = t.Next(k) {
		name, ok := k.(lua.LString)
		if !ok || !plain.IsName(string(name)) {
			c.misuse("the name of a parameter is a word of letters, digits and _, got %s", declare.Show(k))
		}
		p := network.Parameter{Name: string(name)}
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
func paramTable(c *call, h *network.Header, values []any) *lua.LTable {
	t := c.L.NewTable()
	for i, p := range h.Params {
		t.RawSetString(p.Name, network.Value(values[i]))
	}
	mt := c.L.NewTable()
	mt.RawSetString("__index", c.L.NewFunction(func(L *lua.LState) int {
		name := L.Get(2)
		word, _ := name.(lua.LString)
		c.b.call(L, nil).misuse("unknown parameter %s%s", declare.QuoteName(name), declare.Suggest(declare.Nearest(string(word), h.ParamNames())))
		return 0
	}))
	mt.RawSetString("__metatable", lua.LFalse)
	t.Metatable = mt
	return t
}

// found takes the header and ends the script.
func (r *reader) found(c *call, h *network.Header) {
	if r.header == nil {
		r.header = h
	}
	r.stop()
	c.misuse("only the header is read")
}
