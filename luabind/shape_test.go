package luabind

import (
	"slices"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht/sim"
)

// shapes are ways to an object of each class that is a plain table, and a misspelt field of it.
var shapes = []struct{ class, object, misspelt, message string }{
	{"dht.Trace", `select(2, dht.get_peers(hash))`, "quries", "a trace has no field 'quries' (did you mean 'queries'?)"},
	{"dht.Step", `select(2, dht.find_node(hash)).path[1]`, "outcom", "a step has no field 'outcom' (did you mean 'outcome'?)"},
	{"dht.Reply", `dht.rpc.ping(member)`, "rrt", "a reply has no field 'rrt' (did you mean 'rtt'?)"},
	{"dht.Contact", `dht.find_node(hash)[1]`, "adr", "a contact has no field 'adr' (did you mean 'addr'?)"},
	{"dht.Entry", `dht.table:sample(1)[1]`, "last_sen", "an entry has no field 'last_sen' (did you mean 'last_seen'?)"},
	{"dht.Stats", `dht.stats()`, "querys_in", "a table of stats has no field 'querys_in' (did you mean 'queries_in'?)"},
	{"sim.Stats", `sim.stats()`, "onlin", "a table of stats has no field 'onlin' (did you mean 'online'?)"},
	{"sim.Tables", `sim.tables()`, "god", "a table of tables has no field 'god' (did you mean 'good'?)"},
	{"sim.Member", `sim.nodes()[1]`, "behaviour", "a member has no field 'behaviour' (did you mean 'behavior'?)"},
	{"dht.Swarm", `dht.scrape(hash)`, "seed", "a swarm has no field 'seed' (did you mean 'seeds'?)"},
	{"key.Key", `key.new()`, "pub", "a key has no field 'pub' (did you mean 'public'?)"},
	{"dht.Error", `select(2, dht.rpc.ping("192.0.2.1:5"))`, "knid", "an error has no field 'knid' (did you mean 'kind'?)"},
	{"dht.Reply", `dht.rpc.ping(member)`, "colour", "a reply has no field 'colour'"},
	{"dht.Error", `select(2, dht.rpc.ping("192.0.2.1:5"))`, "colour", "an error has no field 'colour'; this one says: ping to 192.0.2.1:5: no answer in time"},
}

// Reading a field that objects of a class never have is an error, and all else is as with any
// table.
func TestShapes(t *testing.T) {
	const prelude = `local hash, member = ("0"):rep(40), sim.nodes()[1].addr local it = `
	for _, shape := range shapes {
		t.Run(shape.class, func(t *testing.T) {
			cfg := sim.Config{Nodes: 20, Seed: 1}
			for _, use := range []string{"print(it." + shape.misspelt + ")", "local row = {x = it." + shape.misspelt + "}"} {
				_, err := runWithLibrary(t, cfg, prelude+shape.object+"\n"+use)
				if err == nil || err.Error() != "s.lua:2: "+shape.message {
					t.Errorf("%s: %v, want %s", use, err, shape.message)
				}
			}
			fields := fieldsOf(t, shape.class)
			read := ""
			for _, f := range fields {
				read += " local _ = it." + f
			}
			if _, err := runWithLibrary(t, cfg, prelude+shape.object+read+" local _ = it[1], it.__name"); err != nil {
				t.Errorf("a field that it can have: %v", err)
			}
			if shape.class == "dht.Error" {
				return
			}
			out, err := runWithLibrary(t, cfg, prelude+shape.object+`
				it.mine = 1
				assert(it.mine == 1 and rawget(it, "another") == nil)
				local raw, packet = rawget(it, "raw"), rawget(it, "packet")
				rawset(it, "raw", nil) rawset(it, "packet", nil) -- no JSON
				local text = json.encode(it)
				rawset(it, "raw", raw) rawset(it, "packet", packet)
				assert(text:find('"mine":1', 1, true), text)
				for k in pairs(it) do print(k) end`)
			if err != nil {
				t.Fatal(err)
			}
			for _, key := range strings.Fields(out) {
				if key != "mine" && !slices.Contains(fields, key) {
					t.Errorf("it has a field %q that is not declared", key)
				}
			}
		})
	}
}

// fieldsOf lists the declared fields of a class.
func fieldsOf(t *testing.T, class string) []string {
	for _, m := range catalogue().Modules {
		for _, cl := range m.Types {
			if cl.Name == class {
				return fieldNames(cl.Fields)
			}
		}
	}
	t.Fatalf("no class %q", class)
	return nil
}

// TestEveryPlainClassHasItsShape: no table of a class is made without it.
func TestEveryPlainClassHasItsShape(t *testing.T) {
	tested := map[string]bool{
		// The objects of events and of what others store come from the network; other tests read
		// them.
		"dht.Query": true, "dht.Announce": true, "dht.ItemInfo": true, "dht.Holder": true, "dht.Announced": true,
		"dht.StoredPeer": true, "dht.StoredItem": true,
	}
	for _, s := range shapes {
		tested[s.class] = true
	}
	for _, m := range catalogue().Modules {
		for _, cl := range m.Types {
			plain := len(cl.Methods) == 0 && !slices.ContainsFunc(cl.Fields, func(f field) bool { return f.Get != nil })
			if plain && !tested[cl.Name] {
				t.Errorf("%s has no test of its shape", cl.Name)
			}
		}
	}
	L := lua.NewState()
	defer L.Close()
	for name, want := range map[string]string{"dht.ItemInfo": "an item info", "dht.Stats": "a table of stats", "dht.Query": "a query"} {
		cl := class{Name: name}
		if got := one(&cl); got != want {
			t.Errorf("%s is called %s, want %s", name, got, want)
		}
	}
}
