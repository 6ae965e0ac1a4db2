package main

import (
	"strings"

	"github.com/spf13/pflag"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/entry"
)

// reachFlags widen where the nodes of a process may send and listen on a real network.
type reachFlags struct {
	grants   grantFlag
	allowRaw bool
}

func (f *reachFlags) register(flags *pflag.FlagSet) {
	flags.Var(&f.grants, "allow-net", "let nodes send to `CIDR[:PORTS]` too, and scripts listen there, as in 10.0.0.0/8, 10.0.0.0/8:53 or [fd00::/8]:1024-2047, besides the kind of addresses that the network is joined through (loopback, private or public); without PORTS, at ports from 1024 on")
}

// registerAllowRaw is for the commands that run scripts.
func (f *reachFlags) registerAllowRaw(flags *pflag.FlagSet) {
	flags.BoolVar(&f.allowRaw, "allow-raw", false, "let scripts send datagrams of any content on a real network: dht.rpc.raw")
}

// grantFlag is a list of grants, which may be given several times.
type grantFlag []dht.Grant

func (g *grantFlag) String() string { return "" }
func (g *grantFlag) Type() string   { return "grant" }

func (g *grantFlag) Set(text string) error {
	for part := range strings.SplitSeq(text, ",") {
		grant, err := entry.ParseGrant(part)
		if err != nil {
			return err
		}
		*g = append(*g, grant)
	}
	return nil
}

// reachHelp is what a script may reach, as long as nobody knows the flags it is run with.
const reachHelp = "on a real network it may send to the kind of addresses that the network is joined through (loopback, private or public), at ports from 1024 on, and listen where its own node does; " +
	entry.NetFlag + " and " + entry.RawFlag + " allow more"

// reachLines say what of real networks a script may reach, for the prompt and for help; none on a simulated network,
// where everything is free. For help there are no flags: o.flags is nil.
func (o *runOptions) reachLines() []string {
	if o.flags == nil {
		return fill(reachHelp, helpColumns)
	}
	if real, _ := o.onSockets(o.flags); !real {
		return nil
	}
	content := "queries of the DHT"
	if o.allowRaw {
		content = "datagrams of any content"
	}
	way, _ := o.way() // flags that are wrong are reported by the run
	r := way.PlannedReach()
	to := strings.Join(r.Describe(), ", ")
	if r.V4|r.V6 == 0 {
		to = strings.Join(append([]string{"the kind of addresses that " + strings.Join(way.Hosts(), ", ") + " has (loopback, private or public), at ports from 1024 on"}, r.Describe()...), ", ")
	}
	return []string{"It may send " + content + " to " + to + ".", "It may listen where its own node does."}
}
