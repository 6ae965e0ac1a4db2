package main

import (
	"fmt"

	"github.com/spf13/pflag"

	"github.com/lightdht/lightdht/luabind/experiment"
	"github.com/lightdht/lightdht/luabind/network"
)

// networkFlags choose the network of a run.
type networkFlags struct {
	fetches bool // the script is fetched from a real network, and --listen is for that too
	realFlags
	memberFlags
	settings []string     // of the simulated network, as --set has them
	spec     network.Spec // what they come to
	realtime bool

	traceDigest bool // print the digest of all datagrams at the end
}

// settingFlags stand for settings of the simulated network, or are of use there only.
var settingFlags = []struct{ name, setting, usage string }{
	{"sim", "nodes", "run on a simulated network of `N` nodes; this is the default, with 500 of them"},
	{"seed", "seed", "`NUMBER` that all chance of a simulated run depends on (default 1)"},
	{"latency", "latency", "round trip in `SECONDS`, as in 0.05, or MEDIAN,SIGMA of a log-normal law (default 0.1,0.6)"},
	{"loss", "loss", "`SHARE` of datagrams that get lost, 0 to 1"},
	{"nat", "nat", "`SHARE` of nodes behind NAT, 0 to 1"},
	{"churn", "churn", "nodes come and go: `LAW[,LAW]` of sessions and downtimes, as in weibull, or exponential:3600, or weibull:0.43:28380"},
	{"start", "start", "`warm|cold`: whether the nodes have met before (default warm)"},
	{"set", "", "another setting of the simulated network, `NAME=VALUE`; see \"lightdht help sim\""},
}

func (f *networkFlags) register(flags *pflag.FlagSet) {
	f.registerSettings(flags, "")
	flags.BoolVar(&f.realtime, "realtime", false, "let virtual time pass no faster than the wall clock")
	flags.BoolVar(&f.traceDigest, "trace-digest", false, "print, at the end, a digest of all datagrams of a simulated run, and of when each was sent, on stderr")
	f.realFlags.register(flags)
	f.registerAllowRaw(flags)
	f.memberFlags.register(flags)
}

// registerSettings defines the flags for settings, all but one.
func (f *networkFlags) registerSettings(flags *pflag.FlagSet, except string) {
	for _, s := range settingFlags {
		if s.name != except {
			flags.Var(&settingFlag{f, s.setting}, s.name, s.usage)
		}
	}
}

// settingFlag is the pflag.Value of one of settingFlags.
type settingFlag struct {
	flags   *networkFlags
	setting string // "" for --set
}

func (v *settingFlag) String() string { return "" }
func (v *settingFlag) Type() string   { return "value" }

func (v *settingFlag) Set(text string) error {
	f := v.flags
	f.settings = append(f.settings, network.Short(v.setting, text)...)
	var err error
	f.spec, err = network.ParseSettings(f.settings)
	return err
}

// onSockets reports whether the flags ask for real sockets, and refuses flags that
// then mean nothing.
func (f *networkFlags) onSockets(flags *pflag.FlagSet) (bool, error) {
	real := "--join"
	switch {
	case flags.Changed("live") && f.live:
		real = "--live"
	case !flags.Changed("join"):
		for _, name := range []string{"listen", "bootstrap", "state", "allow-net", "allow-raw"} {
			if flags.Changed(name) && !(name == "listen" && f.fetches) {
				return false, fmt.Errorf("--%s is for real networks; it needs --join or --live", name)
			}
		}
		return false, nil
	}
	for _, name := range []string{"realtime", "trace-digest"} {
		if flags.Changed(name) {
			return true, fmt.Errorf("--%s is for simulated networks, %s for real ones; use one of the two", name, real)
		}
	}
	for _, s := range settingFlags {
		if flags.Changed(s.name) {
			return true, fmt.Errorf("--%s is for simulated networks, %s for real ones; use one of the two", s.name, real)
		}
	}
	return true, nil
}

// simSpec is the network that the script's header asks for, changed by the flags.
func (o *runOptions) simSpec(header *network.Header) network.Spec {
	return experiment.SimulatedNetwork(header, o.spec)
}

// tellSkipped says that virtual time has passed without being simulated: how much, or
// where.
func (h *host) tellSkipped(quiet bool, what string) {
	h.say(quiet, "%s passed at once, as nothing but upkeep would have happened; the counters do not have it, and --set simulate_idle=true simulates it", what)
}
