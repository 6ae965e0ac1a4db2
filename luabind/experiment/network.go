package experiment

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	system "net"
	"net/netip"
	"runtime"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/member"
	"github.com/lightdht/lightdht/dht/sim"
	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/engine/record"
	"github.com/lightdht/lightdht/luabind"
	"github.com/lightdht/lightdht/luabind/network"
)

// simStart is what os.time says when a simulated run begins.
var simStart = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// scriptStream tells the script's own chance apart from that of the nodes.
const scriptStream = 0x6c75610000000000

// patience is after how long without news Watch.Making is called again.
const patience = 300 * time.Millisecond

// Network is an open network that scripts run on.
type Network struct {
	Lua   luabind.Network // as a script sees it
	Close func() error    // ends the script's own node

	member   *member.Member // nil: simulated
	config   sim.Config
	settings []network.Setting // that config was made of
	clock    engine.Clock      // nil: the wall clock
	random   engine.Source     // nil: unpredictable
	start    time.Time         // what the script's clock says at first; zero: the wall clock's
}

// SimulatedNetwork is the network that a script's header asks for, changed by what its caller asks
// for. header may be nil.
func SimulatedNetwork(header *network.Header, asked network.Spec) network.Spec {
	spec, _ := network.ParseSettings([]string{"seed=1", fmt.Sprintf("nodes=%d", sim.DefaultNodes)})
	if header != nil {
		spec = spec.With(header.Network)
	}
	return spec.With(asked)
}

// openNetwork makes the network of the options; what they leave open the script's header decides.
func (o *Options) openNetwork(ctx context.Context, header *network.Header) (*Network, error) {
	if o.Real == nil {
		return o.simulate(ctx, header)
	}
	net, err := o.bind(ctx)
	if err != nil {
		return nil, err
	}
	if err := net.Join(ctx); err != nil {
		net.Close()
		return nil, err
	}
	return net, nil
}

// bind makes the script's own node on real sockets, which is still to join.
func (o *Options) bind(ctx context.Context) (*Network, error) {
	cfg := *o.Real
	if cfg.Lookup == nil {
		cfg.Lookup = system.DefaultResolver.LookupNetIP
	}
	if cfg.Warn == nil {
		cfg.Warn = func(text string) { fmt.Fprintln(o.Stderr, text) }
	}
	m, err := member.Open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if text := m.Returning(); text != "" && o.Watch.Returning != nil {
		o.Watch.Returning(text)
	}
	net := &Network{Lua: luabind.NewUDP(m.Node(), m.Entry()), Close: m.Close, member: m}
	net.Lua.Kept = cfg.State != ""
	net.Lua.Open = alike(net.Lua.Open, m.NodeConfig())
	return net, nil
}

// Join has the script's own node join a real network, which [Experiment.Start] leaves to its
// caller; in a simulated one it is there already.
func (n *Network) Join(ctx context.Context) error {
	if n.member == nil {
		return nil
	}
	return n.member.Join(ctx, false)
}

// Entry are the addresses that a real network is joined through.
func (n *Network) Entry() []netip.AddrPort {
	if n.member == nil {
		return nil
	}
	return n.member.Entry()
}

// simulate makes the world and the script's own node in it.
func (o *Options) simulate(ctx context.Context, header *network.Header) (*Network, error) {
	spec := SimulatedNetwork(header, o.Network)
	if err := spec.Check(); err != nil {
		return nil, err
	}
	cfg := spec.Config
	if cfg.MaxBytes = o.WorldMemory; cfg.MaxBytes == 0 {
		cfg.MaxBytes = WorldMemory(nil)
	}
	cfg.Cores, cfg.Digest = o.Cores, o.Digest
	world, err := o.makeWorld(ctx, cfg)
	if err != nil {
		if ctx.Err() != nil {
			return nil, err
		}
		return nil, errors.New(sim.Problem(err))
	}
	own, err := world.Open(o.Node)
	if err != nil {
		return nil, err
	}
	if err := enter(ctx, world, own); ctx.Err() != nil {
		return nil, err
	} else if err != nil {
		return nil, noEntry(spec)
	}
	clock := luabind.SimClock(world)
	if o.Realtime {
		clock = luabind.Realtime(world)
	}
	net := &Network{
		Lua: luabind.NewSim(world, own), Close: func() error { world.Close(); return nil },
		config: cfg, settings: spec.Settings, clock: clock, random: rand.NewPCG(cfg.Seed, scriptStream), start: simStart,
	}
	net.Lua.Open = alike(net.Lua.Open, o.Node)
	return net, nil
}

// alike opens further nodes with the limits of the first one, and as members of the same network.
func alike(open func(dht.Config) (luabind.Loop, error), first dht.Config) func(dht.Config) (luabind.Loop, error) {
	return func(cfg dht.Config) (luabind.Loop, error) {
		cfg.Public, cfg.Pace, cfg.TableLimit, cfg.ClaimLimit = first.Public, first.Pace, first.TableLimit, first.ClaimLimit
		return open(cfg)
	}
}

// makeWorld is [sim.New] that tells how far it is, and ends with ctx, whose error it then returns.
func (o *Options) makeWorld(ctx context.Context, cfg sim.Config) (*sim.World, error) {
	show := func(done, total int) {}
	var late <-chan time.Time // a first step may take long
	if o.Watch.Making != nil {
		show = o.Watch.Making
		show(0, cfg.Nodes)
		late = time.After(patience)
	}
	if o.Watch.Made != nil {
		defer o.Watch.Made()
	}
	type step struct{ done, total int }
	type result struct {
		world *sim.World
		err   error
	}
	steps, made := make(chan step), make(chan result, 1)
	cfg.Progress = func(done, total int) {
		select {
		case steps <- step{done, total}:
		case <-ctx.Done():
			runtime.Goexit()
		}
	}
	go func() { // ends with the world, or at its next step after the end of ctx
		world, err := sim.New(cfg)
		made <- result{world, err}
	}()
	for {
		select {
		case s := <-steps:
			late = nil
			show(s.done, s.total)
		case <-late:
			show(0, cfg.Nodes)
		case r := <-made:
			return r.world, r.err
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// growth is what a simulated world may come to need beyond what it takes at the start, in bytes: as
// much again as its members need at rest.
func (n *Network) growth() int64 {
	if n.Lua.World == nil {
		return 0
	}
	return int64(n.Lua.World.Size()) * sim.BytesPerNode
}

// networkRow is what a run runs on, for the manifest.
func networkRow(kind string, settings []network.Setting) record.Row {
	row := record.Row{{Name: "kind", Value: kind}}
	for _, s := range settings {
		if s.Name != "seed" {
			row = append(row, record.Field{Name: s.Name, Value: s.Value})
		}
	}
	return row
}
