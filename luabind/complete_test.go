package luabind

import (
	"slices"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht/sim"
	"github.com/lightdht/lightdht/engine"
)

// What a completion looks up, without any script.
func TestComplete(t *testing.T) {
	world, err := sim.New(sim.Config{Nodes: 30})
	if err != nil {
		t.Fatal(err)
	}
	defer world.Close()
	host, ok := world.Host(0)
	if !ok {
		t.Fatal("an empty world")
	}
	b := New(Options{Network: NewSim(world, host)})
	e, err := engine.New(engine.Options{Clock: SimClock(world), Modules: b.Modules()})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	dht := e.Global("dht").(*lua.LTable)
	_, methods := b.Members(dht.RawGetString("table"))
	if !slices.Contains(methods, "closest") || !slices.Contains(methods, "each") {
		t.Errorf("dht.table has %q", methods)
	}
	for _, v := range []lua.LValue{dht, lua.LNil, lua.LString("x"), &lua.LUserData{}} {
		if fields, methods := b.Members(v); fields != nil || methods != nil {
			t.Errorf("%v has %q, %q", v, fields, methods)
		}
	}
	all := b.IDs("", 1000)
	if len(all) == 0 || !slices.IsSorted(all) {
		t.Fatalf("ids %q", all)
	}
	if got := b.IDs(all[0][:10], 5); !slices.Equal(got, all[:1]) {
		t.Errorf("ids %q, want %q", got, all[0])
	}
	for _, prefix := range []string{"xyz", all[0] + "0"} {
		if got := b.IDs(prefix, 5); got != nil {
			t.Errorf("ids %q begin with %q", got, prefix)
		}
	}
	if got := b.IDs("", 3); len(got) != 3 {
		t.Errorf("%d ids, want 3", len(got))
	}
}
