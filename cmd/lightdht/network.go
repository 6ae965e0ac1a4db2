package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"sync"

	"github.com/spf13/pflag"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/entry"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/member"
	"github.com/lightdht/lightdht/dht/udp"
	"github.com/lightdht/lightdht/luabind/experiment"
)

// realFlags are the flags of real sockets, shared by the commands that open them.
type realFlags struct {
	join      []string
	live      bool
	bootstrap []string // instead of the well-known ones
	listen    []string
	id        string
	reachFlags
	usual netip.AddrPort // where to listen without --listen; the zero value: any port of all IPv4 addresses
}

func (f *realFlags) register(flags *pflag.FlagSet) {
	flags.StringSliceVar(&f.join, "join", nil, "use real sockets and join through these `HOST:PORT[,...]`")
	flags.BoolVar(&f.live, "live", false, "join the public DHT")
	flags.StringSliceVar(&f.bootstrap, "bootstrap", nil, "with --live: join through these `HOST:PORT[,...]` instead of the well-known ones")
	flags.StringSliceVar(&f.listen, "listen", nil, "bind to this `ADDR`, or to one of IPv4 and one of IPv6: ADDR,ADDR (port 0: any free one; default 0.0.0.0:0, or 127.0.0.1:0 among nodes of this machine)")
	f.reachFlags.register(flags)
	flags.StringVar(&f.id, "id", "", "the node's own id, 40 `HEX` digits, which it keeps (default: that of --state, or one at random; on the public DHT it changes to suit the address)")
}

// memberFlags say how a node is a member of its network.
type memberFlags struct {
	rate       int // queries a second; 0: the default
	readOnly   bool
	state      string // file of id and table
	tableLimit int    // nodes; 0: the default
	claimLimit int    // nodes; 0: the default
}

func (f *memberFlags) register(flags *pflag.FlagSet) {
	flags.Func("rate", "send at most `N` queries a second (default 50 with --live; else there is no limit but 1000 to addresses beyond this machine that never answered)", func(text string) (err error) {
		if f.rate, err = strconv.Atoi(text); err != nil || f.rate < 1 {
			return errors.New("a number of queries a second is needed, 1 or more")
		}
		return nil
	})
	flags.Func("table-limit", "let the table hold at most `N` nodes (default 20 million); newcomers beyond it are not remembered", func(text string) (err error) {
		if f.tableLimit, err = strconv.Atoi(text); err != nil || f.tableLimit < 1 {
			return errors.New("a number of nodes is needed, 1 or more")
		}
		return nil
	})
	flags.Func("claim-limit", "remember at most `N` nodes that merely sent queries and never proved their address (default 200,000); the oldest beyond it are forgotten", func(text string) (err error) {
		if f.claimLimit, err = strconv.Atoi(text); err != nil || f.claimLimit < 1 {
			return errors.New("a number of nodes is needed, 1 or more")
		}
		return nil
	})
	flags.BoolVar(&f.readOnly, "read-only", false, "be a guest: ask, but answer nobody, and be in nobody's table (BEP 43)")
	flags.StringVar(&f.state, "state", "", "keep id and table in this `FILE` from one run to the next, of one process at a time; written every 5 minutes and at the end")
}

// node is what the flags make of a node; live says that it is one of the public DHT.
// Several nodes made from it, as by dht.open, keep to its rate together.
func (f *memberFlags) node(live bool) dht.Config {
	cfg := dht.Config{Public: live, ReadOnly: f.readOnly, TableLimit: f.tableLimit, ClaimLimit: f.claimLimit}
	rate := f.rate
	if rate == 0 && live {
		rate = dht.DefaultQueryRate
	}
	if rate > 0 {
		cfg.Pace = dht.NewPace(rate, live, new(sync.Mutex))
	}
	return cfg
}

// exitCode tells a failure to be on a network, and Ctrl-C, from a mistake on the
// command line.
func exitCode(err error) int {
	if errors.Is(err, errInterrupted) {
		return exitInterrupted
	}
	return int(experiment.StatusOf(err))
}

// errInterrupted is why something ended before it was done: Ctrl-C.
var errInterrupted = errors.New("interrupted")

// nodeID reads the --id flag.
func (f *realFlags) nodeID() (krpc.ID, error) {
	if f.id == "" {
		return krpc.ID{}, nil
	}
	id, err := krpc.ParseID(f.id)
	switch {
	case err != nil:
		return id, fmt.Errorf("--id: an id has 40 hex digits, got %q (%d characters)", f.id, len(f.id))
	case id.IsZero():
		return id, errors.New("--id: the id of all zeros is nobody's; choose another")
	}
	return id, nil
}

// way is how the flags say that a node enters its network. If they are wrong, it is what
// could be read of them.
func (f *realFlags) way() (w entry.Way, err error) {
	w = entry.Way{Public: f.live, Join: f.join, Bootstrap: f.bootstrap, Usual: f.usual, Grants: f.grants, Raw: f.allowRaw}
	listen, err := entry.ParseAddresses(f.listen)
	if err != nil {
		return w, err
	}
	w.Listen = listen
	return w, w.Check()
}

// own reads what the flags say of the node itself.
func (f *realFlags) own() (id krpc.ID, w entry.Way, err error) {
	if id, err = f.nodeID(); err == nil {
		w, err = f.way()
	}
	return id, w, err
}

// bound returns where a node listens.
func bound(node *udp.Host) []netip.AddrPort {
	addrs := []netip.AddrPort{node.Addr()}
	if six := node.Addr6(); six.IsValid() {
		addrs = append(addrs, six)
	}
	return addrs
}

// memberConfig says which node the flags ask for on a real network. j is told what takes
// long, and what goes wrong meanwhile.
func (h *host) memberConfig(f *realFlags, m *memberFlags, j *journal) (member.Config, error) {
	id, way, err := f.own()
	cfg := member.Config{
		Way: way, Node: m.node(f.live), State: m.state,
		Lookup: h.lookup, Reading: j.reading(), Warn: j.warn, Closing: h.takeTime,
	}
	cfg.Node.ID, cfg.Node.KeepID = id, f.id != ""
	return cfg, err
}

// become makes the node that the flags ask for on a real network, which it joins later.
func (h *host) become(ctx context.Context, f *realFlags, m *memberFlags, j *journal) (*member.Member, error) {
	cfg, err := h.memberConfig(f, m, j)
	if err != nil {
		return nil, err
	}
	p, err := member.Open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if text := p.Returning(); text != "" {
		j.note(text, "returning", "nodes", p.Restored())
	}
	return p, nil
}

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

// reachLines say what of real networks a script may reach, for the prompt and for help; none on a
// simulated network, where everything is free. For help there are no flags: o.flags is nil.
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
