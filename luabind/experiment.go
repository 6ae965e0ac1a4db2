package luabind

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht/sim"
)

// experimentFunction is the global experiment.
var experimentFunction = function{
	Name: "experiment", Args: "header: Experiment", Returns: "params: table<string, any>",
	Text: "Says what the script is and what it runs on, before anything else happens. Returns the parameters with what the command line set, each of the type of its default.",
	do: func(c *call) int {
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

var experimentOptions = optionTable{
	Name: "Experiment",
	Text: "What a script says about itself.",
	Options: []option{
		{Name: "title", Type: "string", Text: "One line about what it is."},
		{Name: "description", Type: "string", Text: "As many lines as it takes."},
		{Name: "params", Type: "table", Text: "Parameters by name, each with its default: a number, a string or a boolean."},
		{Name: "network", Type: "table", Text: "The simulated network it runs on, unless the command line says otherwise."},
	},
}

var networkOptions = optionTable{
	Name: "ExperimentNetwork",
	Text: "A simulated network.",
	Options: []option{
		{Name: "nodes", Type: "integer", Min: 1, Max: 1 << 24, Default: sim.DefaultNodes, Text: "How many nodes it has at first."},
		{Name: "seed", Type: "integer", Min: 0, Max: maxExact, Default: 1, Text: "Decides everything that is left to chance."},
		{Name: "latency", Type: "seconds|table", Text: "Round-trip time: a constant, or {median = 0.1, sigma = 0.6}, log-normal with one draw per pair of nodes."},
		{Name: "loss", Type: "number", Min: 0, Max: 1, Default: 0.0, Text: "Probability that a datagram is lost."},
		{Name: "nat", Type: "number", Min: 0, Max: 1, Default: 0.0, Text: "Share of the nodes that nobody can reach unasked."},
		{Name: "churn", Type: "any", Text: "Nodes that come and go; not available in this version."},
		{Name: "start", Type: `"warm"|"cold"`, Default: "warm", Text: "Whether the nodes have met before, or find each other first."},
	},
}

var latencyOptions = optionTable{
	Name: "Latency",
	Text: "A log-normal law of round-trip times.",
	Options: []option{
		{Name: "median", Type: "seconds", Default: sim.DefaultMedian.Seconds(), Text: "Half of the pairs of nodes are nearer to each other than this."},
		{Name: "sigma", Type: "number", Min: 0, Max: 3, Default: sim.DefaultSigma, Text: "Standard deviation of the logarithm."},
	},
}

// header reads the argument of experiment.
func (c *call) header() *Header {
	o := c.optionsIn(c.table(1), &experimentOptions, "experiment")
	h := &Header{Title: o.str("title"), Description: o.str("description")}
	if t, ok := o.value("params").(*lua.LTable); ok {
		h.Params = c.params(t)
	}
	if t, ok := o.value("network").(*lua.LTable); ok {
		h.Network = c.network(t)
	}
	return h
}

// params reads the parameters and their defaults.
func (c *call) params(t *lua.LTable) []HeaderParam {
	var params []HeaderParam
	for k, v := t.Next(lua.LNil); k != lua.LNil; k, v = t.Next(k) {
		name, ok := k.(lua.LString)
		if !ok || !identifier.MatchString(string(name)) {
			c.misuse("the name of a parameter is a word of letters, digits and _, got %s", show(k))
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
			c.misuse("the default of parameter '%s' must be a number, a string or a boolean, got %s", clip(p.Name), show(v))
		}
		params = append(params, p)
	}
	return params
}

// network reads what the experiment runs on.
func (c *call) network(t *lua.LTable) NetworkSpec {
	o := c.optionsIn(t, &networkOptions, "the network of experiment")
	if o.has("churn") {
		c.misuse("churn is not available in this version")
	}
	n := NetworkSpec{Start: o.given("start")}
	if o.has("nodes") {
		n.Nodes = new(o.integer("nodes"))
	}
	if o.has("seed") {
		n.Seed = new(uint64(o.integer("seed")))
	}
	if o.has("loss") {
		n.Loss = new(o.number("loss"))
	}
	if o.has("nat") {
		n.NAT = new(o.number("nat"))
	}
	if o.has("latency") {
		n.Latency = new(c.latency(o.value("latency")))
	}
	return n
}

// latency reads a latency: seconds, or a table with median and sigma.
func (c *call) latency(v lua.LValue) sim.Latency {
	t, ok := v.(*lua.LTable)
	if !ok {
		d, _ := toSeconds(v)
		return sim.Latency{Constant: max(d, 1)} // 0 would be the default
	}
	o := c.optionsIn(t, &latencyOptions, "latency")
	return sim.Latency{Median: max(o.seconds("median"), 1), Sigma: o.number("sigma")}
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
		(&call{L: L, b: c.b}).misuse("unknown parameter %s%s", quoteName(name), suggest(nearest(string(word), h.names())))
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
