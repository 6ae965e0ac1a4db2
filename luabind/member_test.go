package luabind

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/sim"
	"github.com/lightdht/lightdht/engine"
)

// A run that is interrupted says on which line it waited, and for what.
func TestInterruptedWhileWaiting(t *testing.T) {
	const nobody = `"192.0.2.1:6881", {timeout = 3600}`
	tests := []struct{ source, want string }{
		{"\ndht.serve()", "interrupted at s.lua:2, waiting for dht.serve"},
		{"dht.rpc.ping(" + nobody + ")", "interrupted at s.lua:1, waiting for dht.rpc.ping to 192.0.2.1:6881"},
		{"dht.get_peers(dht.id, {start = {'192.0.2.1:6881'}, timeout = 3600})", "interrupted at s.lua:1, waiting for dht.get_peers"},
		{"local n = dht.open{addr = '192.0.2.7:1'}\nn:serve()", "interrupted at s.lua:2, waiting for serve of node 192.0.2.7:1"},
		{"\n\nfor _ in dht.table:each() do sleep(3600) end", "interrupted at s.lua:3, waiting for sleep"},
	}
	for _, tt := range tests {
		ctx, cancel := context.WithCancel(context.Background())
		world, own := openWorld(t, sim.Config{Nodes: 20, Seed: 1})
		s := &site{world: world}
		s.open(t, NewSim(world, own), engine.Options{Clock: frozen{SimClock(world), ctx}})
		world.After(100*time.Second, cancel)
		_, err := s.engine.Run(ctx, "s.lua", tt.source)
		if _, ok := errors.AsType[*engine.Interrupted](err); !ok || err.Error() != tt.want {
			t.Errorf("%s\ngot  %v\nwant %v", tt.source, err, tt.want)
		}
	}
}

// frozen is a clock that stands still from the moment of an interrupt until the
// engine has heard of it.
type frozen struct {
	engine.Clock
	ctx context.Context
}

func (f frozen) Step(wake <-chan struct{}) bool {
	if f.ctx.Err() != nil {
		<-wake
		return true
	}
	return f.Clock.Step(wake)
}

// An error in a handler is told once, with its line.
func TestHandlerErrorIsReported(t *testing.T) {
	for event, source := range map[string]string{
		"query": `local n = dht.open{bootstrap = false}
			n:on("query", function(q)
				error("not my day")
			end)
			for i = 1, 3 do assert(dht.rpc.ping(n.addr)) end`,
		"answered": `local n = dht.open{bootstrap = false}
			n:on("answered", function(q)
				error("not my day")
			end)
			for i = 1, 3 do assert(dht.rpc.ping(n.addr)) end
			sleep(1)`,
	} {
		s := simSite(t, sim.Config{Nodes: 20, Seed: 1})
		if err := s.run("s.lua", source); err != nil {
			t.Error(event, err)
		}
		stderr := s.stderr.String()
		want := `handler of dht.on("` + event + `") failed (further errors of it are not shown): s.lua:3: not my day`
		if !strings.HasPrefix(stderr, want+"\n") || strings.Count(stderr, "not my day") != 1 {
			t.Errorf("got  %q\nwant %q", stderr, want)
		}
	}
}

func TestHandlerResultWithoutMeaning(t *testing.T) {
	s := simSite(t, sim.Config{Nodes: 20, Seed: 1})
	err := s.run("s.lua", `local n = dht.open{bootstrap = false}
		n:on("query", function() return "yes" end)
		assert(dht.rpc.ping(n.addr))`)
	if err != nil || !strings.Contains(s.stderr.String(), errVerdict.Error()) {
		t.Errorf("%v, stderr %q", err, s.stderr.String())
	}
}

// Events that nobody takes in time are dropped and counted; the node goes on.
func TestUnreadEventsAreDropped(t *testing.T) {
	s := simSite(t, sim.Config{Nodes: 20, Seed: 1})
	err := s.run("s.lua", `
		local n, told = dht.open{bootstrap = false}, 0
		n:on("node", function() told = told + 1; sleep(60) end)
		local m = sim.node(1)
		for i = 1, 50 do
			local nodes = {}
			for j = 1, 100 do nodes[j] = id.raw(id.random()) .. "\1\2\3" .. string.char(j) .. "\1" .. string.char(i) end
			local sub = m:on("query", function() return {nodes = table.concat(nodes)} end)
			assert(n.rpc.find_node(m.addr, id.random()))
			sub:off()
		end
		assert(#n.table == 5001, #n.table)
		local dropped = n:stats().dropped_events
		assert(dropped >= 5001 - 4096 - 1 and dropped <= 5001 - 4096, dropped)
		assert(told >= 1)`)
	if err != nil {
		t.Error(err)
	}
}

// What a script opened is closed when its engine is.
func TestHandlesAreClosedAtTheEnd(t *testing.T) {
	s := simSite(t, sim.Config{Nodes: 20, Seed: 1})
	if err := s.run("s.lua", `n = assert(dht.open{addr = "192.0.2.7:1"}) m = assert(dht.open()) m:on("query", print)`); err != nil {
		t.Fatal(err)
	}
	cfg := dht.Config{Addr: s.bindings.opened[0].loop.Addr()}
	if _, err := s.world.Open(cfg); err == nil {
		t.Error("it should still be open")
	}
	s.engine.Close()
	if _, err := s.world.Open(cfg); err != nil {
		t.Error(err)
	}
	s.bindings.own.loop.Do(func(dht.Time, *dht.Node) {}) // the host's, and still there
}

func TestNoNetwork(t *testing.T) {
	r := runScript(t, "s.lua", "assert(dht == nil and sim == nil)", Options{})
	if r.err != nil {
		t.Error(r.err)
	}
}

func TestSimClock(t *testing.T) {
	world, err := sim.New(sim.Config{Nodes: 5, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	clock := SimClock(world)
	wake := make(chan struct{}, 1)
	fired := time.Duration(-1)
	clock.AfterFunc(time.Minute, func() { fired = clock.Now() })
	stop := clock.AfterFunc(time.Second, func() { t.Error("was stopped") })
	stop()
	clock.AfterFunc(math.MaxInt64, func() { t.Error("the end of time") })
	for fired < 0 && clock.Step(wake) {
	}
	if fired != time.Minute {
		t.Errorf("fired at %v", fired)
	}
	wake <- struct{}{}
	before := world.Stats().Events
	if !clock.Step(wake) || world.Stats().Events != before {
		t.Error("a step goes on although it was woken")
	}
	world.Close()
	if clock.Step(wake) {
		t.Error("nothing happens in a closed world")
	}
}
