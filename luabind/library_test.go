package luabind

import (
	"bytes"
	"context"
	"math/rand/v2"
	"testing"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/sim"
	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/scripts"
)

// openWorld makes a simulated network and a node in it that has joined.
func openWorld(t testing.TB, cfg sim.Config) (*sim.World, *sim.Host) {
	t.Helper()
	world, err := sim.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	own, err := world.Open(dht.Config{})
	if err != nil {
		t.Fatal(err)
	}
	joined := make(chan struct{})
	own.Do(func(now dht.Time, n *dht.Node) {
		n.Bootstrap(now, world.Entry(entryNodes), func(dht.Time, *dht.Result) { close(joined) })
	})
	if err := own.Wait(context.Background(), joined); err != nil {
		t.Fatal(err)
	}
	return world, own
}

// runWithLibrary runs a script with the Lua library in a simulated network.
func runWithLibrary(t *testing.T, cfg sim.Config, source string) (stdout string, err error) {
	t.Helper()
	world, own := openWorld(t, cfg)
	var out bytes.Buffer
	e, err := engine.New(engine.Options{
		Clock:   SimClock(world),
		Stdout:  &out,
		Random:  rand.NewPCG(cfg.Seed, 1),
		Library: scripts.FS,
		Modules: New(Options{Network: NewSim(world, own)}).Modules(),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	_, err = e.Run(context.Background(), "s.lua", source)
	return out.String(), err
}

// A census comes within three standard errors, in networks of very different
// size. The seeds are fixed, so this holds always or never.
func TestCensus(t *testing.T) {
	const source = `
		local census = require "lightdht.census"
		local size = assert(census.estimate(32))
		local off = math.abs(size.nodes - sim.size()) / size.error
		assert(off < 3, ("%.0f of %d, which is %.1f standard errors off"):format(size.nodes, sim.size(), off))
		assert(size.error < 0.1 * size.nodes)
		assert(size.points == 32)
		print(("%.0f +- %.0f of %d"):format(size.nodes, size.error, sim.size()))`
	for _, nodes := range []int{300, 3000} {
		out, err := runWithLibrary(t, sim.Config{Nodes: nodes, Seed: 1}, source)
		if err != nil {
			t.Errorf("%d nodes: %v", nodes, err)
		}
		t.Log(out)
	}
}

// In a network smaller than a neighbourhood everybody is found and counted.
func TestCensusOfFew(t *testing.T) {
	_, err := runWithLibrary(t, sim.Config{Nodes: 5, Seed: 1}, `
		local size = assert(require("lightdht.census").estimate(2))
		assert(size.nodes == 5 and size.error == 0, size.nodes)`)
	if err != nil {
		t.Error(err)
	}
}

func TestCensusOfNobody(t *testing.T) {
	_, err := runWithLibrary(t, sim.Config{Nodes: 5, Seed: 1, Link: sim.Link{Loss: 1}}, `
		local size, err = require("lightdht.census").estimate(2)
		assert(size == nil and (err.kind == "unreachable" or err.kind == "timeout"), tostring(err))`)
	if err != nil {
		t.Error(err)
	}
}
