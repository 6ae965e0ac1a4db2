package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/sim"
	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/luabind"
)

// entryNodes is how many random members a script's node joins through; the
// contract with scripts says so.
const entryNodes = 3

// simStart is what os.time says when a simulated run begins.
var simStart = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// scriptStream tells the script's own chance apart from that of the nodes.
const scriptStream = 0x6c75610000000000

// networkFlags choose the network of a run.
type networkFlags struct {
	realFlags
	sim     int
	seed    uint64
	latency string
	loss    float64
	nat     float64
	start   string
}

func (f *networkFlags) register(flags *pflag.FlagSet) {
	flags.IntVar(&f.sim, "sim", sim.DefaultNodes, "run on a simulated network of `N` nodes; this is the default")
	f.realFlags.register(flags)
	flags.Uint64Var(&f.seed, "seed", 1, "what all chance of a simulated run depends on")
	flags.StringVar(&f.latency, "latency", "", "round trip in seconds, as in 0.05, or `MEDIAN,SIGMA` of a log-normal law (default 0.1,0.6)")
	flags.Float64Var(&f.loss, "loss", 0, "share of datagrams lost in a simulated network, 0 to 1")
	flags.Float64Var(&f.nat, "nat", 0, "share of simulated nodes behind NAT, 0 to 1")
	flags.StringVar(&f.start, "start", "warm", "simulated network at the beginning: `warm|cold`")
}

// simOnly are the flags that mean nothing on real sockets.
var simOnly = []string{"sim", "seed", "latency", "loss", "nat", "start"}

// runNetwork is the network of one run.
type runNetwork struct {
	network luabind.Network
	clock   engine.Clock
	random  engine.Source
	start   time.Time
	close   func()
}

// openNetwork makes what the flags ask for; what they leave open the script's
// header decides.
func (h *host) openNetwork(ctx context.Context, o *runOptions, header *luabind.Header) (*runNetwork, error) {
	if !o.flags.Changed("join") {
		return h.openSim(ctx, o, header)
	}
	for _, name := range simOnly {
		if o.flags.Changed(name) {
			return nil, fmt.Errorf("--%s is for simulated networks, --join for real ones; use one of the two", name)
		}
	}
	return openReal(ctx, o)
}

// openReal binds a socket and joins through the hosts of --join.
func openReal(ctx context.Context, o *runOptions) (*runNetwork, error) {
	own, entry, err := o.open(ctx)
	if err != nil {
		return nil, err
	}
	if err := enter(ctx, own, entry); err != nil {
		own.Close()
		return nil, err
	}
	return &runNetwork{
		network: luabind.NewUDP(own, entry),
		clock:   engine.NewWall(),
		close:   func() { own.Close() },
	}, nil
}

// openSim makes the world and the script's own node in it.
func (h *host) openSim(ctx context.Context, o *runOptions, header *luabind.Header) (*runNetwork, error) {
	cfg, err := o.simConfig(header)
	if err != nil {
		return nil, err
	}
	if o.listen != "" {
		return nil, fmt.Errorf("--listen is for real networks; it needs --join")
	}
	id, err := o.nodeID()
	if err != nil {
		return nil, err
	}
	world, err := sim.New(cfg)
	if err != nil {
		return nil, fmt.Errorf("%s", strings.TrimPrefix(err.Error(), "sim: "))
	}
	own, err := world.Open(dht.Config{ID: id})
	if err != nil {
		return nil, err
	}
	if err := enter(ctx, own, world.Entry(entryNodes)); err != nil {
		return nil, fmt.Errorf("no entry into the simulated network: with a loss of %v and a NAT share of %v nobody answered", cfg.Link.Loss, cfg.Link.NAT)
	}
	return &runNetwork{
		network: luabind.NewSim(world, own),
		clock:   luabind.SimClock(world),
		random:  rand.NewPCG(cfg.Seed, scriptStream),
		start:   simStart,
		close:   world.Close,
	}, nil
}

// simConfig is the world that the script's header asks for, changed by the flags.
func (o *runOptions) simConfig(header *luabind.Header) (sim.Config, error) {
	cfg := sim.Config{Nodes: o.sim, Seed: o.seed}
	cold := o.start
	if header != nil {
		spec := header.Network
		override(o, "sim", &cfg.Nodes, spec.Nodes)
		override(o, "seed", &cfg.Seed, spec.Seed)
		override(o, "loss", &o.loss, spec.Loss)
		override(o, "nat", &o.nat, spec.NAT)
		if spec.Latency != nil {
			cfg.Link.Latency = *spec.Latency
		}
		if spec.Start != "" && !o.flags.Changed("start") {
			cold = spec.Start
		}
	}
	if cfg.Nodes < 1 {
		return cfg, fmt.Errorf("nodes must be at least 1, got %d", cfg.Nodes)
	}
	switch cold {
	case "warm":
	case "cold":
		cfg.Cold = true
	default:
		return cfg, fmt.Errorf("--start is warm or cold, got %q", cold)
	}
	cfg.Link.Loss, cfg.Link.NAT = o.loss, o.nat
	if o.latency != "" {
		latency, err := parseLatency(o.latency)
		if err != nil {
			return cfg, err
		}
		cfg.Link.Latency = latency
	}
	return cfg, nil
}

// override replaces value by what the script asks for, unless the flag was given.
func override[T any](o *runOptions, flag string, value, asked *T) {
	if asked != nil && !o.flags.Changed(flag) {
		*value = *asked
	}
}

// parseLatency reads the --latency flag.
func parseLatency(text string) (sim.Latency, error) {
	median, sigma, two := strings.Cut(text, ",")
	m, err := strconv.ParseFloat(median, 64)
	s, err2 := 0.0, error(nil)
	if two {
		s, err2 = strconv.ParseFloat(sigma, 64)
	}
	if err != nil || err2 != nil || !(m >= 0 && m <= 3600) {
		return sim.Latency{}, fmt.Errorf("--latency: seconds are needed, as in 0.05, or median and sigma, as in 0.1,0.6; got %q", text)
	}
	d := time.Duration(m * float64(time.Second))
	if two {
		return sim.Latency{Median: d, Sigma: s}, nil
	}
	return sim.Latency{Constant: max(d, 1)}, nil
}
