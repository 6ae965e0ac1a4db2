package luabind

import (
	"reflect"
	"strings"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht/sim"
	"github.com/lightdht/lightdht/luabind/network"
)

// A header and flags say the same things, and mean the same by them.
func TestSettings(t *testing.T) {
	const header = `experiment{network = {
		nodes = 300, seed = 5, start = "cold", v6 = 0.2, hosts_per_prefix = 16, nodes_per_host = 2, public = true, k = 16, alpha = 5, latency = {median = 0.2, sigma = 0.5}, loss = 0.1, nat = 0.2,
		mtu = 1400, fragment = true, inbound = {bytes = 5000, wait = 0.5}, dead = 0.3, partition = 0.25, skew = {offset = 5, drift = 100},
		churn = {session = {dist = "weibull", shape = 0.43, scale = 28380}, downtime = {dist = "exponential", mean = 3600}, core = 0.1},
		mix = {silent = 0.1, liar = 0.05, follower = 0.02, crowd = 0.01, delay = 2}, traffic = {every = 900, torrents = 50, exponent = 1.2, lookups = 0.5},
		simulate_idle = true,
	}}`
	flags := strings.Fields(`nodes=300 seed=5 start=cold v6=0.2 hosts_per_prefix=16 nodes_per_host=2 public=true k=16 alpha=5 latency.median=0.2 latency.sigma=0.5 loss=0.1 nat=0.2
		mtu=1400 fragment=true inbound.bytes=5000 inbound.wait=0.5 dead=0.3 partition=0.25 skew.offset=5 skew.drift=100
		churn.session.dist=weibull churn.session.shape=0.43 churn.session.scale=28380 churn.downtime.dist=exponential churn.downtime.mean=3600 churn.core=0.1
		mix.silent=0.1 mix.liar=0.05 mix.follower=0.02 mix.crowd=0.01 mix.delay=2 traffic.every=900 traffic.torrents=50 traffic.exponent=1.2 traffic.lookups=0.5 simulate_idle=true`)
	want := sim.Config{
		Nodes: 300, Seed: 5, Cold: true, V6: 0.2, HostsPerPrefix: 16, NodesPerHost: 2, Public: true, K: 16, Alpha: 5, Dead: 0.3, Partition: 0.25, SimulateIdle: true,
		Link: sim.Link{
			Latency: sim.Latency{Median: 200 * time.Millisecond, Sigma: 0.5}, Loss: 0.1, NAT: 0.2, MTU: 1400, Fragment: true,
			Inbound: sim.Inbound{Bytes: 5000, Wait: 500 * time.Millisecond},
		},
		Churn: sim.Churn{
			Session:  sim.Law{Dist: sim.Weibull, Shape: 0.43, Scale: 28380 * time.Second},
			Downtime: sim.Law{Dist: sim.Exponential, Mean: time.Hour}, Core: 0.1,
		},
		Skew:    sim.Skew{Offset: 5 * time.Second, Drift: 100},
		Mix:     sim.Mix{Silent: 0.1, Liars: 0.05, Followers: 0.02, Crowds: 0.01, Delay: 2 * time.Second},
		Traffic: sim.Traffic{Every: 15 * time.Minute, Clients: 1, Torrents: 50, Exponent: 1.2, Lookups: 0.5},
	}
	h, err := ReadHeader("s.lua", header)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(h.Network.Config, want) {
		t.Errorf("header\n got %+v\nwant %+v", h.Network.Config, want)
	}
	spec, err := network.ParseSettings(flags)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(spec.Config, want) {
		t.Errorf("flags\n got %+v\nwant %+v", spec.Config, want)
	}
	if len(spec.Settings) != len(network.SettingNames()) {
		t.Errorf("%d of %d settings are tried here", len(spec.Settings), len(network.SettingNames()))
	}
}

// Every behaviour that members can have has a share of the mix, called as it is, and
// can be asked of newcomers.
func TestBehaviors(t *testing.T) {
	for b := sim.Normal + 1; b.String() != "invalid"; b++ {
		spec, err := network.ParseSettings([]string{"mix." + b.String() + "=1"})
		if err != nil {
			t.Error(err)
			continue
		}
		spec.Config.Nodes = 3
		world, err := sim.New(spec.Config)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range world.All() {
			if m.Behavior != b {
				t.Errorf("with mix.%v = 1 a member is %v", b, m.Behavior)
			}
		}
		if addOptions.Check(kinds, lua.LString("behavior"), lua.LString(b.String()), "add") != nil {
			t.Errorf("sim.add refuses %v", b)
		}
	}
}

func TestSettingsAreRefused(t *testing.T) {
	for setting, want := range map[string]string{
		"loss":                     `a setting is NAME=VALUE, as in loss=0.1 or mix.silent=0.2, got "loss"`,
		"los=0.1":                  `unknown option 'los' in the network of experiment (did you mean 'loss'?)`,
		"loss=2":                   `option 'loss': number 0 to 1 expected, got 2`,
		"loss=much":                `option 'loss': number 0 to 1 expected, got "much"`,
		"churn=pareto":             `option 'churn'`,
		"churn.session=pareto":     `option 'session' of churn`,
		"churn.session.dist=x":     `option 'dist' of the session of churn`,
		"churn=exponential":        `option 'churn'`,
		"traffic.exponent=0":       `the exponent of traffic must be above 0`,
		"loss.much=1":              `option 'loss': number 0 to 1 expected, got a table`,
		"churn.session.dist.x.y=1": `a setting is NAME=VALUE`,
		"mix.delay=0":              `the delay of mix must be above 0`,
		"start=hot":                `option 'start'`,
		"mix.silence=0.1":          `unknown option 'silence' in mix (did you mean 'silent'?)`,
		`loss]=1,x=os.exit(),y[=1`: `a setting is NAME=VALUE`,
	} {
		if _, err := network.ParseSettings([]string{setting}); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s\n got %v\nwant %s", setting, err, want)
		}
	}
	for _, two := range [][]string{
		{"mix=1", "mix.silent=0.1"}, {"mix.silent=0.1", "mix=1"},
		{"traffic.every=60", "traffic.exponent=0"}, {"traffic.every=60", "traffic.torrents=0"}, {"loss=0.1", "loss.much=1"},
	} {
		if _, err := network.ParseSettings(two); err == nil {
			t.Errorf("%q was accepted", two)
		}
	}
}

// Nothing is the default of some settings in package sim: a setting of 0 must
// not get it.
func TestZeroIsNotTheDefault(t *testing.T) {
	spec, err := network.ParseSettings([]string{"traffic.every=60", "traffic.clients=0", "inbound.datagrams=10", "inbound.wait=0", "latency=0"})
	if err != nil {
		t.Fatal(err)
	}
	spec.Config.Nodes = 50
	w, err := sim.New(spec.Config)
	if err != nil {
		t.Fatal(err)
	}
	if got := w.Traffic(); got != (sim.Traffic{}) {
		t.Errorf("with no clients, the traffic is %+v", got)
	}
	if l := w.Link(); l.Inbound.Wait > 1 || l.Latency.Constant > 1 {
		t.Errorf("with no wait and no latency, they are %v and %v", l.Inbound.Wait, l.Latency.Constant)
	}
}

// A value that a flag gives is a value, whatever is in it.
func TestSettingsAreNoCode(t *testing.T) {
	_, err := network.ParseSettings([]string{`start=warm"} os.exit() --`})
	if err == nil || !strings.Contains(err.Error(), "option 'start'") {
		t.Errorf("got %v", err)
	}
}

func TestSettingsOverride(t *testing.T) {
	header, _ := network.ParseSettings([]string{"loss=0.1", "nodes=20"})
	flags, _ := network.ParseSettings([]string{"loss=0", "nat=0.5"})
	got := header.With(flags)
	if got.Config.Link.Loss != 0 || got.Config.Link.NAT != 0.5 || got.Config.Nodes != 20 {
		t.Errorf("got %+v", got.Config)
	}
	if told(got) != "nodes = 20, loss = 0, nat = 0.5" {
		t.Errorf("settings %s", told(got))
	}
}
