package network

import (
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht/sim"
	"github.com/lightdht/lightdht/luabind/declare"
)

// setting is one of the things that can be asked of a network, the same for the
// header of a script, for flags, and for a network that runs.
type setting struct {
	declare.Option
	read func(r *reader, v lua.LValue, cfg *sim.Config) // v is of the option's type
	copy func(to, from *sim.Config)
}

var networkSettings = []setting{
	{
		declare.Option{Name: "nodes", Type: "integer", Min: 1, Max: 1 << 24, Default: sim.DefaultNodes, Text: "Number of members at the beginning."},
		func(_ *reader, v lua.LValue, cfg *sim.Config) { cfg.Nodes = int(floatOf(v)) },
		func(to, from *sim.Config) { to.Nodes = from.Nodes },
	},
	{
		declare.Option{Name: "seed", Type: "integer", Min: 0, Max: declare.MaxExact, Default: 1, Text: "The seed of all random numbers. The same seed gives the same run."},
		func(_ *reader, v lua.LValue, cfg *sim.Config) { cfg.Seed = uint64(floatOf(v)) },
		func(to, from *sim.Config) { to.Seed = from.Seed },
	},
	{
		declare.Option{Name: "start", Type: `"warm"|"cold"`, Default: "warm", Text: "warm: the tables of members are filled at the beginning. cold: members have to find each other."},
		func(_ *reader, v lua.LValue, cfg *sim.Config) { cfg.Cold = v.String() == "cold" },
		func(to, from *sim.Config) { to.Cold = from.Cold },
	},
	{
		declare.Option{Name: "v6", Type: "number", Min: 0, Max: 1, Default: 0.0, Text: "Share of the members that have an IPv6 address too, and are in both networks."},
		func(_ *reader, v lua.LValue, cfg *sim.Config) { cfg.V6 = floatOf(v) },
		func(to, from *sim.Config) { to.V6 = from.V6 },
	},
	{
		declare.Option{Name: "hosts_per_prefix", Type: "integer", Min: 1, Max: 254, Text: "Hosts in a /24 of IPv4 addresses or a /64 of IPv6. Default: addresses are scattered."},
		func(_ *reader, v lua.LValue, cfg *sim.Config) { cfg.HostsPerPrefix = int(floatOf(v)) },
		func(to, from *sim.Config) { to.HostsPerPrefix = from.HostsPerPrefix },
	},
	{
		declare.Option{Name: "nodes_per_host", Type: "integer", Min: 1, Max: 1000, Default: 1, Text: "Members at one IP address, at the ports from 6881 on."},
		func(_ *reader, v lua.LValue, cfg *sim.Config) { cfg.NodesPerHost = int(floatOf(v)) },
		func(to, from *sim.Config) { to.NodesPerHost = from.NodesPerHost },
	},
	{
		declare.Option{Name: "public", Type: "boolean", Default: false, Text: "Members follow the rules of the public DHT: one node per IP address in a table, one per /24 or /64 in a bucket, two queries a second to an address."},
		func(_ *reader, v lua.LValue, cfg *sim.Config) { cfg.Public = v == lua.LTrue },
		func(to, from *sim.Config) { to.Public = from.Public },
	},
	{
		declare.Option{Name: "k", Type: "integer", Min: 1, Max: 100, Default: 8, Text: "Nodes in a bucket of the tables of members."},
		func(_ *reader, v lua.LValue, cfg *sim.Config) { cfg.K = int(floatOf(v)) },
		func(to, from *sim.Config) { to.K = from.K },
	},
	{
		declare.Option{Name: "alpha", Type: "integer", Min: 1, Max: 100, Default: 3, Text: "Queries in flight in a search of a member: for background traffic, to join, to refresh its table."},
		func(_ *reader, v lua.LValue, cfg *sim.Config) { cfg.Alpha = int(floatOf(v)) },
		func(to, from *sim.Config) { to.Alpha = from.Alpha },
	},
	{
		declare.Option{Name: "latency", Type: "seconds|table", Table: "Latency", Text: "Round-trip time: a constant, or log-normal with one draw per pair of nodes: {median = 0.1, sigma = 0.6}."},
		func(r *reader, v lua.LValue, cfg *sim.Config) { cfg.Link.Latency = r.latency(v) },
		func(to, from *sim.Config) { to.Link.Latency = from.Link.Latency },
	},
	{
		declare.Option{Name: "loss", Type: "number", Min: 0, Max: 1, Default: 0.0, Text: "Probability that a datagram is lost."},
		func(_ *reader, v lua.LValue, cfg *sim.Config) { cfg.Link.Loss = floatOf(v) },
		func(to, from *sim.Config) { to.Link.Loss = from.Link.Loss },
	},
	{
		declare.Option{Name: "nat", Type: "number", Min: 0, Max: 1, Default: 0.0, Text: "Share of the members behind NAT: other nodes reach them only after a query from them."},
		func(_ *reader, v lua.LValue, cfg *sim.Config) { cfg.Link.NAT = floatOf(v) },
		func(to, from *sim.Config) { to.Link.NAT = from.Link.NAT },
	},
	{
		declare.Option{Name: "mtu", Type: "integer", Min: 0, Max: 65535, Default: 0, Text: "The longest packet, headers included; longer ones are lost. 0: no limit."},
		func(_ *reader, v lua.LValue, cfg *sim.Config) { cfg.Link.MTU = int(floatOf(v)) },
		func(to, from *sim.Config) { to.Link.MTU = from.Link.MTU },
	},
	{
		declare.Option{Name: "fragment", Type: "boolean", Default: false, Text: "Packets longer than the MTU are sent in pieces, each of which may be lost."},
		func(_ *reader, v lua.LValue, cfg *sim.Config) { cfg.Link.Fragment = v == lua.LTrue },
		func(to, from *sim.Config) { to.Link.Fragment = from.Link.Fragment },
	},
	{
		declare.Option{Name: "inbound", Type: "table", Table: "Inbound", Text: "Limits on the datagrams that a member receives: {datagrams = 100} or {bytes = 20000} a second, and the longest time in the queue, wait."},
		func(r *reader, v lua.LValue, cfg *sim.Config) { cfg.Link.Inbound = r.inbound(v.(*lua.LTable)) },
		func(to, from *sim.Config) { to.Link.Inbound = from.Link.Inbound },
	},
	{
		declare.Option{Name: "churn", Type: `"weibull"|table`, Table: "Churn", Text: "How members come and go: {session = {dist = \"weibull\", shape = 0.43, scale = 28380}, downtime = {...}, core = 0.1}. \"weibull\" is the distribution of sessions that was measured in the Mainline DHT."},
		func(r *reader, v lua.LValue, cfg *sim.Config) { cfg.Churn = r.churn(v) },
		func(to, from *sim.Config) { to.Churn = from.Churn },
	},
	{
		declare.Option{Name: "dead", Type: "number", Min: 0, Max: 0.9, Default: 0.0, Text: "Share of dead contacts in the tables of a warm start."},
		func(_ *reader, v lua.LValue, cfg *sim.Config) { cfg.Dead = floatOf(v) },
		func(to, from *sim.Config) { to.Dead = from.Dead },
	},
	{
		declare.Option{Name: "partition", Type: "number", Min: 0, Max: 1, Default: 0.0, Text: "Share of the members that are cut off from the others."},
		func(_ *reader, v lua.LValue, cfg *sim.Config) { cfg.Partition = floatOf(v) },
		func(to, from *sim.Config) { to.Partition = from.Partition },
	},
	{
		declare.Option{Name: "skew", Type: "table", Table: "Skew", Text: "How wrong the clocks of members are: {offset = seconds, drift = parts per million}. These are maxima."},
		func(r *reader, v lua.LValue, cfg *sim.Config) { cfg.Skew = r.skew(v.(*lua.LTable)) },
		func(to, from *sim.Config) { to.Skew = from.Skew },
	},
	{
		declare.Option{Name: "mix", Type: "table", Table: "Mix", Text: "Shares of members that misbehave: {read_only = 0.1, silent = 0.1, slow = 0.1, liar = 0.1, wrong_id = 0.1, follower = 0.1, crowd = 0.1, delay = 1}."},
		func(r *reader, v lua.LValue, cfg *sim.Config) { cfg.Mix = r.mix(v.(*lua.LTable)) },
		func(to, from *sim.Config) { to.Mix = from.Mix },
	},
	{
		declare.Option{Name: "traffic", Type: "table", Table: "Traffic", Text: "Searches that members make in the background: {every = 900, clients = 1, torrents = 1000, exponent = 1, lookups = 0}."},
		func(r *reader, v lua.LValue, cfg *sim.Config) { cfg.Traffic = r.traffic(v.(*lua.LTable)) },
		func(to, from *sim.Config) { to.Traffic = from.Traffic },
	},
	{
		declare.Option{Name: "simulate_idle", Type: "boolean", Default: false, Text: "Simulate idle times too: more than an hour in which nothing but upkeep happens. By default they are skipped, and their datagrams are not counted."},
		func(_ *reader, v lua.LValue, cfg *sim.Config) { cfg.SimulateIdle = v == lua.LTrue },
		func(to, from *sim.Config) { to.SimulateIdle = from.SimulateIdle },
	},
}

// Options are the settings as the options of experiment{network = ...}.
var Options = SettingOptions("ExperimentNetwork", "A simulated network.", "nodes", "seed", "start", "v6", "hosts_per_prefix", "nodes_per_host", "public", "k", "alpha",
	"latency", "loss", "nat", "mtu", "fragment", "inbound", "churn", "dead", "partition", "skew", "mix", "traffic", "simulate_idle")

// SettingOptions makes an option table of some settings.
func SettingOptions(name, text string, settings ...string) declare.OptionTable {
	t := declare.OptionTable{Name: name, Text: text}
	for _, s := range settings {
		t.Options = append(t.Options, findSetting(s).Option)
	}
	return t
}

// SettingNames lists what can be asked of a simulated network.
func SettingNames() []string {
	var names []string
	for _, s := range networkSettings {
		names = append(names, s.Name)
	}
	return names
}

func findSetting(name string) *setting {
	i := slices.IndexFunc(networkSettings, func(s setting) bool { return s.Name == name })
	return &networkSettings[i]
}

func floatOf(v lua.LValue) float64 {
	f, _ := declare.ToNumber(v)
	return f
}
