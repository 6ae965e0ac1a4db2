package luabind

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/sim"
	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/luabind/declare"
)

// FuzzCalls calls whatever is declared with whatever arguments. The outcome must
// be results or a Lua error at the line of the call: anything else is a panic of
// ours that the engine caught.
func FuzzCalls(f *testing.F) {
	for i := range 128 { // what the seeds do depends on the list of functions, so a few more than one each
		f.Add([]byte(strings.Repeat(string(rune('0'+i)), 4) + "\x03\x0b\x07\x01\x16\x0c"))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		g := &generator{data: data}
		source := g.script(New(Options{}))
		for _, fault := range faultsOf(t, source) {
			t.Errorf("%s\nin\n%s", fault, source)
		}
	})
}

var position = regexp.MustCompile(`^fuzz\.lua:\d+: `)

// faultsOf runs a script in a small world and returns the errors that are not
// of the kind that a script may see.
func faultsOf(t *testing.T, source string) (faults []string) {
	world, own := openWorld(t, sim.Config{Nodes: 12, Seed: 1})
	modules := New(Options{Network: NewSim(world, own)}).Modules()
	modules = append(modules, engine.Module{Name: "report", Open: func(e *engine.Engine, L *lua.LState) lua.LValue {
		return L.NewFunction(func(L *lua.LState) int {
			if message, ok := L.Get(1).(lua.LString); ok && (!position.MatchString(string(message)) || strings.Contains(string(message), "runtime error")) {
				faults = append(faults, string(message))
			}
			return 0
		})
	}})
	e, err := engine.New(engine.Options{Clock: SimClock(world), Random: rand.NewPCG(1, 1), Modules: modules, MaxInstructions: 1e7})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if _, err := e.Run(ctx, "fuzz.lua", source); err != nil {
		faults = append(faults, err.Error())
	}
	return faults
}

// generator makes a script of the bytes it is given; when they are used up it
// reads zeros.
type generator struct {
	data []byte
}

func (g *generator) below(n int) int {
	if len(g.data) == 0 {
		return 0
	}
	b := g.data[0]
	g.data = g.data[1:]
	return int(b) % n
}

func (g *generator) pick(list []string) string { return list[g.below(len(list))] }

// script calls a few functions, each for at most a second of virtual time.
func (g *generator) script(b *Bindings) string {
	d := declarationsOf(b)
	var s strings.Builder
	s.WriteString("local function try(f)\n  local ok, err = pcall(task.timeout, 1, f)\n  if not ok then report(err) end\nend\n")
	s.WriteString("local n = dht.open{bootstrap = false}\nlocal s = dht.on('node', function() end)\n")
	for range 1 + g.below(3) {
		f := d.functions[g.below(len(d.functions))]
		fmt.Fprintf(&s, "try(function() return %s(%s) end)\n", f.path, strings.Join(g.args(d, f.args), ", "))
	}
	return s.String()
}

// declarations are all that can be called, and with what.
type declarations struct {
	functions []declared
	options   map[string][]option
}

type declared struct {
	path string // a Lua expression
	args []declare.Arg
}

func declarationsOf(b *Bindings) declarations {
	objects := map[string]string{"dht.Node": "n:", "dht.Table": "dht.table:", "dht.Subscription": "s:"}
	d := declarations{options: map[string][]option{}}
	add := func(prefix string, functions []function) {
		for _, f := range functions {
			d.functions = append(d.functions, declared{prefix + f.Name, f.Args})
		}
	}
	for _, m := range b.modules() {
		add(strings.TrimPrefix(m.Name+".", "."), m.Functions)
		for _, cl := range m.Types {
			add(objects[cl.Name], cl.Methods)
		}
		for _, table := range m.Options {
			d.options[table.Name] = table.Options
		}
	}
	return d
}

// args are arguments of the declared types, more often than not, and sometimes
// some more.
func (g *generator) args(d declarations, declared []declare.Arg) []string {
	var args []string
	for _, a := range declared {
		if a.Optional && g.below(3) == 0 {
			break
		}
		args = append(args, g.value(d, a.Type, 0))
	}
	for range g.below(8) - 6 {
		args = append(args, g.value(d, "any", 0))
	}
	return args
}

// fuzzValues are Lua expressions of each type; a type that is not here gets any.
var fuzzValues = map[string][]string{
	"id":      {"dht.id", `("\255"):rep(20)`, `("a"):rep(40)`, "sim.nodes()[1].id", "id.flip(dht.id, 159)", `("0"):rep(40)`, `("A"):rep(39)`},
	"address": {"dht.addr", "sim.nodes()[1].addr", `"192.0.2.1:6881"`, `"[2001:db8::1]:1"`, "n.addr", `"192.0.2.1:0"`},
	"integer": {"0", "1", "-1", "8", "300", "2^53", "2^63", "1e308", "1/0", "0/0", "0.5", `"7"`},
	"seconds": {"0", "0.1", "3600", "1e9", "-1", "1/0", "0/0", "1e-300"},
	"string":  {`""`, `"x"`, `("x"):rep(5000)`, `"ping"`, `"query"`, `"node"`, `"answered"`, `"id"`, `"rtt"`, `"good"`, `"i1e"`, `"de"`, `("ab"):rep(32)`, `("ab"):rep(64)`, `"magnet:?xs=urn:btpk:" .. ("ab"):rep(32)`, `'{"a":[null]}'`},
	"function": {"print", "function() return 1 end", "function(x) return x end", "function() error({}) end", "function() sleep(0.1) end",
		"function() return n:close() end", "function() return coroutine.wrap(function() sleep(0.1) return true end)() end"},
	"any": {"nil", "true", "false", "{}", "{1, 2}", "{{{}}}", "{dht.addr}", "coroutine.create(print)", "n", "s", "dht", "dht.table", "json.null"},
}

var fuzzTypes = []string{"id", "address", "integer", "seconds", "string", "function", "any"}

// value is a Lua expression, more often than not of that type.
func (g *generator) value(d declarations, typ string, depth int) string {
	if first, _, _ := strings.Cut(typ, "("); first == "fun" {
		typ = "function"
	}
	if fuzzValues[typ] == nil {
		typ, _, _ = strings.Cut(typ, "|")
	}
	options := d.options[typ]
	switch {
	case g.below(4) == 0 || options == nil && fuzzValues[typ] == nil:
		if depth < 3 && g.below(4) == 0 {
			return "{" + g.value(d, "any", depth+1) + ", " + g.pick(fuzzValues["string"]) + "}"
		}
		return g.pick(fuzzValues[g.pick(fuzzTypes)])
	case options != nil:
		fields := make([]string, g.below(4))
		for i := range fields {
			o := options[g.below(len(options))]
			fields[i] = o.Name + " = " + g.value(d, o.Type, depth+1)
		}
		return "{" + strings.Join(fields, ", ") + "}"
	}
	return g.pick(fuzzValues[typ])
}

// A key file from anywhere is a key, or refused; what is a key is written as it was.
func FuzzKeyFile(f *testing.F) {
	f.Add([]byte(`{"format":"lightdht key 1","public":"03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8","secret":"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		key, err := ParseKey(text)
		if err != nil {
			return
		}
		if again, err := ParseKey(EncodeKey(key)); len(key) != ed25519.PrivateKeySize || err != nil || !again.Equal(key) {
			t.Errorf("a key of %d bytes; once written it is another one, or none: %v", len(key), err)
		}
	})
}

// A link from anywhere is a key with a salt that fits in an item, or refused.
func FuzzTorrentKey(f *testing.F) {
	f.Add("magnet:?xs=urn:btpk:8543d3e6115f0f98c944077a4493dcd543e49c739fd998550a1f614ab36ed63e&s=6e")
	f.Add("8543d3e6115f0f98c944077a4493dcd543e49c739fd998550a1f614ab36ed63e")
	f.Fuzz(func(t *testing.T, link string) {
		if _, salt, err := parseTorrentKey(link); err == nil && len(salt) > krpc.MaxSalt {
			t.Errorf("a salt of %d bytes", len(salt))
		}
	})
}
