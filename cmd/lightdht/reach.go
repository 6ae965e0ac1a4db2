package main

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/udp"
)

// The flags that widen what is within reach.
const (
	netFlag = "--allow-net"
	rawFlag = "--allow-raw"
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
		grant, err := parseGrant(part)
		if err != nil {
			return err
		}
		*g = append(*g, grant)
	}
	return nil
}

// parseGrant reads CIDR, CIDR:PORTS or, of IPv6, [CIDR]:PORTS. A single address is a
// CIDR of one.
func parseGrant(text string) (g dht.Grant, err error) {
	cidr, ports, hasPorts := text, "", false
	if inside, rest, ok := strings.Cut(strings.TrimPrefix(text, "["), "]"); ok && strings.HasPrefix(text, "[") {
		cidr = inside
		if ports, hasPorts = strings.CutPrefix(rest, ":"); !hasPorts && rest != "" {
			return g, fmt.Errorf("CIDR[:PORTS] is needed, as in [fd00::/8]:6881, got %q", text)
		}
	} else if strings.Count(text, ":") == 1 {
		cidr, ports, hasPorts = strings.Cut(text, ":")
	}
	if g.Prefix, err = parsePrefix(cidr); err != nil {
		return g, err
	}
	g.First, g.Last = dht.FirstPort, 65535
	if hasPorts {
		g.First, g.Last, err = parsePorts(ports)
	}
	return g, err
}

func parsePrefix(text string) (netip.Prefix, error) {
	if ip, err := netip.ParseAddr(text); err == nil && ip.Zone() == "" {
		text = netip.PrefixFrom(ip, ip.BitLen()).String()
	}
	p, err := netip.ParsePrefix(text)
	switch {
	case err != nil:
		return p, fmt.Errorf("a range of addresses is needed, as in 10.0.0.0/8 or fd00::/8 (with ports: [fd00::/8]:6881), got %q", text)
	case p.Addr().Is4In6():
		return p, fmt.Errorf("%s is IPv4 in the dress of IPv6; write it as IPv4, as in %v/%d", text, p.Addr().Unmap(), max(p.Bits()-96, 0))
	case p != p.Masked():
		return p, fmt.Errorf("%s is not the beginning of its range; %v is", text, p.Masked())
	}
	return p, nil
}

func parsePorts(text string) (first, last uint16, err error) {
	from, to, isRange := strings.Cut(text, "-")
	if !isRange {
		to = from
	}
	a, errA := strconv.ParseUint(from, 10, 16)
	b, errB := strconv.ParseUint(to, 10, 16)
	if errA != nil || errB != nil || a == 0 || b < a {
		return 0, 0, fmt.Errorf("ports are a number from 1 to 65535, or a range as in 6881-6999, got %q", text)
	}
	return uint16(a), uint16(b), nil
}

// reach is how far nodes reach that listen at these addresses and join through entry.
// Scripts get no further, and nor do the contacts that other nodes name.
func (f *realFlags) reach(listen addresses, entry []netip.AddrPort) *dht.Reach {
	r := udp.ReachFrom(listen.all(), entry)
	if f.live {
		r.V4, r.V6 = krpc.ClassesOf(krpc.Public), krpc.ClassesOf(krpc.Public)
	}
	r.Grants, r.Raw, r.NetFlag, r.RawFlag = f.grants, f.allowRaw, netFlag, rawFlag
	return r
}

// joinable keeps those addresses to join through at which there may be nodes, or that
// are granted. It is an error if there were others only.
func (f *realFlags) joinable(entry []netip.AddrPort) ([]netip.AddrPort, error) {
	granted := &dht.Reach{Grants: f.grants}
	kept := slices.DeleteFunc(slices.Clone(entry), func(a netip.AddrPort) bool {
		class := krpc.ClassOf(a.Addr())
		fits := class == krpc.Public || !f.live && (class == krpc.Private || class == krpc.Loopback)
		return !fits && !granted.Granted(a)
	})
	switch {
	case len(kept) > 0 || len(entry) == 0:
		return kept, nil
	case f.live:
		return nil, fmt.Errorf("--bootstrap: %s is no public address; a network of your own is entered with --join", list(entry))
	}
	a := entry[0]
	needed := dht.Grant{Prefix: netip.PrefixFrom(a.Addr(), a.Addr().BitLen()), First: dht.FirstPort, Last: 65535}
	if a.Port() < dht.FirstPort {
		needed.First, needed.Last = a.Port(), a.Port()
	}
	return nil, fmt.Errorf("--join: %v is %v, where no node is looked for; %s %v would allow it", a, krpc.ClassOf(a.Addr()), netFlag, needed)
}

// reachHelp is what a script may reach, as long as nobody knows the flags it is run with.
const reachHelp = "on a real network it may send to the kind of addresses that the network is joined through (loopback, private or public), at ports from 1024 on, and listen where its own node does; " +
	netFlag + " and " + rawFlag + " allow more"

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
	r := o.plannedReach()
	to := strings.Join(r.Describe(), ", ")
	if r.V4|r.V6 == 0 {
		to = strings.Join(append([]string{"the kind of addresses that " + strings.Join(o.hosts(), ", ") + " has (loopback, private or public), at ports from 1024 on"}, r.Describe()...), ", ")
	}
	return []string{"It may send " + content + " to " + to + ".", "It may listen where its own node does."}
}

// plannedReach is the reach of the flags as far as no name has to be looked up for it.
func (f *realFlags) plannedReach() *dht.Reach {
	var entry []netip.AddrPort
	for _, name := range f.hosts() {
		a, err := netip.ParseAddrPort(name)
		if err != nil && !f.live {
			return &dht.Reach{Grants: f.grants}
		}
		if err == nil {
			entry = append(entry, netip.AddrPortFrom(a.Addr().Unmap(), a.Port()))
		}
	}
	listen, err := f.listenAddrs()
	if err != nil || listen.none() {
		listen = f.home(entry)
	}
	return f.reach(listen, entry)
}
