package luabind

import (
	"reflect"
	"strings"
	"testing"

	"github.com/lightdht/lightdht/dht/sim"
	"github.com/lightdht/lightdht/luabind/network"
)

// told is what a manifest has of a network.
func told(n network.Spec) string {
	var parts []string
	for _, s := range n.Settings {
		parts = append(parts, s.Name+" = "+s.Value)
	}
	return strings.Join(parts, ", ")
}

// header is the network that the header of a script asks for.
func header(t testing.TB, network string) network.Spec {
	t.Helper()
	h, err := ReadHeader("s.lua", "experiment{network = {"+network+"}}")
	if err != nil {
		t.Fatal(err)
	}
	return h.Network
}

// flags is what flags ask for.
func flags(t testing.TB, settings string) network.Spec {
	t.Helper()
	spec, err := network.ParseSettings(strings.Fields(settings))
	if err != nil {
		t.Fatal(err)
	}
	return spec
}

// A setting given in parts keeps the others of the header, a whole one replaces it.
// The outcome, written into a header, is the same network.
func TestSettingsMerge(t *testing.T) {
	for _, tt := range []struct{ header, flags, want string }{
		{`mix = {silent = 0.3}`, "mix.liar=0.1", `mix = {silent = 0.3, liar = 0.1}`},
		{`mix = {silent = 0.3, delay = 3}`, "mix.silent=0 mix.slow=0.2", `mix = {silent = 0, delay = 3, slow = 0.2}`},
		{`mix = {silent = 0.3}`, "loss=0.1", `mix = {silent = 0.3}, loss = 0.1`},

		{`latency = {median = 0.05, sigma = 0.6}`, "latency.sigma=0.1", `latency = {median = 0.05, sigma = 0.1}`},
		{`latency = {median = 0.05}`, "latency.sigma=0.1", `latency = {median = 0.05, sigma = 0.1}`},
		{`latency = {sigma = 0.3}`, "latency.median=0.2", `latency = {sigma = 0.3, median = 0.2}`},
		{`latency = 0.05`, "latency.sigma=0.1", `latency = {median = 0.05, sigma = 0.1}`},
		{`latency = 0.05`, "latency.median=0.2", `latency = {median = 0.2, sigma = 0}`},
		{`latency = {median = 0.05, sigma = 0.6}`, "latency=0.1", `latency = 0.1`},
		{`latency = {median = 0.05, sigma = 0.6}`, "latency.median=0.3 latency=0.1", `latency = 0.1`},
		{`latency = {median = 0.05, sigma = 0.6}`, "latency=0.1 latency.sigma=0.3", `latency = {median = 0.1, sigma = 0.3}`},

		{`traffic = {every = 60}`, "traffic.torrents=20", `traffic = {every = 60, torrents = 20}`},
		{`traffic = {every = 60, clients = 0, lookups = 0.5}`, "traffic.clients=0.5", `traffic = {every = 60, clients = 0.5, lookups = 0.5}`},
		{`traffic = {every = 60}`, "traffic.every=0", `traffic = {every = 0}`},
		{`inbound = {datagrams = 100, wait = 0.5}`, "inbound.datagrams=50", `inbound = {datagrams = 50, wait = 0.5}`},
		{`inbound = {datagrams = 100}`, "inbound.wait=0.5", `inbound = {datagrams = 100, wait = 0.5}`},
		{`skew = {offset = 5}`, "skew.drift=50", `skew = {offset = 5, drift = 50}`},

		{`churn = "weibull"`, "churn.core=0.1", `churn = {session = "weibull", core = 0.1}`},
		{`churn = {session = {dist = "exponential", mean = 600}, core = 0.2}`, "churn.session.mean=60",
			`churn = {session = {dist = "exponential", mean = 60}, core = 0.2}`},
		{`churn = {session = {dist = "exponential", mean = 600}}`, "churn.session.dist=constant",
			`churn = {session = {dist = "constant", mean = 600}}`},
		{`churn = {session = {dist = "exponential", mean = 600}}`, "churn.session.dist=weibull",
			`churn = {session = {dist = "weibull"}}`},
		{`churn = {session = {dist = "weibull", shape = 0.5, scale = 60}}`, "churn.session.dist=exponential churn.session.mean=30",
			`churn = {session = {dist = "exponential", mean = 30}}`},
		{`churn = {session = {dist = "weibull", shape = 0.5, scale = 60}}`, "churn.session.scale=90",
			`churn = {session = {dist = "weibull", shape = 0.5, scale = 90}}`},
		{`churn = {session = {dist = "exponential", mean = 600}}`, "churn.session=weibull churn.downtime.dist=constant churn.downtime.mean=9",
			`churn = {session = "weibull", downtime = {dist = "constant", mean = 9}}`},
		{`churn = {session = "weibull", core = 0.2}`, "churn.session.shape=0.5 churn.session.scale=60",
			`churn = {session = {dist = "weibull", shape = 0.5, scale = 60}, core = 0.2}`},
		{`churn = {session = "weibull", core = 0.2}`, "churn=weibull", `churn = "weibull"`},

		{``, "traffic.torrents=20 traffic.every=60", `traffic = {torrents = 20, every = 60}`},
		{``, "inbound.wait=1 inbound.bytes=5000", `inbound = {wait = 1, bytes = 5000}`},
		{`seed = 9007199254740991`, "loss=1", `seed = 9007199254740991, loss = 1`},
	} {
		got := header(t, tt.header).With(flags(t, tt.flags))
		if told(got) != tt.want {
			t.Errorf("{%s} with %s is\n  %s, want\n  %s", tt.header, tt.flags, told(got), tt.want)
		}
		if want := header(t, tt.want); !reflect.DeepEqual(got.Config, want.Config) || got.Check() != nil {
			t.Errorf("{%s} with %s is\n  %+v, want\n  %+v (%v)", tt.header, tt.flags, got.Config, want.Config, got.Check())
		}
	}
}

// Each in its turn: the header, the flags, the values of a sweep, which come after
// the flags as more of them.
func TestSettingsMergeInTurn(t *testing.T) {
	base := flags(t, "seed=1 nodes=500")
	asked := header(t, `nodes = 200, mix = {silent = 0.3, slow = 0.1}, latency = 0.05`)
	got := base.With(asked).With(flags(t, "mix.liar=0.1 mix.slow=0.2")).With(flags(t, "mix.liar=0.2 latency.sigma=0.4"))
	if want := "seed = 1, nodes = 200, latency = {median = 0.05, sigma = 0.4}, mix = {silent = 0.3, slow = 0.2, liar = 0.2}"; told(got) != want {
		t.Errorf("got  %s\nwant %s", told(got), want)
	}
	if want := (sim.Mix{Silent: 0.3, Slow: 0.2, Liars: 0.2}); got.Config.Mix != want || got.Config.Nodes != 200 || got.Config.Seed != 1 {
		t.Errorf("got %+v", got.Config)
	}
	if told(asked) != "nodes = 200, latency = 0.05, mix = {silent = 0.3, slow = 0.1}" {
		t.Errorf("the header has become %s", told(asked))
	}
	one := flags(t, "mix.liar=0.1 mix.slow=0.2 mix.liar=0.2 latency.sigma=0.4")
	if told(base.With(asked).With(one)) != told(got) {
		t.Errorf("at once: %s", told(base.With(asked).With(one)))
	}
}

// What lacks something says so, and no world is made of it; it is fine over what has
// the rest.
func TestSettingsLack(t *testing.T) {
	for _, tt := range []struct{ flags, lacks, has string }{
		{"churn.core=0.1", "churn needs a session", `churn = "weibull"`},
		{"churn.session.mean=60", "the session of churn needs a dist", `churn = {session = {dist = "constant", mean = 1}}`},
		{"churn.session.scale=0", "the session of churn needs a dist", ``},
		{"churn.session.dist=constant", `the session of churn needs a mean, as in {dist = "constant", mean = 3600}`, `churn = {session = {dist = "exponential", mean = 5}}`},
		{"churn.session.dist=weibull churn.session.shape=0", "the session of churn needs a shape and a scale", ``},
		{"churn.session.dist=weibull churn.session.scale=60", "the session of churn needs a shape and a scale", `churn = {session = {dist = "weibull", shape = 1, scale = 1}}`},
		{"churn=weibull churn.downtime.mean=60", "the downtime of churn needs a dist", ``},
		{"traffic.torrents=5", "traffic needs an every", `traffic = {every = 60}`},
		{"inbound.wait=0.5", "the wait of inbound needs a limit", `inbound = {bytes = 1000}`},
	} {
		spec := flags(t, tt.flags+" nodes=3")
		if err := spec.Check(); err == nil || !strings.HasPrefix(err.Error(), tt.lacks) {
			t.Errorf("%s: %v, want %s", tt.flags, err, tt.lacks)
		}
		if w, err := sim.New(spec.Config); err == nil {
			w.Close()
			t.Errorf("%s: there is a world of it", tt.flags)
		}
		if err := header(t, tt.has).With(spec).Check(); tt.has != "" && err != nil {
			t.Errorf("%s over %s: %v", tt.flags, tt.has, err)
		}
	}
	for network, want := range map[string]string{
		"churn = {core = 0.1}":    "churn needs a session",
		"traffic = {clients = 1}": "traffic needs an every",
		"inbound = {wait = 0.5}":  "the wait of inbound needs a limit",
	} {
		if _, err := ReadHeader("s.lua", "experiment{network = {"+network+"}}"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s in a header: %v, want %s", network, err, want)
		}
	}
}

// Settings are accepted or refused, and what was accepted goes with any other, also
// twice. No world is made of what lacks something.
func FuzzSettings(f *testing.F) {
	f.Add("mix.silent=0.1 mix.liar=0.2", "mix.silent=0 latency=1")
	f.Add("latency=0.1", "latency.sigma=0.5 latency.median=0")
	f.Add("churn=weibull churn.core=1", "churn.session.dist=constant churn.downtime=weibull")
	f.Add("churn.session.dist=weibull churn.session.shape=1 churn.session.scale=2", "churn.session.mean=5")
	f.Add("traffic.torrents=7 inbound.wait=1", "traffic.every=60 inbound.datagrams=0")
	f.Fuzz(func(t *testing.T, first, second string) {
		a, err := network.ParseSettings(strings.Fields(first))
		b, err2 := network.ParseSettings(strings.Fields(second))
		if err != nil || err2 != nil {
			return
		}
		both := a.With(b)
		if again := both.With(b); !reflect.DeepEqual(again.Config, both.Config) {
			t.Errorf("%s\nagain is\n%s", told(both), told(again))
		}
		if both.Check() != nil {
			both.Config.Nodes = 1
			if _, err := sim.New(both.Config); err == nil {
				t.Errorf("there is a world of %s, which lacks something: %v", told(both), both.Check())
			}
		}
	})
}
