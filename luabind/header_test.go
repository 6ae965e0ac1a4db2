package luabind

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht/sim"
	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/luabind/network"
)

func TestReadHeader(t *testing.T) {
	source := `#!/usr/bin/env lightdht
-- How long does a lookup take?
local census = require "lightdht.census"
local half = 0.5
local function lookup(h) return dht.get_peers(h) end
local p = experiment{
  title = "Lookups",
  description = "Counts\nhops.",
  params = { rounds = 10, verbose = false, label = ("x"):rep(3), share = half },
  network = { nodes = 200, seed = 7, latency = 0.05, loss = 0.01, nat = half, start = "cold" },
}
print(p.rounds, dht.id, sim.size())
error("not reached")
`
	h, err := ReadHeader("s.lua", source)
	if err != nil {
		t.Fatal(err)
	}
	want := &network.Header{
		Title:       "Lookups",
		Description: "Counts\nhops.",
		Params:      []network.Parameter{{Name: "rounds", Default: 10.0}, {Name: "verbose", Default: false}, {Name: "label", Default: "xxx"}, {Name: "share", Default: 0.5}},
		Network: network.Spec{
			Config: sim.Config{
				Nodes: 200, Seed: 7, Cold: true,
				Link: sim.Link{Latency: sim.Latency{Constant: 50 * time.Millisecond}, Loss: 0.01, NAT: 0.5},
			},
		},
	}
	if got, want := told(h.Network), `nodes = 200, seed = 7, start = "cold", latency = 0.05, loss = 0.01, nat = 0.5`; got != want {
		t.Errorf("the settings are\n%s, want\n%s", got, want)
	}
	h.Network.Settings = nil
	if !reflect.DeepEqual(h, want) {
		t.Errorf("got  %+v\nwant %+v", h, want)
	}
}

func TestReadHeaderLatency(t *testing.T) {
	tests := []struct {
		lua  string
		want sim.Latency
	}{
		{"0", sim.Latency{Constant: 1}},
		{"{}", sim.Latency{Median: sim.DefaultMedian, Sigma: sim.DefaultSigma}},
		{"{median = 0.2}", sim.Latency{Median: 200 * time.Millisecond, Sigma: sim.DefaultSigma}},
		{"{median = 0.2, sigma = 0}", sim.Latency{Median: 200 * time.Millisecond}},
	}
	for _, tt := range tests {
		h, err := ReadHeader("s.lua", "experiment{network = {latency = "+tt.lua+"}}")
		if err != nil || h.Network.Config.Link.Latency != tt.want {
			t.Errorf("%s: %+v, %v", tt.lua, h, err)
		}
	}
}

func TestNoHeader(t *testing.T) {
	for _, source := range []string{
		"",
		"print('hello') dht.serve()",
		"-- experiment{}\nprint('experiment{}')",
		"local function later() experiment{} end",
		"local t = {f = function() return experiment{} end}",
		"local x = experiment",
		"print(experiment)",
		"local t = {experiment = print} t.experiment{} t:experiment{}",
		"error('boom')",
		"while true do end",
		"if arg[1] then experiment{} end",
	} {
		if h, err := ReadHeader("s.lua", source); h != nil || err != nil {
			t.Errorf("%s: %+v, %v", source, h, err)
		}
	}
}

// The engine's own modules and those of this package are refused alike.
func TestNotFirst(t *testing.T) {
	const call = "\nexperiment{}"
	tests := []struct{ name, source, want string }{
		{"print", "\nprint('hello')" + call, "s.lua:2: print comes before experiment{...}: experiment must be the first thing a script does"},
		{"io", "io.write('x')" + call, "s.lua:1: io.write comes"},
		{"os", "local t = os.time()" + call, "s.lua:1: os.time comes"},
		{"sleep", "sleep(1)" + call, "s.lua:1: sleep comes"},
		{"task", "task.spawn(print)" + call, "s.lua:1: task.spawn comes"},
		{"log", "log.info(1)" + call, "s.lua:1: log.info comes"},
		{"check", "check('a', true)" + call, "s.lua:1: check comes"},
		{"task's values", "local x = task.fnord" + call, "s.lua:1: task comes"},
		{"chance", "local r = math.random(6)" + call, "s.lua:1: math.random comes"},
		{"chance with ids", "local r = id.random()" + call, "s.lua:1: chance comes"},
		{"a module's values", "local m = require 'mine'\nlocal x = m.rounds" + call, "s.lua:2: module 'mine' comes"},
		{"in a function", "local function f()\n print(1) end\nf()" + call, "s.lua:2: print comes"},
		{"caught", "pcall(print, 'hello')" + call, "s.lua:1: print comes"},
		{"within the header", "experiment{\n title = print('x')}", "s.lua:2: print comes"},
		{"long", "for i = 1, 1e9 do end" + call, "s.lua: a long computation comes"},
		{"long in few steps", "for i = 1, 1e5 do local s = ('x'):rep(1e7) end" + call, "s.lua: a long computation comes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h, err := ReadHeader("s.lua", tt.source)
			if h != nil || !errors.Is(err, ErrNotFirst) || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("%+v, %v", h, err)
			}
		})
	}
}

// Where a header may stand, and what may come before it.
func TestHeaderPlaces(t *testing.T) {
	for _, source := range []string{
		"experiment{}",
		"local info, spawn, write, random = log.info, task.spawn, io.write, math.random\nlocal p = experiment{}\nwrite(random())",
		"return experiment{}",
		"do local p = experiment{} end",
		"p = (experiment{})",
		"local n = experiment{params = {n = 3}}.n",
		"local s = sha1(id.sha1('x') .. json.encode{1} .. hex.encode('y'))\nexperiment{title = s}",
		"local c = coroutine.wrap(function() experiment{} end) c()\nlocal x = experiment{}",
		"for i = 1, 3 do experiment{} end",
		"while experiment{} do end",
		"local x = -#experiment{}",
		"if not experiment{} then end",
		"local x = 1 == experiment{} or {[experiment{}] = 1}",
		"t = {} t[experiment{}] = 1",
		"repeat until experiment{}",
		"for k in experiment{} do end",
		"for i = 1, 2 do if i > 2 then else local x = 'a' .. (not experiment{}) end end",
		"string.rep('x', 2 + experiment{})",
		"local f = ('x'):rep(experiment{})",
		"pcall(experiment, {})\nexperiment{}",
	} {
		if h, err := ReadHeader("s.lua", source); h == nil || err != nil {
			t.Errorf("%s: %+v, %v", source, h, err)
		}
		if !callsExperiment(source) {
			t.Errorf("%s: not seen in the syntax tree", source)
		}
	}
}

func TestWrongHeader(t *testing.T) {
	tests := []struct{ source, want string }{
		{"experiment{", "s.lua:1: unexpected symbol near '<eof>'"},
		{"experiment{}\nlocal = 3", "s.lua:2: "},
		{"\nexperiment()", "s.lua:2: bad argument #1 to 'experiment' (table expected, got no value)"},
		{"experiment{titel = 'x'}", "s.lua:1: unknown option 'titel' in experiment (did you mean 'title'?)"},
		{"experiment{'x'}", "s.lua:1: unknown option 1 in experiment"},
		{"experiment{title = 3}", "s.lua:1: option 'title' of experiment: string expected, got 3"},
		{"experiment{params = {f = print}}", "s.lua:1: the default of parameter 'f' must be a number, a string or a boolean, got a function"},
		{"experiment{params = {'x'}}", "s.lua:1: the name of a parameter is a word of letters, digits and _, got 1"},
		{"experiment{params = {['a b'] = 1}}", "s.lua:1: the name of a parameter is a word"},
		{"experiment{network = {node = 5}}", "s.lua:1: unknown option 'node' in the network of experiment (did you mean 'nodes'?)"},
		{"experiment{network = {nodes = 0}}", "s.lua:1: option 'nodes' of the network of experiment: integer 1 to 16777216 expected, got 0"},
		{"experiment{network = {loss = 2}}", "s.lua:1: option 'loss' of the network of experiment: number 0 to 1 expected, got 2"},
		{"experiment{network = {loss = 0/0}}", "number 0 to 1 expected, got nan"},
		{"experiment{network = {start = 'hot'}}", `s.lua:1: option 'start' of the network of experiment: "warm" or "cold" expected, got "hot"`},
		{"experiment{network = {latency = -1}}", "seconds or table expected, got -1"},
		{"experiment{network = {latency = {medain = 1}}}", "unknown option 'medain' in latency (did you mean 'median'?)"},
		{"experiment{network = {churn = 0.1}}", "s.lua:1: option 'churn' of the network of experiment: \"weibull\" or table expected, got 0.1"},
		{"local x = nil + 1\nexperiment{}", "s.lua:1: "},
	}
	for _, tt := range tests {
		h, err := ReadHeader("s.lua", tt.source)
		if _, ok := errors.AsType[*engine.ScriptError](err); h != nil || !ok || errors.Is(err, ErrNotFirst) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s\ngot  %v\nwant %v", tt.source, err, tt.want)
		}
	}
}

// Whatever the source, the error is one that can be shown to the script's author.
func FuzzReadHeader(f *testing.F) {
	for _, source := range []string{
		"experiment{title='x', params={a=1,b='c',d=true}, network={nodes=5,latency={median=0.1}}}",
		"local p = require 'x'\nif p then print(1) end\nexperiment{}",
		"do return -#experiment{} end", "#!x\nexperiment(", "while true do end experiment{}", "experiment{params={[{}]={}}}",
		"for i=1,experiment{} do end", "local t = {experiment, [experiment{}]=1}", "goto x ::x:: x:experiment{}",
	} {
		f.Add(source)
	}
	f.Fuzz(func(t *testing.T, source string) {
		_, err := ReadHeader("s.lua", source)
		if _, ok := errors.AsType[*engine.ScriptError](err); err != nil && !ok || strings.Contains(errorText(err), "runtime error") {
			t.Errorf("%T: %v", err, err)
		}
	})
}

func TestParams(t *testing.T) {
	h := &network.Header{Params: []network.Parameter{{Name: "rounds", Default: 10.0}, {Name: "verbose", Default: false}, {Name: "label", Default: "x"}}}
	tests := []struct{ name, value, want string }{
		{"rounds", "20", ""},
		{"rounds", "-2.5e3", ""},
		{"rounds", "0x10", ""},
		{"rounds", "ten", `parameter 'rounds' expects a number, got "ten"`},
		{"rounds", "", `parameter 'rounds' expects a number, got ""`},
		{"rounds", "inf", `parameter 'rounds' expects a number, got "inf"`},
		{"rounds", "nan", `parameter 'rounds' expects a number, got "nan"`},
		{"rounds", "1_000", `parameter 'rounds' expects a number, got "1_000"`},
		{"verbose", "true", ""},
		{"verbose", "yes", `parameter 'verbose' expects true or false, got "yes"`},
		{"label", "", ""},
		{"ruonds", "20", "unknown parameter 'ruonds' (did you mean 'rounds'?)"},
		{"x", "20", "unknown parameter 'x'"},
	}
	for _, tt := range tests {
		err := h.Check([]network.Param{{Name: tt.name, Value: tt.value}})
		if got := errorText(err); got != tt.want {
			t.Errorf("--%s=%s: got %q, want %q", tt.name, tt.value, got, tt.want)
		}
	}
	var none *network.Header
	if err := none.Check(nil); err != nil {
		t.Error(err)
	}
	if err := none.Check([]network.Param{{Name: "rounds", Value: "1"}}); err == nil {
		t.Error("a script without a header took a parameter")
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestExperiment(t *testing.T) {
	const header = "local p = experiment{params = {rounds = 10, verbose = false, label = 'x'}}\n"
	params := []network.Param{{Name: "rounds", Value: "5"}, {Name: "verbose", Value: "true"}, {Name: "rounds", Value: "0x20"}, {Name: "label", Value: "7"}}
	tests := []struct {
		name, source string
		params       []network.Param
		want         string // of the error
	}{
		{"defaults", header + "assert(p.rounds == 10 and p.verbose == false and p.label == 'x')", nil, ""},
		{"set", header + "assert(p.rounds == 32 and p.verbose == true and p.label == '7')", params, ""},
		{"pairs", header + "local s = '' for k, v in pairs(p) do s = s .. k .. tostring(v) end assert(s == 'rounds10verbosefalselabelx', s)", nil, ""},
		{"unknown one read", header + "print(p.round)", nil, "s.lua:2: unknown parameter 'round' (did you mean 'rounds'?)"},
		{"unknown one set", header, []network.Param{{Name: "round", Value: "1"}}, "s.lua:1: unknown parameter 'round' (did you mean 'rounds'?)"},
		{"twice", header + "experiment{}", nil, "s.lua:2: experiment was called already: a script has one header"},
		{"print first is no error in a run", "print('hello')\n" + header, nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := runScript(t, "s.lua", tt.source, Options{Params: tt.params})
			if got := errorText(r.err); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
